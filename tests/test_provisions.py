"""Articles and chapters of the instruments, as the official texts have them."""

import hashlib
from collections import Counter
from csv import DictReader

import pytest
from instrument_records import of_class, places, value, values
from pyoxigraph import NamedNode

from ocsea import ids
from ocsea.resources import ROOT

REFERENCE = ROOT.parent / "shared" / "reference" / "articles.csv"
FURTHER_ARTICLES = {
    "tfeu": 2,
    "teu": 3,
    "fd-2004-68": 5,
    "untoc": 4,
    "dir-2011-36": 1,
    "dir-2000-31": 7,
    "dir-2010-13": 2,
    "dec-2009-371": 2,
    "sexual-offences-act-2003": 1,
}
# Articles, and the SHA-256 (first half) of their lines `number|heading|chapter|chapter heading`.
PROVISIONS = {
    "CETS-201": (50, "2baf974c8fbff53d"),
    "ETS-185": (48, "d09bac9fb2920929"),
    "UNCRC": (54, "6d411608dd48e8bf"),
    "OPSC": (17, "9c1bf2785b85028c"),
    "UNTOC-TIP": (20, "1022009d9a940647"),
    "ILO-C182": (16, "14a87a5224550e6c"),
    "DIR-2011-93": (30, "98149f8b0bb92da3"),
}
CITED_AS = {
    "CETS-201": "CETS No. 201",
    "ETS-185": "ETS No. 185",
    "ILO-C182": "ILO Convention No. 182",
    "DIR-2011-93": "OJ L 335, 17.12.2011, p. 1",
}
# Headings that the studies print as well: instrument, kind, numbers, place (shortened).
ALSO_HEADED = [
    ("CETS-201", "Article", "6 7 8 12 13 37", "2021), Recommendations"),
    ("CETS-201", "Article", "14", "2021), chapter 6"),
    ("CETS-201", "Article", "9 18 19 20 21 22 23", "2015), section 1.2.1"),
    ("CETS-201", "Chapter", "IV X", "2015), section 1.2.1"),
    ("DIR-2011-93", "Article", "8 9 10 12 22 25", "2015), section 1.1.2"),
]
CORRECTED = {
    ("DIR-2011-93", "Article", "24"): (
        "Intervention programmes or measures on a voluntary basis "
        "in the course of or after criminal proceedings"
    ),
    ("CETS-201", "Chapter", "XII"): "Amendments to the Convention",
    ("UNTOC-TIP", "Chapter", "I"): "General provisions",
}


def articles(identifier: str) -> list[tuple[str, str, str, str]]:
    """Number, heading, chapter number and chapter heading of an instrument's articles, in order."""
    lines = [(article, chapter_of(article, identifier)) for article in parts(identifier, "article")]
    rows = [(*number_and_heading(article), *chapter) for article, chapter in lines]
    return sorted(rows, key=lambda row: int(row[0]))


def parts(identifier: str, kind: str) -> list[NamedNode]:
    prefix = f"{ids.instrument(identifier).value}/{kind}/"
    return [iri for iri in of_class("Article", "Chapter") if iri.value.startswith(prefix)]


def number_and_heading(provision: NamedNode) -> tuple[str, str]:
    return value(provision, "eli:number"), value(provision, "ocsea:heading")


def chapter_of(article: NamedNode, identifier: str) -> tuple[str, str]:
    instrument, *chapters = values(article, "eli:is_part_of")
    assert instrument == ids.instrument(identifier).value
    [chapter] = [number_and_heading(NamedNode(iri)) for iri in chapters] or [("", "")]
    return chapter


@pytest.mark.parametrize("identifier", PROVISIONS)
def test_every_article(identifier: str) -> None:
    count, digest = PROVISIONS[identifier]
    lines = ["|".join(row) for row in articles(identifier)]
    assert len(lines) == count
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == digest


