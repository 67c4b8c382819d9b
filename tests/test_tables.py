"""The standard tables: every column lands, blanks are missing, and bad cells are named."""

import csv
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from ocsea import ids
from ocsea.errors import DataError
from ocsea.names import Names
from ocsea.namespaces import BASE, PREFIXES
from ocsea.resources import ROOT
from ocsea.sources import load_source, open_sources
from ocsea.tables import TABLES

# The columns of each table as docs/model.md gives them.
HEADERS = {
    "bodies": "ref,class,label,acronym,alternative,former,established,ended,part_of,state,mandate,"
    "description,place,note",
    "memberships": "organisation,member,role,begin,end,as_of,place,note",
    "involvements": "agent,role,object,begin,end,place,note",
    "initiatives": "ref,class,label,acronym,alternative,begin,end,state,part_of,legal_basis,"
    "description,place,note",
    "budgets": "initiative,amount,currency,begin,end,qualifier,stated,place,note",
    "commitments": "ref,class,number,label,summary,part_of,owner,addressed_to,level,topic,rests_on,"
    "date,place,note",
    "terms": "ref,label,acronym,alternative,discouraged,reason,definition,defined_by,broader,"
    "related,scheme,place,note",
    "figures": "indicator,label,definition,unit,population,measured_by,area,begin,end,value,lower,"
    "upper,qualifier,stated,place,note",
    "provisions": "provision,relation,object,place,note",
    "statements": "subject,property,object,begin,end,place,note",
    "coverage": "place,title,part_of,reason",
}
# One row of each table in which every cell that can be filled is filled.
FULL = {
    "bodies": {
        "ref": "body/ec3",
        "class": "OrganizationalUnit",
        "label": "European Cybercrime Centre",
        "acronym": "EC3;E-C-3",
        "alternative": "Cybercrime Centre;The Centre",
        "former": "High Tech Crime Centre",
        "established": "2013-01-11",
        "ended": "2030",
        "part_of": "body/europol;alliance/weprotect",
        "state": "state/NLD;state/BEL",
        "mandate": "instrument/reg-2016-794/article/4;instrument/com-2012-140",
        "description": "Supports investigations.",
        "place": "slide 1;slide 2",
        "note": "So named on slide 2.",
    },
    "memberships": {
        "organisation": "body/vgt",
        "member": "body/europol",
        "role": "observer",
        "begin": "2011",
        "end": "2015-05",
        "as_of": "2014-12-31",
        "place": "slide 1",
        "note": "As listed.",
    },
    "involvements": {
        "agent": "body/europol",
        "role": "host",
        "object": "body/ec3",
        "begin": "2013",
        "end": "2013",
        "place": "slide 1",
        "note": "In The Hague.",
    },
    "initiatives": {
        "ref": "initiative/isec",
        "class": "Programme",
        "label": "Prevention of and Fight against Crime",
        "acronym": "ISEC",
        "alternative": "Crime programme",
        "begin": "2007",
        "end": "2013-12-31",
        "state": "state/LVA",
        "part_of": "initiative/security",
        "legal_basis": "instrument/dec-2007-125",
        "description": "Paid for police cooperation.",
        "place": "slide 1",
        "note": "By then closed.",
    },
    "budgets": {
        "initiative": "initiative/isec",
        "amount": "70000000.5",
        "currency": "EUR",
        "begin": "2009",
        "end": "2010",
        "qualifier": "approximately",
        "stated": "€ 70 million",
        "place": "slide 1",
        "note": "For one year.",
    },
    "commitments": {
        "ref": "commitment/advice-1",
        "class": "Recommendation",
        "number": "1 a",
        "label": "Close gaps",
        "summary": "Laws are to be made whole.",
        "part_of": "commitment/heading",
        "owner": "source/sample;body/europol",
        "addressed_to": "state/LVA;body/european-union",
        "level": "european;national",
        "topic": "commitment/topic-1",
        "rests_on": "instrument/cets-201/article/20;commitment/target-1",
        "date": "2009-11",
        "place": "slide 1",
        "note": "Last on the slide.",
    },
    "terms": {
        "ref": "term/csam",
        "label": "Child sexual abuse material",
        "acronym": "CSAM",
        "alternative": "child abuse material",
        "discouraged": "child pornography;kiddie porn",
        "reason": "It hides the crime.",
        "definition": "Whatever shows the abuse of a child.",
        "defined_by": "instrument/cets-201/article/20;body/europol",
        "broader": "term/material",
        "related": "term/sexting",
        "scheme": "terminology;forms",
        "place": "slide 1",
        "note": "Used throughout.",
    },
    "figures": {
        "indicator": "children-online",
        "label": "Children online",
        "definition": "Share of children who go online.",
        "unit": "percent",
        "population": "Children of 9 to 16 years.",
        "measured_by": "body/unicef;initiative/survey",
        "area": "state/LVA",
        "begin": "2009",
        "end": "2010-06",
        "value": "59.40",
        "qualifier": "more-than",
        "stated": "more than 59.4%",
        "place": "slide 1",
        "note": "By telephone.",
    },
    "provisions": {
        "provision": "instrument/cets-201/article/20/paragraph/1-a",
        "relation": "criminalises",
        "object": "offence/producing-csam",
        "place": "slide 1",
        "note": "In part.",
    },
    "statements": {
        "subject": "body/interpol",
        "property": "reports-to",
        "object": "body/europol",
        "begin": "2009-01-02",
        "end": "2009",
        "place": "slide 1",
        "note": "Weekly.",
    },
    "coverage": {
        "place": "slide 2",
        "title": "Thank you",
        "part_of": "slide 1",
        "reason": "No facts.",
    },
}
# What each of these rows comes to, whole.
LANDED = {
    "bodies": """
<body/ec3> a ocsea:OrganizationalUnit ; rdfs:label "European Cybercrime Centre"@en ;
  ocsea:acronym "EC3" , "E-C-3" ; skos:altLabel "Cybercrime Centre"@en , "The Centre"@en ;
  ocsea:formerName "High Tech Crime Centre"@en ;
  ocsea:established "2013-01-11"^^xsd:date ; ocsea:ended "2030"^^xsd:gYear ;
  org:subOrganizationOf <body/europol> ; dcterms:isPartOf <alliance/weprotect> ;
  ocsea:state <state/NLD> , <state/BEL> ;
  ocsea:mandatedBy <instrument/reg-2016-794/article/4> , <instrument/com-2012-140> ;
  dcterms:description "Supports investigations."@en ; skos:note "So named on slide 2."@en ;
  dcterms:source <locator/sample/slide-1> , <locator/sample/slide-2> .""",
    "memberships": """
<membership/vgt/europol/observer> a ocsea:Membership ;
  rdfs:label "europol in the vgt, observer"@en ;
  org:organization <body/vgt> ; org:member <body/europol> ; ocsea:role "observer" ;
  ocsea:begin "2011"^^xsd:gYear ; ocsea:end "2015-05"^^xsd:gYearMonth ;
  ocsea:asOf "2014-12-31"^^xsd:date ; skos:note "As listed."@en ;
  dcterms:source <locator/sample/slide-1> .""",
    "involvements": """
<involvement/host/europol/ec3> a ocsea:Involvement ; rdfs:label "europol: host, ec3"@en ;
  ocsea:agent <body/europol> ; ocsea:role "host" ; ocsea:object <body/ec3> ;
  ocsea:begin "2013"^^xsd:gYear ; ocsea:end "2013"^^xsd:gYear ; skos:note "In The Hague."@en ;
  dcterms:source <locator/sample/slide-1> .
<body/ec3> ocsea:host <body/europol> .""",
    "initiatives": """
<initiative/isec> a ocsea:Programme ; rdfs:label "Prevention of and Fight against Crime"@en ;
  ocsea:acronym "ISEC" ; skos:altLabel "Crime programme"@en ;
  ocsea:begin "2007"^^xsd:gYear ; ocsea:end "2013-12-31"^^xsd:date ;
  ocsea:takesPlaceIn <state/LVA> ; dcterms:isPartOf <initiative/security> ;
  ocsea:legalBasis <instrument/dec-2007-125> ;
  dcterms:description "Paid for police cooperation."@en ; skos:note "By then closed."@en ;
  dcterms:source <locator/sample/slide-1> .""",
    "budgets": """
<budget/isec/70000000.5-eur-2009/sample> a ocsea:Budget ; rdfs:label "isec: EUR 70,000,000.5"@en ;
  ocsea:amount 70000000.5 ; ocsea:currency "EUR" ;
  ocsea:begin "2009"^^xsd:gYear ; ocsea:end "2010"^^xsd:gYear ;
  ocsea:qualifier <code/approximately> ; ocsea:statedValue "€ 70 million" ;
  skos:note "For one year."@en ; dcterms:source <locator/sample/slide-1> .
<initiative/isec> ocsea:budget <budget/isec/70000000.5-eur-2009/sample> .""",
    "commitments": """
<commitment/advice-1> a ocsea:Recommendation ; rdfs:label "Close gaps"@en ;
  ocsea:itemNumber "1 a" ; ocsea:summary "Laws are to be made whole."@en ;
  ocsea:contributesTo <commitment/heading> ; ocsea:owner <source/sample> , <body/europol> ;
  ocsea:addressedTo <state/LVA> , <body/european-union> ;
  ocsea:level ocsea:EuropeanLevel , ocsea:NationalLevel ; ocsea:topic <commitment/topic-1> ;
  ocsea:restsOn <instrument/cets-201/article/20> , <commitment/target-1> ;
  ocsea:date "2009-11"^^xsd:gYearMonth ; skos:note "Last on the slide."@en ;
  dcterms:source <locator/sample/slide-1> .""",
    "terms": """
<term/csam> a ocsea:Term ; rdfs:label "Child sexual abuse material"@en ;
  skos:prefLabel "Child sexual abuse material"@en ; ocsea:acronym "CSAM" ;
  skos:altLabel "child abuse material"@en ;
  ocsea:discouragedLabel "child pornography"@en , "kiddie porn"@en ;
  ocsea:reason "It hides the crime."@en ;
  skos:definition "Whatever shows the abuse of a child."@en ;
  ocsea:definedBy <instrument/cets-201/article/20> , <body/europol> ;
  skos:broader <term/material> ; skos:related <term/sexting> ;
  skos:inScheme <scheme/terminology> , <scheme/forms> ; skos:note "Used throughout."@en ;
  dcterms:source <locator/sample/slide-1> .""",
    "figures": """
<observation/children-online/LVA/2009-2010-06/sample> a qb:Observation ;
  rdfs:label "Latvia: Children online, 2009-2010-06"@en ;
  qb:dataSet <dataset/sample-figures> ; ocsea:indicator <indicator/children-online> ;
  sdmx-dimension:refArea <state/LVA> ; sdmx-dimension:refPeriod <period/2009-2010-06> ;
  sdmx-measure:obsValue 59.4 ; ocsea:qualifier <code/more-than> ;
  ocsea:population "Children of 9 to 16 years."@en ; ocsea:statedValue "more than 59.4%" ;
  skos:note "By telephone."@en ; dcterms:source <locator/sample/slide-1> .
<indicator/children-online> a ocsea:Indicator ; rdfs:label "Children online"@en ;
  dcterms:identifier "children-online" ; skos:prefLabel "Children online"@en ;
  skos:definition "Share of children who go online."@en ; skos:inScheme <scheme/indicators> ;
  ocsea:unit <unit/percent> ; ocsea:valueKind ocsea:DecimalValue ;
  ocsea:measuredBy <body/unicef> , <initiative/survey> ;
  dcterms:source <locator/sample/slide-1> .
<dataset/sample-figures> a qb:DataSet ; rdfs:label "Figures stated in Sample"@en ;
  qb:structure ocsea:ObservationStructure ; dcterms:source <locator/sample/slide-1> .
<period/2009-2010-06> a ocsea:Period ; rdfs:label "2009 to 2010-06"@en ;
  ocsea:begin "2009"^^xsd:gYear ; ocsea:end "2010-06"^^xsd:gYearMonth ;
  dcterms:source <locator/sample/slide-1> .""",
    "provisions": """
<statement/criminalises/cets-201/article/20/paragraph/1-a/producing-csam/sample>
  a ocsea:ProvisionStatement ;
  rdfs:label "cets-201, Article 20, paragraph 1-a criminalises producing-csam"@en ;
  ocsea:subject <instrument/cets-201/article/20/paragraph/1-a> ;
  ocsea:relation ocsea:criminalises ; ocsea:object <offence/producing-csam> ;
  skos:note "In part."@en ; dcterms:source <locator/sample/slide-1> .
<instrument/cets-201/article/20/paragraph/1-a> ocsea:criminalises <offence/producing-csam> .""",
    "statements": """
<statement/reports-to/interpol/europol/sample> a ocsea:Statement ;
  rdfs:label "interpol reports to europol"@en ;
  ocsea:subject <body/interpol> ; ocsea:relation ocsea:reportsTo ; ocsea:object <body/europol> ;
  ocsea:begin "2009-01-02"^^xsd:date ; ocsea:end "2009"^^xsd:gYear ; skos:note "Weekly."@en ;
  dcterms:source <locator/sample/slide-1> .
<body/interpol> ocsea:reportsTo <body/europol> .""",
}
# The cells that may not be blank; everything else is left out where it is.
NEEDED = {
    "bodies": ("ref", "class", "label", "place"),
    "memberships": ("organisation", "member", "place"),
    "involvements": ("agent", "role", "object", "place"),
    "initiatives": ("ref", "class", "label", "place"),
    "budgets": ("initiative", "amount", "currency", "stated", "place"),
    "commitments": ("ref", "class", "label", "place"),
    "terms": ("ref", "label", "place"),
    "figures": (
        *("indicator", "label", "definition", "unit", "area", "begin", "value", "stated", "place"),
    ),
    "provisions": ("provision", "relation", "object", "place"),
    "statements": ("subject", "property", "object", "place"),
    "coverage": ("place",),
}
ABOUT = """title: {title}
publisher: Nobody
edition: First
issued: "2009"
rights: None
coverage: All of it.
expected: {{}}
"""
LOADER = """from ocsea import tables


def load(source):
    yield from tables.load(source)
"""


