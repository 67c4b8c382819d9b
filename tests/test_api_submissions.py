"""Submissions over HTTP: sent, seen by those whom they concern, and decided on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from api_server import ID, descendants, running
from small_world import (
    GRAPH,
    SOURCE,
    TURTLE,
    World,
    command,
    graphs,
    kind,
    line,
    releases,
    send,
    sent,
    small_world,
    turtle,
    world,
)

from ocsea import token_file
from ocsea.release import current

PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("submissions")) as found:
        yield found


# By default


def test_without_tokens_nothing_is_taken_and_nothing_runs_for_it(tmp_path: Path) -> None:
    small_world(tmp_path)
    with running(tmp_path) as server:
        headers = TURTLE | {"authorization": "Bearer a-token-that-somebody-made-up"}
        url = f"{server.url}/submissions"
        assert kind(httpx.post(url, content=turtle(), headers=headers)) == (403, "forbidden")
        assert httpx.get(url, headers=headers).status_code == 403
        assert "Your token" in httpx.get(url, headers=PAGE).text
        assert httpx.post(f"{url}/enter", data={"token": "x"}).status_code == 403
        assert not [pid for pid in descendants(server.process.pid) if "desk" in command(pid)]
        assert not (tmp_path / "submissions").exists()


# A whole life


def test_a_submission_is_sent_seen_published_told_of_and_withdrawn(here: World) -> None:
    before, text = graphs(here.var), turtle(line("NOR", "New line"))
    files = [("file", ("norway.ttl", text, "text/turtle"))]
    answer = here.nora.post("/submissions", files=files, data={"message": "It has a new name"})
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/submissions/{told['id']}")
    assert "no-store" in answer.headers["cache-control"]
    assert (told["status"], told["by"], told["states"]) == ("received", "nora", ["NOR"])
    assert told["message"] == "It has a new name"
    assert told["conforms"] is True
    assert "Line of Norway" in told["changes"][0]["text"]
    assert told["may"] == ["withdraw"]
    kept = here.var / "submissions" / told["id"] / "files" / told["files"][0]["path"]
    assert kept.read_bytes() == text

    where = f"/submissions/{told['id']}"
    file = here.nora.get(f"{where}/files/{told['files'][0]['path']}")
    assert file.content == text
    assert file.headers["content-disposition"].startswith("attachment;")
    assert here.nora.get(f"{where}/report").json()["conforms"] is True
    assert "<testsuites" in here.nora.get(f"{where}/report?format=junit").text
    assert "Line of Norway" in here.nora.get(f"{where}/diff?format=text").text
    patch = here.nora.get(f"{where}/diff", headers={"accept": "text/rdf-patch"})
    assert '"New line"@en' in patch.text
    assert patch.headers["content-type"].startswith("text/rdf-patch")

    assert not here.called("New line")
    done = here.cora.post(f"{where}/publish")
    release = done.headers["ocsea-release"]
    assert (done.status_code, done.json()["status"]) == (200, "published")
    assert here.called("New line")
    assert release == current(here.var).version

    refused = here.cora.post(f"{where}/withdraw")
    assert kind(refused) == (400, "request-malformed")
    done = here.cora.post(f"{where}/withdraw", json={"reason": "It was a mistake"})
    assert done.json()["steps"][-1]["reason"] == "It was a mistake"
    assert here.called("Line of Norway")
    after = graphs(here.var)
    assert {iri: after[iri] for iri in before} == before


def test_releases_and_records_tell_who_changed_what(here: World) -> None:
    name = sent(here.nora, line("NOR", "Told of"))
    before = current(here.var).version
    version = here.cora.post(f"/submissions/{name}/publish").headers["ocsea-release"]
    everybody = here.client()
    listed = everybody.get("/releases").json()["releases"]
    made = {one["version"]: one.get("made", {}) for one in listed}[version]
    assert (made["kind"], made["by"], made["sender"]) == ("publish", "cora", "nora")
    assert made["submission"] == f"{ID}submission/{name}"
    assert (made["gone"], made["come"]) == (1, 1)
    assert made["since"].endswith(before)
    assert everybody.get(f"/releases/{version}").json()["made"] == made

    changes = everybody.get(f"/releases/{version}/changes").json()
    assert (changes["from"], changes["to"], changes["complete"]) == (before, version, True)
    assert changes["counts"] == {"gone": 1, "come": 1}
    assert {g["graph"]: g["derived"] for g in changes["graphs"]}[GRAPH] is False
    assert "Told of" in changes["changes"][0]["text"]
    back = everybody.get(f"/releases/{before}/changes", params={"since": version})
    assert back.json()["changes"][0]["facts"] != changes["changes"][0]["facts"]
    patch = everybody.get(f"/releases/{version}/changes?format=patch").text
    assert (
        f'A <{ID}body/nor-line> <http://www.w3.org/2000/01/rdf-schema#label> "Told of"@en' in patch
    )
    same = everybody.get(f"/releases/{version}/changes", params={"since": version})
    assert same.json()["changes"] == []
    for page in (f"/releases/{version}/changes", "/releases", f"/releases/{version}"):
        assert "+1" in everybody.get(page, headers=PAGE).text

    story = everybody.get("/history/body/nor-line").json()
    newest = story["values"][0]
    assert (newest["by"], newest["sender"], newest["submission"]) == ("cora", "nora", name)
    assert newest["sources"][0]["text"] == "base2026, p. 1"
    assert {"Told of"} == {f["value"] for f in newest["statements"] if f["name"] == "name"}
    page = everybody.get("/history/body/nor-line", headers=PAGE).text
    assert "Told of" in page
    assert f"/submissions/{name}" in page
    assert '"/history/body/nor-line"' in everybody.get("/doc/body/nor-line.html").text
    here.cora.post(f"/submissions/{name}/withdraw", json={"reason": "a test"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/releases/0123456789abcdef/changes", 404),
        ("/releases/..%2f..%2fetc/changes", 404),
        ("/releases/{}/changes?since=0123456789abcdef", 404),
        ("/releases/{}/changes?since=../current", 404),
        ("/releases/{}/changes?format=csv", 400),
        ("/history/body/nobodys", 404),
        ("/history/body/", 404),
        ("/history/body/a%20b", 404),
    ],
)
def test_what_is_not_there_is_said_not_to_be(here: World, path: str, status: int) -> None:
    answer = here.client().get(path.format(current(here.var).version))
    assert answer.status_code == status


# Who may


def test_each_sees_and_decides_what_is_theirs(here: World) -> None:
    own, other = sent(here.nora, line("NOR", "A")), sent(here.stu, line("SWE", "B"))
    for client in (here.stu, here.carl):
        assert kind(client.get(f"/submissions/{own}")) == (404, "not-found")
        for what in ("publish", "reject", "withdraw"):
            answer = client.post(f"/submissions/{own}/{what}", json={"reason": "no"})
            assert answer.status_code == 404
    for part in ("/report", "/diff", "/files/01-submission.ttl"):
        assert here.stu.get(f"/submissions/{own}{part}").status_code == 404
        assert here.client().get(f"/submissions/{own}{part}").status_code == 401
    listed = here.carl.get("/submissions", params={"status": "received"}).json()
    assert [one["id"] for one in listed["submissions"]] == [other]
    assert own not in here.stu.get("/submissions").text
    assert kind(here.stu.post(f"/submissions/{other}/publish")) == (403, "forbidden")
    assert kind(here.nora.post(f"/submissions/{own}/reject", json={"reason": "x"}))[0] == 403
    refused = send(here.nora, line("SWE", "C"))
    assert kind(refused) == (403, "forbidden")
    assert "SWE" in refused.json()["detail"]
    assert here.carl.post(f"/submissions/{other}/reject").status_code == 400
    done = here.carl.post(f"/submissions/{other}/reject", data={"reason": "no source"})
    assert done.json()["steps"][-1]["reason"] == "no source"
    assert here.nora.post(f"/submissions/{own}/withdraw").json()["status"] == "withdrawn"


def test_no_token_no_word(here: World) -> None:
    name, stranger = sent(here.nora, line("NOR", "Hidden")), here.client()
    for path in ("/submissions", f"/submissions/{name}", f"/submissions/{name}/report"):
        assert kind(stranger.get(path)) == (401, "unauthorized")
        assert "Hidden" not in stranger.get(path, headers=PAGE).text
    assert stranger.get(f"/submissions/{name}", headers=PAGE).status_code == 401
    assert "www-authenticate" in stranger.post("/submissions", content=b"x").headers
    here.nora.post(f"/submissions/{name}/withdraw")


def test_a_token_that_is_revoked_counts_no_more_at_once(here: World) -> None:
    ruth = here.clients["ruth"]
    assert ruth.get("/submissions").status_code == 200
    token_file.revoke(here.var / "tokens", "ruth")
    assert kind(ruth.get("/submissions")) == (401, "unauthorized")
    again = here.client(token_file.add(here.var / "tokens", "ruth", "steward"))
    assert again.get("/submissions").status_code == 200
    tokens = (here.var / "tokens").read_bytes()
    (here.var / "tokens").write_bytes(b"{")
    assert kind(again.get("/submissions")) == (503, "unavailable")
    (here.var / "tokens").write_bytes(tokens)
    assert again.get("/submissions").status_code == 200


# In a browser


def test_a_person_gives_the_token_once_and_no_other_site_can_use_it(here: World) -> None:
    browser, own = here.client(), {"sec-fetch-site": "same-origin"} | PAGE
    wrong = browser.post("/submissions/enter", data={"token": "wrong"}, headers=own)
    assert (wrong.status_code, "no token" in wrong.text) == (403, True)
    given = {"token": here.secrets["cora"], "next": "//example.org/"}
    for bad in ({"sec-fetch-site": "cross-site"}, {"origin": "https://example.org"}, {}):
        assert browser.post("/submissions/enter", data=given, headers=bad).status_code == 403
    entered = browser.post("/submissions/enter", data=given, headers=own)
    assert (entered.status_code, entered.headers["location"]) == (303, "/submissions")
    cookie = entered.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/submissions"))
    page = browser.get("/submissions", headers=PAGE)
    assert "<b>cora</b>" in page.text
    assert here.secrets["cora"] not in page.text

    name = sent(here.nora, line("NOR", "By a person"))
    assert "Publish" in browser.get(f"/submissions/{name}", headers=PAGE).text
    where = f"/submissions/{name}/reject"
    foreign = {"sec-fetch-site": "same-site"}
    refused = browser.post(where, data={"reason": "a"}, headers=foreign)
    assert kind(refused) == (403, "forbidden")
    done = browser.post(where, data={"reason": "a reason"}, headers=own)
    assert done.status_code == 303
    assert "a reason" in browser.get(done.headers["location"], headers=PAGE).text
    files = {"file": ("new.ttl", turtle(line("NOR", "Sent by a person")))}
    kept = browser.post("/submissions", files=files, headers={"origin": here.server.url} | PAGE)
    assert kept.status_code == 303
    assert "Sent by a person" in browser.get(kept.headers["location"], headers=PAGE).text
    taken = browser.post(f"{kept.headers['location']}/withdraw", headers=own)
    assert taken.status_code == 303
    browser.post("/submissions/leave", headers=own)
    assert "Your token" in browser.get("/submissions", headers=PAGE).text


# Many at once


def test_rivals_are_told_and_who_comes_second_is_a_conflict(here: World) -> None:
    first, second = sent(here.nora, line("NOR", "One")), sent(here.cora, line("NOR", "Two"))
    (rival,) = here.cora.get(f"/submissions/{second}").json()["rivals"]
    assert rival == {"submission": first, "by": "nora", "records": ["body/nor-line"]}
    (unnamed,) = here.nora.get(f"/submissions/{first}").json()["rivals"]
    assert unnamed == {"records": ["body/nor-line"]}
    assert here.cora.post(f"/submissions/{first}/publish").status_code == 200
    refused = here.cora.post(f"/submissions/{second}/publish")
    assert kind(refused) == (409, "conflict")
    assert refused.json()["records"][0] == {
        "record": f"{ID}body/nor-line",
        "submission": first,
        "by": "nora",
    }
    here.cora.post(f"/submissions/{second}/reject", json={"reason": "overtaken"})
    here.cora.post(f"/submissions/{first}/withdraw", json={"reason": "a test"})


def test_of_two_who_publish_at_once_one_does_and_the_other_is_told(here: World) -> None:
    name, before = sent(here.nora, line("NOR", "Once")), len(releases(here.var))
    where = f"{here.server.url}/submissions/{name}/publish"
    headers = {"authorization": f"Bearer {here.secrets['cora']}", "accept": "application/json"}
    with ThreadPoolExecutor(4) as threads:
        asks = [threads.submit(httpx.post, where, headers=headers, timeout=60) for _ in range(4)]
    answers = [ask.result() for ask in asks]
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {kind(a)[1] for a in answers if a.status_code == 409} == {"decided"}
    assert len(releases(here.var)) == before + 1
    here.cora.post(f"/submissions/{name}/withdraw", json={"reason": "a test"})


def test_the_same_sent_again_is_kept_once_while_it_waits(here: World) -> None:
    first = send(here.nora, line("NOR", "Twice"))
    again = send(here.nora, line("NOR", "Twice"))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["location"] == first.headers["location"]
    other = send(here.nora, line("NOR", "Twice"), message="for another reason")
    assert other.status_code == 201
    for answer in (first, other):
        here.nora.post(f"/submissions/{answer.json()['id']}/withdraw")
    assert send(here.nora, line("NOR", "Twice")).status_code == 201


def test_a_new_source_is_known_while_its_submission_is_in_force(here: World) -> None:
    name = sent(here.stu, SOURCE.format("other2026"), line("SWE", "Elsewhere", "other2026"))
    assert here.cora.post(f"/submissions/{name}/publish").status_code == 200
    assert here.asks(f"GRAPH <{GRAPH.replace('base', 'other')}> {{ ?line ?says ?it }}")
    here.cora.post(f"/submissions/{name}/withdraw", json={"reason": "a test"})
    assert not here.asks(f"GRAPH <{GRAPH.replace('base', 'other')}> {{ ?line ?says ?it }}")
