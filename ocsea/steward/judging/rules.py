"""Rules across records: what does not go together in what a steward sends and what is near it.

A rule is a query in `queries/audit/` that has a line `# steward:`, or one in `queries/steward/`;
what that line means stands in `queries/steward/README.md`. What a rule finds before the change as
well is no news, and is not told.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
    Variable,
)

from ocsea.audit import read_header
from ocsea.errors import OcseaError
from ocsea.namespaces import PREFIXES, term
from ocsea.rdf import in_graph
from ocsea.resources import queries

_STEWARD = re.compile(
    r"(?:(?P<same>Violation|Warning|Info) in one source, )?"
    r"(?P<other>Violation|Warning|Info)(?: otherwise)?: \S.*\."
)
_SAYS = ("says1", "says2", "says")
_RECORDS = ("record", "claim1", "claim2", "subject")
"""What a row names, the likeliest to be in need of correction first."""


@dataclass(frozen=True)
class Rule:
    """A rule: `within` is how bad a finding is that rests on one source, `across` on several."""

    name: str
    title: str
    rule: str
    within: str
    across: str
    query: str


@dataclass(frozen=True)
class Broken:
    """A rule that is broken: by which records, at which property and value, and how it is told."""

    rule: Rule
    severity: str
    records: tuple[NamedNode, ...]
    property: str
    value: str
    says: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that a submission is held against. Raises OcseaError where one is misspelt."""
    found = map(_rule, [*queries("audit"), *queries("steward")])
    return tuple(rule for rule in found if rule)


def _rule(path: Path) -> Rule | None:
    text = path.read_text(encoding="utf-8")
    header = read_header(text)
    if "steward" not in header:
        return None
    weight = _STEWARD.fullmatch(header["steward"])
    if not weight:
        raise OcseaError(f"{path}: write `# steward: Violation: why.`, or as the README says")
    within = weight["same"] or weight["other"]
    return Rule(path.stem, header["title"], header["rule"], within, weight["other"], text)


def world(stated: Iterable[Quad], inferred: Iterable[Triple], terms: Iterable[Triple]) -> Store:
    """A store that rules can ask: each source's graph, and all of it as the default graph."""
    store, stated = Store(), list(stated)
    store.extend(stated)
    merged = [*(quad.triple for quad in stated), *inferred, *terms]
    store.extend(in_graph(merged, DefaultGraph()))
    return store


def broken(before: Store, after: Store, today: date) -> list[Broken]:
    """What breaks a rule after a change, and did not before, or not in the same way."""
    return [
        each
        for rule in rules()
        for each in sorted(_found(rule, after, today) - _found(rule, before, today), key=str)
    ]


def _found(rule: Rule, store: Store, today: date) -> set[Broken]:
    # Written in: the engine only takes values for variables that are selected.
    day = str(Literal(today.isoformat(), datatype=term("xsd:date")))
    rows = store.query(rule.query.replace("?today", day))
    assert isinstance(rows, QuerySolutions)
    return {_broken(rule, _bound(row, rows.variables), store) for row in rows}


def _bound(row: QuerySolution, variables: Iterable[Variable]) -> dict[str, object]:
    names = [variable.value for variable in variables]
    return {name: row[name] for name in names if row[name] is not None}


def _broken(rule: Rule, row: dict[str, object], store: Store) -> Broken:
    records = (row.get(name) for name in _RECORDS)
    return Broken(
        rule,
        rule.within if _from_one_source(row, store) else rule.across,
        tuple(dict.fromkeys(each for each in records if isinstance(each, NamedNode))),
        _text(row.get("property")),
        _text(row.get("value")),
        tuple(_text(row[name]) for name in _SAYS if name in row),
    )


def _text(value: object) -> str:
    return value.value if isinstance(value, NamedNode | Literal) else ""


def _from_one_source(row: dict[str, object], store: Store) -> bool:
    one, other = (_sources(store, row.get(name)) for name in ("place1", "place2"))
    return bool(one & other)


def _sources(store: Store, place: object) -> set[object]:
    if not isinstance(place, NamedNode):
        return set()
    found = store.quads_for_pattern(place, term("dcterms:isPartOf"), None, DefaultGraph())
    return {quad.object for quad in found}


def left_pointing(
    removed: Collection[NamedNode], after: Iterable[Quad]
) -> dict[NamedNode, list[NamedNode]]:
    """Of each record that is taken out, the things that still name it."""
    found: dict[NamedNode, set[NamedNode]] = defaultdict(set)
    for quad in after:
        record, other = quad.object, quad.subject
        if not isinstance(record, NamedNode) or not isinstance(other, NamedNode):
            continue
        if record in removed and other not in removed:
            found[record].add(other)
    return {record: sorted(others, key=str) for record, others in found.items()}


@cache
def named_things() -> frozenset[str]:
    """The IRIs that the rules name by a prefix of ours, such as those of indicators."""
    text = "\n".join(rule.query for rule in rules())
    prefixes = dict(re.findall(r"^PREFIX ([a-z-]+): <([^>]+)>", text, flags=re.MULTILINE))
    own = {name: iri for name, iri in prefixes.items() if name not in PREFIXES}
    names = re.findall(r"\b([a-z-]+):([a-z0-9-]+)", text)
    return frozenset(own[prefix] + name for prefix, name in names if prefix in own)
