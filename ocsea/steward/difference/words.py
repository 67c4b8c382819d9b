"""What a submission would change, in words: `Norway: age of consent, 2021: 16 → 17`.

A line a record, grouped by state and topic. Things are called what the submission calls them where
it brings them, and else what the release does.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from pyoxigraph import Literal, NamedNode, Store, Triple

from ocsea.namespaces import RDF_TYPE, shorten, term
from ocsea.release import Release
from ocsea.steward.difference.known import Cited, Known, kind, states, values
from ocsea.steward.facts import is_state
from ocsea.steward.proposal import Change, Proposal

TOPICS = {
    "state": "The state itself",
    "action": "Treaty actions",
    "status": "Statuses",
    "observation": "Indicators",
    "body": "Services and bodies",
    "membership": "Memberships",
    "instrument": "Instruments",
    "initiative": "Practices",
    "commitment": "Commitments",
    "involvement": "Involvements",
    "statement": "Relations",
    "tool": "Tools",
    "source": "Sources",
    "locator": "Places in sources",
}
"""What the records of each kind are headed by, in the order in which they are told."""
OTHER = "Other records"
_MANY = 3
_MARKS = {"added": "+", "changed": "~", "removed": "-"}
_SLOT = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True)
class _Form:
    """How a kind of record is called: a title with properties in braces, and what it says.

    `values` are the properties that hold what it says, `joint` leads to them where all is new;
    `implied` are those that its name has told.
    """

    title: str
    values: tuple[str, ...] = ()
    joint: str = ": "
    implied: tuple[str, ...] = ()

    @property
    def told(self) -> Collection[str]:
        """The properties that need not be told beside title and value."""
        return {*_SLOT.findall(self.title), *self.values, *self.implied, *_QUIET}


_NAMED = "{rdf:type} “{rdfs:label}”"
_FORMS = {
    "action": _Form("{rdf:type} {of} {ocsea:instrument}", ("ocsea:date",), " on "),
    "status": _Form("status towards {ocsea:instrument}, as of {ocsea:asOf}", ("ocsea:status",)),
    "observation": _Form(
        "{ocsea:indicator}, {sdmx-dimension:refPeriod}",
        (
            "sdmx-measure:obsValue",
            "sdmx-attribute:obsStatus",
            "ocsea:lowerBound",
            "ocsea:upperBound",
        ),
    ),
    "membership": _Form("{ocsea:role} of {org:organization}", ("ocsea:begin",), " since "),
    "date": _Form(_NAMED, implied=("ocsea:date", "ocsea:dateProperty", "ocsea:instrument")),
    "involvement": _Form(_NAMED, implied=("ocsea:agent", "ocsea:object", "ocsea:role")),
    "period": _Form(_NAMED, implied=("ocsea:begin", "ocsea:end")),
    "statement": _Form(_NAMED, implied=("ocsea:subject", "ocsea:relation", "ocsea:object")),
    "locator": _Form(
        "{rdfs:label}",
        implied=("dcterms:isPartOf", "ocsea:place", "ocsea:rowLabel", "ocsea:columnLabel"),
    ),
}
_OTHER_FORM = _Form(_NAMED, implied=("skos:prefLabel", "skos:inScheme", "qb:structure"))
_LEADS = {"ocsea:Accession": "to", "ocsea:Succession": "to"}
"""What leads from an act to its instrument, where that is not “of”."""
# What follows from the rest of a record is told only where nothing else has changed.
_QUIET = frozenset({"rdf:type", "rdfs:label", "ocsea:statedValue", "dcterms:source", "qb:dataSet"})
_WITH_ARTICLE = ("ocsea:instrument", "org:organization")


@dataclass(frozen=True)
class Fact:
    """What a record says by one property, in words, before and after; either may be nothing."""

    property: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __str__(self) -> str:
        before, after = " and ".join(self.before), " and ".join(self.after)
        if before and after:
            return f"{self.name}: {before} → {after}"
        return f"{self.name} {after} added" if after else f"{self.name} {before} removed"


@dataclass(frozen=True)
class Line:
    """What happens to one record; `facts` are those that differ, `kind` is as `Change.kind` has it.

    `states` are the IRIs of those that it is about, `state` what these are called together.
    """

    record: str
    kind: str
    state: str
    states: tuple[str, ...]
    topic: str
    says: str
    facts: tuple[Fact, ...]
    sources: tuple[Cited, ...]

    def __str__(self) -> str:
        head = f"{self.state}: " if self.state else ""
        return f"{head}{self.says}{self.cited}"

    @property
    def cited(self) -> str:
        """The sources in brackets, empty for none."""
        places = dict.fromkeys(map(str, self.sources))
        return f" (source: {'; '.join(places)})" if places else ""


def lines(proposal: Proposal, *releases: Release) -> tuple[Line, ...]:
    """The changes in words, by state, topic and what they are about.

    Things are called what the first of the releases calls them that knows them.
    """
    stores = [Store.read_only(str(release.store)) for release in releases]
    known = Known(*stores, come=proposal.come)
    return tuple(sorted((_line(change, known) for change in proposal.changes), key=_order))


def text(told: Sequence[Line]) -> str:
    """The lines below the states and topics that they belong to; says so where nothing changes."""
    if not told:
        return "Nothing would change.\n"
    parts = []
    for state, of_state in groupby(told, lambda line: line.state):
        parts.append(f"{state or 'Not about one state'}\n")
        for topic, of_topic in groupby(of_state, lambda line: line.topic):
            parts.append(f"  {topic}\n")
            parts += [f"    {_MARKS[line.kind]} {line.says}{line.cited}\n" for line in of_topic]
    return "".join(parts)


def read_lines(said: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The lines that `dataclasses.asdict` and JSON made this of."""
    return tuple(
        Line(
            **{**line, "states": tuple(line["states"])}
            | {"facts": tuple(map(_read_fact, line["facts"]))}
            | {"sources": tuple(Cited(**place) for place in line["sources"])}
        )
        for line in said
    )


