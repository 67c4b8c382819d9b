"""Writes, in the kernel: what they make of a release, what is refused, what is derived again."""

import os
import signal
import time
from pathlib import Path

import pytest
from api_server import small_release
from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse
from small_world import GRAPH as WORLD
from small_world import small_world

from ocsea.audit import audit
from ocsea.changes import NotWritten, Write
from ocsea.child import Ended, in_child
from ocsea.derived import AUDIT, DERIVED, INFERRED, ONTOLOGY, PROVENANCE, matters
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import BASE, GRAPH, ID
from ocsea.rdf import ntriples, ontology
from ocsea.release import UNNAMED, Release, current, read_graph
from ocsea.tokens import bearer, read_tokens
from ocsea.validation import validate
from ocsea.writing import perform

G = "http://www.example/g"
FOAF = "http://xmlns.com/foaf/0.1/"
PREFIXES = (
    "PREFIX ocsea: <https://w3id.org/ocsea/ontology#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)


def as_it_stands(text: str, _write: Write) -> str:
    return text


def put(var: Path, text: str, graph: str = G, kind: str = "put") -> Release:
    perform(var, Write(kind, "tester", text.encode(), "text/turtle", graph), as_it_stands)
    return current(var)


def update(var: Path, text: str) -> Release:
    perform(var, Write("update", "tester", text.encode()), as_it_stands)
    return current(var)


def refusal(var: Path, write: Write) -> NotWritten:
    """Why the write is refused; fails where it is not, or where anything changed."""
    before = current(var).version
    with pytest.raises(NotWritten) as refused:
        perform(var, write, as_it_stands)
    assert current(var).version == before
    return refused.value


def is_consistent(release: Release) -> bool:
    """Whether the store holds each triple of the files in its graph, and once in the merge."""
    quads = set(release.quads())
    merge = {Quad(q.subject, q.predicate, q.object, DefaultGraph()) for q in quads}
    return set(Store.read_only(str(release.store))) == quads | merge


@pytest.fixture
def small(tmp_path: Path) -> Path:
    small_release(tmp_path)
    return tmp_path


# What a write makes


def test_a_write_makes_a_release_that_shares_what_stays(small: Path) -> None:
    before = current(small)
    after = put(small, "<a> <b> 1 .")
    assert after.version != before.version
    assert before.is_whole()
    for iri, path in before.graphs().items():
        assert path.samefile(after.graphs()[iri])
    assert after.graphs()[G].read_text(encoding="utf-8").count("\n") == 1
    assert is_consistent(after)


def test_the_manifest_says_who_wrote_when_and_on_what(small: Path) -> None:
    built = current(small).version
    first = put(small, "<a> <b> 1 .")
    second = put(small, "<a> <b> 2 .", kind="post")
    assert first.manifest["base"] == second.manifest["base"] == built
    written = second.manifest["written"]
    assert (written["by"], written["kind"], written["parent"]) == ("tester", "post", first.version)
    assert written["at"].endswith("+00:00")


def test_put_replaces_post_adds_delete_removes(small: Path) -> None:
    put(small, "<a> <b> 1 .")
    assert len(list(read_graph(put(small, "<a> <b> 2, 3 .").graphs()[G]))) == 2
    assert len(list(read_graph(put(small, "<a> <b> 3, 4 .", kind="post").graphs()[G]))) == 3
    gone = put(small, "", kind="delete")
    assert G not in gone.graphs()
    assert is_consistent(gone)


def test_what_changes_nothing_makes_no_release(small: Path) -> None:
    before = put(small, "<a> <b> 1 .")
    assert put(small, "<a> <b> 1 .").version == before.version
    assert put(small, "<a> <b> 1 .", kind="post").version == before.version
    assert update(small, "DELETE DATA { <a:a> <a:b> 2 }").version == before.version


def test_an_empty_graph_exists(small: Path) -> None:
    assert put(small, "").graphs()[G].read_bytes() == b""
    assert update(small, f"DROP GRAPH <{G}>").graphs().keys() == {
        f"{GRAPH}a",
        f"{GRAPH}b",
        PROVENANCE,
    }


def test_a_triple_of_two_graphs_stays_in_the_merge_until_both_are_gone(small: Path) -> None:
    put(small, "<a> <b> 1 .", graph=UNNAMED)
    put(small, "<a> <b> 2 .")
    update(small, f"INSERT {{ GRAPH <{G}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}")
    assert is_consistent(put(small, "", graph=UNNAMED, kind="delete"))
    assert is_consistent(put(small, "", kind="delete"))


def test_the_default_graph_of_an_update_is_the_one_without_a_name(small: Path) -> None:
    put(small, "<http://a> <http://b> 1 .", graph=UNNAMED)
    after = update(small, f"INSERT {{ GRAPH <{G}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}")
    assert after.graphs()[G].read_bytes() == after.graphs()[UNNAMED].read_bytes()


def test_blank_nodes_stay_themselves_in_graph_and_merge(small: Path) -> None:
    put(small, "<a> <b> [ <c> 1 ] .")
    after = put(small, "<a> <b> [ <c> 1 ] .", kind="post")
    assert len(list(read_graph(after.graphs()[G]))) == 4
    after = update(
        small, f"DELETE {{ GRAPH <{G}> {{ ?s ?p 1 }} }} WHERE {{ GRAPH <{G}> {{ ?s ?p 1 }} }}"
    )
    assert len(list(read_graph(after.graphs()[G]))) == 2
    assert is_consistent(after)


def test_updates_make_other_blank_nodes_and_names_each_time(small: Path) -> None:
    text = f"INSERT {{ GRAPH <{G}> {{ [] <a:b> ?u }} }} WHERE {{ BIND(UUID() AS ?u) }}"
    update(small, text)
    after = list(read_graph(update(small, text).graphs()[G]))
    assert len({t.subject for t in after}) == len({t.object for t in after}) == 2


def test_clear_all_clears_everything_and_again_changes_nothing(today: Path) -> None:
    after = update(today, "CLEAR ALL")
    assert sum(path.stat().st_size for path in after.graphs().values()) == 0
    assert is_consistent(after)
    assert update(today, "CLEAR ALL").version == after.version


# What is refused


@pytest.mark.parametrize(
    ("content_type", "text", "kind"),
    [
        ("text/turtle", "<a> <b> ", "malformed"),
        ("text/turtle", "<a> <b> \xff", "malformed"),
        ("text/turtle; charset=utf-16", "<a> <b> 1 .", "unsupported"),
        ("text/plain", "<a> <b> 1 .", "unsupported"),
        ("", "<a> <b> 1 .", "unsupported"),
        ("application/ld+json", '{"@context": "http://127.0.0.1/c", "@id": "a:a"}', "malformed"),
        ("application/ld+json", "[" * 100_000, "malformed"),
        ("multipart/form-data; boundary=x", "--y\r\n\r\n--y--", "malformed"),
        ("text/turtle", "<a> <b> <<( <c> <d> <e> )>> .", "malformed"),
    ],
)
def test_a_document_that_cannot_be_read(
    small: Path, content_type: str, text: str, kind: str
) -> None:
    sent = text.encode("latin-1")
    assert refusal(small, Write("put", "tester", sent, content_type, G)).kind == kind


def test_syntax_errors_tell_line_and_column(small: Path) -> None:
    error = refusal(small, Write("put", "tester", b"<a>\n  <b> , .", "text/turtle", G))
    assert error.more["line"] == 2
    parts = b"--x\r\nContent-Type: text/turtle\r\n\r\n<a> <b> 1 .\r\n--x\r\n"
    parts += b"Content-Type: text/turtle\r\n\r\n<a>\r\n--x--\r\n"
    error = refusal(small, Write("put", "t", parts, "multipart/form-data; boundary=x", G))
    assert error.detail.startswith("part 2: ")


def test_a_bomb_of_entities_ends_at_a_limit(small: Path) -> None:
    entities = "".join(
        f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' if i else '<!ENTITY e0 "0123456789">'
        for i in range(10)
    )
    bomb = (
        f"<!DOCTYPE r [{entities}]><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
        " xmlns:a='http://a/'><rdf:Description rdf:about='http://a'><a:b>&e9;</a:b>"
        "</rdf:Description></rdf:RDF>"
    )
    write = Write("put", "t", bomb.encode(), "application/rdf+xml", G, megabytes=200, seconds=5)
    assert refusal(small, write).kind in ("malformed", "too-large", "timeout")


def test_an_update_ends_at_its_limits(small: Path) -> None:
    nested = "INSERT DATA {} ;" + "DELETE WHERE " + "{" * 100_000
    assert refusal(small, Write("update", "t", nested.encode())).kind in ("too-deep", "malformed")
    cross = (
        "INSERT { <a:a> <a:b> ?a } WHERE { GRAPH ?g { ?a ?b ?c . ?d ?e ?f . ?h ?i ?j . ?k ?l ?m } }"
    )
    endless = Write("update", "t", cross.encode(), seconds=0.1, megabytes=200)
    assert refusal(small, endless).kind in ("timeout", "too-large")


@pytest.mark.parametrize(
    ("content_type", "opening", "closing"),
    [
        ("text/turtle", "(", ")"),
        ("application/rdf+xml", "<a><b>", "</b></a>"),
    ],
)
def test_a_document_that_keeps_its_reader_busy_ends_at_the_time_limit(
    small: Path, content_type: str, opening: str, closing: str
) -> None:
    rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://a/'>"
    before, after = ("<a:a> <a:b> ", " .") if opening == "(" else (rdf, "</rdf:RDF>")
    text = before + opening * 500_000 + closing * 500_000 + after
    write = Write("put", "t", text.encode(), content_type, G, seconds=0.5)
    started = time.monotonic()
    assert refusal(small, write).kind == "timeout"
    assert time.monotonic() - started < 1.5


def test_what_is_derived_is_not_written(small: Path) -> None:
    derived = Write("put", "t", b"<a> <b> 1 .", "text/turtle", INFERRED)
    assert refusal(small, derived).kind == "derived"
    text = f"INSERT DATA {{ GRAPH <{INFERRED}> {{ <a:a> <a:b> 1 }} }}"
    assert refusal(small, Write("update", "t", text.encode())).kind == "derived"
    both = update(small, text + f"; INSERT DATA {{ GRAPH <{G}> {{ <a:a> <a:b> 1 }} }}")
    assert G in both.graphs()
    assert INFERRED not in both.graphs()


def test_conditions_are_checked_against_what_is_there_then(small: Path) -> None:
    state = put(small, "<a> <b> 1 .").manifest["graphs"][G]["sha256"][:16]

    def asked(**conditions: str) -> Write:
        return Write("put", "t", b"<a> <b> 2 .", "text/turtle", G, **conditions)

    assert refusal(small, asked(if_match='"other"')).kind == "stale"
    assert refusal(small, asked(if_match=f'W/"{state}"')).kind == "stale"
    assert refusal(small, asked(if_none_match="*")).kind == "stale"
    assert refusal(small, asked(if_none_match=f'W/"{state}-x-ttl"')).kind == "stale"
    perform(small, asked(if_match=f'"other", "{state}-x-ttl-gzip"'), as_it_stands)
    assert refusal(small, asked(if_match=f'"{state}"')).kind == "stale"
    absent = Write("put", "t", b"", "text/turtle", "http://www.example/new", if_match="*")
    assert refusal(small, absent).kind == "stale"


# Derived graphs and shapes, on today's graph


def test_what_the_rules_do_not_know_leaves_the_derived_graphs_alone(today: Path) -> None:
    before = current(today)
    after = put(today, f'<a> a <{FOAF}Person> ; <{FOAF}name> "a" .')
    for iri in (INFERRED, AUDIT):
        assert before.graphs()[iri].samefile(after.graphs()[iri])
    assert after.manifest["validation"] == before.manifest["validation"]
    assert G in after.graphs()[PROVENANCE].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("<http://a> <http://xmlns.com/foaf/0.1/name> 'a' .", False),
        ("<http://a> a <http://xmlns.com/foaf/0.1/Person> .", False),
        ("<http://a> a <https://w3id.org/ocsea/ontology#State> .", True),
        ("<http://a> <http://www.w3.org/2000/01/rdf-schema#label> 'a' .", True),
        ("<http://a> <http://www.w3.org/2002/07/owl#sameAs> <http://b> .", True),
        (f"<{ID}state/ALB> <http://b> 'a' .", True),
    ],
)
def test_what_matters_to_rules_and_shapes(text: str, known: bool) -> None:
    triples = [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
    assert matters(triples, []) is known


def test_a_fact_that_changes_is_checked_and_all_is_derived_as_a_build_would(today: Path) -> None:
    after = update(
        today,
        PREFIXES + "DELETE { GRAPH ?g { ?s rdfs:label ?l } } "
        'INSERT { GRAPH ?g { ?s rdfs:label "Shqiperia"@en ; ocsea:formerName "Albania"@en } } '
        'WHERE { GRAPH ?g { ?s rdfs:label ?l ; ocsea:iso3 "ALB" } }',
    )
    graphs = {iri: list(read_graph(path)) for iri, path in after.graphs().items()}
    facts = [t for iri, each in graphs.items() if iri not in DERIVED | {ONTOLOGY} for t in each]
    assert any("Shqiperia" in str(triple.object) for triple in facts)
    assert ntriples(infer(facts, graphs[ONTOLOGY])) == after.graphs()[INFERRED].read_bytes()
    made = {iri: each for iri, each in graphs.items() if iri not in (AUDIT, PROVENANCE)}
    assert ntriples(audit(made)) == after.graphs()[AUDIT].read_bytes()
    assert validate([*facts, *graphs[ONTOLOGY]]).counts == after.manifest["validation"]
    assert is_consistent(after)


def test_a_fact_that_a_graph_without_a_name_holds_as_well_is_still_one(tmp_path: Path) -> None:
    small_world(tmp_path)
    update(tmp_path, f"INSERT DATA {{ GRAPH <{ONTOLOGY}> {{ {ntriples(ontology()).decode()} }} }}")
    fact = f"<{ID}body/nor-line> a <{BASE}ontology#Hotline> ."
    update(tmp_path, f"INSERT DATA {{ {fact} }}")
    after = update(tmp_path, f"DELETE DATA {{ GRAPH <{WORLD}> {{ {fact} }} }}")
    graphs = {iri: list(read_graph(path)) for iri, path in after.graphs().items()}
    facts = [*graphs[WORLD], *graphs[UNNAMED]]
    assert len(graphs[UNNAMED]) == 1
    assert ntriples(infer(facts, graphs[ONTOLOGY])) == after.graphs()[INFERRED].read_bytes()
    assert is_consistent(after)


def test_a_violation_refuses_the_write_with_its_findings(today: Path) -> None:
    text = PREFIXES + "DELETE { GRAPH ?g { ?s ocsea:iso3 ?c } } WHERE "
    text += '{ GRAPH ?g { ?s ocsea:iso3 ?c FILTER(?c = "ALB") } }'
    error = refusal(today, Write("update", "t", text.encode()))
    assert error.kind == "not-conforming"
    assert error.more["findings"][0]["focus"] == "id/state/ALB"


# Processes and tokens


def test_a_child_gives_back_bytes_and_its_death_is_told() -> None:
    assert in_child(lambda _: b"done", 10) == b"done"
    with pytest.raises(OverflowError):
        in_child(lambda _: b"0123456789a", 10)
    with pytest.raises(Ended):
        in_child(lambda _: os.kill(os.getpid(), signal.SIGKILL) or b"", 10)


def test_tokens_are_read_from_the_variable_or_a_file(tmp_path: Path) -> None:
    (one,) = read_tokens("ann:curator:0123456789abcdef")
    assert (one.name, one.role, one.may_write) == ("ann", "curator", True)
    file = tmp_path / "tokens"
    file.write_text("# ours\nann:curator:0123456789abcdef\nbo:steward:fedcba9876543210 # may not\n")
    ann, bo = read_tokens(str(file))
    assert ann == one
    assert not bo.may_write
    assert bearer([ann, bo], "fedcba9876543210") == bo
    assert bearer([ann, bo], "fedcba987654321") is None
    assert "0123456789abcdef" not in repr(one)
    assert read_tokens("") == ()


@pytest.mark.parametrize(
    "setting",
    [
        "ann:curator:short",
        "ann:emperor:0123456789abcdef",
        "ann:curator:0123456789abcdef:more",
        "ann:curator:0123456789abcdef,bo:admin:0123456789abcdef",
        "/there/is/none",
    ],
)
def test_a_token_that_cannot_be_read_is_named_without_its_secret(setting: str) -> None:
    with pytest.raises(OcseaError) as error:
        read_tokens(setting)
    assert "0123456789abcdef" not in str(error.value)


def test_numbers_are_spelled_as_the_store_spells_them(small: Path) -> None:
    after = put(small, "<a> <b> 51.0 .")
    assert b'"51"^^' in after.graphs()[G].read_bytes()
    emptied = update(small, f"DELETE DATA {{ GRAPH <{G}> {{ <{BASE}a> <{BASE}b> 51.0 }} }}")
    assert emptied.manifest["graphs"][G]["triples"] == 0