def write(root: Path, name: str, *rows: dict[str, str], stem: str = "sample") -> None:
    """A table of a source; cells that a row does not give are blank."""
    folder = root / "data" / stem
    folder.mkdir(parents=True, exist_ok=True)
    header = HEADERS[name].split(",")
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def load(root: Path, stem: str = "sample") -> list[Triple]:
    """What the build would load of a source, by the very way that the build takes."""
    if not (root / "data" / "states").exists():
        shutil.copytree(ROOT / "data" / "states", root / "data" / "states")
    (root / "loaders").mkdir(exist_ok=True)
    (root / "loaders" / f"{stem}.yml").write_text(ABOUT.format(title=stem.capitalize()))
    (root / "loaders" / f"{stem}.py").write_text(LOADER)
    [(source, loader)] = [pair for pair in open_sources(root) if pair[0].stem == stem]
    return load_source(source, loader)


def turtle(text: str) -> set[Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    document = f"@base <{BASE}id/> .\n{prefixes}{text}"
    return {quad.triple for quad in parse(document, format=RdfFormat.TURTLE)}


def records(triples: list[Triple]) -> set[Triple]:
    """All but the source and its locators, which the kernel's own tests are about."""
    return {
        triple
        for triple in triples
        if isinstance(triple.subject, NamedNode)
        and ids.kind(triple.subject) not in ("source", "locator")
    }


def only(name: str) -> dict[str, str]:
    """The row of a table with nothing but the cells that it needs."""
    return {column: FULL[name][column] for column in NEEDED[name]}


def test_every_table_is_tried_here() -> None:
    assert {f"{name}.csv" for name in HEADERS} == set(TABLES)
    for name, row in FULL.items():
        blank = {"lower", "upper"} if name == "figures" else set()
        assert set(HEADERS[name].split(",")) - set(row) == blank


@pytest.mark.parametrize("name", LANDED)
def test_every_column_lands(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name])
    assert records(load(tmp_path)) == turtle(LANDED[name])


