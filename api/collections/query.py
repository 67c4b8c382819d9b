"""The SPARQL that answers requests, made from the table of collections.

What a stranger wrote gets in as a term alone, written by the store's own library.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode

from api.collections import text
from api.collections.dates import Span, begun, over
from api.collections.filters import PHRASE, WORD, Filter
from api.collections.keys import Tree, levels
from api.collections.kinds import AsOf, Kind, Sort
from api.collections.request import Cursor, Wanted
from ocsea.namespaces import PREFIXES, term

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
DECIMAL = term("xsd:decimal")
KEYS = {
    "text": text.sorting("?value", "?one"),
    "date": "BIND(STR(?value) AS ?one)",
    "number": "BIND(xsd:decimal(?value) AS ?one)",
}
"""The pattern that binds `?one` to what members are ordered by, of a `?value`."""


def count(wanted: Wanted) -> str:
    """How many members there are in all, as `?n`."""
    return f"{PROLOGUE}SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ {_members(wanted)} }}"


def page(wanted: Wanted) -> str:
    """The members of a page as `?x` with their sort keys as `?key`, and one more if there is one.

    Of several values the least counts; members without any come last, either way.
    """
    order = "DESC(?key)" if wanted.descending else "?key"
    return f"""{PROLOGUE}SELECT ?x ?key WHERE {{
  {{ SELECT ?x (MIN(?one) AS ?key) WHERE {{
    {{ SELECT DISTINCT ?x WHERE {{ {_members(wanted)} }} }}
    OPTIONAL {{ {_key(wanted.sort)} }}
  }} GROUP BY ?x }}
  {_rest(wanted)}
}} ORDER BY (!BOUND(?key)) {order} STR(?x) LIMIT {wanted.limit + 1}"""


def about(members: Iterable[str], tree: Tree) -> str:
    """What the columns show of members, as triples."""
    values = " ".join(str(NamedNode(iri)) for iri in members)
    return f"{PROLOGUE}CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {' UNION '.join(_parts(values, tree))} }}"


def choices(kind: Kind) -> str | None:
    """The values that the filters of a collection can have: `?filter`, `?value` and `?label`."""
    parts = [_choices(kind, narrowed) for narrowed in kind.filters if not narrowed.form.values]
    if not parts:
        return None
    return f"{PROLOGUE}SELECT ?filter ?value ?label WHERE {{ {' UNION '.join(parts)} }}"


def _choices(kind: Kind, narrowed: Filter) -> str:
    """The values of one filter; where those are texts, they need no label."""
    thing = f"?x {narrowed.path} ?thing ." if narrowed.path else "BIND(?x AS ?thing)"
    value = f"?thing {narrowed.code} ?value ." if narrowed.code else "BIND(?thing AS ?value)"
    is_text = narrowed.form in (WORD, PHRASE)
    label = "" if is_text else "OPTIONAL { ?thing rdfs:label ?label }"
    return f"""{{ SELECT DISTINCT ?filter ?value ?label WHERE {{
      {_class(kind)} {thing} {value} {label} BIND({Literal(narrowed.name)} AS ?filter)
    }} }}"""


def _class(kind: Kind, member: str = "?x") -> str:
    if len(kind.classes) == 1:
        return f"{member} a {kind.classes[0]} ."
    return f"VALUES ?class {{ {' '.join(kind.classes)} }} {member} a ?class ."


def _members(wanted: Wanted) -> str:
    kind = wanted.kind
    parts = [_class(kind)]
    for number, (narrowed, terms) in enumerate(wanted.terms):
        values = " ".join(map(str, terms))
        parts.append(f"VALUES ?v{number} {{ {values} }} ?x {narrowed.whole} ?v{number} .")
    if wanted.texts:
        found = (f'REGEX(STR(?text), {Literal(text.matching(t))}, "i")' for t in wanted.texts)
        parts.append(f"?x {kind.text} ?text FILTER({' || '.join(found)})")
    if wanted.periods and kind.period:
        parts.append(_within(kind.period, wanted.periods))
    if wanted.as_of and kind.as_of:
        parts.append(_as_of(kind, kind.as_of, wanted.as_of))
    return "\n".join(parts)


def _within(paths: tuple[str, str], periods: Sequence[Span]) -> str:
    """What shares a day with one of the periods."""
    first, last = paths
    same = first == last
    end = "?first" if same else "?last"
    shares = (f"({begun('?first', when)} && !{over(end, when)})" for when in periods)
    more = "" if same else f" ?x {last} ?last FILTER(isLiteral(?last))"
    return f"?x {first} ?first FILTER(isLiteral(?first)){more} FILTER({' || '.join(shares)})"


def _as_of(kind: Kind, what: AsOf, when: Span) -> str:
    """What has begun by the end of a span and is not over before it."""
    parts = [f"?x {what.begin} ?begun FILTER({begun('?begun', when)})"]
    if what.end:
        ended = over("?ended", when)
        if what.since and when.first:
            ended = f"({ended} || STR(?ended) = {Literal(when.first)})"
        parts.append(f"FILTER NOT EXISTS {{ ?x {what.end} ?ended FILTER({ended}) }}")
    if what.latest_of:
        parts.append(_latest(kind, what, when))
    return " ".join(parts)


def _latest(kind: Kind, what: AsOf, when: Span) -> str:
    """The condition that nothing of the same has begun later, by the end of a span."""
    same = [f"?same{number}" for number, _ in enumerate(what.latest_of)]
    shared = " ".join(f"{p} {one} ;" for p, one in zip(what.latest_of, same, strict=True))
    return f"""?x {shared} {what.begin} ?begun .
      {{ SELECT {" ".join(same)} (MAX(STR(?then)) AS ?latest) WHERE {{
        {_class(kind, "?other")} ?other {shared} {what.begin} ?then FILTER({begun("?then", when)})
      }} GROUP BY {" ".join(same)} }} FILTER(STR(?begun) = ?latest)"""


def _key(sort: Sort) -> str:
    value = f"?x {sort.path} ?value {KEYS[sort.how]}"
    return f"{value} FILTER(isLiteral(?value) && BOUND(?one))"


def _rest(wanted: Wanted) -> str:
    """The condition that a member comes after the page before."""
    if not (after := wanted.after):
        return ""
    beyond = f"STR(?x) > {Literal(after.iri)}"
    if after.key is None:
        return f"FILTER(!BOUND(?key) && {beyond})"
    key, sign = _written(after, wanted.sort), "<" if wanted.descending else ">"
    return f"FILTER(!BOUND(?key) || ?key {sign} {key} || (?key = {key} && {beyond}))"


def _written(after: Cursor, sort: Sort) -> Literal:
    key = after.key or ""
    return Literal(key, datatype=DECIMAL) if sort.how == "number" else Literal(key)


def _parts(values: str, tree: Tree) -> Iterator[str]:
    """Patterns of what is said of members, and of the things that they lead to.

    One by one the properties are looked up for each thing: listed in `VALUES`, the store would go
    through all that has them.
    """
    paths: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path, properties in levels(tree):
        paths[properties].append(path)
    for properties, several in paths.items():
        said = " UNION ".join(f"{{ ?s {p} ?o BIND({p} AS ?p) }}" for p in properties)
        if "" in several:
            yield f"{{ VALUES ?s {{ {values} }} {said} }}"
        if further := "|".join(path for path in several if path):
            reached = f"SELECT DISTINCT ?s WHERE {{ VALUES ?x {{ {values} }} ?x {further} ?s }}"
            yield f"{{ {{ {reached} }} {said} }}"
