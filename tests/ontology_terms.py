"""The ontology as tests read it: its files, its terms, and the names the model page promises."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Triple, parse

from ocsea.namespaces import PREFIXES, TERMS, term
from ocsea.rdf import memory_store, read_turtle

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "ontology").glob("*.ttl"))
KINDS = {
    term(f"owl:{kind}")
    for kind in (
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
        "NamedIndividual",
    )
}


PREAMBLE = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
PREAMBLE += "@prefix ex: <https://w3id.org/ocsea/id/example/> .\n"


# Names that the model page gives in lists, without their prefix.
LISTED = (
    "Treaty",
    "Protocol",
    "Directive",
    "FrameworkDecision",
    "Decision",
    "Communication",
    "Recommendation",
    "Resolution",
    "Opinion",
    "Guidelines",
    "SelfRegulation",
    "NationalLaw",
    "Chapter",
    "Article",
    "Paragraph",
    "Recital",
    "Signature",
    "DefinitiveSignature",
    "Ratification",
    "Acceptance",
    "Approval",
    "Accession",
    "Succession",
    "FormalConfirmation",
    "WithdrawalOfRatification",
    "Denunciation",
    "Reservation",
    "Offence",
    "Obligation",
    "criminalises",
    "requires",
    "Agency",
    "Committee",
    "Ngo",
    "Company",
    "NationalAuthority",
    "Hotline",
    "Helpline",
    "SaferInternetCentre",
    "Ombudsperson",
    "state",
    "Programme",
    "Project",
    "Campaign",
    "Strategy",
    "Commitment",
    "Deliverable",
    "Capability",
    "Discrepancy",
)


def ontology() -> list[Triple]:
    return read_turtle(MODULES)


def with_more(turtle: str) -> list[Triple]:
    """The ontology and what a test adds to it."""
    return [*ontology(), *read(turtle)]


def read(turtle: str) -> list[Triple]:
    return [quad.triple for quad in parse(PREAMBLE + turtle, format=RdfFormat.TURTLE)]


def rows(triples: Iterable[Triple], select: str) -> list[tuple[Any, ...]]:
    found = memory_store(triples).query(select, prefixes=PREFIXES)
    assert isinstance(found, QuerySolutions)
    return [tuple(row) for row in found]


@cache
def declared() -> dict[str, set[NamedNode]]:
    """The kinds of every term that the ontology declares, by IRI."""
    found: dict[str, set[NamedNode]] = {}
    for thing, kind in rows(ontology(), "SELECT ?s ?k { ?s a ?k }"):
        if kind in KINDS:
            found.setdefault(thing.value, set()).add(kind)
    return found


def our_terms() -> list[str]:
    return sorted(iri.removeprefix(TERMS) for iri in declared() if iri.startswith(TERMS))


def promised() -> set[str]:
    """Every prefixed name on the model page, and the names that it lists without a prefix."""
    page = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    known = "|".join(prefix for prefix in PREFIXES if prefix not in ("xsd", "rdf", "rdfs"))
    names = set(re.findall(rf"(?<![\w-])((?:{known}):[A-Za-z][\w-]*)", page))
    return names | {f"ocsea:{name}" for name in LISTED}