def test_coverage_tells_of_its_places(tmp_path: Path) -> None:
    write(tmp_path, "coverage", {"place": "slide 1"}, FULL["coverage"])
    told = {t for t in load(tmp_path) if str(t.subject).endswith("/slide-2>")}
    assert told == turtle("""
<locator/sample/slide-2> a ocsea:Locator ; rdfs:label "Sample, slide 2"@en ;
  dcterms:isPartOf <source/sample> ; ocsea:place "slide 2" ; dcterms:title "Thank you"@en ;
  ocsea:within <locator/sample/slide-1> ; ocsea:reason "No facts."@en .""")


@pytest.mark.parametrize("name", LANDED)
def test_a_blank_is_missing(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name))
    bare = records(load(tmp_path))
    assert bare
    values = {getattr(triple.object, "value", None) for triple in bare}
    assert not values & {"", "None"}
    filled = {t.predicate for t in turtle(LANDED[name])}
    assert {t.predicate for t in bare} < filled


@pytest.mark.parametrize(
    ("name", "column"), [(name, column) for name, columns in NEEDED.items() for column in columns]
)
def test_a_cell_that_is_needed_may_not_be_blank(name: str, column: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name) | {column: ""})
    with pytest.raises(DataError, match=rf"{name}\.csv:2: column '\w+', value ''") as raised:
        load(tmp_path)
    assert raised.value.column == column


