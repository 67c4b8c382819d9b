"""Search: what is found of a name, in which order, in every format, and what nothing comes of."""

import asyncio
import json
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from api_server import ID, running
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, Store, parse

from api.engine import Engine, Job
from api.engine.find import Search
from api.engine.folding import words
from api.engine.index import Index
from api.engine.names import KINDS, read
from api.engine.snippet import WIDTH, snippet
from api.jsonld import document as jsonld
from api.search.asked import LONGEST
from api.settings import Settings
from ocsea.namespaces import PREFIXES
from ocsea.publishing import publish
from ocsea.release import Release

LABEL = PREFIXES["rdfs"] + "label"
JOB = Job("", task="search", arguments=("conseil", "", "", 0, 10))
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture(scope="module")
def index(release: Release) -> Index:
    return Index(read(Store.read_only(str(release.store))))


def asked(index: Index, text: str, kind: str = "", language: str = "") -> dict[str, Any]:
    classes = {PREFIXES["ocsea"] + kind} if kind else set()
    return Search(index, text, classes, language).answer(0, 50)


def found(index: Index, text: str, kind: str = "", language: str = "") -> list[str]:
    """The keys of what is found, in order."""
    answer = asked(index, text, kind, language)
    return [one["iri"].removeprefix(ID) for one in answer["found"]]


def names(language: str, *texts: str) -> Index:
    """An index of terms, each with one name."""
    return Index(
        (f"{ID}term/{i}", 4, 0, (PREFIXES["ocsea"] + "Term",), ((text, language, 0),))
        for i, text in enumerate(texts)
    )


# What is compared


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2011/92/EU", "2011 92 eu"),
        ("Türkiye", "turkiye"),
        ("Côte d'Ivoire", "cote divoire"),
        ("Komenda Główna", "komenda glowna"),
        ("Children’s", "childrens"),
        ("STRASSE Straße", "strasse strasse"),
        ("Ελλάδα ΟΔΟΣ οδος", "ελλαδα οδοσ οδοσ"),
        ("Україна й", "украіна и"),
        ("ﬁle №5 Ⅳ", "file no5 iv"),
        ("الدُّوَل", "الدول"),
        ("भारत", "भारत"),
        ("  …—! \u200b\x00", ""),
    ],
)
def test_words_are_compared_without_case_accents_and_punctuation(text: str, plain: str) -> None:
    assert " ".join(words(text)) == plain


