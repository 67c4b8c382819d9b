"""`/completeness` and `/compare`, over a socket, and the commands of the same names."""

import asyncio
import csv
import io
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_server import running, small_release
from click.testing import CliRunner, Result
from test_api_pages import Outline

from api.engine import Busy
from api.steward import tiles
from api.steward.bars import Bar, bars
from api.steward.desks import Desk
from api.steward.kept import Kept
from ocsea.release import Release
from ocsea.steward.commands.overview import compare, completeness
from ocsea.steward.overview.comparison import compare as compared
from ocsea.steward.overview.completeness import OUTCOMES
from ocsea.steward.overview.completeness import completeness as known

HTML = {"accept": "text/html"}
NORDIC = "/compare?state=NOR&state=SWE"
PAGES = (
    *("/completeness", "/completeness?outcome=missing", "/completeness?topic=actions&sort=-score"),
    *("/completeness/NOR", "/completeness/USA", "/compare", NORDIC, f"{NORDIC}&differs=1"),
)


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def problem(client: httpx.Client, path: str) -> tuple[int, str]:
    answer = client.get(path)
    return answer.status_code, answer.json()["detail"]


# Completeness


def test_all_states_have_a_score_that_follows_from_their_counts(client: httpx.Client) -> None:
    document = client.get("/completeness").json()
    assert len(document["states"]) == 47
    assert len(document["expectations"]) == 28
    for state in document["states"]:
        counts = Counter(cell["outcome"] for cell in state["cells"])
        assert state["counts"] == {outcome: counts[outcome] for outcome in OUTCOMES}
        asked = len(state["cells"]) - counts["not applicable"]
        assert state["score"] == pytest.approx(counts["present"] / asked, abs=1e-4)


def test_the_document_says_what_the_kernel_knows(client: httpx.Client, release: Release) -> None:
    matrix, document = known(release), client.get("/completeness").json()
    assert document["release"] == release.version
    for row, state in zip(matrix.rows, document["states"], strict=True):
        said = {c.expectation.key: (c.outcome, c.value, c.date, c.record) for c in row.cells}
        names = ("outcome", "value", "date", "record")
        assert {c["key"]: tuple(c[n] for n in names) for c in state["cells"]} == said
        steps = [step.cell.expectation.key for step in matrix.steps(row.iso3)]
        assert [step["key"] for step in state["steps"]] == steps


def test_a_topic_has_scores_of_its_own(client: httpx.Client) -> None:
    document = client.get("/completeness?topic=statuses").json()
    assert {asked["topic"] for asked in document["expectations"]} == {"statuses"}
    scores = {state["iso3"]: state["score"] for state in document["states"]}
    assert scores["NOR"] == 1
    assert scores["AND"] == 0.8, "WeProtect is blank in the source"


def test_an_outcome_leaves_only_what_came_to_it(client: httpx.Client) -> None:
    document = client.get("/completeness?outcome=not+applicable").json()
    found = {
        state["iso3"]: [cell["key"] for cell in state["cells"]] for state in document["states"]
    }
    assert found["IRL"] == ["act-ets-185", "act-opsc"]
    assert set(found) == {"IRL", "RUS", "SWE"}
    assert {asked["key"] for asked in document["expectations"]} == {"act-ets-185", "act-opsc"}


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        ("name", "Albania", "United Kingdom"),
        ("-name", "United Kingdom", "Albania"),
        ("score", "Andorra", "Sweden"),
        ("-score", "Sweden", "Monaco"),
    ],
)
def test_states_are_sorted(client: httpx.Client, sort: str, first: str, last: str) -> None:
    states = client.get("/completeness", params={"sort": sort}).json()["states"]
    assert (states[0]["name"], states[-1]["name"]) == (first, last)


