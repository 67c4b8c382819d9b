"""The audit: each rule finds what it should in a small graph, and what is known in the real one.

`examples/audit/{rule}.trig` holds the small graph, and says at its top what the rule must find in
it, `# finds: says | says`, and what to change so that it finds nothing, `# agrees: old -> new`.
"""

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse

from ocsea.audit import audit, read_rule
from ocsea.derived import AUDIT, PROVENANCE
from ocsea.errors import OcseaError
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.release import Release
from ocsea.resources import queries
from ocsea.validation import validate

EXAMPLES = Path(__file__).parent / "examples" / "audit"
RULES = queries("audit")
VARIABLES = ["key", "subject", "claim1", "says1", "place1", "claim2", "says2", "place2"]
Graphs = dict[str, list[Triple]]
Finding = tuple[str, str]

# By hand from the sources, and from reading them against each other.
KNOWN = {
    "dates-of-one-act/untoc/entryIntoForce/instruments/study2015",
    "group-statement-against-marks/eu-member-states-with-hotline",
    "numbers-of-one-act/dir-2011-93",
    "share-against-counts/internet-penetration/europe/2020-06-30",
    "stated-count-against-acts/opsc-party-count",
    "stated-count-against-acts/uncrc-party-count",
    "stated-count-against-acts/untoc-party-count",
    "stated-count-against-acts/untoc-tip-party-count",
    "stated-count-against-members/mapping-focus-countries/mapping2021",
    "stated-count-against-statuses/cets-201-party-count",
    "stated-count-against-statuses/cets-201-signatory-count",
    "stated-mean-against-rows/crin-access-to-justice-percent/2021",
    "stated-mean-against-rows/crin-access-to-justice-score/2021",
}
# Checked by hand, and right: 52 of 52 participants, both totals of reports, rounding of shares.
AGREED = {
    "change-against-two-years",
    "percent-against-score",
    "stated-count-against-statuses/global-alliance-participant-count",
    "stated-total-against-rows",
}


def name(path: Path) -> str:
    return path.stem


def graphs_in(quads: Iterable[Quad]) -> Graphs:
    found: Graphs = {}
    for quad in quads:
        found.setdefault(quad.graph_name.value, []).append(quad.triple)
    return found


def findings(triples: list[Triple]) -> list[Finding]:
    """What each discrepancy says on its two sides."""
    says = {t.subject: t.object.value for t in triples if t.predicate == term("ocsea:says")}
    claims = [t.object for t in triples if t.predicate == term("ocsea:claim")]
    return [(says[one], says[other]) for one, other in zip(claims[::2], claims[1::2], strict=True)]


def example(rule: Path) -> tuple[str, Finding, tuple[str, str]]:
    """The small graph of a rule, what is found in it, and the change by which nothing is."""
    text = (EXAMPLES / f"{rule.stem}.trig").read_text(encoding="utf-8")
    finds = re.search(r"^# finds: (.+) \| (.+)$", text, flags=re.MULTILINE)
    agrees = re.search(r"^# agrees: (.+) -> (.+)$", text, flags=re.MULTILINE)
    assert finds, "say at its top what is found"
    assert agrees, "say at its top what to change"
    body = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return body, (finds[1], finds[2]), (agrees[1], agrees[2])


def run(rule: Path, text: str) -> list[Triple]:
    return audit(graphs_in(parse(text.encode(), format=RdfFormat.TRIG)), [rule])


def test_every_rule_has_an_example_and_the_reverse() -> None:
    assert len(RULES) >= 30
    assert {path.stem for path in EXAMPLES.iterdir()} == {path.stem for path in RULES}


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_says_what_it_compares_and_names_its_variables(path: Path) -> None:
    rule = read_rule(path)
    for text in (rule.rule, rule.treatment):
        assert re.fullmatch(r"[A-Z].{20,}\.", text)
    [select] = re.findall(r"^SELECT ((?:\?\w+ )+)WHERE", rule.query, flags=re.MULTILINE)
    asked = select.replace("?", "").split()
    assert asked == [name for name in VARIABLES if name in asked]
    assert {*asked, "claim1", "claim2"} == set(VARIABLES)


