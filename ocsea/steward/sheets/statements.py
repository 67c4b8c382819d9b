"""Triples of Turtle and JSON-LD → what is to be said of their records."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.derived import DERIVED, ONTOLOGY
from ocsea.namespaces import GRAPH, ID, RDF_TYPE, shorten, term
from ocsea.steward.facts import Facts, ours
from ocsea.steward.sent import Place
from ocsea.steward.sheets.draft import Draft

REMOVED = term("prov:wasInvalidatedBy")

_OWN_GRAPHS = {iri.removeprefix(GRAPH) for iri in (*DERIVED, ONTOLOGY)}
_MADE = ("discrepancy", "claim", "activity", "agent", "submission")
"""Kinds of things that the build makes, so that nobody describes them."""


def take(
    draft: Draft, was: Facts, triples: Iterable[Triple], lines: Mapping[NamedNode, Place]
) -> None:
    """All that files in RDF say, by subject; `was` is the release that the template shows."""
    said: dict[NamedNode, set[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and _is_described(triple.subject):
            said.setdefault(triple.subject, set()).add(triple)
        else:
            _tell_foreign(draft, triple, lines)
    for about in said.values():
        if not _is_removed(about):
            draft.facts.learn(about)
    for record, about in said.items():
        _Described(draft, was, record, about, lines.get(record, Place(""))).take()


def _is_described(thing: NamedNode) -> bool:
    if not ours(thing) or ids.kind(thing) in _MADE:
        return False
    return not (ids.kind(thing) == "source" and ids.key(thing) in _OWN_GRAPHS)


def _is_removed(about: Set[Triple]) -> bool:
    return any(triple.predicate == REMOVED for triple in about)


def _tell_foreign(draft: Draft, triple: Triple, lines: Mapping[NamedNode, Place]) -> None:
    known = isinstance(triple.subject, NamedNode)
    subject = triple.subject if isinstance(triple.subject, NamedNode) else None
    draft.tell(
        lines.get(subject, Place("")) if subject else Place(""),
        str(triple.subject),
        "This is no thing that a submission describes."
        if known
        else "Something is described that has no IRI.",
        f"Describe records, whose IRIs begin with {ID}: copy one from the template.",
        "rdf-subject",
        focus=subject,
    )


@dataclass(frozen=True)
class _Described:
    """What a file says of one record."""

    draft: Draft
    was: Facts
    record: NamedNode
    about: Set[Triple]
    place: Place

    def take(self) -> None:
        facts, record = self.draft.facts, self.record
        if record in self.draft.after:
            self._tell("This record stands in a sheet as well.", "Send it once.", "row-twice")
            return
        self.draft.places[record, ""] = self.place
        quads = facts.stated(record)
        now = frozenset(quad.triple for quad in quads)
        was = frozenset(quad.triple for quad in self.was.stated(record))
        after = self._removed(now, was) if _is_removed(self.about) else self._described(now, was)
        if after is None or after == now:
            return
        if now:
            self.draft.warn_if_shared(record, quads, self.place)
        self.draft.say(record, after)

    def _removed(self, now: Set[Triple], was: Set[Triple]) -> Set[Triple] | None:
        if len(self.about) > 1:
            self._tell(
                "The record is removed, and something is said of it besides.",
                "Say nothing else of it, or leave out prov:wasInvalidatedBy.",
                "rdf-removal",
            )
            return None
        if not now and not was:
            wrong, remedy = "The graph has no such record to remove.", "Correct its IRI."
            self._tell(wrong, remedy, "row-unknown")
            return None
        return None if now and self._differ(now, was) else frozenset()

    def _described(self, now: Set[Triple], was: Set[Triple]) -> Set[Triple] | None:
        """What is stated of the record then; None where the current release is at odds with it."""
        said = self.about - (self.draft.facts.entailed(self.record) - now - was)
        if not any(triple.predicate == RDF_TYPE for triple in said):
            return now | said
        if not now and was and said != was:
            self._tell_conflict("Somebody has removed this record since your template was made.")
            return None
        edited = {t.predicate for t in said ^ was} & {t.predicate for t in said ^ now}
        if any(
            self._differ(_of(now, prop), _of(was, prop), prop) for prop in sorted(edited, key=str)
        ):
            return None
        return {t for t in now if t.predicate not in edited} | {
            t for t in said if t.predicate in edited
        }

    def _differ(self, now: Set[Triple], was: Set[Triple], prop: NamedNode | None = None) -> bool:
        """Whether somebody has changed it since the template, which is told then."""
        if now == was:
            return False
        what = f"{shorten(prop.value)} of this record" if prop else "this record"
        self._tell_conflict(f"Somebody has changed {what} since your template was made.", prop)
        return True

    def _tell_conflict(self, message: str, prop: NamedNode | None = None) -> None:
        remedy = "Fetch the template anew, and look whether your change is still right."
        self._tell(message, remedy, "row-conflict", prop)

    def _tell(self, message: str, remedy: str, rule: str, prop: NamedNode | None = None) -> None:
        value = self.draft.facts.label(self.record)
        path = shorten(prop.value) if prop else ""
        self.draft.tell(self.place, value, message, remedy, rule, focus=self.record, path=path)


def _of(triples: Set[Triple], prop: NamedNode) -> set[Triple]:
    return {triple for triple in triples if triple.predicate == prop}