def test_what_a_blank_stands_for_where_the_contract_says_so(tmp_path: Path) -> None:
    write(tmp_path, "memberships", only("memberships"))
    write(tmp_path, "budgets", only("budgets"))
    write(tmp_path, "figures", only("figures"))
    assert records(load(tmp_path)) >= turtle("""
<membership/vgt/europol> ocsea:role "member" ; rdfs:label "europol in the vgt"@en .
<budget/isec/70000000.5-eur/sample> ocsea:qualifier <code/exact> .
<observation/children-online/LVA/2009/sample> ocsea:qualifier <code/exact> ;
  sdmx-dimension:refPeriod "2009"^^xsd:gYear .""")


@pytest.mark.parametrize(
    ("name", "column", "value", "why"),
    [
        ("bodies", "class", "Agencies", "write one of Body, Agency"),
        ("bodies", "class", "Programme", "write one of Body, Agency"),
        ("bodies", "ref", "EC3", "not a ref"),
        ("bodies", "ref", "body/Ec3", "not a ref"),
        ("bodies", "ref", "body/ec3/unit", "not a ref"),
        ("bodies", "ref", "tool/ec3", "'tool' cannot stand here"),
        ("bodies", "acronym", "EC3; E3", "separate its parts by ;"),
        ("bodies", "acronym", "EC3;EC3", "stands twice"),
        ("bodies", "alternative", "Centre;", "separate its parts by ;"),
        ("bodies", "established", "January 2013", "not a date"),
        ("bodies", "ended", "2013-02-30", "not a date"),
        ("bodies", "part_of", "europol", "not a ref"),
        ("bodies", "state", "state/Netherlands", "not a ref"),
        ("bodies", "state", "body/europol", "'body' cannot stand here"),
        ("bodies", "mandate", "body/europol", "'body' cannot stand here"),
        ("bodies", "mandate", "instrument/cets-201/annex/1", "not a ref"),
        ("bodies", "place", "slide 1;", "separate its parts by ;"),
        ("memberships", "organisation", "initiative/isec", "'initiative' cannot stand here"),
        ("memberships", "member", "tool/photodna", "'tool' cannot stand here"),
        ("memberships", "role", "?", "not a role"),
        ("memberships", "begin", "2011-13", "not a date"),
        ("memberships", "end", "2010-12", "lies before the beginning, 2011"),
        ("memberships", "as_of", "today", "not a date"),
        ("involvements", "role", "boss", "write one of founder"),
        ("involvements", "agent", "Europol", "not a ref"),
        ("involvements", "object", "person/x", "not a ref"),
        ("involvements", "end", "2012", "lies before the beginning"),
        ("initiatives", "class", "Agency", "write one of Programme"),
        ("initiatives", "ref", "body/isec", "'body' cannot stand here"),
        ("initiatives", "state", "area/europe", "'area' cannot stand here"),
        ("initiatives", "legal_basis", "body/europol", "'body' cannot stand here"),
        ("initiatives", "end", "2006-12-31", "lies before the beginning"),
        ("budgets", "initiative", "state/LVA", "'state' cannot stand here"),
        ("budgets", "amount", "70 million", "not a decimal number"),
        ("budgets", "currency", "€", "not a currency"),
        ("budgets", "qualifier", "about", "write one of exact"),
        ("commitments", "class", "Promise", "write one of PolicyTarget"),
        ("commitments", "level", "global", "write one of european, national"),
        ("commitments", "topic", "term/topic", "'term' cannot stand here"),
        ("commitments", "rests_on", "Article 20", "not a ref"),
        ("commitments", "date", "11/2009", "not a date"),
        ("terms", "ref", "commitment/csam", "'commitment' cannot stand here"),
        ("terms", "broader", "offence/material", "'offence' cannot stand here"),
        ("terms", "related", "sexting", "not a ref"),
        ("terms", "defined_by", "Lanzarote", "not a ref"),
        ("terms", "scheme", "my scheme", "cannot stand in the IRI of a scheme"),
        ("figures", "indicator", "Children Online", "not a ref"),
        ("figures", "area", "initiative/isec", "'initiative' cannot stand here"),
        ("figures", "value", "59,4", "not a decimal number"),
        ("figures", "value", "", "give either a value, or the two bounds"),
        ("figures", "qualifier", "range", "'range' and two bounds go together"),
        ("figures", "qualifier", "roughly", "write one of exact"),
        ("figures", "begin", "", "a figure needs a period"),
        ("figures", "begin", "2011", "lies before the beginning"),
        ("figures", "measured_by", "UNICEF", "not a ref"),
        ("provisions", "relation", "forbids", "write one of criminalises"),
        ("provisions", "provision", "offence/grooming", "'offence' cannot stand here"),
        ("provisions", "object", "term/grooming", "'term' cannot stand here"),
        ("statements", "property", "likes", "write one of adopts"),
        ("statements", "subject", "Interpol", "not a ref"),
        ("statements", "object", "europol", "not a ref"),
        ("statements", "end", "2008", "lies before the beginning"),
    ],
)
def test_a_bad_cell_is_named(name: str, column: str, value: str, why: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name] | {column: value})
    where = rf"{name}\.csv:2: column '{'end' if 'beginning' in why else column}', value '.*': .*"
    with pytest.raises(DataError, match=where + why):
        load(tmp_path)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"lower": "50"}, "either a value, or"),
        ({"lower": "50", "upper": "60"}, "either a value, or"),
        ({"value": "", "upper": "60", "qualifier": "range"}, "either a value, or"),
        ({"value": "", "lower": "50", "qualifier": "range"}, "either a value, or"),
        ({"value": "", "lower": "5", "upper": "7", "qualifier": ""}, "go together"),
        ({"value": "", "lower": "7", "upper": "5", "qualifier": "range"}, "is not below"),
        ({"begin": "2009-06", "end": ""}, "only a year can stand alone"),
        ({"unit": "count"}, "not a whole number"),
    ],
)
def test_a_figure_has_a_value_or_a_range_and_a_period(
    cells: dict[str, str], why: str, tmp_path: Path
) -> None:
    write(tmp_path, "figures", FULL["figures"] | cells)
    with pytest.raises(DataError, match=rf"figures\.csv:2: .*{why}"):
        load(tmp_path)


