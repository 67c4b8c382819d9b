"""The commands for tokens, sending and history, and what they tell, cut where it is too much."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import ID
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode
from sending import published, renamed, thing
from small_world import World, line, sent, small_world, turtle, world

from ocsea.cli import main
from ocsea.errors import OcseaError
from ocsea.release import current
from ocsea.steward.history import between, chronicle
from ocsea.steward.history.releases import releases
from ocsea.steward.submissions.sending import send
from ocsea.tokens import bearer, read_tokens


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("commands")) as found:
        yield found


def run(*arguments: object, **variables: str) -> Result:
    environment = {"OCSEA_TOKENS": "", "OCSEA_TOKEN": "", **variables}
    return CliRunner().invoke(main, [str(each) for each in arguments], env=environment)


# Tokens


def test_a_token_is_made_listed_and_revoked(tmp_path: Path) -> None:
    file = str(tmp_path / "tokens")
    made = run("token", "add", "nora", "--state", "nor", OCSEA_TOKENS=file)
    (secret,) = made.stdout.split()
    token = bearer(read_tokens(file), secret)
    assert token is not None
    assert (token.name, token.role, token.states) == ("nora", "steward", {"NOR"})
    assert secret not in Path(file).read_text(encoding="utf-8")
    run("token", "add", "cora", "--role", "curator", "--file", file)
    run("token", "revoke", "nora", OCSEA_TOKENS=file)
    nora, cora = run("token", "list", OCSEA_TOKENS=file).stdout.splitlines()
    assert nora.startswith("nora: steward, NOR, made 2")
    assert "revoked 2" in nora
    assert cora.startswith("cora: curator, all states, made 2")
    assert bearer(read_tokens(file), secret) is None


@pytest.mark.parametrize(
    ("setting", "said"), [("", "is not set"), ("a:curator:0123456789abcdef", "holds tokens")]
)
def test_without_a_file_it_asks_for_one(setting: str, said: str) -> None:
    refused = run("token", "list", OCSEA_TOKENS=setting)
    assert refused.exit_code == 2
    assert said in refused.output


# Sending


def test_files_are_sent_and_told_of(here: World, tmp_path: Path) -> None:
    file = tmp_path / 'a "new" line.ttl'
    file.write_bytes(turtle(line("NOR", "Sent\x1b[2J by a command")))
    asked = ["submit", file, "--to", here.server.url, "--message", "æ"]
    done = run(*asked, OCSEA_TOKEN=here.secrets["nora"])
    assert done.exit_code == 0, done.output
    assert "it can be published: 0 violations" in done.output
    assert "\x1b" not in done.output
    name = done.output.strip().rpartition("/")[2]
    told = here.nora.get(f"/submissions/{name}").json()
    assert told["message"] == "æ"
    assert told["files"][0]["name"].endswith("new%22 line.ttl")
    again = run(*asked, "--format", "json", OCSEA_TOKEN=here.secrets["nora"])
    assert json.loads(again.stdout)["id"] == name
    here.nora.post(f"/submissions/{name}/withdraw")


def test_what_is_not_kept_is_said_with_the_reason(here: World, tmp_path: Path) -> None:
    file = tmp_path / "same.ttl"
    file.write_bytes(turtle(line("NOR", "Line of Norway")))
    nothing = run("submit", file, "--to", here.server.url, OCSEA_TOKEN=here.secrets["nora"])
    assert (nothing.exit_code, "nothing would change" in nothing.output) == (2, True)
    wrong = run("submit", file, "--to", here.server.url, OCSEA_TOKEN="another")
    assert "no token that counts" in wrong.output


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://example.org", "use https"),
        ("ftp://example.org", "name a server as https"),
        ("http://127.0.0.1:1", "does not answer"),
    ],
)
def test_a_token_goes_nowhere_else(address: str, said: str) -> None:
    with pytest.raises(OcseaError, match=said):
        send(address, "secret", [("a", b"b")], "")


# What happened


def test_releases_and_a_record_are_told_of(here: World) -> None:
    name = sent(here.nora, line("NOR", "Told by a command"))
    here.cora.post(f"/submissions/{name}/publish")
    newest, first = run("releases", "--var", here.var).stdout.splitlines()
    assert newest.endswith(f"publish {name} of nora by cora: +1 −1 facts")
    assert first.endswith("build")
    (told,) = json.loads(run("releases", "--most", 1, "--format", "json", "--var", here.var).stdout)
    assert told["counts"] == {"gone": 1, "come": 1}
    assert "And 1 before these." in run("releases", "--most", 1, "--var", here.var).stdout
    story = run("history", "body/nor-line", "--var", here.var).stdout
    assert "Told by a command" in story
    assert "source: base2026, p. 1" in story
    as_json = run("history", f"{ID}body/nor-line", "--format", "json", "--var", here.var)
    assert json.loads(as_json.stdout)["values"][0]["submission"] == name
    for record in ("body/nobodys", "a b"):
        assert run("history", record, "--var", here.var).exit_code == 2


def test_what_is_cut_says_so(tmp_path: Path) -> None:
    old = small_world(tmp_path)
    for number in (1, 2, 3):
        published(tmp_path, renamed(number, f"once {number}"))
    new = current(tmp_path)
    found = between.between(old, new)
    assert (found.complete, len(found.lines)) == (True, 3)
    few = between.between(old, new, shown=1)
    assert (few.complete, few.counts, len(few.lines)) == (False, {"gone": 0, "come": 3}, 1)
    assert "There is more: only 1 record is told of here." in between.as_text(few)
    assert len(between.patch(old, new).come) > 3
    with pytest.raises(between.TooMuch):
        between.patch(old, new, most=2)
    published(tmp_path, renamed(1, "twice", "once 1"))
    story = chronicle.of_record(current(tmp_path), thing(1), most=1)
    assert (story.name, story.complete, len(story.values)) == ("twice", False, 1)
    assert "Only the last 1 are told of" in chronicle.as_text(story)
    nobody = chronicle.of_record(current(tmp_path), NamedNode(f"{ID}x/y"))
    assert "Nothing is known" in chronicle.as_text(nobody)
    assert chronicle.of_release(new, releases(new.path.parent))["counts"] == {"gone": 0, "come": 1}
