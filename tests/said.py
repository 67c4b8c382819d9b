"""What a loader says, short enough to compare with what a person reads in the source."""

from collections import defaultdict

from spoilt import opened

from ocsea.namespaces import ID, PREFIXES
from ocsea.sources import load_source

Facts = dict[str, list[str]]


def said(stem: str) -> dict[str, Facts]:
    """The values of a source's records, by subject and prefixed property; things by their keys."""
    found: dict[str, Facts] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in load_source(*opened(stem)):
        found[short(subject.value)][short(predicate.value)].append(short(value.value))
    return {subject: dict(facts) for subject, facts in found.items()}


def short(iri: str) -> str:
    """`state/ALB`, `ocsea:State`; other text as it is."""
    if iri.startswith(ID):
        return iri.removeprefix(ID)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
