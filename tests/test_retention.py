"""Making room: what nothing stands on goes, is told to have gone, and the rest is as it was."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from sending import (
    STU,
    A,
    contents,
    declined,
    published,
    renamed,
    reviewed,
    send,
    thing,
    write,
)
from small_world import kind, line, releases, sent, world

from ocsea.cli import main
from ocsea.release import Release, current
from ocsea.steward import retention
from ocsea.steward.history.releases import history, past
from ocsea.steward.retention import Plan, carry_out, plan
from ocsea.steward.submissions.intake import receive
from ocsea.steward.submissions.ledger import Ledger
from ocsea.steward.submissions.publication import deciding, publish, reject, withdraw
from ocsea.steward.submissions.review import Review
from ocsea.steward.submissions.submission import Files
from ocsea.versions import RemovedRelease, UnknownRelease, release_of


def pruned(var: Path, keep: int | None = None, days: int | None = None) -> Plan:
    with deciding(var):
        planned = plan(var, keep, days)
        carry_out(var, planned)
    return planned


def size(var: Path) -> int:
    """What the releases take on disk, what they share once."""
    files = [path.stat() for path in (var / "releases").rglob("*") if path.is_file()]
    return sum({file.st_ino: file.st_size for file in files}.values())


def test_old_releases_go_and_what_is_kept_stays_whole(small: Path) -> None:
    built = current(small).version
    first = published(small, renamed(1, "one"))
    gone = [current(small).version]
    published(small, renamed(2, "two"))
    gone.append(current(small).version)
    published(small, renamed(3, "three"))
    now, before = contents(small), size(small)
    planned = plan(small, keep=1)
    assert {release.version for release in planned.releases} == {*gone}
    assert list(planned.kept) == [built]
    gained = planned.bytes
    assert pruned(small, keep=1) == planned
    assert before - size(small) == gained > 0
    assert set(releases(small)) == {built, current(small).version}
    for version in gone:
        with pytest.raises(RemovedRelease, match=f"{version} was removed on 2"):
            release_of(small, version)
    assert release_of(small, built).is_whole()
    assert contents(small) == now
    assert [each.missing for each in history(current(small))] == [gone[1], ""]
    assert len(past(current(small), thing(1))) == 2
    withdraw(small, first, "cora", "why")
    assert b'"thing 1"@en' in contents(small)[A.value]
    assert b'"three"@en' in contents(small)[A.value]


@pytest.mark.parametrize("version", ["0" * 16, "../current", "", "x" * 16])
def test_a_release_that_never_was_is_not_told_as_removed(small: Path, version: str) -> None:
    with pytest.raises(UnknownRelease):
        release_of(small, version)


def test_what_open_submissions_were_made_with_is_kept_until_they_are_decided(small: Path) -> None:
    published(small, renamed(1, "one"))
    template = current(small).version
    write(small, "<http://a> <http://b> 1", "http://www.example/g")
    compared = current(small).version

    def from_template(files: Files, release: Release) -> Review:
        return replace(reviewed(files, release), made_from=template)

    files = renamed(2, "two")
    waits = receive(small, Ledger(small), STU, files, "new", from_template).id
    assert Ledger(small).get(waits).base == compared
    write(small, "<http://a> <http://b> 2", "http://www.example/g")
    write(small, "<http://a> <http://b> 3", "http://www.example/g")
    planned = pruned(small, keep=1)
    assert len(planned.releases) == 1
    assert {template, compared} < planned.kept.keys()
    assert waits in planned.kept[template]
    reject(small, waits, "cora", "no")
    assert {each.version for each in pruned(small, keep=1).releases} == {template, compared}


def test_the_files_of_submissions_that_were_closed_go_and_who_and_why_stay(small: Path) -> None:
    closed, open_ = send(small, renamed(1, "one")), send(small, renamed(2, "two"))
    in_force = published(small, renamed(3, "three"))
    reject(small, closed, "cora", "not now")
    assert not pruned(small, days=1).submissions
    planned = pruned(small, days=0)
    assert [each.id for each in planned.submissions] == [closed]
    ledger = Ledger(small)
    left = [path.name for path in (small / "submissions" / closed).iterdir()]
    assert left == ["submission.json"]
    told = ledger.get(closed)
    assert (told.by, told.status, told.steps[-1].reason) == ("stu", "rejected", "not now")
    assert told.files[0].sha256 == planned.submissions[0].files[0].sha256
    assert (bool(told.cleared), told.bytes) == (True, 0)
    assert declined(lambda: ledger.files(told)).kind == "removed"
    assert declined(lambda: ledger.part(told, "received/report.json")).kind == "removed"
    for name in (open_, in_force):
        assert ledger.files(ledger.get(name))
    assert not pruned(small, days=0).submissions
    publish(small, open_, "cora", reviewed)


def test_what_was_withdrawn_stays_while_a_release_holds_it_that_one_could_go_back_to(
    small: Path,
) -> None:
    name = published(small, renamed(1, "one"))
    holds = current(small).version
    withdraw(small, name, "cora", "why")
    planned = pruned(small, days=0)
    assert (planned.submissions, holds in planned.kept[name]) == ((), True)
    planned = pruned(small, keep=1, days=0)
    assert [each.version for each in planned.releases] == [holds]
    assert [each.id for each in planned.submissions] == [name]


def test_a_removal_that_ends_halfway_leaves_nothing_half(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(small, renamed(1, "one"))
    old = current(small).version
    published(small, renamed(2, "two"))

    def fails(*_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fails)
        with pytest.raises(OSError, match="disk"):
            pruned(small, keep=1)
    assert release_of(small, old).is_whole()
    with monkeypatch.context() as patched:
        patched.setattr(retention.shutil, "rmtree", fails)
        with pytest.raises(OSError, match="disk"):
            pruned(small, keep=1)
    with pytest.raises(RemovedRelease):
        release_of(small, old)
    pruned(small, keep=1)
    assert not list((small / "releases").glob(".*"))


def run(var: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["prune", *arguments, "--var", str(var)])


def test_the_command_says_what_would_go_and_why_the_rest_stays(small: Path) -> None:
    built = current(small).version
    published(small, renamed(1, "one"))
    old = current(small).version
    published(small, renamed(2, "two"))
    rejected = send(small, renamed(3, "three"))
    reject(small, rejected, "cora", "no")
    there = set(releases(small))
    said = run(small, "--keep", "1", "--days", "0", "--dry-run").stdout.splitlines()
    assert set(releases(small)) == there
    assert said[0] == f"Kept {built}: what was written stands on it."
    assert said[1].startswith(f"Would remove release {old}, 2")
    assert said[1].endswith(", publish.")
    assert said[2].startswith(f"Would remove the files of {rejected}, rejected 2")
    assert said[3].startswith("1 release, files of 1 submission: ")
    done = run(small, "--keep", "1", "--days", "0").stdout.splitlines()
    assert [each.replace("Removed", "Would remove") for each in done] == said
    again = run(small, "--keep", "1", "--days", "0").stdout.splitlines()
    assert again[-1] == "0 releases, files of 0 submissions: nothing to gain."
    refused = run(small)
    assert (refused.exit_code, "--keep" in refused.output) == (2, True)


def test_a_server_tells_what_was_removed(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        rejected = sent(here.nora, line("NOR", "Another line"))
        assert here.cora.post(f"/submissions/{rejected}/reject", json={"reason": "no"}).is_success
        first = sent(here.nora, line("NOR", "New line"))
        old = here.cora.post(f"/submissions/{first}/publish").headers["ocsea-release"]
        second = sent(here.stu, line("SWE", "New line of Sweden"))
        new = here.cora.post(f"/submissions/{second}/publish").headers["ocsea-release"]
        assert here.cora.get(f"/releases/{old}").is_success
        pruned(here.var, keep=1, days=0)
        ask = {"query": "ASK {}"}
        url = f"{here.server.url}/releases"
        for path in (old, f"{old}/changes", f"{new}/changes?since={old}", f"{old}/sparql"):
            answer = httpx.get(f"{url}/{path}", params=ask if "sparql" in path else None)
            assert kind(answer) == (410, "removed"), path
            assert f"Release {old} was removed on 2" in answer.json()["detail"]
        assert httpx.get(f"{url}/{new}").json()["made"]["missing"].endswith(old)
        assert old not in [each["version"] for each in httpx.get(url).json()["releases"]]
        told = here.nora.get(f"/submissions/{rejected}").json()
        assert (told["status"], told["changes"], told["may"]) == ("rejected", [], [])
        page = here.nora.get(f"/submissions/{rejected}", headers={"accept": "text/html"}).text
        assert f"What was sent was removed on {told['cleared']}" in page
        parts = ("report", "diff", f"files/{told['files'][0]['path']}")
        for part in parts:
            path = f"/submissions/{rejected}/{part}"
            assert kind(here.nora.get(path)) == (410, "removed")
            assert kind(here.stu.get(path)) == (404, "not-found")
        assert here.called("New line")
