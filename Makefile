# Two commands do everything: `make serve` and `make test`. `make help` lists the rest.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup serve test lint format bench soak coverage examples seal lock clean

help: ## List the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(VENV)/.server ## Install the server into .venv

serve: $(VENV)/.server ## Set up, build the graph, and serve it (PORT=8000 HOST=127.0.0.1)
	$(BIN)/ocsea build
	$(BIN)/ocsea serve --host $(HOST) --port $(PORT)

test: lint $(VENV)/.node ## Set up and run every check and test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered

lint: $(VENV)/.dev ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev ## Put the code into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.bench ## Measure this server beside others, and write docs/benchmarks.md
	$(BIN)/python -m bench

soak: $(VENV)/.dev ## Ten minutes of mixed load: does anything grow, is any answer wrong?
	$(BIN)/ocsea build
	$(BIN)/python -m bench.soak

coverage: $(VENV)/.server ## Write docs/coverage.md anew: what the graph holds of each source
	$(BIN)/ocsea build
	$(BIN)/ocsea coverage > docs/coverage.md

examples: $(VENV)/.dev ## Record the answers that the OpenAPI description shows
	$(BIN)/python tests/recording.py

seal: ## After a review against the sources: seal the data files as they stand
	sha256sum data/*/*.csv > data/REVIEWED.sha256

lock: ## Renew the pinned versions in requirements/ (needs uv)
	for set in server "server dev" "server dev bench"; do \
	  uv pip compile pyproject.toml --extra build $$(printf -- '--extra %s ' $$set) \
	    --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --upgrade --quiet --output-file requirements/$${set##* }.txt; \
	done

clean: ## Remove the virtual environment and built releases
	rm -rf $(VENV) var tests/clients/node/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make virtual environments here. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.server: requirements/server.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/server.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.server
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.node: tests/clients/node/package-lock.json $(VENV)/.dev
	$(BIN)/npm ci --prefix tests/clients/node
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@
