"""Which part of a rule to ask again after a change.

What a rule finds falls into groups: a finding rests on the facts of its own group alone. The line
`# again:` of a rule says which groups a changed thing belongs to; `queries/audit/README.md` has how
it is written.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, QuerySolution, QuerySolutions, Store, Triple

from ocsea.audit import Rule, read_rule
from ocsea.namespaces import ID, PREFIXES, RDF_TYPE, TERMS

_PREFIX = re.compile(r"^PREFIX ([a-z-]+): <([^>]+)>", re.MULTILINE)
_NAME = re.compile(r"\b([a-z-]+):([A-Za-z0-9][\w-]*)")
_VARIABLE = re.compile(r"\?(\w+)")
_EACH = re.compile(r"# each ((?:\?\w+ ?)+)")
_IN_ALL = "WHERE {"
_PREFIXES = PREFIXES | {"unit": f"{ID}unit/"}

Names = tuple[str, ...]
Groups = Mapping[Names, Collection[Names]]
"""By the variables that tell groups apart: the values of each group, as SPARQL writes them."""


@dataclass(frozen=True)
class Way:
    """From changed things by a pattern to their groups, told apart by variables of the rule.

    Without variables it leads to all groups. In a pattern, `?thing` is what changed, or else the
    one variable is, and `?named` is whatever the rule names.
    """

    variables: Names
    pattern: str

    @property
    def thing(self) -> str:
        """The variable for the things."""
        return "thing" if "?thing" in self.pattern else self.variables[0]

    def groups(self, things: str, names: str, store: Store) -> Iterator[Names] | None:
        """The groups that these things belong to in a store; None where it may be any.

        Things and names are told as SPARQL writes them.
        """
        shown = " ".join(f"?{name}" for name in self.variables or (self.thing,))
        named = f"VALUES ?named {{ {names} }}" if "?named" in self.pattern else ""
        given = f"VALUES ?{self.thing} {{ {things} }} {named}"
        query = f"SELECT DISTINCT {shown} {{ {given} {self.pattern} }}"
        rows = store.query(query, prefixes=_PREFIXES)
        assert isinstance(rows, QuerySolutions)
        found = list(rows)
        if found and (not self.variables or any(map(_is_nameless, found))):
            return None
        return (tuple(map(str, row)) for row in found)


@dataclass(frozen=True)
class Grouped:
    """A rule with the IRIs that it names, and the ways to its groups: none where it has none."""

    rule: Rule
    names: frozenset[NamedNode]
    ways: tuple[Way, ...]

    def things(self, changed: Iterable[Triple]) -> set[object]:
        """The things of which something changed that the rule may match.

        Each of its patterns names the property, or the class where it asks for that.
        """
        return {
            triple.subject
            for triple in changed
            if (triple.object if triple.predicate == RDF_TYPE else triple.predicate) in self.names
        }

    def groups(self, things: Collection[object], stores: Iterable[Store]) -> Groups | None:
        """The groups that these things belong to in any of the stores; None where it may be any."""
        if things and not (self.ways and all(map(self._leads, things))):
            return None
        found = defaultdict[Names, set[Names]](set)
        told, names = " ".join(map(str, things)), " ".join(map(str, self.names))
        for store in stores if things else ():
            for way in self.ways:
                groups = way.groups(told, names, store)
                if groups is None:
                    return None
                found[way.variables].update(groups)
        return {variables: values for variables, values in found.items() if values}

    def _leads(self, thing: object) -> bool:
        """Whether the ways say all groups of a thing: they do not of what the rule itself names, of
        terms, which its variables stand for, and of what has no name."""
        is_ours = isinstance(thing, NamedNode) and not thing.value.startswith(TERMS)
        return is_ours and thing not in self.names

    def asked_of(self, groups: Groups) -> Iterator[str]:
        """The rule's query of these groups alone: one for all that are told apart alike."""
        for variables, values in groups.items():
            one = f"{_IN_ALL} {_values(variables, variables, values)}"
            query = self.rule.query.replace(_IN_ALL, one, 1)
            for each in _EACH.finditer(self.rule.query):
                wanted = tuple(_VARIABLE.findall(each[1]))
                if set(wanted) <= set(variables):
                    query = query.replace(each[0], _values(wanted, variables, values))
            yield query


def _values(wanted: Names, variables: Names, values: Iterable[Names]) -> str:
    at = [variables.index(name) for name in wanted]
    rows = sorted({tuple(row[index] for index in at) for row in values})
    told = " ".join(f"({' '.join(row)})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in wanted)}) {{ {told} }}"


def _is_nameless(row: QuerySolution) -> bool:
    return any(value is None or isinstance(value, BlankNode) for value in row)


@cache
def grouped(path: Path) -> Grouped:
    """A rule of the audit from its file."""
    rule = read_rule(path)
    prefixes = dict(_PREFIX.findall(rule.query))
    names = {NamedNode(prefixes[p] + n) for p, n in _NAME.findall(rule.query) if p in prefixes}
    return Grouped(rule, frozenset(names), tuple(map(_way, filter(None, rule.again.split(" | ")))))


def _way(text: str) -> Way:
    variables, _, pattern = text.partition(" where ")
    names = tuple(_VARIABLE.findall(variables))
    return Way(names, pattern)
