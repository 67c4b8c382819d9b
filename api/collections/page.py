"""A page of a collection: its members, and what is said of them."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from api.collections import query
from api.collections.filters import above
from api.collections.keys import Tree, predicate, tree
from api.collections.request import MAX_LIMIT, Cursor, Wanted
from api.engine import Pool, Row

Value = NamedNode | Literal
Known = Mapping[str, Mapping[str, list[Value]]]
"""By the IRI of a thing, then that of a property: the values, in a fixed order."""
TOGETHER = MAX_LIMIT
"""Members that are looked up at a time, so that other requests have their turn."""


@dataclass(frozen=True)
class Page:
    """Members by their IRIs, in order; `total` is how many there are on all pages."""

    wanted: Wanted
    total: int
    members: list[str]
    further: Cursor | None
    known: Known

    @cached_property
    def tree(self) -> Tree:
        """Its columns as a tree."""
        return tree(self.wanted.columns)

    def values(self, iri: str, key: str) -> list[Value]:
        """What is said of a thing under a key; of classes, the lowest that the collection knows."""
        found = self.known.get(iri, {}).get(predicate(key).value, [])
        return self._lowest(found) if key == "type" else found

    def at(self, iri: str, column: str) -> list[Value]:
        """What a column shows of a member, each value once."""
        key, _, rest = column.partition(".")
        found = self.values(iri, key)
        if rest:
            things = (value.value for value in found if isinstance(value, NamedNode))
            found = [value for thing in things for value in self.at(thing, rest)]
        return list(dict.fromkeys(found))

    def triples(self) -> Iterator[Triple]:
        """What the columns say of the members."""
        for iri in self.members:
            yield from self._said(iri, self.tree)

    def _said(self, iri: str, below: Tree) -> Iterator[Triple]:
        for key, further in below.items():
            for value in self.values(iri, key):
                yield Triple(NamedNode(iri), predicate(key), value)
                if further and isinstance(value, NamedNode):
                    yield from self._said(value.value, further)

    def _lowest(self, classes: list[Value]) -> list[Value]:
        ours = [one for one in classes if one.value in self.wanted.kind.types]
        higher = {iri for one in ours for iri in above(one.value)}
        return [one for one in ours if one.value not in higher]


async def parts(pool: Pool, wanted: Wanted) -> AsyncGenerator[Page]:
    """The page that is wanted, from a release; a long one in parts, at least one."""
    found, counted = await asyncio.gather(
        pool.rows(query.page(wanted)), pool.rows(query.count(wanted))
    )
    rows = found[: wanted.limit]
    members = [row["x"]["value"] for row in rows]
    total = int(counted[0]["n"]["value"])
    further = _cursor(rows[-1], wanted, len(rows)) if len(found) > len(rows) else None
    below = tree(wanted.columns)
    for at in range(0, max(1, len(members)), TOGETHER):
        some = members[at : at + TOGETHER]
        yield Page(wanted, total, some, further, await _known(pool, some, below))


def _cursor(last: Row, wanted: Wanted, shown: int) -> Cursor:
    key = last["key"]["value"] if "key" in last else None
    before = wanted.after.seen if wanted.after else 0
    return Cursor(key, last["x"]["value"], before + shown)


async def _known(pool: Pool, members: list[str], below: Tree) -> Known:
    known: dict[str, dict[str, list[Value]]] = {}
    content = await pool.graph(query.about(members, below))
    _note(known, (quad.triple for quad in parse(content, RdfFormat.N_TRIPLES)))
    for said in known.values():
        for values in said.values():
            values.sort(key=str)
    return known


def _note(known: dict[str, dict[str, list[Value]]], triples: Iterable[Triple]) -> None:
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            said = known.setdefault(subject.value, {}).setdefault(triple.predicate.value, [])
            if value not in said:
                said.append(value)
