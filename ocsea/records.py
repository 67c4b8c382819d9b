"""How a loader says what it knows: one call a record, missing values left out."""

from collections.abc import Iterator, Sequence

from pyoxigraph import NamedNode, Triple

from ocsea.namespaces import RDF_TYPE, term
from ocsea.values import Value, as_term, english

Pair = tuple[str, Value | Sequence[Value]]


def record(subject: NamedNode, kind: str, label: str | None, *pairs: Pair) -> Iterator[Triple]:
    """The triples of one record.

    `kind` is its class as a prefixed name, `label` its English rdfs:label, each pair a property
    as a prefixed name with a value or a list of values. None is left out: a blank is missing.
    """
    yield Triple(subject, RDF_TYPE, term(kind))
    if label is not None:
        yield Triple(subject, term("rdfs:label"), english(label))
    yield from facts(subject, *pairs)


def facts(subject: NamedNode, *pairs: Pair) -> Iterator[Triple]:
    """More triples about a record that exists; values as for `record`."""
    for predicate, values in pairs:
        for value in [values] if isinstance(values, Value) else values:
            if value is not None:
                yield Triple(subject, term(predicate), as_term(value))
