"""A page of a collection says the same as JSON-LD, CSV, RDF and for people to look at."""

import csv
import io
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from api_server import ID
from collection_cases import CASES
from collection_walks import (
    walk,
)
from expansion import nothing_dropped
from pyld import jsonld as pyld
from pyoxigraph import Literal, RdfFormat, Store, Triple, parse

from api.collections import writers
from api.collections.keys import predicate
from api.collections.table import KINDS
from ocsea import jsonld, spreadsheets
from ocsea.namespaces import PREFIXES

GRAPHS = {
    "ttl": ("text/turtle; charset=utf-8", RdfFormat.TURTLE),
    "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
}


def flat(value: Any) -> list[str]:
    """The values of JSON-LD as cells have them; a map of languages is all of its texts."""
    if isinstance(value, list):
        return [text for one in value for text in flat(one)]
    if isinstance(value, dict):
        own = value.get("@value", value.get("id"))
        return flat([*value.values()]) if own is None else [own]
    return [str(value)]


@cache
def spelled(key: str) -> list[str]:
    """The keys for the property of a key: what is a year or a month has one of its own."""
    meanings = jsonld.context()["@context"]
    iri = meanings[key] if isinstance(meanings[key], str) else meanings[key]["@id"]
    return [
        other
        for other, meaning in meanings.items()
        if iri == (meaning.get("@id") if isinstance(meaning, dict) else meaning)
    ]


def cells(member: Any, column: str) -> str:
    at = [member]
    for key in column.split("."):
        nodes = [node for node in at if isinstance(node, dict)]
        told = [node[name] for node in nodes for name in spelled(key) if name in node]
        at = [one for value in told for one in (value if isinstance(value, list) else [value])]
    return " | ".join(sorted(set(flat(at))))