def _read_fact(said: Mapping[str, Any]) -> Fact:
    before, after = (tuple(said[name]) for name in ("before", "after"))
    return Fact(said["property"], said["name"], before, after)


def _order(line: Line) -> tuple[bool, str, int, str, str]:
    topic = [*TOPICS.values(), OTHER].index(line.topic)
    return not line.state, line.state, topic, line.says, line.record


def _line(change: Change, known: Known) -> Line:
    now = change.after or change.before
    facts = tuple(_facts(change, known))
    about = states(change.record, now)
    cited = [value for value in values(now, term("dcterms:source")) if isinstance(value, NamedNode)]
    form = _FORMS.get(kind(change.record), _OTHER_FORM)
    tell = _changed if change.kind == "changed" else _whole
    return Line(
        record=change.record.value,
        kind=change.kind,
        state=_together([known.name(state) for state in about]),
        states=tuple(state.value for state in about),
        topic=TOPICS.get(kind(change.record), OTHER),
        says=tell(change, facts, form, known),
        facts=facts,
        sources=tuple(known.cited(locator) for locator in cited),
    )


def _facts(change: Change, known: Known) -> Iterator[Fact]:
    predicates = {triple.predicate for triple in change.before ^ change.after}
    for predicate in sorted(predicates, key=str):
        before, after = (
            tuple(known.name(value) for value in values(said, predicate))
            for said in (change.before, change.after)
        )
        yield Fact(shorten(predicate.value), known.property(predicate), before, after)


def _whole(change: Change, facts: Sequence[Fact], form: _Form, known: Known) -> str:
    """A record that comes or goes, with all that it says; that it is about the state is known."""
    now = change.after or change.before
    value = _value(form, now, known)
    head = f"{_title(form, now, known)}{form.joint if value else ''}{value} {change.kind}"
    stateful = {shorten(triple.predicate.value) for triple in now if is_state(triple.object)}
    more = [
        f"{fact.name} {' and '.join(fact.after or fact.before)}"
        for fact in facts
        if fact.property not in {*form.told, *stateful}
    ]
    return "; ".join([head, *more])


def _changed(change: Change, facts: Sequence[Fact], form: _Form, known: Known) -> str:
    """A record that stays, with what is different."""
    before, after = (_value(form, said, known) for said in (change.before, change.after))
    news = [f"{before or 'nothing'} → {after or 'nothing'}"] if before != after else []
    rest = [fact for fact in facts if fact.property not in form.values]
    loud = [fact for fact in rest if fact.property not in _QUIET]
    shown = loud if news or (loud and form is not _OTHER_FORM) else rest
    return f"{_title(form, change.after, known)}: {'; '.join([*news, *map(str, shown)])}"


def _title(form: _Form, said: Collection[Triple], known: Known) -> str:
    return _SLOT.sub(partial(_slot, said=said, known=known), form.title).strip()


def _slot(slot: re.Match[str], said: Collection[Triple], known: Known) -> str:
    """What stands in a slot of a title: treaties and bodies have their article."""
    if slot[1] == "of":
        kinds = (shorten(str(kind.value)) for kind in values(said, RDF_TYPE))
        return next((_LEADS[name] for name in kinds if name in _LEADS), "of")
    found = values(said, term(slot[1]))
    if slot[1] == "ocsea:role" and not found:
        return "member"
    if slot[1] == "rdfs:label" and not found:
        found = [*{t.subject for t in said if isinstance(t.subject, NamedNode)}]
    names = [value.value if isinstance(value, Literal) else known.name(value) for value in found]
    name = " and ".join(names)
    has_article = slot[1] in _WITH_ARTICLE and " " in name and not re.search(r"\d", name)
    return f"the {name}" if has_article else name


def _value(form: _Form, said: Collection[Triple], known: Known) -> str:
    """What a record says, in brief."""
    found = [known.name(value) for name in form.values for value in values(said, term(name))]
    return " to ".join(found)


def _together(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= _MANY else f"{len(names)} states"
