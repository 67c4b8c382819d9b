"""What happened: releases in their order, two of them compared, a record's past values."""

import shutil
import time
from pathlib import Path

import pytest
from api_server import ID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from sending import (
    A,
    contents,
    label,
    patch,
    published,
    renamed,
    thing,
    write,
)

from ocsea.derived import DERIVED
from ocsea.namespaces import term
from ocsea.publishing import publish as publish_release
from ocsea.release import current
from ocsea.steward.history import compared
from ocsea.steward.history.between import between
from ocsea.steward.history.chronicle import of_record
from ocsea.steward.history.releases import compare, history, past, releases
from ocsea.steward.submissions.publication import withdraw


def test_releases_are_told_with_who_made_them_and_gaps(small: Path) -> None:
    built = current(small)
    first = published(small, renamed(1, "one"))
    middle = current(small)
    write(small, "<http://a> <http://b> 1", "http://www.example/g")
    withdraw(small, first, "cora", "why")
    told = list(history(current(small)))
    assert [(m.kind, m.by) for m in told] == [
        ("withdraw", "cora"),
        ("post", "ada"),
        ("publish", "cora"),
        ("build", ""),
    ]
    assert told[0].submission == told[2].submission == first
    assert told[3].release == built
    shutil.rmtree(middle.path)
    told = list(history(current(small)))
    assert [m.kind for m in told] == ["withdraw", "post", "build"]
    assert told[1].missing == middle.version


def test_a_build_that_carries_what_was_written_is_a_build(small: Path) -> None:
    published(small, renamed(1, "one"))
    manifest, graphs = current(small).manifest, contents(small)
    before = current(small)
    built = publish_release(small, {A.value: b""}, {"sources": {}}, switch=False)
    about = {"written": manifest["written"], "base": built.version}
    publish_release(small, graphs, about)
    told = list(history(current(small)))
    assert [m.kind for m in told] == ["build", "publish", "build"]
    assert told[1].release == before


def test_any_two_releases_compare(small: Path) -> None:
    old = current(small)
    published(small, renamed(1, "one"))
    new = current(small)
    there = {d.graph: d for d in compare(old, new) if d.graph not in DERIVED}
    assert there.keys() == {A.value}
    assert there[A.value].quads_gone == (label(1, "thing 1"),)
    assert there[A.value].quads_come == (label(1, "one"),)
    back = {d.graph: d for d in compare(new, old) if d.graph not in DERIVED}
    assert back[A.value].quads_come == (label(1, "thing 1"),)
    (few,) = (d for d in compare(old, new, shown=0) if d.graph == A.value)
    assert (few.gone, few.come, few.quads_gone) == (1, 1, ())
    assert list(compare(new, new)) == []


def test_a_record_shows_what_it_said_by_whom_and_from_where(small: Path) -> None:
    place = NamedNode(f"{ID}locator/x/p-1")
    cited = Quad(thing(1), term("dcterms:source"), place, A)
    first = published(small, patch(label(1, "one"), cited, gone=(label(1, "thing 1"),)))
    published(small, renamed(2, "two"))
    told = past(current(small), thing(1))
    assert [(m.made.kind, m.made.submission) for m in told] == [("publish", first), ("build", "")]
    assert [m.sources for m in told] == [[place.value], []]
    assert label(1, "thing 1") in told[1].facts
    published(small, patch(label("new", "n")))
    name = published(small, patch(gone=(label("new", "n"),)))
    told = past(current(small), thing("new"))
    assert [bool(value.facts) for value in told] == [False, True]
    assert told[0].made.submission == name
    assert past(current(small), thing("nowhere")) == []


def test_places_are_told_after_what_brought_them_was_withdrawn(small: Path) -> None:
    built = current(small)
    place = NamedNode(f"{ID}locator/new/p-3")
    brought = published(
        small,
        patch(
            label("one", "One"),
            Quad(thing("one"), term("dcterms:source"), place, A),
            Quad(place, term("ocsea:place"), Literal("page 3"), A),
            Quad(place, term("rdfs:label"), Literal("New report, page 3"), A),
        ),
    )
    withdraw(small, brought, "cora", "why")
    gone, came = of_record(current(small), thing("one")).values
    assert (gone["kind"], came["kind"]) == ("withdraw", "publish")
    for value in (gone, came):
        assert value["sources"][0]["text"] == "page 3"
        assert value["sources"][0]["label"] == "New report, page 3"
    middle = next(each for each in releases(built.path.parent) if each.version == came["release"])
    told = between(middle, current(small)).lines
    assert {line.says.removesuffix(" removed") for line in told if line.sources} == {"“One”"}
    assert [place.label for line in told for place in line.sources] == ["New report, page 3"]
    assert between(built, current(small)).lines == ()


LINES = st.lists(st.binary(max_size=6).map(lambda b: b.replace(b"\n", b"") + b"\n"), max_size=40)


@given(old=LINES, new=LINES, block=st.sampled_from([1, 8, 1 << 20]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_only_one_file_holds(
    tmp_path: Path, old: list[bytes], new: list[bytes], block: int
) -> None:
    paths = [tmp_path / "old", tmp_path / "new"]
    for path, lines in zip(paths, (old, new), strict=True):
        path.write_bytes(b"".join(sorted(set(lines))))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compared, "BLOCK", block)
        found = list(compared.only_in_one(*paths))
    assert [line for _, line in found] == sorted(set(old) ^ set(new))
    assert {line for is_new, line in found if is_new} == set(new) - set(old)
    start = b"".join(old[:1])[:2]
    wanted = [line for line in sorted(set(new)) if line.startswith(start)]
    assert list(compared.beginning(paths[1], start)) == wanted
    assert list(compared.only_in_one(None, paths[1])) == [(True, line) for line in sorted(set(new))]


def test_long_files_that_differ_little_take_little_time(tmp_path: Path) -> None:
    lines = [b"%09d a line of some length, as triples have it\n" % i for i in range(1_000_000)]
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"".join(lines))
    new.write_bytes(b"".join([*lines[:400_000], *lines[400_001:], b"z\n"]))
    begun = time.process_time()
    assert list(compared.only_in_one(old, new)) == [(False, lines[400_000]), (True, b"z\n")]
    assert time.process_time() - begun < 0.5
