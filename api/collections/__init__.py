"""Collections: pages of things of a kind, narrowed, sorted, and in every format.

The table of them is data (`actors.py`, `law.py`, `findings.py`, in the terms of `kinds.py`). A
request is read and checked (`request.py`), becomes SPARQL (`query.py`), and what comes of that is a
page (`page.py`), which is written for programs (`writers.py`, `hydra.py`) or people (`view.py`).
"""
