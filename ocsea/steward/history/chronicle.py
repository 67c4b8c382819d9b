"""What happened, for programs and as text: to the graph, release by release, and to a record."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from ocsea.namespaces import shorten, term
from ocsea.release import MANIFEST, Release
from ocsea.steward.difference import words
from ocsea.steward.difference.known import Known
from ocsea.steward.history.between import counts, summary
from ocsea.steward.history.releases import Made, Past, before, made, past
from ocsea.steward.proposal import Change, Proposal
from ocsea.steward.submissions.submission import in_force

Document = dict[str, Any]
"""What goes into JSON."""

MOST_PAST = 100
"""How many past values of a record are told of."""


def of_release(release: Release, listed: list[Release]) -> Document:
    """How a release came about, and how much it changed.

    `previous` is the one before it that is there, with the `counts` of what differs; `missing` is
    the name of one in between that is not. `listed` is what `history.releases` gives.
    """
    older, missing = before(release, listed)
    changed = {"previous": older.version, "counts": counts(older, release)} if older else {}
    return _made(made(release)) | changed | ({"missing": missing} if missing else {})


def _made(how: Made) -> Document:
    """Whose doing a release is; of a submission the curator, and as `sender` who had sent it."""
    told = {"release": how.release.version, "kind": how.kind, "by": how.by, "at": how.at}
    told |= {"submission": how.submission, "sender": _sender(how)}
    told |= {"reason": how.reason, "missing": how.missing}
    return {name: value for name, value in told.items() if value}


def _sender(how: Made) -> str:
    """Who sent a submission, as the release says in which it is in force, or the one before."""
    parent = Release(
        how.release.path.parent / how.release.manifest.get("written", {}).get("parent", "")
    )
    for release in (how.release, parent):
        if how.submission and (release.path / MANIFEST).is_file():
            for each in in_force(release):
                if each["id"] == how.submission:
                    return str(each["by"])
    return ""


def release_line(told: Document) -> str:
    """A release in one line of text."""
    who = f" by {told['by']}" if "by" in told else ""
    sender = f" of {told['sender']}" if "sender" in told else ""
    which = f" {told['submission']}{sender}" if "submission" in told else ""
    much = f": {summary(told['counts'])}" if "counts" in told else ""
    why = f" ({told['reason']})" if "reason" in told else ""
    lost = f"; {told['missing']} before it is not kept any more" if "missing" in told else ""
    return f"{told['release']}  {told['at'][:16]}  {told['kind']}{which}{who}{much}{why}{lost}"


@dataclass(frozen=True)
class Story:
    """What was said of a record, from the last to the first; `name` is what it is called.

    `complete` is whether these are all the values that the releases tell of.
    """

    record: str
    name: str
    release: str
    values: tuple[Document, ...]
    complete: bool


def of_record(release: Release, record: NamedNode, most: int = MOST_PAST) -> Story:
    """What was stated of a record up to this release, newest first."""
    found = past(release, record)
    shown = found[:most]
    values = [
        _value(record, now, found[number + 1] if number + 1 < len(found) else None)
        for number, now in enumerate(shown)
    ]
    name = _name(record, shown)
    return Story(record.value, name, release.version, tuple(values), len(shown) == len(found))


def _name(record: NamedNode, values: Sequence[Past]) -> str:
    for each in values:
        labels = [q.object for q in each.facts if q.predicate == term("rdfs:label")]
        english = [label.value for label in labels if isinstance(label, Literal)]
        if english:
            return min(english)
    return shorten(record.value)


def _value(record: NamedNode, now: Past, earlier: Past | None) -> Document:
    """What a record said for a time: in words what had changed, and all its facts."""
    before_it = earlier.facts if earlier else frozenset[Quad]()
    change = Change(record, _triples(before_it), _triples(now.facts))
    proposal = Proposal(now.made.release.version, (change,), frozenset(), frozenset())
    told_by = [now.made.release, *([earlier.made.release] if earlier else [])]
    (line,) = words.lines(proposal, *told_by)
    known = Known(Store.read_only(str(now.made.release.store)))
    return {
        **_made(now.made),
        "change": line.kind,
        "text": line.says,
        "facts": [asdict(fact) for fact in line.facts],
        "sources": [asdict(place) | {"text": str(place)} for place in line.sources],
        "statements": [_fact(quad, known) for quad in _ordered(now.facts)],
    }


def _triples(quads: Iterable[Quad]) -> frozenset[Triple]:
    return frozenset(quad.triple for quad in quads)


def _ordered(quads: Iterable[Quad]) -> list[Quad]:
    return sorted(quads, key=lambda quad: (str(quad.predicate), str(quad.object), str(quad)))


def _fact(quad: Quad, known: Known) -> Document:
    """A fact as the graph has it, beside what property and value are called."""
    value, graph = quad.object, quad.graph_name
    told: Document = {"property": quad.predicate.value, "name": known.property(quad.predicate)}
    if isinstance(value, NamedNode):
        told |= {"id": value.value, "value": known.name(value)}
    elif isinstance(value, Literal):
        told["value"] = value.value
        told |= {"language": value.language} if value.language else {}
        told |= {"datatype": value.datatype.value} if not value.language else {}
    else:
        told["value"] = str(value)
    return told | ({"graph": graph.value} if isinstance(graph, NamedNode) else {})


def as_json(story: Story) -> Document:
    """The story for programs."""
    return asdict(story)


def as_text(story: Story) -> str:
    """The story for people."""
    lines = [f"{story.name} ({shorten(story.record)})\n"]
    for value in story.values:
        cited = "; ".join(place["text"] for place in value["sources"])
        lines += [f"  {release_line(value)}\n", f"    {value['text']}\n"]
        lines += [f"    source: {cited}\n"] if cited else []
    lines += [] if story.complete else [f"Only the last {len(story.values)} are told of.\n"]
    return "".join(lines) if story.values else f"Nothing is known of {story.record}.\n"
