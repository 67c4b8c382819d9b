"""Submissions over HTTP where something is wrong: with what is sent, or with the machine."""

import os
import re
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest
from api_server import Server, descendants, eventually
from small_world import (
    World,
    command,
    kind,
    line,
    send,
    sent,
    status,
    turtle,
    world,
)

from ocsea.release import current
from ocsea.steward.submissions.ledger import Ledger


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("submissions"), OCSEA_SUBMISSIONS_EACH="5") as found:
        yield found


# What is refused


def test_violations_are_kept_and_never_published(here: World) -> None:
    wrong = line("NOR", "Wrong").replace("state/NOR", "state/XXX")
    answer = send(here.stu, wrong)
    assert (answer.status_code, answer.json()["conforms"]) == (201, False)
    name, before = answer.json()["id"], current(here.var).version
    refused = here.cora.post(f"/submissions/{name}/publish")
    assert kind(refused) == (422, "not-conforming")
    assert refused.json()["report"]["findings"][0]["severity"] == "Violation"
    assert current(here.var).version == before
    assert status(here.cora, name) == "received"


def test_what_is_damaged_on_disk_is_told_and_not_published(here: World) -> None:
    name = sent(here.nora, line("NOR", "Altered"))
    (file,) = (here.var / "submissions" / name / "files").iterdir()
    file.write_bytes(turtle(line("NOR", "By somebody else")))
    assert kind(here.cora.post(f"/submissions/{name}/publish")) == (500, "damaged")
    assert kind(here.nora.get(f"/submissions/{name}/files/{file.name}")) == (500, "damaged")
    assert here.cora.post(f"/submissions/{name}/reject", json={"reason": "x"}).status_code == 200


def test_nothing_new_is_not_kept(here: World) -> None:
    assert kind(send(here.nora, line("NOR", "Line of Norway"))) == (409, "nothing-new")


def bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("indicators.csv", b"0" * 80_000_000)
    return packed.getvalue()


HOSTILE = {
    "empty": (b"", "text/turtle", {}, 400),
    "no-type": (b"x", "", {}, 415),
    "a-program": (b"x", "application/x-sh", {}, 415),
    "too-large": (b"x" * (17 * 2**20), "text/turtle", {}, 413),
    "a-form-of-nothing": (b"--b--\r\n", "multipart/form-data; boundary=b", {}, 400),
    "no-boundary": (b"x", "multipart/form-data", {}, 400),
    "a-long-message": (turtle(line("NOR", "x")), "text/turtle", {"message": "m" * 2001}, 400),
    "a-bomb": (bomb(), "application/zip", {}, 201),
    "nested": (b"[" * 100_000, "application/ld+json", {}, 201),
    "blank": (turtle("[] a ocsea:Hotline ."), "text/turtle", {}, 201),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_does_no_harm(here: World, name: str) -> None:
    content, content_type, params, expected = HOSTILE[name]
    headers = {"content-type": content_type} if content_type else {}
    before = current(here.var).version
    answer = here.stu.post("/submissions", params=params, content=content, headers=headers)
    assert answer.status_code == expected, answer.text
    if expected == 201:
        assert answer.json()["conforms"] is False
        here.stu.post(f"/submissions/{answer.json()['id']}/withdraw")
    assert current(here.var).version == before
    assert here.stu.get("/submissions").status_code == 200


def test_names_of_files_lead_nowhere(here: World) -> None:
    names = ["../../../../etc/cron.d/x.ttl", "..\\x.ttl", "a\x00b.ttl", '"; rm -rf .ttl', "я.ttl"]
    files = [("file", (name, turtle(line("NOR", "Named")))) for name in names]
    told = here.nora.post("/submissions", files=files).json()
    folder = here.var / "submissions" / told["id"] / "files"
    assert sorted(p.name for p in folder.iterdir()) == sorted(f["path"] for f in told["files"])
    assert all(re.fullmatch(r"[\w.-]+", file["path"], re.ASCII) for file in told["files"])
    for path in ("../submission.json", "%2e%2e%2fsubmission.json", "02-passwd"):
        answer = here.nora.get(f"/submissions/{told['id']}/files/{path}")
        assert answer.status_code in (404, 401), answer.text
    assert here.nora.get("/submissions/..%2f..%2ftokens").status_code == 404
    here.nora.post(f"/submissions/{told['id']}/withdraw")


# Whatever ends


def desks(server: Server) -> list[int]:
    return [pid for pid in descendants(server.process.pid) if "api.steward.desk" in command(pid)]


def test_who_has_too_many_open_is_told_to_come_back(here: World) -> None:
    ruth = here.clients["ruth"]
    names = [sent(ruth, line("SWE", f"Line {number}")) for number in range(5)]
    refused = send(ruth, line("SWE", "One more"))
    assert kind(refused) == (503, "submissions-full")
    assert int(refused.headers["retry-after"]) > 0
    ruth.post(f"/submissions/{names[0]}/withdraw")
    assert send(ruth, line("SWE", "One more")).status_code == 201


@pytest.mark.parametrize("after", [0.05, 0.3, 0.6])
def test_a_desk_that_is_killed_at_publishing_leaves_it_done_or_not(
    here: World, after: float
) -> None:
    name, answers = sent(here.nora, line("NOR", f"Killed {after}")), list[httpx.Response]()
    client = here.client(here.secrets["cora"])
    publishing = threading.Thread(
        target=lambda: answers.append(client.post(f"/submissions/{name}/publish"))
    )
    publishing.start()
    time.sleep(after)
    for pid in desks(here.server):
        os.kill(pid, signal.SIGKILL)
    publishing.join()
    assert answers[0].status_code in (200, 503)
    if answers[0].status_code == 503:
        assert "how the submission stands" in answers[0].json()["detail"]
    again = [here.cora.post(f"/submissions/{name}/publish") for _ in range(3)]
    assert again[-1].status_code == 409, again[-1].text
    assert status(here.cora, name) == "published"
    assert [each["id"] for each in current(here.var).manifest["submissions"]].count(name) == 1
    eventually(lambda: here.called(f"Killed {after}"))
    assert current(here.var).is_whole()
    assert not Ledger(here.var).all().troubles
