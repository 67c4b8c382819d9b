"""What a submission makes of the merge of all graphs: the facts, and what follows from them."""

from dataclasses import dataclass

from pyoxigraph import NamedNode, Store, Triple

from ocsea.after import After
from ocsea.derived import INFERRED, ONTOLOGY
from ocsea.reinference import reinfer
from ocsea.steward.proposal import Proposal

_INFERRED = NamedNode(INFERRED)


@dataclass(frozen=True)
class Consequences:
    """The triples that leave the merge of all graphs, and those that come to it."""

    gone: frozenset[Triple]
    come: frozenset[Triple]

    @property
    def triples(self) -> frozenset[Triple]:
        """All of them."""
        return self.gone | self.come


def consequences(proposal: Proposal, store: Store) -> Consequences:
    """What the submission would do to the merge in `store`, a release's, but for the audit.

    A triple that another source states too, or that follows from what stays, does not leave.
    Raises OcseaError where the facts would contradict the ontology.
    """
    terms = [quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(ONTOLOGY))]
    gone = {quad for quad in proposal.gone if quad in store}
    after = After(store, gone, proposal.come)
    less, more = reinfer(after, terms)
    lost = {quad.triple for quad in gone} | less
    won = {quad.triple for quad in proposal.come} | more
    return Consequences(
        frozenset(t for t in lost if _was(after, t) and not _is(after, t, less, more)),
        frozenset(t for t in won if not _was(after, t) and _is(after, t, less, more)),
    )


def _was(after: After, triple: Triple) -> bool:
    """Whether the merge held a triple before."""
    stated = any(after.before((triple.subject, triple.predicate, triple.object)))
    return stated or after.was_made(_INFERRED, triple)


def _is(after: After, triple: Triple, less: set[Triple], more: set[Triple]) -> bool:
    """Whether the merge will hold a triple; `less` and `more` are inferred no more, and now."""
    inferred = triple in more or (triple not in less and after.was_made(_INFERRED, triple))
    return inferred or after.states(triple)
