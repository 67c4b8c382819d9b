"""Instruments, dates and relations, as the official texts and the documents have them."""

import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import pytest
from instrument_records import graph, of_class, places, value, values
from pyoxigraph import Literal, NamedNode
from spoilt import load_changed

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import term

# Instrument, property, document, date, place, as checked against the texts and the documents.
DATES = """
UNCRC adopted instruments 1989-11-20 General Assembly resolution 44/25
UNCRC adopted grace2021 1989-11-20 chapter 8, B - Legislation
UNCRC openedForSignature instruments 1990-01-26 United Nations Treaty Collection, chapter IV.11
UNCRC entryIntoForce instruments 1990-09-02 UNCRC, Article 49(1)
OPSC adopted instruments 2000-05-25 General Assembly resolution 54/263
OPSC adopted grace2021 2000-05-25 footnote 65
OPSC openedForSignature grace2021 2000-05-25 footnote 65
OPSC entryIntoForce instruments 2002-01-18 OPSC, Article 14(1)
OPSC entryIntoForce grace2021 2002-01-18 footnote 65
OPSC entryIntoForce study2015 2002 section 1.3
UNTOC adopted instruments 2000-11-15 General Assembly resolution 55/25
UNTOC openedForSignature instruments 2000-12-12 UNTOC, Article 36(1)
UNTOC entryIntoForce instruments 2003-09-29 UNTOC, Article 38(1)
UNTOC entryIntoForce study2015 2003-09-23 footnote 94
UNTOC-TIP adopted instruments 2000-11-15 General Assembly resolution 55/25
UNTOC-TIP openedForSignature instruments 2000-12-12 UNTOC-TIP, Article 16(1)
UNTOC-TIP entryIntoForce instruments 2003-12-25 UNTOC-TIP, Article 17(1)
CETS-201 adopted instruments 2007-07-12 Explanatory Report to CETS No. 201, paragraph I
CETS-201 openedForSignature instruments 2007-10-25 CETS No. 201, title page
CETS-201 openedForSignature study2015 2007-10-25 footnote 74
CETS-201 openedForSignature grace2021 2007-10-25 footnote 68
CETS-201 entryIntoForce instruments 2010-07-01 CETS No. 201, Article 45(3)
CETS-201 entryIntoForce grace2021 2010-07-01 footnote 68
ETS-185 adopted instruments 2001-11-08 Explanatory Report to ETS No. 185, paragraph I
ETS-185 adopted study2015 2001 section 1.2
ETS-185 openedForSignature instruments 2001-11-23 ETS No. 185, title page
ETS-185 openedForSignature study2015 2001-11-23 footnote 70
ETS-185 openedForSignature grace2021 2001-11-23 footnote 69
ETS-185 entryIntoForce instruments 2004-07-01 ETS No. 185, Article 36(3)
ETS-185 entryIntoForce grace2021 2004-07-01 footnote 69
ILO-C182 adopted instruments 1999-06-17 ILO Convention No. 182, preamble
ILO-C182 adopted grace2021 1999-06-17 footnote 66
ILO-C182 entryIntoForce instruments 2000-11-19 ILO Convention No. 182, Article 10(2)
ILO-C182 entryIntoForce grace2021 2000-11-19 footnote 66
DIR-2011-93 adopted instruments 2011-12-13 OJ L 335, 17.12.2011, p. 1, title
DIR-2011-93 adopted study2015 2011-12-13 footnote 8
DIR-2011-93 adopted grace2021 2011-12-13 footnote 2
DIR-2011-93 adopted mapping2021 2011-12-13 Appendix 1
DIR-2011-93 adopted article2018 2011 footnote 42
DIR-2011-93 entryIntoForce instruments 2011-12-17 OJ L 335, 17.12.2011, p. 1, Article 29
DIR-2011-93 transpositionDeadline instruments 2013-12-18 OJ L 335, 17.12.2011, p. 1, Article 27(1)
DIR-2011-93 transpositionDeadline grace2021 2013-12-18 footnote 70
DIR-2011-36 adopted instruments 2011-04-05 OJ L 101, 15.4.2011, p. 1, title
DIR-2011-36 adopted study2015 2011-04-05 footnote 54
DIR-2011-36 entryIntoForce instruments 2011-04-15 OJ L 101, 15.4.2011, p. 1, Article 24
DIR-2011-36 transpositionDeadline instruments 2013-04-06 OJ L 101, 15.4.2011, p. 1, Article 22(1)
DIR-2012-29 adopted instruments 2012-10-25 OJ L 315, 14.11.2012, p. 57, title
DIR-2012-29 adopted grace2021 2012-10-25 footnote 101
DIR-2012-29 entryIntoForce instruments 2012-11-15 OJ L 315, 14.11.2012, p. 57, Article 31
DIR-2012-29 transpositionDeadline instruments 2015-11-16 OJ L 315, 14.11.2012, p. 57, Article 27(1)
DIR-2000-31 adopted instruments 2000-06-08 OJ L 178, 17.7.2000, p. 1, title
DIR-2000-31 adopted study2015 2000-06-08 footnote 57
DIR-2000-31 entryIntoForce instruments 2000-07-17 OJ L 178, 17.7.2000, p. 1, Article 23
DIR-2000-31 transpositionDeadline instruments 2002-01-17 OJ L 178, 17.7.2000, p. 1, Article 22(1)
DIR-2010-13 adopted instruments 2010-03-10 OJ L 95, 15.4.2010, p. 1, title
DIR-2010-13 adopted study2015 2010-03-10 footnote 61
DIR-2010-13 entryIntoForce instruments 2010-05-05 OJ L 95, 15.4.2010, p. 1, Article 35
DIR-89-552 adopted instruments 1989-10-03 OJ L 298, 17.10.1989, p. 23, title
DIR-89-552 noLongerInForceSince instruments 2010-05-05 OJ L 95, 15.4.2010, p. 1, Articles 34, 35
FD-2004-68 adopted instruments 2003-12-22 OJ L 13, 20.1.2004, p. 44, title
FD-2004-68 adopted study2015 2003-12-22 footnote 3
FD-2004-68 entryIntoForce instruments 2004-01-20 OJ L 13, 20.1.2004, p. 44, Article 13
FD-2004-68 transpositionDeadline instruments 2006-01-20 OJ L 13, 20.1.2004, p. 44, Article 12(1)
FD-2004-68 noLongerInForceSince instruments 2011-12-17 OJ L 335, 17.12.2011, p. 1, Articles 26, 29
FD-2002-629 adopted instruments 2002-07-19 OJ L 203, 1.8.2002, p. 1, title
FD-2002-629 entryIntoForce instruments 2002-08-01 OJ L 203, 1.8.2002, p. 1, Article 11
FD-2002-629 transpositionDeadline instruments 2004-08-01 OJ L 203, 1.8.2002, p. 1, Article 10(1)
FD-2002-629 noLongerInForceSince instruments 2011-04-15 OJ L 101, 15.4.2011, p. 1, Articles 21, 24
FD-2001-220 adopted instruments 2001-03-15 OJ L 82, 22.3.2001, p. 1, title
FD-2001-220 entryIntoForce instruments 2001-03-22 OJ L 82, 22.3.2001, p. 1, Article 19
FD-2001-220 noLongerInForceSince instruments 2012-11-15 OJ L 315, 14.11.2012, p. 57, Articles 30, 31
JA-97-154 adopted instruments 1997-02-24 OJ L 63, 4.3.1997, p. 2, title
JA-97-154 adopted study2015 1997-02-24 footnote 1
JA-97-154 noLongerInForceSince instruments 2004-01-20 OJ L 13, 20.1.2004, p. 44, Articles 11, 13
COM-2012-196 adopted instruments 2012-05-02 COM(2012) 196 final, 2.5.2012, title page
COM-2012-196 adopted study2015 2012-05-02 footnote 65
COM-2012-196 adopted article2018 2012 footnote 43
COM-2020-607 adopted instruments 2020-07-24 COM(2020) 607 final, 24.7.2020, title page
COM-2020-607 adopted grace2021 2020-07-24 chapter 5.3.3
"""
# Class, adopters, in force, and where that is said (shortened).
INSTRUMENTS = {
    "UNCRC": ("Treaty", "united-nations-general-assembly", "InForce", "2021), Fig. 1"),
    "OPSC": ("Protocol", "united-nations-general-assembly", "InForce", "2021), Fig. 1"),
    "UNTOC": ("Treaty", "united-nations-general-assembly", "InForce", "2015), section 1.3"),
    "UNTOC-TIP": ("Protocol", "united-nations-general-assembly", "InForce", "2015), section 1.3"),
    "CETS-201": ("Treaty", "council-of-europe", "InForce", "2021), Fig. 1"),
    "ETS-185": ("Treaty", "council-of-europe", "InForce", "2021), Fig. 1"),
    "ILO-C182": ("Treaty", "international-labour-organization", "InForce", "2021), footnote 66"),
    "DIR-2011-93": ("Directive", "parliament+council", "InForce", "2021), chapter 6.1"),
    "DIR-2011-36": ("Directive", "parliament+council", "InForce", "2015), section 1.1.2"),
    "DIR-2012-29": ("Directive", "parliament+council", "InForce", "2021), chapter 6.1"),
    "DIR-2000-31": ("Directive", "parliament+council", "InForce", "2015), section 1.1.3"),
    "DIR-2010-13": ("Directive", "parliament+council", "InForce", "2015), section 1.1.3"),
    "DIR-89-552": ("Directive", "council", "NotInForce", "OJ L 95, 15.4.2010, p. 1, Article 34"),
    "FD-2004-68": ("FrameworkDecision", "council", "NotInForce", "2015), section 1.1.1"),
    "FD-2002-629": ("FrameworkDecision", "council", "NotInForce", "p. 1, Article 21"),
    "FD-2001-220": ("FrameworkDecision", "council", "NotInForce", "p. 57, Article 30"),
    "JA-97-154": ("Instrument", "council", "NotInForce", "p. 44, Article 11"),
    "COM-2012-196": ("Communication", "european-commission", None, None),
    "COM-2020-607": ("Communication", "european-commission", None, None),
}
ADOPTERS = {
    "council": {"council-of-the-european-union"},
    "parliament+council": {"european-parliament", "council-of-the-european-union"},
}
RELATIONS = {
    ("OPSC", "supplements", "UNCRC"): ["2015), section 1.3"],
    ("UNTOC-TIP", "supplements", "UNTOC"): ["UNTOC-TIP, Article 1(1)"],
    ("DIR-2011-93", "replaces", "FD-2004-68"): ["p. 1, Article 26", "2015), footnote 8"],
    ("DIR-2011-36", "replaces", "FD-2002-629"): ["p. 1, Article 21", "2015), footnote 54"],
    ("DIR-2012-29", "replaces", "FD-2001-220"): ["p. 57, Article 30", "2021), footnote 101"],
    ("DIR-2010-13", "repeals", "DIR-89-552"): ["p. 1, Article 34"],
    ("FD-2004-68", "repeals", "JA-97-154"): ["p. 44, Article 11"],
}
# Further instruments that a document names, beside those above.
NAMED = """
TEU TREATY-OF-AMSTERDAM TREATY-OF-LISBON TFEU CONV-2000-197 ETS-5 ETS-30 CETS-224
FD-2002-584 FD-2005-222 FD-2008-909 FD-2009-315 DIR-2014-41 DIR-2014-42
DEC-2000-375 DEC-2009-371 DEC-2002-187 DEC-2009-426 DEC-1336-97 REG-1316-2013 REG-283-2014
COM-1996-547 COM-1999-262 COM-2007-267 COM-2007-716 COM-2009-135 COM-2010-94 COM-2010-245
COM-2010-673 COM-2010-2020 COM-2011-60 COM-2016-871 COM-2021-142 JOIN-2013-1 JOIN-2017-450
COUNCIL-CONCLUSIONS-2009-C62-05 COUNCIL-CONCLUSIONS-12862-19 COUNCIL-RES-2011-06-10
COUNCIL-WK-11032-2019 EP-RES-2000-03-30 EP-RES-2000-04-11 EP-RESOLUTION-2019-2876
CETS-201-EXPLANATORY-REPORT LANZAROTE-OPINION-2015 LANZAROTE-OPINION-2017
LANZAROTE-OPINION-2019 LANZAROTE-STATEMENT-2020 LANZAROTE-CHILD-PARTICIPATION-GUIDELINES
LANZAROTE-REPORT-1 LANZAROTE-REPORT-2
CM-REC-2012-2 CM-REC-2018-7 UNGA-RES-44-25 UNGA-RES-54-263 UNGA-RES-70-1 UNSCR-1244
ICJ-OPINION-KOSOVO CRC-GC-16 ECOSOC-RES-2005-20 ECOSOC-2002-13 LUXEMBOURG-GUIDELINES
BARNAHUS-QUALITY-STANDARDS ICMEC-CSAM-MODEL-LEGISLATION ICMEC-GROOMING-MODEL-LEGISLATION
INTERPOL-COVID-19-GUIDELINES SAFER-SOCIAL-NETWORKING-PRINCIPLES
EUROPEAN-FRAMEWORK-SAFER-MOBILE-USE CEO-COALITION-STATEMENT-OF-PURPOSE INHOPE-CODE-OF-PRACTICE
WEPROTECT-STRATEGY-2016 BEL-BBICO-MEMORANDUM-2019 ALB-CHILD-PROTECTION-LAW
ALB-ACTION-PLAN-CHILD-ONLINE-SAFETY ALB-CYBERSECURITY-STRATEGY MNE-CHILD-STRATEGY
MDA-CHILD-STRATEGY TUR-CHILD-STRATEGY UKR-HUMAN-RIGHTS-ACTION-PLAN UKR-GBR-MEMORANDUM
UKR-IRL-MEMORANDUM PRT-PLAN-SCHOOL-WITHOUT-BULLYING GBR-ONLINE-HARMS-BILL GBR-WORKING-TOGETHER
GBR-CODE-CONSUMER-IOT-SECURITY GBR-AGE-APPROPRIATE-DESIGN GBR-CPS-INDECENT-IMAGES
SEXUAL-OFFENCES-ACT-2003 GBR-SCT-CRIMINAL-RESPONSIBILITY DECREE-2016-08-30-ITA
CYP-LAW-2014-SURVEILLANCE CODE-DE-PROCEDURE-PENALE-FRA NLD-LONG-TERM-SUPERVISION
DEU-CHILD-PARTICIPATION-CONSTRUCTION CZE-ACT-45-2013 DNK-ACT-ON-SOCIAL-SERVICES
LVA-LAW-SOCIAL-SERVICES LVA-LAW-CHILDRENS-RIGHTS ESP-ONLINE-HARASSMENT-LAW USA-CPPA-1996
USA-FIRST-AMENDMENT 18-USC-2258A HRV-DUTY-TO-REPORT LIE-DUTY-TO-REPORT DNK-DUTY-TO-REPORT
EST-DUTY-TO-REPORT ISL-DUTY-TO-REPORT CYP-DUTY-TO-REPORT FIN-DUTY-TO-REPORT HUN-DUTY-TO-REPORT
ROU-DUTY-TO-REPORT NLD-DUTY-TO-REPORT AUT-CONSENT-EXEMPTION CYP-AGE-PROXIMITY-EXEMPTION
SVN-AGE-PROXIMITY-EXEMPTION
"""
FURTHER_RELATIONS = {
    ("REG-283-2014", "repeals", "DEC-1336-97"),
    ("CETS-224", "supplements", "ETS-185"),
}


