"""A row of each of the standard tables, what it comes to, and loading it as the build would."""

import csv
import shutil
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from ocsea import ids
from ocsea.namespaces import BASE, PREFIXES
from ocsea.resources import ROOT
from ocsea.sources import load_source, open_sources

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