@given(st.text(max_size=60))
def test_words_that_were_compared_stay_as_they_are(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once


def test_a_snippet_marks_what_was_asked_for_and_escapes_the_rest() -> None:
    assert snippet("Fight <crime> & Crime", ["crime"], set()) == (
        "Fight &lt;<mark>crime</mark>&gt; &amp; <mark>Crime</mark>"
    )
    assert snippet("Eurojust", ["eurojst"], {"eurojust"}) == "<mark>Eurojust</mark>"
    assert snippet("Article 20", ["2"], set()) == "Article 20"


def test_a_long_snippet_is_cut_around_the_first_mark() -> None:
    text = "word " * 100 + "target " + "word " * 100
    shown = snippet(text, ["target"], set())
    assert "<mark>target</mark>" in shown
    assert shown.startswith("…word")
    assert shown.endswith("word…")
    assert len(shown) <= WIDTH + len("<mark></mark>……")
    assert snippet("a" * 300, ["x"], set())


# What is to be found, written down by hand; a few were put right after the first searches

FIRST = [
    ("Lanzarote Convention", "instrument/cets-201"),
    ("lanzarote", "instrument/cets-201"),
    ("the Lanzarote convention", "instrument/cets-201"),
    ("CETS-201", "instrument/cets-201"),
    ("cets201", "instrument/cets-201"),
    ("CETS 201 Lanzarote Convention", "instrument/cets-201"),
    ("2011/92/EU", "instrument/dir-2011-93"),
    ("2011/93/EU", "instrument/dir-2011-93"),
    ("COM(2010) 245", "instrument/com-2010-245"),
    ("Budapest", "instrument/ets-185"),
    ("Convention on Cybercrime", "instrument/ets-185"),
    ("UNCRC", "instrument/uncrc"),
    ("Convention on the Rights of the Child", "instrument/uncrc"),
    ("EC3", "body/ec3"),
    ("European Cybercrime Centre (EC3)", "body/ec3"),
    ("EFC", "alliance/european-financial-coalition"),
    ("INHOPE", "body/inhope"),
    ("WeProtect", "alliance/weprotect"),
    ("we protect global alliance", "alliance/weprotect"),
    ("Europol", "body/europol"),
    ("council of europe", "body/council-of-europe"),
    ("EU", "body/european-union"),
    ("ALB", "state/ALB"),
    ("no", "state/NOR"),
    ("008", "state/ALB"),
    ("Norway", "state/NOR"),
    ("Czech Republic", "state/CZE"),
    ("UK", "state/GBR"),
    ("Russia", "state/RUS"),
    ("ncmec-cybertip-reports", "indicator/ncmec-cybertip-reports"),
    ("grooming", "term/grooming"),
    ("sextortion", "term/sexual-extortion"),
    ("PhotoDNA", "tool/photodna"),
    # former names
    ("Turkey", "state/TUR"),
    ("Macedonia", "state/MKD"),
    ("The former Yugoslav Republic of Macedonia", "state/MKD"),
    ("Swaziland", "state/SWZ"),
    ("HMIC", "body/hmicfrs"),
    # names in other languages than English
    ("Polícia Judiciária", "body/policia-judiciaria"),
    ("Kein Täter werden", "body/kein-taeter-werden"),
    ("Spletno oko", "body/spletno-oko"),
    # without accents
    ("turkiye", "state/TUR"),
    ("cote d ivoire", "state/CIV"),
    ("cote divoire", "state/CIV"),
    ("policia judiciaria", "body/policia-judiciaria"),
    ("an garda siochana", "body/an-garda-siochana"),
    ("komenda glowna policji", "body/komenda-glowna-policji"),
    ("langas i ateiti", "body/langas-i-ateiti"),
    ("fundacao altice", "body/fundacao-altice"),
    # a typo
    ("Lanzorote convention", "instrument/cets-201"),
    ("Eurojst", "body/eurojust"),
    ("Albnia", "state/ALB"),
    ("Interpl", "body/interpol"),
    ("cybertipeline", "tool/cybertipline"),
    ("Budapset convention", "instrument/ets-185"),
    ("untied kingdom", "state/GBR"),
    ("council of eurpe", "body/council-of-europe"),
    ("2011/93/EUU", "instrument/dir-2011-93"),
    # two
    ("Lanzorotte convention", "instrument/cets-201"),
    ("Lanzorote convetion", "instrument/cets-201"),
    ("Lichtenstien", "state/LIE"),
    ("Azerbiajann", "state/AZE"),
    # unfinished
    ("lanz", "instrument/cets-201"),
    ("norw", "state/NOR"),
    ("inho", "body/inhope"),
    ("eurojs", "body/eurojust"),
    ("lanzoro", "instrument/cets-201"),
]


@pytest.mark.parametrize(("text", "key"), FIRST)
def test_what_people_look_for_comes_first(index: Index, text: str, key: str) -> None:
    assert found(index, text)[0] == key


def test_names_come_before_what_only_speaks_of_them(index: Index) -> None:
    lanzarote = found(index, "lanzarote")
    assert lanzarote.index("body/lanzarote-committee") < 5
    assert not any("/article/" in key for key in lanzarote[:5])
    assert "instrument/cets-201/article/23" in found(index, "Lanzarote article 23")[:2]
    assert "body/safer-internet-centre-deu" in found(index, "saferinternet centre germny")[:2]
    assert found(index, "niger")[:2] == ["state/NER", "state/NGA"]
    assert found(index, "guinea")[:2] == ["state/GIN", "state/GNB"]
    assert set(found(index, "korea")[:2]) == {"state/KOR", "state/PRK"}
    assert set(found(index, "EC")[:2]) == {"body/european-commission", "state/ECU"}
    assert "indicator/age-of-consent" in found(index, "age of consent")[:2]


def test_every_label_of_a_state_instrument_or_body_finds_it(index: Index, release: Release) -> None:
    query = """PREFIX ocsea: <https://w3id.org/ocsea/ontology#>
        SELECT DISTINCT ?thing ?label WHERE {
          VALUES ?class { ocsea:ContractingEntity ocsea:Instrument ocsea:Body ocsea:Alliance }
          ?thing a ?class ; <http://www.w3.org/2000/01/rdf-schema#label> ?label }"""
    rows = [(row["thing"].value, row["label"].value) for row in rows_of(release, query)]
    assert len(rows) > 650
    lost = [(iri, label) for iri, label in rows if iri not in first(index, label, 3)]
    assert not lost


def test_every_other_name_finds_its_thing_too(index: Index, release: Release) -> None:
    query = """PREFIX ocsea: <https://w3id.org/ocsea/ontology#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT DISTINCT ?thing ?name WHERE {
          VALUES ?class { ocsea:ContractingEntity ocsea:Instrument ocsea:Body ocsea:Alliance }
          ?thing a ?class ; skos:altLabel|ocsea:acronym|ocsea:formerName|ocsea:iso2|ocsea:iso3|
            ocsea:alternativeNumber|<http://purl.org/dc/terms/identifier> ?name }"""
    rows = [(row["thing"].value, row["name"].value) for row in rows_of(release, query)]
    assert len(rows) > 850
    lost = [(iri, name) for iri, name in rows if iri not in first(index, name, 15)]
    assert not lost


def test_states_are_found_without_one_of_their_letters(index: Index) -> None:
    states = [thing for thing in index.things if thing.kind == 0]
    assert len(states) > 190
    lost = []
    for thing in states:
        label = index.label(thing).text
        for place in range(1, len(label) if len(label) > 5 else 0):
            typed = label[:place] + label[place + 1 :]
            if thing.iri not in first(index, typed, 5):
                lost.append((label, typed))
    assert not lost


def rows_of(release: Release, query: str) -> Any:
    return Store.read_only(str(release.store)).query(query)


def first(index: Index, text: str, count: int) -> list[str]:
    return [ID + key for key in found(index, text)[:count]]


def test_numbers_are_never_guessed(index: Index) -> None:
    assert found(index, "CETS-999") == []
    assert found(index, "Directive 2011/99/EU") == []
    assert found(index, "EC4") == []


def test_nonsense_finds_nothing(index: Index) -> None:
    for text in ("qqqqqqqq", "xyzzy convention", "Zubrowka", "asdf ghjk", "zz", "ÿÿÿÿ"):
        assert found(index, text) == [], text


ODD = [
    "", " ", "\t\n", "!!!", "...", "''", '"', "\x00", "\u202e", "🙂", "%", "_", "*", "?", "(",
    "[", "{", "SELECT * WHERE { ?s ?p ?o }", '" } UNION { ?s ?p }',
    "'; DROP TABLE names; --", ".*",
    "(a+)+$", "[a-z]{1000}", "\\", "\\d+", "<script>alert(1)</script>", "a" * 200, "a " * 100,
    "x" * 199 + "é", "é" * 200, "\u0301" * 200, "ﷺ" * 200, "0" * 200, "国" * 200, "child " * 33,
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_whatever_is_asked_has_an_answer(index: Index, text: str) -> None:
    started = time.perf_counter()
    answer = asked(index, text)
    assert time.perf_counter() - started < 2
    assert answer["total"] >= len(answer["found"])
    if not words(text):
        assert answer == {"total": 0, "kinds": [], "found": []}
    assert len(json.dumps(answer)) < 100_000


@examples(max_examples=200, deadline=None)
@given(text=st.text(max_size=LONGEST))
def test_answers_are_in_order_and_name_each_thing_once(index: Index, text: str) -> None:
    answer = asked(index, text)
    scores = [one["score"] for one in answer["found"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)
    iris = [one["iri"] for one in answer["found"]]
    assert len(set(iris)) == len(iris)
    assert sum(count for _, count in answer["kinds"]) == answer["total"]


def test_a_search_is_quick(index: Index) -> None:
    seconds = []
    for text, _ in FIRST:
        started = time.perf_counter()
        asked(index, text)
        seconds.append(time.perf_counter() - started)
    assert statistics.median(seconds) < 0.02


# What is looked through


def test_records_have_no_names_of_their_own(index: Index) -> None:
    keys = {thing.iri.removeprefix(ID).split("/")[0] for thing in index.things}
    assert keys.isdisjoint({"observation", "status", "action", "locator", "statement", "date"})
    assert {"state", "instrument", "body", "indicator", "term"} <= keys


def test_only_so_many_names_are_read_and_the_best_known_first(release: Release) -> None:
    store = Store.read_only(str(release.store))
    entries = read(store, most=1000)
    assert sum(len(names) for *_, names in entries) == 1000
    assert {kind for _, kind, *_ in entries} == {0, 1}
    assert len([kind for _, kind, *_ in entries if kind == 0]) > 190


def test_a_thing_is_of_one_kind_and_its_stated_class_comes_first(index: Index) -> None:
    things = {thing.iri.removeprefix(ID): thing for thing in index.things}
    assert len(things) == len(index.things)
    union = things["body/european-union"]
    assert KINDS[union.kind].title == "Bodies and alliances"
    stated, *_ = index.classes[things["instrument/cets-201"].classes]
    assert stated == PREFIXES["ocsea"] + "Treaty"


def test_things_of_one_class_alone(index: Index) -> None:
    assert found(index, "lanzarote", "Committee") == ["body/lanzarote-committee"]
    assert found(index, "georgia", "State") == ["state/GEO"]
    assert found(index, "georgia", "Observation") == []
    everything, states = asked(index, "republic"), asked(index, "republic", "State")
    assert 0 < states["total"] == dict(everything["kinds"])[0] < everything["total"]


SCRIPTS = ["Ευρωπαϊκή Επιτροπή", "Європейська комісія", "Commission européenne", "欧盟委员会",
           "المفوضية الأوروبية", "यूरोपीय आयोग", "Evrópska framkvæmdastjórnin"]  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_names_in_every_script_are_found_as_they_are_and_with_a_typo(name: str) -> None:
    index = names("", *SCRIPTS)
    place = f"term/{SCRIPTS.index(name)}"
    assert found(index, name) == [place]
    assert found(index, name.upper()) == [place]
    assert found(index, name[:4])[0] == place
    typed = name[:2] + name[3:] if len(name) > 5 else name
    assert found(index, typed)[0] == place


def test_names_in_a_language_and_codes_which_are_in_none() -> None:
    term = (PREFIXES["ocsea"] + "Term",)
    several = (("child", "en", 0), ("enfant", "fr", 0), ("niño", "es", 0), ("C1", "", 3))
    index = Index(
        [(f"{ID}term/0", 4, 0, term, several), *((f"{ID}term/1", 4, 0, term, several[1:2]),)]
    )
    assert found(index, "child") == ["term/0"]
    assert found(index, "child", language="fr") == []
    assert found(index, "enfant", language="FR") == ["term/0", "term/1"]
    assert found(index, "c1", language="fr") == ["term/0"]
    assert found(index, "nino", language="en") == []
    labels = [asked(index, "c1", language=tag)["found"][0]["label"] for tag in ("", "fr", "de")]
    assert labels == [("child", "en"), ("enfant", "fr"), ("child", "en")]


def test_words_of_two_names_of_a_thing_count_only_in_the_language_asked_for() -> None:
    both = (("red apple", "en", 0), ("pomme rouge", "fr", 0))
    index = Index([(f"{ID}term/0", 4, 0, (PREFIXES["ocsea"] + "Term",), both)])
    assert found(index, "rouge apple") == ["term/0"]
    assert found(index, "rouge apple", language="en") == []
    assert found(index, "apple red", language="en") == ["term/0"]


# Over HTTP


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


def search(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = client.get("/search", params=parameters)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_members_tell_what_matched(client: httpx.Client) -> None:
    document = search(client, q="ec3")
    assert document["total"] == len(document["members"]) >= 1
    member = document["members"][0]
    assert member["id"] == ID + "body/ec3"
    assert member["label"] == "European Cybercrime Centre"
    assert member["type"][0] == "OrganizationalUnit"
    assert "Body" in member["type"]
    assert (member["matched"], member["property"]) == ("EC3", "acronym")
    assert member["snippet"] == "<mark>EC3</mark>"
    assert 75 < member["score"] <= 100


def test_json_ld_keeps_every_key(client: httpx.Client) -> None:
    document = search(client, q="convention", offset=20)
    options = {"documentLoader": jsonld.load}
    (expanded,) = pyld.expand(document, options)
    text = json.dumps(expanded)
    for key in document["members"][0].keys() - {"id", "type"}:
        iri = {"label": LABEL}.get(key)
        assert iri is None or iri in text
    members = expanded["http://www.w3.org/ns/hydra/core#member"]
    assert [m["@id"] for m in members] == [m["id"] for m in document["members"]]
    assert all(len(m) == len(n) for m, n in zip(members, document["members"], strict=True))
    assert members[0]["@type"][0].startswith(PREFIXES["ocsea"])
    (expanded_property,) = members[0]["https://schema.org/propertyID"]
    assert expanded_property["@id"].startswith("http")
    (view,) = expanded["http://www.w3.org/ns/hydra/core#view"]
    assert len(view) == len(document["view"])
    assert len(expanded) == len(document.keys() - {"@context"})
    triples = parse(pyld.to_rdf(document, {**options, "format": "application/n-quads"}),
                    RdfFormat.N_QUADS)  # fmt: skip
    assert sum(quad.predicate.value == LABEL for quad in triples) == len(members)


def test_pages_follow_each_other_without_gap_or_repetition(client: httpx.Client) -> None:
    whole = search(client, q="convention", limit=50)
    seen: list[str] = []
    path = "/search?q=convention&limit=7"
    while path and len(seen) < 50:
        answer = client.get(path)
        document = answer.json()
        seen += [member["id"] for member in document["members"]]
        following = document["view"].get("next", "")
        path = following.replace("https://w3id.org/ocsea", "")
        assert (f'<{path}>; rel="next"' in answer.headers.get("link", "")) == bool(path)
    assert seen[:50] == [member["id"] for member in whole["members"]]
    assert len(set(seen)) == len(seen)


def test_the_furthest_page_leads_no_further(client: httpx.Client) -> None:
    document = search(client, q="c", limit=50, offset=500)
    assert "next" not in document["view"]
    assert document["view"]["prev"]
    beyond = search(client, q="lanzarote convention", offset=500)
    assert beyond["members"] == []
    assert beyond["total"] > 0


def test_types_by_name_prefix_and_iri(client: httpx.Client) -> None:
    by = [search(client, q="republic", type=name)["members"]
          for name in ("State", "ocsea:State", PREFIXES["ocsea"] + "State")]  # fmt: skip
    assert by[0] == by[1] == by[2] != []
    assert all("State" in member["type"] for member in by[0])
    both = search(client, q="lanzarote", type=["Committee", "Treaty"], limit=50)["members"]
    assert {t for m in both for t in m["type"]} >= {"Committee", "Treaty"}
    assert not any("Provision" in member["type"] for member in both)


def test_completions_are_few_and_begin_with_what_was_typed(client: httpx.Client) -> None:
    document = search(client, q="lanz", complete=1)
    completions = document["completions"]
    assert document["query"] == "lanz"
    assert 1 < len(completions) <= 8
    assert completions[0] == {
        "id": ID + "instrument/cets-201",
        "name": "Lanzarote Convention",
        "label": "Lanzarote Convention",
        "type": "Treaty",
    }
    assert all(one["name"].lower().startswith("lanz") for one in completions[:3])
    assert search(client, q="", complete=1)["completions"] == []
    assert len(search(client, q="c", complete=1, limit=3)["completions"]) == 3


def test_completions_as_browsers_read_them(client: httpx.Client) -> None:
    accept = {"accept": "application/x-suggestions+json"}
    answer = client.get("/search", params={"q": "inho", "complete": "1"}, headers=accept)
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    text, names, descriptions, addresses = answer.json()
    assert text == "inho"
    assert names[0] == "INHOPE"
    assert "International Association of Internet Hotlines" in descriptions[0]
    assert addresses[0] == f"{client.base_url}/doc/body/inhope".replace("//doc", "/doc")
    assert len(names) == len(descriptions) == len(addresses)
    assert client.get(addresses[0]).status_code == 200


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("jsonld", "application/ld+json"), ("json", "application/json"), ("html", "text/html")],
)
def test_formats_by_name_and_by_accept(client: httpx.Client, name: str, media_type: str) -> None:
    by_name = client.get("/search", params={"q": "norway", "format": name})
    by_accept = client.get("/search", params={"q": "norway"}, headers={"accept": media_type})
    assert by_name.content == by_accept.content
    assert by_name.headers["content-type"].split(";")[0] == media_type


def test_an_answer_is_not_sent_twice_and_head_tells_of_it(client: httpx.Client) -> None:
    plain = {"accept-encoding": "identity"}
    answer = client.get("/search?q=norway", headers=plain)
    head = client.head("/search?q=norway", headers=plain)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == answer.headers["content-length"]
    tag = answer.headers["etag"]
    assert client.get("/search?q=norway", headers={"if-none-match": tag}).status_code == 304
    assert answer.headers["vary"] == "Accept, Accept-Encoding"


MALFORMED = [
    {}, {"q": "a" * (LONGEST + 1)}, {"q": ["a", "b"]}, {"q": "a", "limit": "51"},
    {"q": "a", "limit": "0"}, {"q": "a", "limit": "-1"}, {"q": "a", "limit": "ten"},
    {"q": "a", "limit": "9" * 30}, {"q": "a", "limit": "٣"}, {"q": "a", "offset": "501"},
    {"q": "a", "lang": "e n"}, {"q": "a", "lang": "x" * 50}, {"q": "a", "type": "no such class"},
    {"q": "a", "type": "Nonsense"}, {"q": "a", "type": [f"http://a/{i}" for i in range(11)]},
    {"q": "a", "type": "urn:x"}, {"q": "a", "type": "http://a/b c"}, {"q": "a", "complete": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("parameters", MALFORMED, ids=str)
def test_what_cannot_be_read_is_said_to_be(client: httpx.Client, parameters: Any) -> None:
    answer = client.get("/search", params=parameters)
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"].endswith("#problem-request-malformed")
    assert re.search(r"`(q|limit|offset|lang|type|complete)`", problem["detail"])


@pytest.mark.parametrize("text", ODD)
def test_whatever_is_asked_has_an_answer_in_every_format(client: httpx.Client, text: str) -> None:
    completions = {"complete": "1"}
    for more in ({}, {"format": "html"}, completions, completions | {"format": "suggestions"}):
        answer = client.get("/search", params={"q": text, **more})
        assert answer.status_code == 200, answer.text
    page = client.get("/search", params={"q": text, "format": "html"}).text
    assert "<script>" not in page


def test_empty_parameters_are_as_good_as_none(client: httpx.Client) -> None:
    filled = client.get("/search?q=norway&limit=&offset=&lang=&type=&complete=&format=")
    assert filled.json() == search(client, q="norway")


def test_what_is_not_on_offer_is_refused(client: httpx.Client) -> None:
    turtle = client.get("/search?q=a", headers={"accept": "text/turtle"})
    assert turtle.status_code == 406
    assert "application/ld+json" in turtle.json()["offers"]
    assert client.get("/search?q=a&format=ttl").status_code == 406
    assert client.get("/search?q=a&complete=1&format=html").status_code == 406
    assert client.post("/search?q=a").status_code == 405


def test_the_page_shows_what_is_found_by_kind(client: httpx.Client) -> None:
    html = "&format=html"
    page = client.get("/search?q=lanzarote", headers={"accept": "text/html"}).text
    assert 'href="/doc/instrument/cets-201"><mark>Lanzarote</mark> Convention</a>' in page
    headings = re.findall(r"<h2>([^<]+)</h2>", page)
    assert headings[0] == "Instruments"
    assert "Bodies and alliances" in headings
    assert 'value="lanzarote"' in page
    only = re.search(r'href="([^"]+)">bodies and alliances</a> <span class="quiet">(\d+)<', page)
    assert only
    bodies = client.get(only[1].replace("&amp;", "&"), headers={"accept": "text/html"}).text
    assert "among all kinds" in bodies
    assert bodies.count("<li>\n    <a href") == int(only[2])
    assert "identifier" not in page
    assert 'acronym <span class="other"><mark>EC3</mark>' in client.get(f"/search?q=ec3{html}").text
    assert "No name matches" in client.get(f"/search?q=lanzorotte{html}").text
    assert "Nothing is called" in client.get(f"/search?q=zubrowka{html}").text
    assert "in the class state." in client.get(f"/search?q=zubrowka&type=ocsea:State{html}").text


def test_a_page_without_a_question_asks_for_one(client: httpx.Client) -> None:
    page = client.get("/search", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert 'name="q" value=""' in page.text


@pytest.mark.parametrize("path", ["/", "/sparql", "/docs", "/doc/state/ALB", "/search"])
def test_every_page_has_a_field_and_tells_browsers_of_it(client: httpx.Client, path: str) -> None:
    page = client.get(path, headers={"accept": "text/html"}).text
    assert page.count('type="search"') == 1
    assert page.count('id="find"') == 1
    assert '<label class="hidden" for="find">' in page
    assert 'rel="search" type="application/opensearchdescription+xml"' in page


def test_the_description_leads_to_answers(client: httpx.Client) -> None:
    answer = client.get("/opensearch.xml")
    assert answer.headers["content-type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.text)
    assert len(root.findtext(OPENSEARCH + "ShortName") or "") <= 16
    assert len(root.findtext(OPENSEARCH + "Description") or "") <= 1024
    urls = {url.get("type", ""): url.get("template", "") for url in root.iter(OPENSEARCH + "Url")}
    assert len(urls) == 4
    for media_type, template in urls.items():
        assert template.startswith(str(client.base_url).rstrip("/"))
        filled = re.sub(r"\{\w+\?\}", "", template.replace("{searchTerms}", "norway"))
        found = client.get(filled, headers={"accept": "*/*"})
        assert found.status_code == 200
        assert found.headers["content-type"].split(";")[0] == media_type
    tag = answer.headers["etag"]
    assert client.get("/opensearch.xml", headers={"if-none-match": tag}).status_code == 304


def test_openapi_tells_every_parameter_and_format(client: httpx.Client) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/search"]["get"]
    told = operation["parameters"]
    names = {parameter["name"] for parameter in told if parameter["in"] == "query"}
    assert names == {"q", "type", "lang", "limit", "offset", "complete", "format"}
    assert set(operation["responses"]["200"]["content"]) == {
        "application/ld+json", "application/json", "application/x-suggestions+json", "text/html",
    }  # fmt: skip


# Where the names come from


@pytest.fixture(scope="module")
def languages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with things in several languages, one without a name, and one of no kind."""
    var = tmp_path_factory.mktemp("languages")
    a, body = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['ocsea']}Body>"
    lines = [f'<{ID}body/1> {a} {body} .', f'<{ID}body/2> {a} {body} .',
             f'<{ID}thing/3> {a} <{ID}x> .',
             f'<{ID}body/1> <{LABEL}> "Council"@en .', f'<{ID}body/1> <{LABEL}> "Conseil"@fr-CH .',
             f'<{ID}body/1> <{LABEL}> "Συμβούλιο"@el .', f'<{ID}thing/3> <{LABEL}> "Council"@en .',
             f'<{ID}body/1> <{PREFIXES["skos"]}hiddenLabel> "Counsil" .',
             f'<{ID}body/1> <{PREFIXES["skos"]}altLabel> <{ID}body/2> .']  # fmt: skip
    graph = "".join(sorted(line + "\n" for line in lines)).encode()
    publish(var, {"https://w3id.org/ocsea/graph/a": graph}, {"sources": {}})
    return var


def test_names_in_the_languages_of_a_graph(languages: Path) -> None:
    with running(languages) as server, httpx.Client(base_url=server.url, timeout=20) as client:
        for text in ("council", "CONSEIL", "συμβουλιο", "Counsil"):
            members = search(client, q=text)["members"]
            assert [member["id"] for member in members] == [ID + "body/1"], text
        french = search(client, q="conseil", lang="fr")["members"][0]
        assert french["label"] == {"@value": "Conseil", "@language": "fr-ch"}
        assert french["language"] == "fr-ch"
        assert search(client, q="συμβουλιο", lang="en")["members"] == []
        page = client.get("/search?q=conseil&lang=fr&format=html").text
        assert 'lang="fr-ch"><mark>Conseil</mark>' in page


def test_names_of_a_graph_on_disk_are_those_of_one_in_memory(languages: Path) -> None:
    async def ask(memory: int) -> bytes:
        engine = Engine(Settings(var=languages, memory=memory, workers=1))
        await engine.start()
        try:
            async with engine.pool() as pool, pool.answer(JOB) as answer:
                return await answer.everything()
        finally:
            await engine.close()

    on_disk, in_memory = asyncio.run(ask(0)), asyncio.run(ask(4096))
    assert json.loads(on_disk)["total"] == 1
    assert on_disk == in_memory


def test_a_graph_without_names_is_searched_in_vain(tmp_path: Path) -> None:
    publish(tmp_path, {"https://w3id.org/ocsea/graph/a": b""}, {"sources": {}})
    with running(tmp_path) as server:
        assert httpx.get(server.url + "/search?q=norway").json()["total"] == 0