def stated_dates() -> list[list[str]]:
    return [line.split(maxsplit=4) for line in DATES.strip().splitlines()]


def test_instruments() -> None:
    known = {o.value for (s, p), [o, *_] in graph().items() if p == "dcterms:identifier"}
    assert known == {*INSTRUMENTS, *NAMED.split(), "instruments"}
    for identifier, (cls, adopters, in_force, evidence) in INSTRUMENTS.items():
        iri = ids.instrument(identifier)
        assert values(iri, "dcterms:identifier") == [identifier]
        assert values(iri, "rdf:type") == [term(f"ocsea:{cls}").value]
        bodies = {ids.key(NamedNode(body)) for body in values(iri, "ocsea:adoptedBy")}
        assert bodies == ADOPTERS.get(adopters, {adopters})
        force = [term(f"ocsea:{in_force}").value] if in_force else []
        assert values(iri, "ocsea:inForce") == force
        assert not evidence or any(place.endswith(evidence) for place in places(iri))


def test_the_directive_answers_to_both_numbers() -> None:
    directive = ids.instrument("DIR-2011-93")
    assert values(directive, "ocsea:alternativeNumber") == ["2011/92/EU"]
    assert "Directive 2011/92/EU" in values(directive, "skos:altLabel")
    assert "First printed" in value(directive, "skos:note")


