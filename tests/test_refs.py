"""Things by their refs: the IRI that a ref stands for, and what the thing is called."""

import pytest
from pyoxigraph import NamedNode

from ocsea import ids
from ocsea.names import Names
from ocsea.namespaces import BASE
from ocsea.resources import ROOT


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("state/LVA", "Latvia"),
        ("entity/VAT", "Holy See"),
        ("alliance/weprotect", "WeProtect Global Alliance"),
        ("instrument/cets-201", "Lanzarote Convention"),
        ("instrument/cets-201/article/20", "Lanzarote Convention, Article 20"),
        ("instrument/cets-201/chapter/vi", "Lanzarote Convention, Chapter VI"),
        (
            "instrument/cets-201/article/20/paragraph/1",
            "Lanzarote Convention, Article 20, paragraph 1",
        ),
        ("body/no-such-body", "no-such-body"),
    ],
)
def test_names(ref: str, name: str) -> None:
    assert Names(ROOT / "data", {}).of(ids.ref(ref)) == name


@pytest.mark.parametrize(
    "ref",
    [
        *("state/ALB", "entity/VAT", "body/ec3", "alliance/weprotect", "area/world", "term/csam"),
        *("instrument/cets-201/article/20", "instrument/dir-2011-93/recital/7", "source/study2015"),
    ],
)
def test_a_ref_is_an_iri(ref: str) -> None:
    assert ids.ref(ref) == NamedNode(f"{BASE}id/{ref}")
    assert ids.kind(ids.ref(ref)) == ref.partition("/")[0]


@pytest.mark.parametrize(
    "ref",
    [
        *("", "body", "body/", "/ec3", "state/alb", "state/ALBA", "body/ec3/x", "body/-ec3"),
        *("body/ec3-", "body/e--c", "unit/percent", "instrument/cets-201/article", "body/ec 3"),
        *("instrument/cets-201/clause/3", " body/ec3", "https://example.org/body/ec3"),
    ],
)
def test_anything_else_is_no_ref(ref: str) -> None:
    with pytest.raises(ValueError, match="not a ref"):
        ids.ref(ref)