def test_no_two_rules_are_called_alike() -> None:
    titles = [read_rule(path).title for path in RULES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_finds_what_does_not_go_together(path: Path) -> None:
    text, finding, _ = example(path)
    assert findings(run(path, text)) == [finding]


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_finds_nothing_where_the_claims_agree(path: Path) -> None:
    text, _, (old, new) = example(path)
    assert old in text
    assert run(path, text.replace(old, new)) == []


# Later in time is no contradiction


def changed(rule: str, *changes: tuple[str, str]) -> list[Finding]:
    path = next(path for path in RULES if path.stem == rule)
    text = example(path)[0]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return findings(run(path, text))


def test_who_became_party_after_the_list_is_no_contradiction() -> None:
    assert changed("status-against-acts", ('"2015-02-01"', '"2022-01-01"')) == []


def test_who_signed_first_and_is_party_later_is_no_contradiction() -> None:
    swapped = (("ocsea:status ocsea:Party", "ocsea:status ocsea:Signatory"),)
    later = (*swapped, ("ocsea:status ocsea:NotListed", "ocsea:status ocsea:Party"))
    assert changed("status-against-later-status", *later) == []


def test_an_instrument_that_ended_after_the_source_is_no_contradiction() -> None:
    assert changed("force-of-one-instrument", ('"2011-12-17"', '"2016-01-01"')) == []


def test_two_budgets_for_two_periods_are_no_contradiction() -> None:
    second = 'ocsea:amount 45000000.0 ; ocsea:currency "EUR" ; ocsea:begin '
    old, new = (f'{second}"{year}"^^xsd:gYear' for year in (2009, 2014))
    assert changed("budgets-of-one-initiative", (old, new)) == []


@pytest.mark.parametrize(
    ("value", "qualifier", "goes_together"),
    [
        ("21700000", "exact", True),  # 21.7 million, cut off
        ("21800000", "exact", True),  # 21.8 million, rounded
        ("21600000", "exact", False),
        ("20000000", "more-than", True),
        ("22000001", "more-than", False),
        ("22000000", "less-than", True),
        ("20000001", "up-to", False),
        ("23000001", "approximately", True),
        ("25000001", "approximately", False),
    ],
)
def test_values_are_compared_as_far_as_they_are_meant(
    value: str, qualifier: str, goes_together: bool
) -> None:
    found = changed(
        "values-of-one-observation",
        ("obsValue 23750000", f"obsValue {value}"),
        ("code:exact", f"code:{qualifier}"),
    )
    assert (found == []) == goes_together


# A rule that is written wrongly


def rule_of(folder: Path, text: str) -> Path:
    path = folder / "some-rule.rq"
    path.write_text(text, encoding="utf-8")
    return path


HEADER = "# title: T\n# rule: R\n# treatment: T\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * {}", "open it with"),
        (f"{HEADER}ASK {{}}", "write it as a SELECT"),
        (f"{HEADER}SELECT ('' AS ?key) ('a' AS ?says1) ('b' AS ?says2) {{}}", r"\?key"),
        (f"{HEADER}SELECT ('k' AS ?key) ('a' AS ?says1) ('b' AS ?says2) {{}}", r"\?subject"),
        (f"{HEADER}SELECT ('k k' AS ?key) ('a' AS ?says1) ('b' AS ?says2) {{}}", "cannot stand"),
    ],
)
def test_a_rule_written_wrongly_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(OcseaError, match=message):
        audit({}, [rule_of(tmp_path, text)])


def test_rows_of_one_key_that_say_different_things_are_findings_apart(tmp_path: Path) -> None:
    text = (
        f"{HEADER}SELECT ('k' AS ?key) ?says1 ('b' AS ?says2) (<{ID}a/s> AS ?subject)"
        f" (<{ID}a/p> AS ?place1) (<{ID}a/p> AS ?place2) {{ VALUES ?says1 {{ 'c' 'a' 'c' }} }}"
    )
    found = audit({}, [rule_of(tmp_path, text)])
    assert set(keys(found)) == {"some-rule/k", "some-rule/k/2"}
    told = {str(t.subject): str(t.object) for t in found if t.predicate == term("ocsea:says")}
    assert sorted(told.values()) == ['"a"@en', '"b"@en', '"b"@en', '"c"@en']
    with_number = [t for t in found if str(t.subject).endswith("/k/2/1>")]
    assert any(t.object == Literal("c", language="en") for t in with_number)


# The real graph


@pytest.fixture(scope="module")
def graphs(release: Release) -> Graphs:
    found = graphs_in(release.quads())
    return {key: each for key, each in found.items() if key not in (AUDIT, PROVENANCE)}


@pytest.fixture(scope="module")
def audited(graphs: Graphs) -> list[Triple]:
    return audit(graphs)


def keys(triples: list[Triple]) -> Iterator[str]:
    for triple in triples:
        if triple.predicate == RDF_TYPE and triple.object == term("ocsea:Discrepancy"):
            assert isinstance(triple.subject, NamedNode)
            yield triple.subject.value.removeprefix(f"{ID}discrepancy/")


def test_what_is_known_is_found(audited: list[Triple]) -> None:
    assert set(keys(audited)) >= KNOWN


def test_what_was_checked_and_is_right_is_not_found(audited: list[Triple]) -> None:
    assert [key for key in keys(audited) if key.startswith(tuple(AGREED))] == []


def test_the_release_holds_what_the_audit_finds(release: Release, audited: list[Triple]) -> None:
    held = graphs_in(release.quads())[AUDIT]
    assert set(held) == set(audited)


def test_each_claim_stands_in_a_place_of_a_source(graphs: Graphs, audited: list[Triple]) -> None:
    locators = {
        t.subject
        for triples in graphs.values()
        for t in triples
        if t.predicate == RDF_TYPE and t.object == term("ocsea:Locator")
    }
    places = {t.object for t in audited if t.predicate == term("dcterms:source")}
    assert places
    assert places <= locators


def test_each_thing_that_is_concerned_is_described(graphs: Graphs, audited: list[Triple]) -> None:
    described = {t.subject for triples in graphs.values() for t in triples}
    for named in ("ocsea:concerns", "ocsea:record"):
        assert {t.object for t in audited if t.predicate == term(named)} <= described


def test_a_discrepancy_is_known_to_all_that_it_concerns(audited: list[Triple]) -> None:
    shown = {(t.subject, t.object) for t in audited if t.predicate == term("ocsea:hasDiscrepancy")}
    concerned = [t for t in audited if t.predicate == term("ocsea:concerns")]
    assert concerned
    assert all((t.object, t.subject) in shown for t in concerned)


def test_the_audit_finds_the_same_again_and_is_quick(graphs: Graphs, audited: list[Triple]) -> None:
    started = time.monotonic()
    assert audit(graphs) == audited
    assert time.monotonic() - started < 15


def test_what_the_audit_says_conforms_to_the_shapes(release: Release) -> None:
    graphs = graphs_in(release.quads())
    made = {t.subject for t in graphs[AUDIT] if t.predicate == RDF_TYPE}
    stated = (t for name, triples in graphs.items() if name != "inferred" for t in triples)
    report = validate(stated, focus={node for node in made if isinstance(node, NamedNode)})
    assert made
    assert not report.findings