def test_every_date_statement() -> None:
    assert len(of_class("DateStatement")) == 188
    assert len(stated_dates()) == 79
    for identifier, prop, stem, date, place in stated_dates():
        iri = ids.date_statement(identifier, prop, stem)
        kind = {10: "xsd:date", 4: "xsd:gYear"}[len(date)]
        assert graph()[iri, "ocsea:date"] == [Literal(date, datatype=term(kind))]
        assert values(iri, "ocsea:instrument") == [ids.instrument(identifier).value]
        assert values(iri, "ocsea:dateProperty") == [term(f"ocsea:{prop}").value]
        [cited] = places(iri)
        assert cited == place if stem == "instruments" else cited.endswith(f"), {place}")


def test_documents_are_quoted_as_they_print_the_date() -> None:
    for identifier, prop, stem, date, _ in stated_dates():
        printed = values(ids.date_statement(identifier, prop, stem), "ocsea:statedValue")
        assert len(printed) == (stem != "instruments")
        assert all(date in readings(text)[0][: len(date)] for text in printed)


def readings(text: str) -> list[str]:
    """A date as documents print it, `23.XI.2001` or `September 23, 2003`, in ISO form."""
    found = []
    for layout in ("%d %B %Y", "%B %d, %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y"):
        try:
            day = datetime.strptime(text.replace("XI", "11"), layout)
        except ValueError:
            continue
        found.append(day.date().isoformat())
    return found