def test_no_provision_beyond_those() -> None:
    others = Counter(
        ids.key(iri).split("/")[0]
        for iri in of_class("Article")
        if ids.key(iri).split("/")[0] not in {ids.slug(i) for i in PROVISIONS}
    )
    assert others == FURTHER_ARTICLES
    assert len(of_class("Article")) - others.total() == 235
    assert sum(count for count, _ in PROVISIONS.values()) == 235
    chapters = Counter(ids.key(iri).split("/")[0] for iri in of_class("Chapter"))
    assert chapters == {"cets-201": 13, "ets-185": 4, "uncrc": 3, "untoc-tip": 4}
    wholes = [values(chapter, "eli:is_part_of") for chapter in of_class("Chapter")]
    assert Counter(ids.key(NamedNode(iri)) for [iri] in wholes) == chapters


@pytest.mark.parametrize(
    ("identifier", "kind", "number", "label"),
    [
        ("CETS-201", "Article", "20", "Article 20: Offences concerning child pornography"),
        ("CETS-201", "Article", "23", "Article 23: Solicitation of children for sexual purposes"),
        ("CETS-201", "Chapter", "II", "Lanzarote Convention, Chapter II: Preventive measures"),
        ("ETS-185", "Article", "9", "Article 9: Offences related to child pornography"),
        ("ETS-185", "Article", "35", "Budapest Convention, Article 35: 24/7 Network"),
        (
            "UNTOC-TIP",
            "Article",
            "5",
            "Trafficking in Persons Protocol, Article 5: Criminalization",
        ),
        ("UNCRC", "Chapter", "I", "UN Convention on the Rights of the Child, Part I"),
        ("UNCRC", "Article", "34", "UN Convention on the Rights of the Child, Article 34"),
        ("OPSC", "Article", "3", "Optional Protocol on the Sale of Children, Article 3"),
        ("ILO-C182", "Article", "3", "Worst Forms of Child Labour Convention, Article 3"),
        ("DIR-2011-93", "Article", "27", "Directive 2011/93/EU, Article 27: Transposition"),
    ],
)
def test_provision_labels(identifier: str, kind: str, number: str, label: str) -> None:
    assert value(ids.provision(identifier, kind, number), "rdfs:label").endswith(label)


def test_corrected_headings_carry_a_note() -> None:
    whole = {f"/{ids.slug(identifier)}/" for identifier in PROVISIONS}
    noted = {iri for iri in of_class("Article", "Chapter") if values(iri, "skos:note")}
    noted = {iri for iri in noted if any(part in iri.value for part in whole)}
    assert noted == {ids.provision(*key) for key in CORRECTED}
    assert all(value(ids.provision(*k), "ocsea:heading") == h for k, h in CORRECTED.items())


def test_provisions_cite_themselves_and_the_studies() -> None:
    also = {
        ids.provision(identifier, kind, number): place
        for identifier, kind, numbers, place in ALSO_HEADED
        for number in numbers.split()
    }
    for identifier in PROVISIONS:
        division = "Part" if identifier == "UNCRC" else "Chapter"
        for kind in ("Article", division):
            for iri in parts(identifier, "article" if kind == "Article" else "chapter"):
                own, *others = places(iri)
                name = CITED_AS.get(identifier, identifier)
                assert own == f"{name}, {kind} {value(iri, 'eli:number')}"
                assert iri not in also or any(place.endswith(also[iri]) for place in others)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference list is no part of the product")
def test_articles_against_the_reference_list() -> None:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(DictReader(file))
    mine = {(i, row[0]): row for i in PROVISIONS for row in articles(i)}
    assert len(rows) == len(mine)
    for row in rows:
        identifier, number, chapter = row["instrument"], row["article"], row["chapter"]
        head = CORRECTED.get((identifier, "Article", number), row["heading"])
        part = CORRECTED.get((identifier, "Chapter", chapter), row["chapter_heading"])
        assert mine[identifier, number] == (number, head, chapter, part)