def test_it_is_a_table_for_spreadsheets(client: httpx.Client) -> None:
    answer = client.get("/completeness?format=csv&topic=indicators")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = table(answer.text)
    assert len(rows) == 47 * 19
    (row,) = (r for r in rows if (r["iso3"], r["expected"]) == ("NOR", "inhope-hotline"))
    assert (row["outcome"], row["value"]) == ("missing", "")
    assert row["sources"] == "mapping2021, Fig. 6"
    (change,) = (r for r in rows if (r["iso3"], r["expected"]) == ("NOR", "ncmec-cybertip-change"))
    assert change["value"] == "-13.1", "a number is no formula"


def test_a_state_says_what_to_fill_in_next(client: httpx.Client) -> None:
    document = client.get("/completeness/NOR").json()
    (state,) = document["states"]
    assert (state["name"], document["among"]) == ("Norway", 47)
    steps = [(step["key"], step["outcome"], step["elsewhere"]) for step in state["steps"]]
    assert steps[:3] == [
        ("act-cets-201", "absent", 0),
        ("act-ets-185", "absent", 0),
        ("inhope-hotline", "missing", 33),
    ]
    text = page(client, "/completeness/NOR")
    assert "known of 33 of 47 states" in text
    assert 'href="/template/NOR"' in text
    assert 'href="/doc/locator/mapping2021/fig-6/NOR/' in text


def test_a_state_is_found_whatever_the_case(client: httpx.Client) -> None:
    assert client.get("/completeness/nor").json() == client.get("/completeness/NOR").json()
    assert len(table(client.get("/completeness/nor?format=csv").text)) == 28


def test_a_state_that_is_not_covered_is_told_so(client: httpx.Client) -> None:
    (state,) = client.get("/completeness/USA").json()["states"]
    assert (state["name"], state["score"], state["cells"]) == ("United States of America", None, [])
    assert "do not cover it" in page(client, "/completeness/USA")
    assert client.get("/completeness/JPN").status_code == 200, "a state of ISO 3166"


@pytest.mark.parametrize(
    ("path", "status", "why"),
    [
        ("/completeness/NORWAY", 404, "The nearest is NOR (Norway)."),
        ("/completeness/" + "A" * 500, 404, "ISO 3166 alpha-3 code, such as NOR"),
        ("/completeness/..%2f..%2fetc", 404, ""),
        ("/completeness?topic=laws", 400, "one of `statuses`, `actions`, `indicators`, not `laws`"),
        ("/completeness?topics=statuses", 400, "no parameter `topics` of /completeness"),
        ("/completeness?sort=name&sort=score", 400, "`sort` is given once."),
        ("/completeness?format=xlsx", 400, "`format` is one of `json`, `csv`, `html`"),
        ("/completeness/NOR?topic=statuses", 400, "no parameter `topic` of a state"),
        ("/compare?state=XXX", 400, "The graph does not know state/XXX"),
        ("/compare?state=NOR&about=indicator/none", 400, "does not know indicator/none"),
        ("/compare?state=NOR%20SWE", 400, "‘NOR SWE’ is no code: there is a blank in it."),
        ("/compare?states=NOR", 400, "no parameter `states`"),
        ("/compare?" + "&".join(f"state=A{n:02}" for n in range(61)), 400, "does not know state/A"),
    ],
)
def test_what_cannot_be_shown_is_told(
    client: httpx.Client, path: str, status: int, why: str
) -> None:
    told, detail = problem(client, path)
    assert told == status
    assert why in detail


# Compare


def test_states_stand_side_by_side(client: httpx.Client, release: Release) -> None:
    document = client.get(NORDIC).json()
    assert [state["iso3"] for state in document["states"]] == ["NOR", "SWE"]
    said = compared(release, ["NOR", "SWE"])
    assert len(document["rows"]) == len(said.rows)
    found = {(row["topic"], row["about"]): row["cells"] for row in document["rows"]}
    for row in said.rows:
        cells = [[(told.value, told.number, told.date) for told in cell] for cell in row.cells]
        told = found[row.topic, row.about]
        assert [[(t["value"], t["number"], t["date"]) for t in cell] for cell in told] == cells


