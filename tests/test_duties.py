"""Offences, obligations, exemptions and additions, as the texts and the documents have them."""

from collections import Counter, defaultdict
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode
from spoilt import opened

from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.sources import load_source

# Instrument, article, paragraph (or - for the whole article), and the offences, by the texts.
CRIMINALISED = """
DIR-2011-93 3 2 causing-to-witness-sexual-activities
DIR-2011-93 3 3 causing-to-witness-sexual-abuse
DIR-2011-93 3 4 sexual-activities-below-age-of-consent
DIR-2011-93 3 5-i sexual-activities-by-abuse-of-position
DIR-2011-93 3 5-ii sexual-activities-by-abuse-of-vulnerability
DIR-2011-93 3 5-iii sexual-activities-by-coercion
DIR-2011-93 3 6 coercing-into-activities-with-third-party
DIR-2011-93 4 2 recruiting-into-performances profiting-from-performances
DIR-2011-93 4 3 coercing-into-performances
DIR-2011-93 4 4 attending-performances
DIR-2011-93 4 5 recruiting-into-prostitution profiting-from-prostitution
DIR-2011-93 4 6 coercing-into-prostitution
DIR-2011-93 4 7 recourse-to-prostitution
DIR-2011-93 5 2 acquiring-csam possessing-csam
DIR-2011-93 5 3 accessing-csam
DIR-2011-93 5 4 distributing-csam disseminating-csam transmitting-csam
DIR-2011-93 5 5 offering-csam supplying-csam making-csam-available
DIR-2011-93 5 6 producing-csam
DIR-2011-93 6 1 proposing-to-meet
DIR-2011-93 6 2 soliciting-csam-from-child
DIR-2011-93 7 1 inciting aiding-or-abetting
DIR-2011-93 7 2 attempt
CETS-201 18 - sexual-abuse
CETS-201 18 1-a sexual-activities-below-age-of-consent
CETS-201 18 1-b sexual-activities-by-coercion sexual-activities-by-abuse-of-position \
 sexual-activities-by-abuse-of-vulnerability
CETS-201 19 - prostitution-offences
CETS-201 19 1-a recruiting-into-prostitution
CETS-201 19 1-b coercing-into-prostitution profiting-from-prostitution
CETS-201 19 1-c recourse-to-prostitution
CETS-201 20 - csam-offences
CETS-201 20 1-a producing-csam
CETS-201 20 1-b offering-csam making-csam-available
CETS-201 20 1-c distributing-csam transmitting-csam
CETS-201 20 1-d procuring-csam
CETS-201 20 1-e possessing-csam
CETS-201 20 1-f accessing-csam
CETS-201 21 - performance-offences
CETS-201 21 1-a recruiting-into-performances
CETS-201 21 1-b coercing-into-performances profiting-from-performances
CETS-201 21 1-c attending-performances
CETS-201 22 - causing-to-witness-sexual-activities causing-to-witness-sexual-abuse
CETS-201 23 - proposing-to-meet
CETS-201 24 1 aiding-or-abetting
CETS-201 24 2 attempt
ETS-185 9 1-a producing-csam-for-computer-distribution
ETS-185 9 1-b offering-csam-through-computer making-csam-available-through-computer
ETS-185 9 1-c distributing-csam-through-computer transmitting-csam-through-computer
ETS-185 9 1-d procuring-csam-through-computer
ETS-185 9 1-e possessing-csam-in-computer
ETS-185 11 1 aiding-or-abetting
ETS-185 11 2 attempt
"""
# Articles of the Lanzarote Convention that lay down a duty other than to make conduct punishable.
LANZAROTE_DUTIES = [*range(4, 18), *range(25, 40), 41]

