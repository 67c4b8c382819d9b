"""What is found of a name, and in which order."""

import json
import statistics
import time
from typing import Any

import pytest
from api_server import ID
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pyoxigraph import Store
from search_texts import ODD

from api.engine.find import Search
from api.engine.folding import words
from api.engine.index import Index
from api.engine.names import KINDS, read
from api.engine.snippet import WIDTH, snippet
from api.search.asked import LONGEST
from ocsea.namespaces import PREFIXES
from ocsea.release import Release

LABEL = PREFIXES["rdfs"] + "label"


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