def test_only_what_differs(client: httpx.Client) -> None:
    rows = client.get(NORDIC).json()["rows"]
    assert client.get(f"{NORDIC}&differs=1").json()["rows"] == [r for r in rows if r["differs"]]
    assert any(not r["differs"] and r["about"].endswith("/uncrc") for r in rows)
    assert "Nothing differs" in page(client, f"{NORDIC}&about=alliance/weprotect&differs=1")


def test_what_is_compared_is_what_was_asked_for(client: httpx.Client) -> None:
    path = "/compare?state=nor&state=irl&about=instrument/opsc&about=indicator/age-of-consent"
    rows = table(client.get(f"{path}&format=csv").text)
    assert [(row["state"], row["name"], row["value"], row["date"]) for row in rows] == [
        ("Norway", "Optional Protocol on the Sale of Children", "party", "2021-04"),
        ("Ireland", "Optional Protocol on the Sale of Children", "signatory", "2021-04"),
        ("Norway", "Optional Protocol on the Sale of Children", "ratification", "2001-10-02"),
        ("Norway", "age of consent to sexual activity", "16", "2021"),
        ("Ireland", "age of consent to sexual activity", "17", "2021"),
    ]
    assert rows[-1]["unit"] == "years"
    text = page(client, path)
    checked = re.findall(r'name="(\w+)" value="([^"]+)" checked', text)
    assert set(checked) == {
        *(("state", "NOR"), ("state", "IRL")),
        *(("about", "instrument/opsc"), ("about", "indicator/age-of-consent")),
    }


def test_without_a_state_it_tells_what_can_be_compared(client: httpx.Client) -> None:
    document = client.get("/compare").json()
    assert document["rows"] == document["states"] == []
    states = document["choices"]["states"]
    assert len(states) > 190
    assert sum(state["expected"] for state in states) == 47
    things = {thing["key"]: thing["expected"] for thing in document["choices"]["things"]}
    assert things["instrument/cets-201"]
    assert things["alliance/global-alliance"] is False
    assert "indicator/alb-peer-educators" not in things, "known of one state alone"


def test_a_choice_may_be_anything_the_graph_knows(client: httpx.Client) -> None:
    text = page(client, "/compare?state=ALB&about=indicator/alb-peer-educators")
    assert 'value="indicator/alb-peer-educators" checked' in text


def test_a_blank_is_shown_as_blank_with_its_place(client: httpx.Client) -> None:
    text = page(client, "/compare?state=NOR&about=indicator/inhope-hotline")
    assert "</span> blank</span>" in text
    assert re.search(r"<summary>2021</summary><a href=\"/doc/locator/mapping2021/fig-6/", text)


# Pages


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_well_made(client: httpx.Client, path: str) -> None:
    text = page(client, path)
    outline = Outline(text)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(outline.headings))
    assert outline.captions == outline.tables
    assert "<script" not in text
    titles = re.findall(r'class="mark [\w-]+" aria-hidden="true"', text)
    assert len(titles) == text.count('class="mark '), "marks are not read out, words are"