# Exemption, its class, the provision, and what it lets go, by the texts.
EXEMPTIONS = """
cets-201-18-3 Derogation cets-201/article/18/paragraph/3 sexual-activities-below-age-of-consent
cets-201-20-3 PermittedReservation cets-201/article/20/paragraph/3 producing-csam possessing-csam
cets-201-20-4 PermittedReservation cets-201/article/20/paragraph/4 accessing-csam
cets-201-21-2 PermittedReservation cets-201/article/21/paragraph/2 attending-performances
cets-201-24-3 PermittedReservation cets-201/article/24/paragraph/3 attempt
cets-201-25-3 PermittedReservation cets-201/article/25/paragraph/3 jurisdiction-by-residence
cets-201-25-5 PermittedReservation cets-201/article/25/paragraph/5 no-dual-criminality
ets-185-9-3 Derogation ets-185/article/9/paragraph/3 csam-offences
ets-185-9-4 PermittedReservation ets-185/article/9/paragraph/4 csam-offences \
 possessing-csam-in-computer procuring-csam-through-computer
ets-185-11-3 PermittedReservation ets-185/article/11/paragraph/3 attempt
dir-2011-93-5-7 Derogation dir-2011-93/article/5/paragraph/7 csam-offences
dir-2011-93-5-8 Derogation dir-2011-93/article/5/paragraph/8 acquiring-csam possessing-csam \
 producing-csam
dir-2011-93-8-1 Derogation dir-2011-93/article/8/paragraph/1 causing-to-witness-sexual-activities \
 sexual-activities-below-age-of-consent
dir-2011-93-8-2 Derogation dir-2011-93/article/8/paragraph/2 attending-performances
dir-2011-93-8-3 Derogation dir-2011-93/article/8/paragraph/3 acquiring-csam possessing-csam \
 producing-csam
fd-2004-68-3-2-a Derogation fd-2004-68/article/3/paragraph/2-a csam-offences
fd-2004-68-3-2-b Derogation fd-2004-68/article/3/paragraph/2-b possessing-csam producing-csam
fd-2004-68-3-2-c Derogation fd-2004-68/article/3/paragraph/2-c possessing-csam producing-csam
"""
# A date of an instrument that a document names, and who gives it, read in the document.
DATES = """
dec-2000-375 adopted study2015 2000-05-29
dec-2009-371 adopted study2015 2009-04-06
dec-2009-426 adopted study2015 2008-12-16
com-2007-716 adopted study2015 2007-11-16
com-2010-673 adopted study2015 2010-11-22
council-res-2011-06-10 adopted study2015 2011-06-10
dir-2014-41 adopted study2015 2014-04-03
fd-2009-315 adopted study2015 2009-02-26
ep-res-2000-04-11 adopted study2015 2000-04-11
safer-social-networking-principles adopted study2015 2009
european-framework-safer-mobile-use adopted study2015 2007
council-conclusions-2009-c62-05 adopted article2018 2008-11-27
council-conclusions-2009-c62-05 adopted slides2009 2009-11
council-conclusions-12862-19 adopted grace2021 2019-10-08
ep-resolution-2019-2876 adopted grace2021 2019-11-26
ecosoc-2002-13 adopted grace2021 2002-07-24
luxembourg-guidelines adopted mapping2021 2016-01-28
decree-2016-08-30-ita adopted mapping2021 2016-08-30
lanzarote-report-1 adopted mapping2021 2015-12-04
com-2010-94 adopted study2015 2009
"""
RELATIONS = """
dir-2011-93/article/6 drawsOn cets-201/article/23
cets-201 drawsOn ets-185
lanzarote-opinion-2015 interprets cets-201/article/23
lanzarote-opinion-2019 interprets cets-201/article/20
crc-gc-16 interprets uncrc
ja-97-154 adoptedUnder teu/article/k-3
conv-2000-197 adoptedUnder teu/article/34
treaty-of-amsterdam amends teu
dec-2009-426 amends dec-2002-187
com-2010-94 proposes dir-2011-93
com-2007-716 reportsOn fd-2004-68
unga-res-54-263 annexes opsc
bel-bbico-memorandum-2019 drawsOn cm-rec-2018-7
com-2010-245 givesEffectTo com-2010-2020
dir-2011-93/article/7/paragraph/2 extendsTo dir-2011-93/article/5/paragraph/4
ets-185/article/11/paragraph/2 extendsTo ets-185/article/9/paragraph/1-a
"""

Facts = dict[tuple[NamedNode, NamedNode], list[NamedNode]]


@cache
def facts() -> Facts:
    found: Facts = defaultdict(list)
    for triple in load_source(*opened("instruments")):
        assert isinstance(triple.subject, NamedNode)
        if isinstance(triple.object, NamedNode):
            found[triple.subject, triple.predicate].append(triple.object)
    return found


@cache
def texts() -> dict[tuple[NamedNode, NamedNode], set[str]]:
    found: dict[tuple[NamedNode, NamedNode], set[str]] = defaultdict(set)
    for triple in load_source(*opened("instruments")):
        assert isinstance(triple.subject, NamedNode)
        if isinstance(triple.object, Literal):
            found[triple.subject, triple.predicate].add(triple.object.value)
    return found


def thing(path: str) -> NamedNode:
    return NamedNode(ID + path)


def leads(subject: NamedNode, name: str) -> list[NamedNode]:
    return facts().get((subject, term(name)), [])


def keys(subject: NamedNode, name: str) -> set[str]:
    """The last parts of the IRIs that a property leads to."""
    return {other.value.rsplit("/", 1)[1] for other in leads(subject, name)}


def of_class(*names: str) -> set[NamedNode]:
    kinds = {term(f"ocsea:{name}") for name in names}
    return {s for (s, p), found in facts().items() if p == RDF_TYPE and kinds & set(found)}


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.replace("\\\n", "").strip().splitlines()]


