"""Every filter, order and page of a collection gives what the equivalent SPARQL gives."""

import re
import time
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from api_server import ID, eventually, running
from collection_cases import CASES
from collection_walks import TERMS, address_of, expected, in_query, members, ordered, rows, walk
from pyoxigraph import Store

from api.collections.dates import date, span
from api.collections.table import KINDS
from ocsea.namespaces import PREFIXES
from ocsea.publishing import publish
from ocsea.release import Release

EVERY_CASE = [(kind, case) for kind, (_, cases) in CASES.items() for case in cases]


def test_every_filter_of_every_collection_is_tried(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert KINDS.keys() == CASES.keys()
    common = {"sort", "fields", "limit", "after", "format"}
    for kind, (_, cases) in CASES.items():
        described = set(in_query(paths[f"/{kind}"]))
        tried = {pair.split("=")[0] for case in cases for pair in case.split("&")}
        assert tried == described - common, kind


@pytest.mark.parametrize(("kind", "case"), EVERY_CASE)
def test_a_filter_keeps_what_sparql_finds(
    client: httpx.Client, store: Store, kind: str, case: str
) -> None:
    wanted = expected(store, kind, case)
    assert wanted, "a case that finds nothing tries nothing"
    assert len(wanted) < len(expected(store, kind)) or len(wanted) > 5
    for more in ({"limit": 500}, {"limit": max(1, len(wanted) // 3), "fields": "type"}):
        pages = list(walk(client, address_of(kind, case, **more)))
        assert {page["totalItems"] for page in pages} == {len(wanted)}
        found = [member["id"] for page in pages for member in page["member"]]
        assert found == ordered(store, kind, wanted, "label")


@pytest.mark.parametrize("kind", CASES)
def test_every_order_is_walked_without_repeat_or_gap(
    client: httpx.Client, store: Store, kind: str
) -> None:
    every, cases = expected(store, kind), list(CASES[kind][1])
    for number, sort in enumerate(s.name for s in KINDS[kind].sorts):
        for order in (sort, "-" + sort):
            limit = max(9, len(every) // 3)
            whole = members(client, address_of(kind, sort=order, limit=limit, fields="type"))
            assert whole == ordered(store, kind, every, order), order
        case = cases[number % len(cases)]
        narrowed = expected(store, kind, case)
        limit = 1 if len(narrowed) < 40 else 17  # a page may begin after any of them
        asked = address_of(kind, case, sort="-" + sort, limit=limit, fields="type")
        assert members(client, asked) == ordered(store, kind, narrowed, "-" + sort), case


def parameters(case: str) -> set[str]:
    return {pair.split("=")[0] for pair in case.split("&")}


@pytest.mark.parametrize("kind", CASES)
def test_any_two_filters_go_together_in_any_order_and_page_size(
    client: httpx.Client, store: Store, kind: str
) -> None:
    cases = list(CASES[kind][1])
    orders = [order for sort in KINDS[kind].sorts for order in (sort.name, "-" + sort.name)]
    pairs = [(a, b) for a, b in combinations(cases, 2) if not parameters(a) & parameters(b)]
    found = {case: expected(store, kind, case) for case in cases}
    for number, (one, other) in enumerate(pairs):
        wanted, order = found[one] & found[other], orders[number % len(orders)]
        limit = max(1, (500, len(wanted) // 2, 7, len(wanted))[number % 4])
        asked = address_of(kind, f"{one}&{other}", sort=order, limit=limit, fields="type")
        assert members(client, asked) == ordered(store, kind, wanted, order), (one, other, limit)


def test_filters_go_together(client: httpx.Client, store: Store) -> None:
    cases = CASES["actions"][1]
    both = [cases[case] for case in ("instrument=OPSC", "type=BindingAction", "as_of=2001-09-11")]
    query = f"SELECT DISTINCT ?x {{ {' '.join(f'{{ {case} }}' for case in both)} }}"
    wanted = {row[0].value for row in rows(store, query)}
    found = members(client, "/actions?instrument=OPSC&type=BindingAction&as_of=2001-09-11&limit=2")
    assert found == ordered(store, "actions", wanted, "label")
    assert found


WRONG = {
    "/states?stat=NOR": "state",
    "/states?state=NORWAY": "three letters",
    "/states?state=N%0AR": "three letters",
    "/actions?type=State": "Accession",
    "/actions?type=": "",
    "/actions?instrument=CETS 201": "identifier",
    "/actions?party=NOR": "kind/key",
    "/actions?party=https://example.org/id/a/b": "kind/key",
    "/statuses?status=party": "NotListed",
    "/actions?sort=name": "party.label",
    "/actions?sort=--date": "party.label",
    "/actions?sort=date&sort=label": "once",
    "/actions?fields=iso3": "party.iso3",
    "/actions?fields=date,": "party.iso3",
    "/actions?limit=0": "1 to 10,000",
    "/actions?limit=10001": "1 to 10,000",
    "/actions?limit=10001&format=csv": "1 to 10,000",
    "/actions?limit=ten": "1 to 10,000",
    "/actions?as_of=today": "2015-07-01",
    "/actions?as_of=2015-02-30": "2015-07-01",
    "/actions?as_of=0000": "2015-07-01",
    "/actions?period=2015/2014": "2015/2019",
    "/actions?period=2015-13": "2015/2019",
    "/states?period=2015": "state",
    "/states?as_of=2015": "state",
    "/actions?q=%20": "200 characters",
    f"/actions?q={'a' * 201}": "200 characters",
    "/actions?q=%ff": "UTF-8",
    "/actions?after=x": "next page",
    "/actions?after=WyJsYWJlbCIsMSwiYSIsMF0": "next page",
    "/actions?after=WyJsYWJlbCIsbnVsbCwiYSBiIiwwXQ": "next page",
    "/actions?after=WyJkYXRlIixudWxsLCJodHRwOi8vYS9iIiwwXQ": "next page",
    "/actions?after=WyJsYWJlbCIsIlx1ZDgwMCIsImh0dHA6Ly9hL2IiLDBd": "next page",
    "/actions?" + "&".join(["q=a"] * 101): "at most 100",
    "/actions?" + "&".join([f"q={'a' * 190}"] * 30): "4,000 bytes",
}


@pytest.mark.parametrize(("path", "told"), WRONG.items())
def test_what_cannot_be_read_is_told_what_is_allowed(
    client: httpx.Client, path: str, told: str
) -> None:
    answer = client.get(path)
    if not told:  # a field of a form that was left empty
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"].endswith("#problem-request-malformed")
    assert told in problem["detail"]
    assert len(problem["detail"]) < 2000


def test_the_parameters_that_are_allowed_are_the_described(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for kind in CASES:
        allowed = client.get(f"/{kind}?nonsense=1").json()["allowed"]
        assert allowed == in_query(paths[f"/{kind}"])


def test_a_cursor_is_for_its_own_order(client: httpx.Client) -> None:
    following = client.get("/actions?limit=5").json()["view"]["next"]
    after = parse_qs(urlsplit(following).query)["after"][0]
    assert client.get(f"/actions?after={after}").status_code == 200
    assert client.get(f"/actions?after={after}&sort=date").status_code == 400
    assert client.get(f"/actions?after={after}&sort=-label").status_code == 400


def test_what_is_well_formed_and_unknown_finds_nothing(client: httpx.Client) -> None:
    for path in ("/states?state=ZZZ", "/actions?instrument=NONE", "/actions?as_of=1066",
                 "/memberships?role=king", "/bodies?organization=body/none"):  # fmt: skip
        page = client.get(path).json()
        assert (page["totalItems"], page["member"]) == (0, [])
        assert client.get(path + "&format=csv").text.count("\r\n") == 1
        assert "Nothing found" in client.get(path + "&format=html").text


HOSTILE = (
    *('"', "'", "\\", "\\u0022", "\\u0022) } #", '" } UNION { ?x ?y ?z } #', "}", "{", "<", ">"),
    *("a\nb", "a\r\nb", "a\tb", "\x00", "?x", "$", "(", "[a-", "a{1000000}", "(?i)", "\\p{L}", "|"),
    *("SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }", "FROM <http://example.org/>", "NOW()", "🙂"),
    *("GRAPH ?g { ?s ?p ?o }", "%", "#", "-", "^", "]", "&&", "~", "/", "@en", "é", "ß", "İ", "ŉ"),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_gets_out_of_its_place(client: httpx.Client, store: Store, text: str) -> None:
    labels = rows(store, "SELECT ?x ?l WHERE { ?x a ocsea:Term ; rdfs:label ?l }")
    found = client.get("/terms", params={"q": text, "limit": 500, "fields": "label"})
    assert found.status_code == 200, found.text
    got = {member["id"] for member in found.json()["member"]}
    known = {
        row[0].value for row in labels if " ".join(text.split()).lower() in row[1].value.lower()
    }
    assert known <= got
    assert len(got) < len(labels) or len(known) == len(labels)
    for path in ("/memberships", "/involvements"):
        answer = client.get(path, params={"role": text})
        assert (answer.status_code, answer.json()["member"]) == (200, [])
        page = client.get(path, params={"role": text, "format": "html"})
        assert page.status_code == 200
        assert "<script" not in page.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("turkiye", "TUR"), ("TÜRKİYE", "TUR"), ("turkey", "TUR"), ("cote d'ivoire", "CIV"),
     ("Côte d’Ivoire", "CIV"), ("COTE  D'IVOIRE", "CIV"), ("norw", "NOR")],
)  # fmt: skip
def test_text_is_found_without_case_and_accents(
    client: httpx.Client, asked: str, found: str
) -> None:
    page = client.get("/states", params={"q": asked}).json()
    assert f"{ID}state/{found}" in [member["id"] for member in page["member"]]
    assert page["totalItems"] < 5


def test_numbers_in_names_are_put_in_the_order_of_numbers(client: httpx.Client) -> None:
    path = "/provisions?instrument=CETS-201&type=Article&fields=label&limit=100"
    labels = [member["label"] for member in client.get(path).json()["member"]]
    numbers = [int(number) for label in labels for number in re.findall(r"Article (\d+):", label)]
    assert len(numbers) > 30
    assert all(a <= b for a, b in pairwise(numbers))


DATED = {
    "day": ("begin", "2015-06-15", "date"),
    "month": ("begin", "2015-06", "gYearMonth"),
    "year": ("begin", "2015", "gYear"),
    "reported": ("asOf", "2015-06", "gYearMonth"),
    "none": ("", "", ""),
    "ended-day": ("end", "2015-06-15", "date"),
    "ended-month": ("end", "2015-06", "gYearMonth"),
    "ended-year": ("end", "2015", "gYear"),
}


AS_OF = {
    "2014": "ended-day ended-month ended-year",
    "2015": "day month year reported ended-day ended-month ended-year",
    "2016": "day month year reported",
    "2015-05": "year ended-day ended-month ended-year",
    "2015-06": "day month year reported ended-day ended-month ended-year",
    "2015-07": "day month year reported ended-year",
    "2015-06-01": "month year reported ended-day ended-month ended-year",
    "2015-06-14": "month year reported ended-day ended-month ended-year",
    "2015-06-15": "day month year reported ended-day ended-month ended-year",
    "2015-06-16": "day month year reported ended-month ended-year",
    "2015-12-31": "day month year reported ended-year",
    "1999": "",
}


"""Which memberships held at a date; those that ended began in 2000."""


PERIODS = {
    "2015": "day month year",
    "2014/2015": "day month year ended-day ended-month ended-year",
    "2015-06-15": "day month year",
    "2015-06-16": "month year",
    "2015-06-16/2015-06-30": "month year",
    "2015-07": "year",
    "2016": "",
    "../2014": "ended-day ended-month ended-year",
    "2015-06/..": "day month year",
}


"""Which memberships began within a period; those that ended began in 2014."""


def dated_release(var: Path, began: str) -> Release:
    lines = []
    for name, (key, value, datatype) in DATED.items():
        thing = f"<{ID}membership/m/{name}>"
        told = [(PREFIXES["rdf"] + "type", f"<{TERMS}Membership>"), (TERMS + "role", '"=1+1"')]
        if key:
            told.append((TERMS + key, f'"{value}"^^<{PREFIXES["xsd"]}{datatype}>'))
        if key == "end":
            told.append((TERMS + "begin", f'"{began}"^^<{PREFIXES["xsd"]}gYear>'))
        told += [(PREFIXES["rdfs"] + "label", '"jour"@fr')] if name == "day" else []
        lines += [f"{thing} <{property_}> {value} .\n" for property_, value in told]
    content = "".join(sorted(lines)).encode()
    return publish(var, {"https://w3id.org/ocsea/graph/a": content}, {"sources": {}})


def test_dates_are_as_precise_as_they_are_known(tmp_path: Path) -> None:
    dated_release(tmp_path, "2014")
    with running(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        for parameter, cases in (("as_of", AS_OF), ("period", PERIODS)):
            for asked, wanted in cases.items():
                page = client.get("/memberships", params={parameter: asked}).json()
                found = {member["id"].rpartition("/")[2] for member in page["member"]}
                assert found == set(wanted.split()), (parameter, asked)
        row = client.get("/memberships?format=csv&fields=role").text.splitlines()[1]
        assert row == f"{ID}membership/m/day,'=1+1"
        named = {member["id"]: member for member in client.get("/memberships").json()["member"]}
        french = {"@value": "jour", "@language": "fr"}
        assert french in [*named[f"{ID}membership/m/day"].values()]
        bare = client.get("/memberships?format=html").text
        assert bare.count("<tr>") == 1 + len(DATED)


def test_a_release_in_between_neither_repeats_nor_skips(tmp_path: Path) -> None:
    def things(names: str) -> None:
        lines = []
        for name in names:
            lines.append(f"<{ID}tool/{name}> <{PREFIXES['rdf']}type> <{TERMS}Tool> .\n")
            lines.append(f'<{ID}tool/{name}> <{PREFIXES["rdfs"]}label> "{name}"@en .\n')
        content = {"https://w3id.org/ocsea/graph/a": "".join(sorted(lines)).encode()}
        publish(tmp_path, content, {"sources": {}})

    things("bdfhjl")
    with running(tmp_path) as server, httpx.Client(base_url=server.url) as client:
        first = client.get("/tools?limit=3&fields=label").json()
        things("acefhjkl")
        eventually(lambda: client.get("/tools?limit=1").json()["totalItems"] == 8)
        rest = members(client, first["view"]["next"])
    assert [member["label"] for member in first["member"]] == ["b", "d", "f"]
    assert [iri.rpartition("/")[2] for iri in rest] == ["h", "j", "k", "l"]


def test_dates_are_read_as_spans_of_days() -> None:
    assert (date("2015").first, date("2015").last) == ("2015-01-01", "2015-12-31")
    assert (date("2016-02").first, date("2016-02").last) == ("2016-02-01", "2016-02-29")
    assert date("2016-02-29") == span("2016-02-29")
    assert (span("2015/2016-03").first, span("2015/2016-03").last) == ("2015-01-01", "2016-03-31")
    assert (span("../2015").first, span("2015/..").last) == (None, None)


def test_a_page_of_fifty_comes_fast_the_first_time(client: httpx.Client) -> None:
    """Each address is new, so that nothing of it is kept; a busy machine is given some room."""
    seconds = []
    for kind in CASES:
        for number in range(3):
            started = time.perf_counter()
            page = client.get(f"/{kind}?limit=50&q={'aei'[number]}").json()
            seconds.append(time.perf_counter() - started)
            assert len(page["member"]) == min(50, page["totalItems"])
    assert median(seconds) < 0.1
    assert max(seconds) < 1