def test_a_range_has_two_bounds_and_counts_are_whole_numbers(tmp_path: Path) -> None:
    cells = {"value": "", "lower": "50", "upper": "1,500", "qualifier": "range", "unit": "count"}
    write(tmp_path, "figures", only("figures") | cells | {"begin": "2009-06", "end": "2009-06"})
    found = records(load(tmp_path))
    assert found >= turtle("""
<observation/children-online/LVA/2009-06/sample> ocsea:lowerBound 50 ; ocsea:upperBound 1500 ;
  ocsea:qualifier <code/range> ; sdmx-dimension:refPeriod <period/2009-06> .
<period/2009-06> rdfs:label "2009-06"@en .
<indicator/children-online> ocsea:valueKind ocsea:IntegerValue .""")
    assert not [t for t in found if t.predicate.value.endswith("obsValue")]


@pytest.mark.parametrize(
    ("role", "link"),
    [
        ("funder", "<body/ec3> ocsea:funder <body/europol> ."),
        ("contact-point", "<body/ec3> ocsea:contactPoint <body/europol> ."),
        ("monitors", "<body/europol> ocsea:monitors <body/ec3> ."),
        ("successor", "<body/europol> ocsea:succeeds <body/ec3> ."),
    ],
)
def test_a_role_is_a_plain_link_too(role: str, link: str, tmp_path: Path) -> None:
    write(tmp_path, "involvements", FULL["involvements"] | {"role": role})
    assert records(load(tmp_path)) >= turtle(link)


