"""What sources say of states: their statuses, their acts, the values of their indicators."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolution, QuerySolutions, Store

from ocsea import ids
from ocsea.namespaces import PREFIXES

STATUSES, INDICATORS, ACTIONS = "statuses", "indicators", "actions"
"""The topics, which are also the sheets where a steward meets them."""

# The records of each topic, with what they say and whether that is anything at all.
_RECORDS = {
    STATUSES: """
      ?record ocsea:party ?state ; ocsea:instrument ?about ; ocsea:asOf ?date ; ocsea:status ?value
      BIND (?value != ocsea:NotListed AS ?told)
    """,
    INDICATORS: """
      ?record sdmx-dimension:refArea ?state ; ocsea:indicator ?about ;
        sdmx-dimension:refPeriod ?date .
      OPTIONAL { ?record sdmx-measure:obsValue ?single }
      OPTIONAL {
        ?record ocsea:lowerBound ?lower ; ocsea:upperBound ?upper
        BIND (CONCAT(STR(?lower), " to ", STR(?upper)) AS ?range)
      }
      BIND (COALESCE(?single, ?range) AS ?value)
      BIND (BOUND(?value) AS ?told)
    """,
    ACTIONS: """
      ?record ocsea:party ?state ; ocsea:instrument ?about ; ocsea:date ?date ; a ?value .
      ?value rdfs:subClassOf ocsea:BindingAction
      BIND (true AS ?told)
    """,
}

Key = tuple[str, str, str]
"""A topic, a state, and the instrument or indicator that is spoken of, by their IRIs."""


@dataclass(frozen=True, order=True)
class Said:
    """What one record says: whether that is anything, and if so what, and of when.

    A record without a value, or of a state that its source does not list, says nothing. In order,
    what says something comes after what does not, and the newer after the older.
    """

    told: bool
    date: str
    record: str
    value: str


def standing(
    store: Store, states: Collection[str], about: Mapping[str, Collection[str]]
) -> dict[Key, list[Said]]:
    """What is said of states about the instruments and indicators of each topic, in order.

    The acts are those by which a state becomes a party. A value is a literal as written, or an IRI.
    """
    found = defaultdict[Key, set[Said]](set)
    for topic, things in about.items():
        values = f"VALUES ?state {{ {_listed(states)} }} VALUES ?about {{ {_listed(things)} }}"
        rows = store.query(f"SELECT * {{ {values} {_RECORDS[topic]} }}", prefixes=PREFIXES)
        assert isinstance(rows, QuerySolutions)
        for row in rows:
            found[topic, _text(row, "state"), _text(row, "about")].add(_said(row))
    return {key: sorted(said) for key, said in found.items()}


def _listed(iris: Collection[str]) -> str:
    return " ".join(str(NamedNode(iri)) for iri in sorted(iris))


def _said(row: QuerySolution) -> Said:
    date = row["date"]
    period = ids.key(date) if isinstance(date, NamedNode) else _text(row, "date")
    told = _text(row, "told") == "true"
    return Said(told, period, _text(row, "record"), _text(row, "value"))


def _text(row: QuerySolution, name: str) -> str:
    value = row[name]
    return value.value if isinstance(value, NamedNode | Literal) else ""