def provision(instrument: str, article: str, paragraph: str) -> NamedNode:
    path = f"instrument/{instrument.lower()}/article/{article}"
    return thing(path if paragraph == "-" else f"{path}/paragraph/{paragraph}")


@pytest.mark.parametrize("line", lines(CRIMINALISED), ids=" ".join)
def test_which_provision_criminalises_which_offence(line: list[str]) -> None:
    instrument, article, paragraph, *offences = line
    assert keys(provision(instrument, article, paragraph), "ocsea:criminalises") == set(offences)


def test_no_provision_of_these_criminalises_more() -> None:
    expected = {provision(*line[:3]) for line in lines(CRIMINALISED)}
    stems = ("dir-2011-93", "cets-201", "ets-185")
    found = {s for s, p in facts() if p == term("ocsea:criminalises")}
    assert {
        s for s in found if s.value.startswith(tuple(f"{ID}instrument/{i}/" for i in stems))
    } == (expected)


def test_offences_that_only_the_directive_has() -> None:
    by: dict[str, set[str]] = defaultdict(set)
    for (subject, predicate), offences in facts().items():
        if predicate == term("ocsea:criminalises"):
            instrument = subject.value.removeprefix(ID + "instrument/").split("/")[0]
            by[instrument].update(o.value.rsplit("/", 1)[1] for o in offences)
    assert by["dir-2011-93"] - by["cets-201"] == {
        "coercing-into-activities-with-third-party",
        "acquiring-csam",
        "supplying-csam",
        "disseminating-csam",
        "soliciting-csam-from-child",
        "inciting",
    }
    assert {"accessing-csam", "proposing-to-meet", "offering-csam"} <= (
        by["dir-2011-93"] - by["fd-2004-68"]
    )
    assert "acquiring-csam" in by["fd-2004-68"]


@pytest.mark.parametrize(
    ("offence", "intent", "ict"),
    [
        ("accessing-csam", "KnowingAndIntentional", "IctRequired"),
        ("attending-performances", "KnowingAndIntentional", "IctIncluded"),
        ("proposing-to-meet", "IntentionalForPurpose", "IctRequired"),
        ("causing-to-witness-sexual-abuse", "IntentionalForPurpose", "IctIncluded"),
        ("possessing-csam", "Intentional", "IctIncluded"),
        ("possessing-csam-in-computer", "Intentional", "IctRequired"),
    ],
)
def test_what_an_offence_takes(offence: str, intent: str, ict: str) -> None:
    iri = thing(f"offence/{offence}")
    assert leads(iri, "ocsea:intentElement") == [term(f"ocsea:{intent}")]
    assert leads(iri, "ocsea:ictElement") == [term(f"ocsea:{ict}")]


def test_a_conduct_says_what_it_takes_and_somebody_punishes_it() -> None:
    punished = {
        o for (_, p), found in facts().items() for o in found if p.value.endswith("#criminalises")
    }
    above = {o for s in of_class("Offence") for o in leads(s, "skos:broader")}
    for offence in (
        of_class("Offence")
        - above
        - {
            thing("offence/sale-of-children"),
            thing("offence/trafficking-in-persons"),
        }
    ):
        assert offence in punished, offence
        assert len(leads(offence, "ocsea:intentElement")) == 1, offence
        assert len(leads(offence, "ocsea:ictElement")) == 1, offence


def test_what_depends_on_a_computer_stands_below_what_does_not() -> None:
    for line in lines(CRIMINALISED):
        if line[0] == "ETS-185" and line[1] == "9":
            for key in line[3:]:
                assert keys(thing(f"offence/{key}"), "skos:broader") < {
                    other.value.rsplit("/", 1)[1] for other in of_class("Offence")
                }
                assert leads(thing(f"offence/{key}"), "ocsea:ictElement") == [
                    term("ocsea:IctRequired")
                ]


@pytest.mark.parametrize("article", LANZAROTE_DUTIES)
def test_each_article_of_the_lanzarote_convention_requires_something(article: int) -> None:
    prefix = f"{ID}instrument/cets-201/article/{article}"
    found = {s.value for s, p in facts() if p == term("ocsea:requires")}
    assert [s for s in found if s == prefix or s.startswith(f"{prefix}/paragraph/")]


def test_obligations_have_a_heading_above_them_and_a_law_behind_them() -> None:
    required = {
        o for (_, p), found in facts().items() for o in found if p == term("ocsea:requires")
    }
    tops = {o for o in of_class("Obligation") if not leads(o, "skos:broader")}
    assert {o.value.rsplit("/", 1)[1] for o in tops} == {
        "prevention",
        "protection-and-assistance",
        "intervention",
        "penal-law",
        "investigation-and-prosecution",
        "data-collection",
        "international-cooperation",
        "monitoring",
    }
    assert required == of_class("Obligation") - tops