@pytest.mark.parametrize("path", ["/completeness", "/completeness/NOR", NORDIC])
def test_links_lead_somewhere(client: httpx.Client, path: str) -> None:
    links = {link.partition("#")[0] for link in Outline(page(client, path)).links}
    inside = sorted(link for link in links if re.match("/(doc|compare|complet)", link))
    assert len(inside) > 20
    for link in inside[:: max(1, len(inside) // 25)]:
        assert client.get(link, headers=HTML).status_code == 200, link


def test_the_matrix_shows_each_state_and_expectation(client: httpx.Client) -> None:
    text = page(client, "/completeness")
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    assert body.count("<tr>") == 47
    assert body.count('<span class="mark ') == 47 * 28
    document = client.get("/completeness").json()
    for outcome, mark in (("present", "✓"), ("missing", "○"), ("absent", "✕")):
        number = sum(state["counts"][outcome] for state in document["states"])
        assert body.count(f'aria-hidden="true">{mark}</span>') == number
        assert f"<dd>{number:,}</dd>" in text


def test_the_map_has_a_tile_for_each_state_with_its_score(client: httpx.Client) -> None:
    text = page(client, "/completeness")
    link = r'<a href="/completeness/(\w+)" class="step-\d" aria-label="([^"]+)"'
    shown = dict(re.findall(link, text))
    document = client.get("/completeness").json()
    assert shown == {
        state["iso3"]: f"{state['name']}: {round(state['score'] * 100)} percent"
        for state in document["states"]
    }


def test_no_two_tiles_are_in_one_place() -> None:
    states: list[dict[str, Any]] = [
        {"iso3": iso3, "name": iso3, "score": 0.5} for iso3 in ("NOR", "SWE", "BRA", "CAN", "AZE")
    ]
    drawn = tiles.drawn(states)
    assert len({(tile.x, tile.y) for tile in drawn.tiles}) == len(states)
    brazil = next(tile for tile in drawn.tiles if tile.iso3 == "BRA")
    assert brazil.y > max(t.y for t in drawn.tiles if t.iso3 in ("NOR", "SWE", "AZE"))
    assert drawn.height == brazil.y + 1


@pytest.mark.parametrize(
    ("score", "words"),
    [(0, "0–49"), (0.499, "50–59"), (0.5, "50–59"), (0.89, "80–89"), (1, "90–100")],
)
def test_the_legend_says_what_a_tile_stands_for(score: float, words: str) -> None:
    (tile,) = tiles.drawn([{"iso3": "NOR", "name": "Norway", "score": score}]).tiles
    assert tiles.legend()[tile.step] == words


def row(*numbers: float | None, highest: float | None = None) -> dict[str, Any]:
    return {"highest": highest, "cells": [[{"number": number}] for number in numbers]}


def test_a_bar_is_as_long_as_its_number() -> None:
    assert bars(row(1, 4, None, highest=5)) == [[Bar(0, 20, 0)], [Bar(0, 80, 0)], [None]]
    assert bars(row(5, 10)) == [[Bar(0, 50, 0)], [Bar(0, 100, 0)]], "to the highest shown"
    assert bars(row(-10, 30)) == [[Bar(0, 25, 25)], [Bar(25, 75, 25)]], "both ways from zero"
    assert bars(row(0, 0)) == [[None], [None]]
    assert bars(row(None)) == [[None]]
    assert bars(row(7, highest=5)) == [[Bar(0, 100, 0)]], "never longer than the room"


# For clients and servers


def test_who_holds_it_already_gets_it_again_by_name(client: httpx.Client) -> None:
    for path in ("/completeness", "/completeness/NOR", NORDIC):
        answer = client.get(path)
        again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_format_follows_from_accept(client: httpx.Client) -> None:
    for path in ("/completeness", "/completeness/NOR", NORDIC):
        for media_type in ("application/json", "text/csv", "text/html"):
            answer = client.get(path, headers={"accept": media_type})
            assert answer.headers["content-type"].partition(";")[0] == media_type
        assert client.get(path, headers={"accept": "image/png"}).status_code == 406


def test_nothing_is_known_of_a_graph_without_states(tmp_path: Path) -> None:
    small_release(tmp_path)
    with running(tmp_path) as server, httpx.Client(base_url=server.url, timeout=30) as client:
        assert client.get("/completeness").json()["states"] == []
        assert "Nothing is expected of any state." in page(client, "/completeness")
        assert page(client, "/compare")
        assert client.get("/completeness/NOR").json()["states"][0]["cells"] == []


def test_a_client_pays_for_what_is_worked_out_for_it_alone(var: Path) -> None:
    with (
        running(var, OCSEA_CLIENT_SECONDS="0.001") as server,
        httpx.Client(base_url=server.url, timeout=30) as client,
    ):
        assert client.get(NORDIC).status_code == 200
        assert client.get(NORDIC).status_code == 200, "it is kept"
        assert client.get("/completeness").status_code == 200, "it is made once for all"
        refused = client.get("/compare?state=DNK")
        assert (refused.status_code, refused.headers["retry-after"] > "0") == (429, True)
        assert client.get("/completeness/USA").status_code == 429


class Scripted(Desk):
    """A desk that replies with the next of what is given to it, after a moment."""

    def __init__(self, *replies: Exception | bytes) -> None:
        self.replies = list(replies)

    async def ask(self, *_: Any, **__: Any) -> tuple[dict[str, Any], bytes]:
        reply = self.replies.pop(0)
        await asyncio.sleep(0)
        if isinstance(reply, Exception):
            raise reply
        return {}, reply


def test_a_reply_is_worked_out_once_for_a_release() -> None:
    async def asking() -> None:
        kept = Kept(Scripted(b"1", b"2"))
        assert await asyncio.gather(*(kept.ask("a", "choices") for _ in range(30))) == [1] * 30
        assert await kept.ask("a", "choices") == 1
        assert await kept.ask("b", "choices") == 2

    asyncio.run(asking())


def test_an_error_is_told_to_all_who_wait_and_not_kept() -> None:
    async def asking() -> None:
        kept = Kept(Scripted(Busy(), b"2"))
        both = (kept.ask("a", "choices") for _ in range(2))
        assert [type(e) for e in await asyncio.gather(*both, return_exceptions=True)] == [Busy] * 2
        assert await kept.ask("a", "choices") == 2

    asyncio.run(asking())


# The commands


def ran(var: Path, command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--var", str(var)], env={"COLUMNS": "160"})


def test_the_command_tells_of_all_states(var: Path) -> None:
    text = ran(var, completeness).output
    assert re.search(r"Norway +NOR +82% +█{16}░{4} +23 +3 +2 +0", text)
    assert "score = present ÷ (expected − not applicable)" in text


def test_the_command_tells_of_one_state(var: Path) -> None:
    text = ran(var, completeness, "nor").output
    assert text.startswith("Norway: 82% (23 present, 3 missing, 2 absent).")
    assert re.search(
        r"present +age of consent to sexual activity +16 +2021 +mapping2021, Fig. 5", text
    )
    assert "INHOPE member hotline (missing; known of 33 of 47 states). Its source says" in text
    assert "nothing is expected" in ran(var, completeness, "USA").output


def test_the_command_knows_no_other_states(var: Path) -> None:
    failed = ran(var, completeness, "NORWAY")
    assert "The nearest is NOR (Norway)." in str(failed.exception)
    assert "does not know state/XXX" in str(ran(var, compare, "XXX").exception)


def test_the_commands_write_what_the_server_answers(var: Path, client: httpx.Client) -> None:
    for command, arguments, path in (
        (completeness, (), "/completeness"),
        (completeness, ("NOR",), "/completeness/NOR"),
        (compare, ("NOR", "SWE"), NORDIC),
    ):
        written = ran(var, command, *arguments, "--format", "json").output
        assert json.loads(written) == client.get(path).json()
        rows = ran(var, command, *arguments, "--format", "csv").output
        assert table(rows) == table(client.get(path, headers={"accept": "text/csv"}).text)


def test_the_command_compares(var: Path) -> None:
    text = ran(var, compare, "NOR", "IRL", "--about", "indicator/age-of-consent").output
    assert re.search(r"Norway +Ireland", text)
    assert re.search(r"age of consent to sexual activity, years +16 \(2021\) +17 \(2021\)", text)
    assert (
        "blank in the source (2021)"
        in ran(var, compare, "NOR", "--about", "indicator/inhope-hotline").output
    )
    alike = ran(var, compare, "NOR", "SWE", "--about", "instrument/uncrc", "--differs").output
    assert "UN Convention on the Rights of the Child, status" not in alike