@pytest.mark.parametrize("kind", CASES)
def test_csv_has_the_rows_of_the_json(client: httpx.Client, kind: str) -> None:
    answer = client.get(f"/{kind}", headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.text.endswith("\r\n")
    header, *table = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    assert header == ["id", *KINDS[kind].columns]
    every = [one for page in walk(client, f"/{kind}?limit=500") for one in page["member"]]
    assert len(table) == len(every)
    for row, member in zip(table, every, strict=True):
        told = [cells(member, column) for column in header]
        assert [sorted_cell(cell) for cell in row] == told
    assert {len(row) for row in table} == {len(header)}


def sorted_cell(cell: str) -> str:
    return " | ".join(sorted(cell.removeprefix("'").split(" | ")))


def test_only_a_table_is_long(client: httpx.Client) -> None:
    answer = client.get("/observations?limit=10000&fields=type")
    assert len(answer.json()["member"]) == 500
    table = client.get("/observations?limit=10000&fields=type&format=csv")
    assert table.text.count("\r\n") == 1 + answer.json()["totalItems"] > 1000


def test_csv_comes_in_pages_too(client: httpx.Client) -> None:
    whole = client.get("/states?format=csv").text.splitlines()
    parts, path = whole[:1], "/states?format=csv&limit=50"
    while path:
        answer = client.get(path)
        parts += answer.text.splitlines()[1:]
        path = answer.links["next"]["url"] if "next" in answer.links else ""
    assert parts == whole
    assert len(whole) > 190


def test_a_cell_is_no_formula() -> None:
    number = writers.cell([Literal("-4.15", datatype=predicate_of("xsd:decimal"))])
    assert spreadsheets.write([["=1+1", number]]) == "'=1+1,-4.15\r\n"
    for harmless in ("+47%", "-0.19%", "a=b", "", "5 Feb 2008 a"):
        assert spreadsheets.harmless(harmless) == harmless
    for wrong in ("@SUM(A1)", "-1+cmd|' /C calc'!A0", "\t=1", "+1+1", "\r=1"):
        assert spreadsheets.harmless(wrong) == "'" + wrong


def predicate_of(name: str) -> Any:
    prefix, local = name.split(":")
    return type(predicate("label"))(PREFIXES[prefix] + local)


def triples(document: Any) -> set[Triple]:
    options = {**jsonld.OPTIONS, "format": "application/n-quads"}
    quads = pyld.to_rdf(document, options)
    return {quad.triple for quad in parse(quads, RdfFormat.N_QUADS)}


@pytest.mark.parametrize("kind", CASES)
def test_every_format_says_the_same_and_no_more_than_the_graph(
    client: httpx.Client, store: Store, kind: str
) -> None:
    document = client.get(f"/{kind}?limit=20").json()
    said = triples(document)
    for suffix, (media_type, form) in GRAPHS.items():
        answer = client.get(f"/{kind}?limit=20", headers={"accept": media_type.split(";")[0]})
        assert answer.headers["content-type"] == media_type
        assert {quad.triple for quad in parse(answer.content, form)} == said
        assert client.get(f"/{kind}?limit=20&format={suffix}").content.count(b"limit") > 0
    hydra = "http://www.w3.org/ns/hydra/core#"
    controls = {t for t in said if hydra in str(t.predicate) or hydra in str(t.object)}
    about = {str(t.subject) for t in controls}
    data = {t for t in said - controls if str(t.subject) not in about}
    assert len(data) > 40
    for triple in data:
        assert list(store.quads_for_pattern(*triple_of(triple)))


def triple_of(triple: Triple) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


@pytest.mark.parametrize("kind", CASES)
def test_json_ld_is_hydra_and_drops_no_key(client: httpx.Client, kind: str) -> None:
    page = client.get(f"/{kind}?limit=150").json()
    assert page["@context"] == jsonld.CONTEXT
    assert page["type"] == "Collection"
    assert all({"id", "type", "label"} <= member.keys() for member in page["member"])
    (expanded,) = nothing_dropped(page)
    hydra = "http://www.w3.org/ns/hydra/core#"
    assert len(expanded[hydra + "member"]) == len(page["member"])
    assert all("@type" in member for member in expanded[hydra + "member"])
    template = page["search"]["template"]
    assert {mapping["variable"] for mapping in page["search"]["mapping"]} == set(
        re.findall(r"[\w]+", template.partition("{?")[2])
    )


def test_fields_choose_keys_and_columns(client: httpx.Client) -> None:
    path = "/actions?state=ALB&fields=date,party.iso3,instrument"
    (member, *_) = client.get(path).json()["member"]
    assert member.keys() == {"id", "date", "party", "instrument"}
    assert member["party"] == {"id": f"{ID}state/ALB", "iso3": "ALB"}
    assert member["instrument"].keys() == {"id", "label", "identifier"}
    header = client.get(path + "&format=csv").text.splitlines()[0]
    assert header == "id,date,party.iso3,instrument,instrument.label,instrument.identifier"


def test_links_tell_the_next_page_and_the_other_formats(client: httpx.Client) -> None:
    answer = client.get("/actions?instrument=OPSC&limit=7&sort=-date")
    view = answer.json()["view"]
    assert view["first"] == f"{client.base_url}/actions?instrument=OPSC&limit=7&sort=-date"
    assert (
        urlsplit(view["next"])._replace(scheme="", netloc="").geturl()
        == (answer.links["next"]["url"])
    )
    assert answer.json()["id"] == "https://w3id.org/ocsea/actions?instrument=OPSC"
    links = answer.headers["link"]
    assert '</actions?instrument=OPSC&limit=7&sort=-date>; rel="first"' in links
    assert 'format=csv>; rel="alternate"; type="text/csv"' in links
    last = client.get("/sources").json()["view"]
    assert "next" not in last


def test_the_same_page_is_not_sent_again(client: httpx.Client) -> None:
    for path in ("/states?limit=3", "/states?limit=3&format=csv", "/states?format=html"):
        tag = client.get(path, headers={"accept-encoding": "identity"}).headers["etag"]
        again = client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        head = client.head(path, headers={"accept-encoding": "identity"})
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
        assert int(head.headers["content-length"]) > 100


def test_a_page_escapes_what_it_was_asked(client: httpx.Client) -> None:
    text = '"><script>alert(1)</script>'
    page = client.get("/states", params={"q": text, "format": "html"}).text
    assert "<script" not in page
    assert "&#34;&gt;&lt;script&gt;" in page


def test_formats_are_negotiated(client: httpx.Client) -> None:
    assert client.get("/states").headers["content-type"] == "application/ld+json"
    for accept, answered in {
        "text/html,*/*;q=0.8": "text/html; charset=utf-8",
        "text/csv": "text/csv; charset=utf-8; header=present",
        "application/rdf+xml": "application/rdf+xml",
    }.items():
        answer = client.get("/states?limit=2", headers={"accept": accept})
        assert answer.headers["content-type"] == answered
        assert answer.headers["vary"].startswith("Accept")
    for path, headers in (("/states", {"accept": "image/png"}), ("/states?format=pdf", {})):
        refused = client.get(path, headers=headers)
        assert refused.status_code == 406
        assert "text/csv" in refused.json()["offers"]
    assert client.post("/states").status_code == 405


def test_the_page_shows_form_table_and_where_to_go_on(client: httpx.Client) -> None:
    page = client.get("/actions?state=NOR&state=ALB&format=html&limit=3").text
    assert page.count('<option value="NOR" selected>Norway</option>') == 1
    assert page.count('<option value="ALB" selected>Albania</option>') == 1
    assert "1 to 3 of " in page
    assert page.count('<th scope="row">') == 3
    assert 'href="/doc/state/ALB"' in page
    assert 'rel="next"' in page
    assert f'href="{ID}' not in page
    assert '<input type="hidden" name="limit" value="3">' in page
    following = re.search(r'<li><a href="([^"]+)" rel="next">', page)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).text
    assert "4 to 6 of " in second
    assert 'rel="first">First page' in second
