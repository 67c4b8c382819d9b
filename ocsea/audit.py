"""Where sources disagree: each query in `queries/audit/` is a rule, each of its rows a finding.

What a rule is, and what its variables mean, stands in `queries/audit/README.md`. The record of a
finding is an `ocsea:Discrepancy` with the two claims that do not go together, and their places.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from pathlib import Path

from pyoxigraph import (
    DefaultGraph,
    Literal,
    NamedNode,
    QuerySolution,
    QuerySolutions,
    Store,
    Triple,
)

from ocsea import ids
from ocsea.errors import OcseaError
from ocsea.namespaces import term
from ocsea.rdf import in_graph
from ocsea.records import facts, record
from ocsea.release import node
from ocsea.resources import queries
from ocsea.values import english

_HEADER = ("title", "rule", "treatment")
_FOR_STEWARDS, _AFTER_A_CHANGE = "steward", "again"
"""May follow: see `ocsea.steward.judging.rules` and `ocsea.groups`."""

Label = Callable[[NamedNode], str]
"""What a thing is called."""


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it is called, what it compares, and how the graph treats findings.

    `steward` says how bad a finding is in what a steward sends, and why; "" where that cannot be
    told from what is near. `again` says of what it is asked again after a change; "" for all.
    """

    name: str
    title: str
    rule: str
    treatment: str
    query: str
    steward: str = ""
    again: str = ""


@dataclass
class _Claim:
    """One side of a finding: what is said, in which records and places."""

    says: str
    records: set[NamedNode] = field(default_factory=set)
    places: set[NamedNode] = field(default_factory=set)


@dataclass
class _Finding:
    """A finding: its key within the rule, what it concerns, and the two sides."""

    key: str
    claims: tuple[_Claim, _Claim]
    subjects: set[NamedNode] = field(default_factory=set)


def audit(
    graphs: Mapping[str, Iterable[Triple]], paths: Iterable[Path] | None = None
) -> list[Triple]:
    """The discrepancies that the rules find in a release's graphs, by the graph's IRI.

    A rule asks the merge of all graphs; where several sources describe one thing, it asks each
    source's graph for what that source says. `paths` are the rules, all of ours by default.
    Raises OcseaError where a rule is not written as rules are.
    """
    return discrepancies(_store(graphs), paths)


def discrepancies(store: Store, paths: Iterable[Path] | None = None) -> list[Triple]:
    """The same for graphs that are in a store, whose default graph is their merge."""
    label = labels(store)
    found: dict[Triple, None] = {}
    for path in queries("audit") if paths is None else paths:
        rule = read_rule(path)
        for triples in told(rule, [rule.query], store, label).values():
            found |= dict.fromkeys(triples)
    return list(found)


def told(
    rule: Rule, asked: Iterable[str], store: Store, label: Label
) -> dict[NamedNode, list[Triple]]:
    """The discrepancies that a rule finds in a store, as triples, by their IRIs.

    `asked` are the queries to find them by: the rule's own, or several that ask parts of it.
    """
    found = {}
    for finding in _findings(rule, asked, store):
        path = f"{rule.name}/{finding.key}"
        found[ids.thing("discrepancy", path)] = list(_discrepancy(rule, path, finding, label))
    return found


def read_rule(path: Path) -> Rule:
    """A rule from its file, which opens with `# title:`, `# rule:` and `# treatment:`."""
    text = path.read_text(encoding="utf-8")
    header = read_header(text)
    steward, again = header.pop(_FOR_STEWARDS, ""), header.pop(_AFTER_A_CHANGE, "")
    if tuple(header) != _HEADER:
        raise OcseaError(f"{path}: open it with # title:, # rule: and # treatment:, in this order")
    title, says, treatment = header.values()
    return Rule(path.stem, title, says, treatment, text, steward, again)


def read_header(text: str) -> dict[str, str]:
    """What the comments at the top of a query say, by the names they begin with."""
    comments = "\n".join(re.findall(r"\A((?:#.*\n)+)", text))
    joined = re.sub(r"\n#   ", " ", comments)
    return dict(re.findall(r"^# (\w+): (.+)$", joined, flags=re.MULTILINE))


def _store(graphs: Mapping[str, Iterable[Triple]]) -> Store:
    store = Store()
    for iri, triples in graphs.items():
        store.extend(in_graph(triples, node(iri)))
        store.extend(in_graph(triples, DefaultGraph()))
    return store