@pytest.mark.parametrize(
    ("ref", "kind"), [("alliance/x", "Alliance"), ("tool/x", "Tool"), ("area/x", "Area")]
)
def test_not_everything_among_the_bodies_is_one(ref: str, kind: str, tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies") | {"ref": ref, "class": kind})
    found = records(load(tmp_path))
    assert found >= turtle(f"<{ref}> a ocsea:{kind} .")
    named = {t for t in found if t.predicate.value.endswith("identifier")}
    assert named == (
        turtle('<alliance/x> dcterms:identifier "X" .') if kind == "Alliance" else set()
    )


@pytest.mark.parametrize("kind", ["Capability", "Topic"])
def test_a_concept_among_the_commitments_has_a_preferred_label(kind: str, tmp_path: Path) -> None:
    write(tmp_path, "commitments", only("commitments") | {"class": kind})
    assert records(load(tmp_path)) >= turtle(
        '<commitment/advice-1> skos:prefLabel "Close gaps"@en .'
    )


def test_two_sources_that_describe_one_body_merge(tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies") | {"description": "One."})
    theirs = only("bodies") | {"description": "Two.", "established": "2013"}
    write(tmp_path, "bodies", theirs, stem="other")
    both = {*records(load(tmp_path)), *records(load(tmp_path, "other"))}
    assert both == turtle("""
<body/ec3> a ocsea:OrganizationalUnit ; rdfs:label "European Cybercrime Centre"@en ;
  dcterms:description "One."@en , "Two."@en ; ocsea:established "2013"^^xsd:gYear ;
  dcterms:source <locator/sample/slide-1> , <locator/sample/slide-2> ,
    <locator/other/slide-1> , <locator/other/slide-2> .""")


@pytest.mark.parametrize("name", ["figures", "budgets", "statements", "provisions"])
def test_what_two_sources_say_stays_apart(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, FULL[name])
    write(tmp_path, name, FULL[name], stem="other")
    own = {t.subject for t in records(load(tmp_path)) if str(t.subject).endswith("/sample>")}
    assert len(own) == 1
    assert not own & {t.subject for t in load(tmp_path, "other")}


@pytest.mark.parametrize("name", HEADERS)
def test_a_record_that_stands_twice_is_named(name: str, tmp_path: Path) -> None:
    known = only(name)
    write(tmp_path, name, known, known)
    with pytest.raises(DataError, match=rf"{name}\.csv:3: .*make one row of this and line 2"):
        load(tmp_path)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("change", ["missing", "added"])
def test_the_header_is_the_contracts(name: str, change: str, tmp_path: Path) -> None:
    write(tmp_path, name, only(name))
    path = tmp_path / "data" / "sample" / f"{name}.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    if change == "missing":
        header = header.replace(",", ",old_", 1)
    else:
        header, row = f"{header},more", f"{row},"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"{name}\.csv:[12]: "):
        load(tmp_path)


def test_a_place_that_coverage_does_not_list_is_named(tmp_path: Path) -> None:
    write(tmp_path, "coverage", {"place": "slide 1"})
    write(tmp_path, "statements", FULL["statements"] | {"place": "slide 1;page 9"})
    with pytest.raises(DataError, match=r"statements\.csv:2: column 'place', .*'page 9' is no"):
        load(tmp_path)


def test_a_place_stands_within_a_place_that_has_a_row(tmp_path: Path) -> None:
    write(tmp_path, "coverage", FULL["coverage"])
    with pytest.raises(DataError, match=r"coverage\.csv:2: column 'part_of', value 'slide 1'"):
        load(tmp_path)


def test_a_source_without_tables_has_no_records(tmp_path: Path) -> None:
    (tmp_path / "data" / "sample").mkdir(parents=True)
    assert records(load(tmp_path)) == set()


# Names


def test_things_are_called_as_any_source_labels_them(tmp_path: Path) -> None:
    write(tmp_path, "bodies", only("bodies"), stem="other")
    write(tmp_path, "involvements", FULL["involvements"] | {"agent": "state/LVA"})
    write(tmp_path, "statements", FULL["statements"] | {"subject": "source/sample"})
    assert records(load(tmp_path)) >= turtle("""
<involvement/host/LVA/ec3> rdfs:label "Latvia: host, European Cybercrime Centre"@en .
<statement/reports-to/sample/europol/sample> rdfs:label "Sample reports to europol"@en .""")


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("state/LVA", "Latvia"),
        ("entity/VAT", "Holy See"),
        ("alliance/weprotect", "WeProtect Global Alliance"),
        ("instrument/cets-201", "Lanzarote Convention"),
        ("instrument/cets-201/article/20", "Lanzarote Convention, Article 20"),
        ("instrument/cets-201/chapter/vi", "Lanzarote Convention, Chapter VI"),
        (
            "instrument/cets-201/article/20/paragraph/1",
            "Lanzarote Convention, Article 20, paragraph 1",
        ),
        ("body/no-such-body", "no-such-body"),
    ],
)
def test_names(ref: str, name: str) -> None:
    assert Names(ROOT / "data", {}).of(ids.ref(ref)) == name


# IRIs


@pytest.mark.parametrize(
    "ref",
    [
        *("state/ALB", "entity/VAT", "body/ec3", "alliance/weprotect", "area/world", "term/csam"),
        *("instrument/cets-201/article/20", "instrument/dir-2011-93/recital/7", "source/study2015"),
    ],
)
def test_a_ref_is_an_iri(ref: str) -> None:
    assert ids.ref(ref) == NamedNode(f"{BASE}id/{ref}")
    assert ids.kind(ids.ref(ref)) == ref.partition("/")[0]


@pytest.mark.parametrize(
    "ref",
    [
        *("", "body", "body/", "/ec3", "state/alb", "state/ALBA", "body/ec3/x", "body/-ec3"),
        *("body/ec3-", "body/e--c", "unit/percent", "instrument/cets-201/article", "body/ec 3"),
        *("instrument/cets-201/clause/3", " body/ec3", "https://example.org/body/ec3"),
    ],
)
def test_anything_else_is_no_ref(ref: str) -> None:
    with pytest.raises(ValueError, match="not a ref"):
        ids.ref(ref)
