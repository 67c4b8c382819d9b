"""Who may do what with submissions, by role and by states."""

from collections.abc import Callable

from api_server import GRAPH, ID
from pyoxigraph import BlankNode, Literal, NamedNode, Quad
from sending import (
    CORA,
    NORA,
    STU,
    A,
)

from ocsea.namespaces import term
from ocsea.release import Release
from ocsea.steward.proposal import Proposal
from ocsea.steward.submissions.rights import check_decide, check_see, check_withdraw
from ocsea.steward.submissions.scope import check_scope
from ocsea.steward.submissions.submission import Declined, Step, Submission
from ocsea.tokens import Token


def test_who_may_do_what() -> None:
    def may(check: Callable[[Token, Submission], None], token: Token, by: str, *steps: str) -> bool:
        told = tuple(Step(status, by, "") for status in steps)
        submission = Submission("x", by, "", ("NOR",), "", (), {}, {}, (), 0, told)
        try:
            check(token, submission)
        except Declined:
            return False
        return True

    swede = Token("sven", "curator", b"4", states=frozenset({"SWE"}))
    for token, sees, decides in ((STU, False, False), (CORA, True, True), (swede, False, False)):
        assert may(check_see, token, "nora", "received") is sees
        assert may(check_decide, token, "nora", "received") is decides
        assert may(check_withdraw, token, "nora", "received") is decides
        assert may(check_see, token, token.name, "received")
        assert may(check_withdraw, token, token.name, "received")
    assert not may(check_withdraw, STU, "stu", "received", "published")
    assert may(check_withdraw, CORA, "stu", "received", "published")


def test_a_token_for_some_states_changes_only_what_is_theirs(release: Release) -> None:
    def why(*come: Quad, gone: tuple[Quad, ...] = ()) -> str:
        proposal = Proposal(release.version, (), frozenset(gone), frozenset(come))
        try:
            check_scope(NORA, proposal, release)
        except Declined as error:
            return error.detail
        return ""

    def said(kind: str, key: str, prop: str, other: NamedNode | Literal) -> Quad:
        return Quad(NamedNode(f"{ID}{kind}/{key}"), term(prop), other, A)

    norway, sweden = NamedNode(f"{ID}state/NOR"), NamedNode(f"{ID}state/SWE")
    text = Literal("x")
    mine = "opsc/NOR/signature"
    assert why(said("action", mine, "ocsea:party", norway)) == ""
    assert why(said("state", "NOR", "ocsea:formerName", text)) == ""
    assert why(said("action", mine, "ocsea:statedValue", text)) == ""  # known to be Norway's
    assert "SWE" in why(said("action", "x/SWE/y", "ocsea:party", sweden))
    assert "SWE" in why(said("action", mine, "ocsea:party", sweden))
    assert "SWE" in why(said("state", "SWE", "ocsea:formerName", text))
    assert "shared" in why(said("source", "mapping2021", "dcterms:rights", text))
    assert "shared" in why(said("instrument", "opsc", "rdfs:label", text))
    assert "names no state" in why(said("instrument", "brand-new", "rdfs:label", text))
    assert why(said("source", "brand-new", "dcterms:rights", text)) == ""
    assert why(said("locator", "brand-new/p-1", "ocsea:place", text)) == ""
    known = Quad(sweden, term("ocsea:iso3"), Literal("SWE"), NamedNode(f"{GRAPH}states"))
    assert "SWE" in why(gone=(known,))
    assert "IRI" in why(Quad(BlankNode("b"), term("rdfs:label"), text, A))
    # A hotline's membership names the hotline alone, which names its state.
    hotline = NamedNode(f"{ID}body/a-hotline")
    member = said("membership", "inhope/a-hotline", "org:member", hotline)
    assert "names no state" in why(member)
    assert why(member, Quad(hotline, term("ocsea:state"), norway, A)) == ""
    assert "SWE" in why(member, Quad(hotline, term("ocsea:state"), sweden, A))
