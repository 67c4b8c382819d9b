"""Things and the whole as schema.org has them: the JSON-LD inside of pages, for search engines."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from api.discovery.description import ABOUT, TITLE
from api.discovery.distributions import DATASET, LICENCE
from api.discovery.dumps import MEDIA_TYPES, TITLES
from api.engine import Row
from ocsea.namespaces import BASE, term

Said = Mapping[str, Iterable[Row]]
"""What is said of a thing: by the property's IRI, rows with `o` and, where it has one, `label`."""

CONTEXT = "https://schema.org"
CREATOR = {"@type": "Organization", "name": "The OCSEA Graph contributors"}

TYPES = {
    "ocsea:State": "Country",
    "ocsea:AssociatedState": "AdministrativeArea",
    "ocsea:Area": "Place",
    "ocsea:Ngo": "NGO",
    "ocsea:Company": "Corporation",
    "ocsea:NationalAuthority": "GovernmentOrganization",
    "org:Organization": "Organization",
    "ocsea:Instrument": "Legislation",
    "ocsea:Provision": "Legislation",
    "ocsea:TreatyAction": "Action",
    "ocsea:Event": "Event",
    "ocsea:Initiative": "Project",
    "ocsea:Tool": "SoftwareApplication",
    "ocsea:Source": "Report",
    "qb:Observation": "Observation",
    "qb:DataSet": "Dataset",
    "skos:ConceptScheme": "DefinedTermSet",
    "skos:Concept": "DefinedTerm",
}
"""What a thing of a class is there; the first that fits counts. Anything else is a `Thing`."""

OF_ALL: dict[str, tuple[str, ...]] = {
    "identifier": ("dcterms:identifier", "ocsea:iso3"),
    "alternateName": ("skos:altLabel", "ocsea:acronym", "ocsea:formerName"),
    "description": ("dcterms:description", "skos:definition", "ocsea:summary"),
    "sameAs": ("owl:sameAs", "skos:exactMatch"),
}
"""Where the values of its properties come from."""

OF_ORGANIZATIONS: dict[str, tuple[str, ...]] = {
    "foundingDate": ("ocsea:established",),
    "dissolutionDate": ("ocsea:ended",),
    "parentOrganization": ("org:subOrganizationOf",),
}
OF: dict[str, dict[str, tuple[str, ...]]] = {
    "Organization": OF_ORGANIZATIONS,
    "NGO": OF_ORGANIZATIONS,
    "Corporation": OF_ORGANIZATIONS,
    "GovernmentOrganization": OF_ORGANIZATIONS,
    "Legislation": {
        "alternateName": ("dcterms:title", "skos:altLabel", "ocsea:acronym"),
        "legislationIdentifier": ("dcterms:identifier", "eli:number"),
        "legislationDate": ("ocsea:adopted",),
        "legislationPassedBy": ("ocsea:adoptedBy",),
        "legislationTransposes": ("ocsea:transposes",),
        "legislationChanges": ("ocsea:amends", "ocsea:supplements", "ocsea:replaces"),
        "isPartOf": ("eli:is_part_of",),
    },
    "Action": {"agent": ("ocsea:party",), "object": ("ocsea:instrument",)},
    "Event": {"startDate": ("ocsea:begin",), "endDate": ("ocsea:end",)},
    "Report": {
        "author": ("dcterms:creator",),
        "publisher": ("dcterms:publisher",),
        "datePublished": ("dcterms:issued",),
        "version": ("ocsea:edition",),
    },
    "Observation": {
        "observationAbout": ("sdmx-dimension:refArea",),
        "variableMeasured": ("ocsea:indicator",),
        "observationDate": ("sdmx-dimension:refPeriod",),
        "value": ("sdmx-measure:obsValue",),
    },
    "DefinedTerm": {"termCode": ("skos:notation",), "inDefinedTermSet": ("skos:inScheme",)},
}
"""The same of what only things of one type have."""

NUMBERS = {term("xsd:integer").value: int, term("xsd:decimal").value: float}
AGENTS = ("author", "publisher")
"""What must be somebody, where our source has a name."""


def thing(
    iri: str, label: str, classes: Collection[str], said: Said, sources: Iterable[Row]
) -> dict[str, Any]:
    """A thing with a name; `sources` are rows with `source` and `title`."""
    kind = _type(classes)
    about: dict[str, Any] = {"@context": CONTEXT, "@type": kind, "@id": iri}
    about |= {"name": label, "url": iri}
    for name, properties in (OF_ALL | OF.get(kind, {})).items():
        rows = (row for property in properties for row in said.get(term(property).value, ()))
        if values := [_value(name, row) for row in rows]:
            about[name] = values[0] if len(values) == 1 else values
    if works := list({row["source"]["value"]: _work(row) for row in sources}.values()):
        about["subjectOf"] = works
    return about


def _type(classes: Collection[str]) -> str:
    found = (kind for name, kind in TYPES.items() if term(name).value in classes)
    return next(found, "Thing")


def _value(name: str, row: Row) -> Any:
    value = row["o"]["value"]
    if row["o"]["type"] == "literal":
        if name in AGENTS:
            return {"@type": "Organization" if name == "publisher" else "Person", "name": value}
        return NUMBERS.get(row["o"].get("datatype", ""), str)(value)
    if name == "sameAs":
        return value
    return {"@id": value} | ({"name": row["label"]["value"]} if "label" in row else {})


def _work(row: Row) -> dict[str, Any]:
    """A source as a document."""
    named = {"name": row["title"]["value"]} if "title" in row else {}
    return {"@type": "CreativeWork", "@id": row["source"]["value"], **named}


def catalogue(address: str, release: str, sources: Iterable[Row]) -> dict[str, Any]:
    """The server at an address as a catalogue of one dataset, the release that it answers from."""
    dataset = {
        "@type": "Dataset",
        "@id": DATASET.value,
        "name": TITLE,
        "description": ABOUT,
        "url": f"{address}/",
        "license": LICENCE.value,
        "creator": CREATOR,
        "version": release,
        "isAccessibleForFree": True,
        "isBasedOn": list({row["source"]["value"]: _work(row) for row in sources}.values()),
        "distribution": [_download(address, name, title) for name, title in TITLES.items()],
    }
    catalogue = {"@context": CONTEXT, "@type": "DataCatalog", "@id": BASE, "name": TITLE}
    return catalogue | {"url": f"{address}/", "license": LICENCE.value, "dataset": [dataset]}


def _download(address: str, name: str, title: str) -> dict[str, Any]:
    format_ = MEDIA_TYPES[name.split(".")[-2]]
    about = {"@type": "DataDownload", "name": title, "contentUrl": f"{address}/{name}"}
    return about | {"encodingFormat": [format_, "application/gzip"]}