def labels(store: Store) -> Label:
    """What the things in a store are called: the first of their labels, else their key."""
    name = term("rdfs:label")

    @cache
    def label(thing: NamedNode) -> str:
        found = store.quads_for_pattern(thing, name, None, DefaultGraph())
        texts = [quad.object.value for quad in found if isinstance(quad.object, Literal)]
        return min(texts) if texts else ids.key(thing)

    return label


def _findings(rule: Rule, asked: Iterable[str], store: Store) -> list[_Finding]:
    """The findings of a rule; rows with one key are one finding with several records or places.

    Where they say different things, as may be once more was written than the rule was made for,
    they are several, numbered by what they say.
    """
    found: dict[str, dict[tuple[str, str], _Finding]] = {}
    for row in chain.from_iterable(_rows(rule, query, store) for query in asked):
        key = _key(rule, row)
        says = (_text(rule, row, "says1"), _text(rule, row, "says2"))
        fresh = _Finding(key, (_Claim(says[0]), _Claim(says[1])))
        finding = found.setdefault(key, {}).setdefault(says, fresh)
        finding.subjects.add(_thing(rule, row, "subject"))
        for number, claim in enumerate(finding.claims, 1):
            claim.places.add(_thing(rule, row, f"place{number}"))
            claim.records |= _optional(row, f"claim{number}")
    return [finding for key in sorted(found) for finding in _numbered(found[key])]


def _rows(rule: Rule, query: str, store: Store) -> QuerySolutions:
    rows = store.query(query)
    if not isinstance(rows, QuerySolutions):
        raise OcseaError(f"queries/audit/{rule.name}.rq: write it as a SELECT")
    return rows


def _numbered(findings: Mapping[tuple[str, str], _Finding]) -> Iterator[_Finding]:
    for number, says in enumerate(sorted(findings), 1):
        finding = findings[says]
        yield finding if number == 1 else replace(finding, key=f"{finding.key}/{number}")


def _key(rule: Rule, row: QuerySolution) -> str:
    key = _text(rule, row, "key")
    try:
        ids.thing("discrepancy", key)
    except ValueError as error:
        raise OcseaError(f"queries/audit/{rule.name}.rq: {error}") from None
    return key


def _text(rule: Rule, row: QuerySolution, name: str) -> str:
    value = _value(row, name)
    if not isinstance(value, Literal) or not value.value:
        raise OcseaError(f"queries/audit/{rule.name}.rq: a row without a text for ?{name}: {row}")
    return value.value


def _thing(rule: Rule, row: QuerySolution, name: str) -> NamedNode:
    value = _value(row, name)
    if not isinstance(value, NamedNode):
        raise OcseaError(f"queries/audit/{rule.name}.rq: a row without a thing for ?{name}: {row}")
    return value


def _optional(row: QuerySolution, name: str) -> set[NamedNode]:
    value = _value(row, name)
    return {value} if isinstance(value, NamedNode) else set()


def _value(row: QuerySolution, name: str) -> object:
    try:
        return row[name]
    except KeyError:
        return None


def _discrepancy(rule: Rule, path: str, finding: _Finding, label: Label) -> Iterator[Triple]:
    iri, (one, other) = ids.thing("discrepancy", path), finding.claims
    subjects = sorted(finding.subjects, key=str)
    about = ", ".join(map(label, subjects))
    yield from record(
        iri,
        "ocsea:Discrepancy",
        f"{about}: {one.says}, or {other.says}",
        ("ocsea:rule", english(rule.title)),
        ("dcterms:description", english(rule.rule)),
        ("ocsea:concerns", subjects),
        ("ocsea:claim", [ids.thing("claim", f"{path}/{number}") for number in (1, 2)]),
        ("ocsea:treatment", english(rule.treatment)),
        ("dcterms:source", sorted(one.places | other.places, key=str)),
    )
    for number, claim in enumerate(finding.claims, 1):
        yield from _claim(ids.thing("claim", f"{path}/{number}"), claim, label)
    for thing in sorted({*subjects, *one.records, *other.records}, key=str):
        yield from facts(thing, ("ocsea:hasDiscrepancy", iri))


def _claim(iri: NamedNode, claim: _Claim, label: Label) -> Iterator[Triple]:
    places = sorted(claim.places, key=str)
    yield from record(
        iri,
        "ocsea:DisputedClaim",
        f"{claim.says} ({label(places[0])})",
        ("ocsea:says", english(claim.says)),
        ("ocsea:record", sorted(claim.records, key=str)),
        ("dcterms:source", places),
    )