def test_ten_states_have_a_duty_to_report() -> None:
    states = set[str]()
    for subject, predicate in facts():
        if predicate == term("ocsea:requires") and "reporting-by-law" in keys(
            subject, "ocsea:requires"
        ):
            states |= keys(subject, "ocsea:ofState")
    assert states == {"HRV", "LIE", "DNK", "EST", "ISL", "CYP", "FIN", "HUN", "ROU", "NLD"}


@pytest.mark.parametrize("line", lines(EXEMPTIONS), ids=" ".join)
def test_what_may_be_left_out(line: list[str]) -> None:
    key, kind, where, *exempted = line
    iri, law = thing(f"exemption/{key}"), thing(f"instrument/{where}")
    assert leads(iri, "rdf:type") == [term(f"ocsea:{kind}")]
    assert leads(iri, "ocsea:allowedBy") == [law]
    assert keys(iri, "ocsea:exempts") == keys(law, "ocsea:allowsDerogation") == set(exempted)


def test_no_exemption_beyond_those() -> None:
    found = {iri.value.rsplit("/", 1)[1] for iri in of_class("Derogation", "PermittedReservation")}
    assert found == {line[0] for line in lines(EXEMPTIONS)}


def test_what_instruments_add_to_others() -> None:
    pairs = Counter(
        (*keys(iri, "ocsea:additionOf"), *keys(iri, "ocsea:comparedWith"))
        for iri in of_class("Addition")
    )
    # The 2015 study lists six for the Directive; reservations and the mapping's point make eight.
    assert pairs["dir-2011-93", "cets-201"] == 8
    assert pairs["dir-2011-93", "fd-2004-68"] == 10
    assert pairs["cets-201", "ets-185"] == 4
    assert pairs["lanzarote-opinion-2015", "cets-201"] == 1
    added = keys(thing("addition/dir-2011-93-non-punishment"), "ocsea:adds")
    assert added == {"non-punishment-of-victims"}


@pytest.mark.parametrize("line", lines(DATES), ids=" ".join)
def test_dates_that_documents_give(line: list[str]) -> None:
    instrument, prop, stem, date = line
    statement = thing(f"date/{instrument}/{prop}/{stem}")
    assert texts()[statement, term("ocsea:date")] == {date}
    assert texts()[statement, term("ocsea:statedValue")]


@pytest.mark.parametrize("line", lines(RELATIONS), ids=" ".join)
def test_relations_of_instruments_and_provisions(line: list[str]) -> None:
    subject, relation, other = line
    assert thing(f"instrument/{other}") in leads(
        thing(f"instrument/{subject}"), f"ocsea:{relation}"
    )


def test_who_monitors() -> None:
    found = {
        (s.value.rsplit("/", 1)[1], *keys(s, "ocsea:monitoredBy"))
        for s, p in facts()
        if p == term("ocsea:monitoredBy")
    }
    assert found == {
        ("cets-201", "lanzarote-committee"),
        ("ets-185", "cybercrime-convention-committee"),
        ("uncrc", "committee-on-the-rights-of-the-child"),
        ("opsc", "committee-on-the-rights-of-the-child"),
        ("dir-2011-93", "european-commission"),
    }


def test_every_instrument_but_two_is_named_by_a_document() -> None:
    named = {s for s, p in facts() if p == term("ocsea:mentionedIn")}
    instruments = {s for s, p in texts() if p == term("dcterms:identifier")} - {
        thing("source/instruments")
    }
    # One stands here for its legal bases, one as what another repealed.
    assert instruments - named == {thing("instrument/tfeu"), thing("instrument/dir-89-552")}


@pytest.mark.parametrize(
    ("stem", "count"),
    [
        ("article2018", 14),
        ("grace2021", 29),
        ("mapping2021", 59),
        ("slides2009", 6),
        ("study2015", 46),
    ],
)
def test_how_many_instruments_a_document_names(stem: str, count: int) -> None:
    source = thing(f"source/{stem}")
    found = {s for (s, p), o in facts().items() if p == term("ocsea:mentionedIn") and source in o}
    assert len(found) == count


def test_a_place_in_a_document_leads_to_the_documents_own() -> None:
    found = {o.value for (_, p), [o, *_] in facts().items() if p == term("ocsea:samePlace")}
    assert {
        f"{ID}locator/study2015/footnote-106",
        f"{ID}locator/grace2021/chapter-5-3-3",
        f"{ID}locator/mapping2021/chapter-3",
        f"{ID}locator/slides2009/slide-9",
        f"{ID}locator/article2018/footnote-41",
    } <= found
    assert not [place for place in found if place.startswith(f"{ID}locator/instruments/")]