def test_the_official_date_stands_on_the_instrument() -> None:
    # Only a document says when this protocol was opened; every other date has an official text.
    preferred = {("OPSC", "openedForSignature"): "2000-05-25"}
    for identifier, prop, stem, date, _ in stated_dates():
        if stem == "instruments":
            preferred[identifier, prop] = date
    assert preferred.keys() == {(row[0], row[1]) for row in stated_dates()}
    properties = {f"ocsea:{prop}" for _, prop in preferred}
    dated = {s for s, p in graph() if p in properties} - {ids.instrument(i) for i in NAMED.split()}
    assert len([s for s, p in graph() if p in properties and s in dated]) == len(preferred)
    for (identifier, prop), date in preferred.items():
        assert values(ids.instrument(identifier), f"ocsea:{prop}") == [date]


def test_contradictions_are_kept() -> None:
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for statement in of_class("DateStatement"):
        instrument, prop, _ = ids.key(statement).split("/")
        said[instrument, prop].add(value(statement, "ocsea:date"))
    both = {key: dates for key, dates in said.items() if len(dates) > 1}
    named = {ids.slug(identifier) for identifier in NAMED.split()}
    assert {key: dates for key, dates in both.items() if key[0] not in named} == {
        ("untoc", "entryIntoForce"): {"2003-09-29", "2003-09-23"},
        ("opsc", "entryIntoForce"): {"2002-01-18", "2002"},
        ("ets-185", "adopted"): {"2001-11-08", "2001"},
        ("dir-2011-93", "adopted"): {"2011-12-13", "2011"},
        ("com-2012-196", "adopted"): {"2012-05-02", "2012"},
    }
    conclusions = both["council-conclusions-2009-c62-05", "adopted"]
    assert conclusions == {"2008-11-27", "2009-11"}


