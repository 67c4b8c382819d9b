"""What was written is not lost when the facts are built anew."""

import shutil
from pathlib import Path

import pytest
from api_server import linked, small_release
from pyoxigraph import NamedNode, Triple

from ocsea import carried
from ocsea.build import build
from ocsea.changes import Write
from ocsea.errors import OcseaError
from ocsea.namespaces import GRAPH
from ocsea.publishing import publish
from ocsea.release import Release, current, read_graph
from ocsea.resources import ROOT
from ocsea.writing import perform

A, B, NEW = f"{GRAPH}a", f"{GRAPH}b", "http://www.example/new"


def update(var: Path, text: str) -> Release:
    perform(var, Write("update", "tester", text.encode()), lambda text, _: text)
    return current(var)


def graphs(release: Release) -> dict[str, list[Triple]]:
    return {iri: list(read_graph(path)) for iri, path in release.graphs().items()}


def triple(text: str) -> Triple:
    (only,) = read_graph(text.encode())
    return only


def test_nothing_is_carried_from_a_release_that_was_built(tmp_path: Path) -> None:
    assert carried.written(tmp_path) is None
    small_release(tmp_path)
    assert carried.written(tmp_path) is None


def test_what_came_and_what_went_is_carried_onto_what_is_new(tmp_path: Path) -> None:
    base = small_release(tmp_path)
    gone, stays = list(read_graph(base.graphs()[A]))[:2]
    update(
        tmp_path,
        f"DELETE DATA {{ GRAPH <{A}> {{ {gone} }} }} ; DROP GRAPH <{B}> ; "
        f"INSERT DATA {{ GRAPH <{NEW}> {{ <a:a> <a:b> 1 }} GRAPH <{A}> {{ <a:a> <a:b> 2 }} }}",
    )
    written = carried.written(tmp_path)
    assert written
    assert written.base == base
    fresh = graphs(base)
    fresh[A].append(built := triple("<a:built> <a:since> <a:then> ."))
    after = written.onto(fresh)
    assert gone not in after[A]
    assert {stays, built} <= set(after[A])
    assert len(after[A]) == len(fresh[A])
    assert len(after[NEW]) == 1
    assert B not in after


def test_without_the_build_below_the_build_stops(tmp_path: Path) -> None:
    base = small_release(tmp_path)
    after = update(tmp_path, f"INSERT DATA {{ GRAPH <{NEW}> {{ <a:a> <a:b> 1 }} }}")
    shutil.rmtree(base.path)
    with pytest.raises(OcseaError, match=f"{base.version}, which is gone"):
        build(ROOT, tmp_path, lambda *_: None)
    assert current(tmp_path) == after
    assert after.is_whole()


def test_blank_nodes_that_a_build_names_anew_stop_it(tmp_path: Path) -> None:
    built = b"_:c14n0 <a:b> <a:c> .\n"
    publish(tmp_path, {A: built}, {})
    update(tmp_path, f"DELETE WHERE {{ GRAPH <{A}> {{ ?s ?p ?o }} }}")
    written = carried.written(tmp_path)
    assert written
    same = {A: list(read_graph(built))}
    assert written.onto(same)[A] == []
    other = {A: [*same[A], triple("_:c14n1 <a:b> <a:d> .")]}
    with pytest.raises(OcseaError, match="Blank nodes"):
        written.onto(other)


def test_a_build_without_news_leaves_what_was_written(release: Release, tmp_path: Path) -> None:
    linked(release, tmp_path)
    after = update(tmp_path, f"INSERT DATA {{ GRAPH <{NEW}> {{ <a:a> <a:b> 1 }} }}")
    built = build(ROOT, tmp_path, lambda *_: None)
    assert (built.is_new, built.release) == (False, Release(after.path))
    assert NamedNode(NEW).value in built.release.graphs()