def test_relations() -> None:
    names = ("ocsea:replaces", "ocsea:repeals", "ocsea:supplements", "ocsea:transposes")
    found = {(s, p, o) for (s, p), others in graph().items() for o in others if p in names}
    assert found == {
        (ids.instrument(one), f"ocsea:{relation}", ids.instrument(other))
        for one, relation, other in (*RELATIONS, *FURTHER_RELATIONS)
    }


def test_instruments_cite_their_title_their_force_and_their_relations() -> None:
    for identifier, (*_, evidence) in INSTRUMENTS.items():
        cited = [end for (one, *_), ends in RELATIONS.items() if one == identifier for end in ends]
        ends = {*cited, *([evidence] if evidence else [])}
        first, *others = places(ids.instrument(identifier))
        assert not first.endswith(tuple(cited))
        assert all(any(place.endswith(end) for place in others) for end in ends)


def test_no_two_places_share_a_locator() -> None:
    assert all(len(values(locator, "ocsea:place")) == 1 for locator in of_class("Locator"))
    cited = {o for (s, p), found in graph().items() for o in found if p == "dcterms:source"}
    assert cited == set(of_class("Locator"))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("dates.csv", "\nUNTOC,adopted", "\nUNTOK,adopted", "column 'instrument', value 'UNTOK'"),
        ("dates.csv", "UNTOC,adopted", "UNTOC,signed", "column 'property', value 'signed'"),
        ("dates.csv", "2011-12-13,,yes", "2011-02-30,,yes", "column 'date', value '2011-02-30'"),
        ("dates.csv", "2003-09-29,,yes", "2003-09-29,,maybe", "column 'preferred', value 'maybe'"),
        ("dates.csv", '"September 23, 2003",no', "2003,yes", "another date is preferred already"),
        ("dates.csv", "study2015,footnote 94", "study2016,footnote 94", "value 'study2016'"),
        ("dates.csv", "study2015,footnote 94", "study2015,", "column 'place', value ''"),
        ("dates.csv", "study2015,footnote 94", ",", "cites no place"),
        ("dates.csv", "grace2021,footnote 68", "study2015,footnote 68", "gives this date twice"),
        ("dates.csv", "note,source", "note,remark,source", "8 fields where the header has 9"),
        ("dates.csv", "note,source", "remark,source", "column 'note'"),
        ("instruments.csv", "\nOPSC,", "\nUNCRC,", "the instrument stands twice"),
        ("instruments.csv", "council-of-europe,,yes", "council-of-asia,,yes", "'council-of-asia'"),
        ("instruments.csv", "council-of-europe,,yes", "council-of-europe,,✓", "value '✓'"),
        (
            "instruments.csv",
            "council-of-europe,,yes",
            "council-of-europe,,",
            "leave all three blank",
        ),
        ("instruments.csv", ",Treaty,", ",Treatise,", "Treaty: expected 12, loaded 11"),
        ("provisions.csv", "\nOPSC,Article,3,", "\nOPSD,Article,3,", "value 'OPSD'"),
        ("provisions.csv", "\nOPSC,Article,3,", "\nOPSC,Rule,3,", "column 'kind', value 'Rule'"),
        ("provisions.csv", "\nOPSC,Article,3,", "\nOPSC,Article,2,", "stands twice"),
        ("provisions.csv", "abuse,VI,", "abuse,XIV,", "column 'part_of', value 'XIV'"),
        ("relations.csv", ",UNCRC,", ",UNCRD,", "column 'object', value 'UNCRD'"),
        ("relations.csv", ",supplements,", ",mends,", "column 'relation', value 'mends'"),
        ("relations.csv", ",lanzarote-committee,", ",lanzarote,", "value 'lanzarote'"),
        ("mentions.csv", "UNCRC,study2015,section", "UNCRC,study2016,section", "'study2016'"),
        ("adopters.csv", "\nb-bico,", "\neuropean-commission,", "known already"),
        ("instruments.csv", ",b-bico,Belgium", ",b-bico,Belgia", "value 'Belgia'"),
        ("provisions.csv", "DIR-2011-93,Paragraph,2,,3,", "DIR-2011-93,Paragraph,2,,33,", "'33'"),
        ("offences.csv", "\ncorruption-of-children,", "\nsexual-abuse,", "stands twice"),
        ("offences.csv", ",corruption-of-children,", ",corruption,", "value 'corruption'"),
        ("obligations.csv", "\nprevention,", "\nPre_vention!,", "cannot stand in the IRI"),
        ("duties.csv", ",criminalises,attempt,", ",criminalises,,", "names no offence"),
        ("duties.csv", ",criminalises,attempt,", ",punishes,attempt,", "value 'punishes'"),
        ("duties.csv", ",criminalises,attempt,", ",requires,attempt,", "'obligation/attempt'"),
        ("duties.csv", "article/3/paragraph/2,", "article/3/paragraph/22,", "paragraph/22"),
        (
            "duties.csv",
            "article/3/paragraph/2,",
            "article/3/paragraph/_,",
            "cannot stand in the IRI",
        ),
        ("exemptions.csv", ",PermittedReservation,", ",Reservation,", "value 'Reservation'"),
        ("exemptions.csv", ",offence/accessing-csam,", ",accessing-csam,", "'accessing-csam'"),
        ("exemptions.csv", ",offence/accessing-csam,", ",offence/_,", "cannot stand in the IRI"),
        ("additions.csv", ",DIR-2011-93,CETS-201,", ",DIR-2011-93,CETS-202,", "'CETS-202'"),
    ],
)
def test_a_wrong_cell_stops_the_load(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    with pytest.raises(OcseaError, match=re.escape(says)) as caught:
        load_changed(tmp_path, f"instruments/{file}", old, new)
    assert file in str(caught.value) or "expected" in says
