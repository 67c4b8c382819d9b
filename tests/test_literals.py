"""No text of the sources is copied: no literal shares a run of eight words with them.

Names, titles, headings, labels and what is quoted as printed are excepted, and so are names within
other texts. Skipped where the source documents are not at hand.
"""

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, Triple

from ocsea.namespaces import term
from ocsea.release import Release
from ocsea.resources import ROOT

DOCUMENTS = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))
RUN = 8
NAMES = [
    *("dcterms:title", "dcterms:creator", "dcterms:publisher", "ocsea:heading", "ocsea:scale"),
    *("rdfs:label", "skos:prefLabel", "skos:altLabel", "ocsea:formerName", "ocsea:acronym"),
]
AS_PRINTED = [
    "ocsea:statedValue",
    "ocsea:place",
    "ocsea:rowLabel",
    "ocsea:columnLabel",
    "ocsea:says",
]
Words = tuple[str, ...]

pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="the source documents are not at hand")


def words(text: str) -> Words:
    """The words of a text without its addresses of pages, in lower case."""
    plain = re.sub(r"https?://\S+", " ", text.lower()).replace("’", "'")
    return tuple(re.findall(r"[^\W_]+(?:['-][^\W_]+)*", plain))


def runs(of: Words) -> Iterator[Words]:
    return (of[start : start + RUN] for start in range(len(of) - RUN + 1))


def indexed(names: Iterable[Words]) -> dict[Words, list[Words]]:
    """Names of three words or more by their first two words, the longest first."""
    found = defaultdict(list)
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) > 2:
            found[name[:2]].append(name)
    return found


def without(names: dict[Words, list[Words]], text: Words) -> Iterator[Words]:
    """What is left of a text between the names in it."""
    start = position = 0
    while position < len(text):
        known = names.get(text[position : position + 2], [])
        name = next((n for n in known if text[position : position + len(n)] == n), None)
        if name:
            yield text[start:position]
            start = position = position + len(name)
        else:
            position += 1
    yield text[start:]


@pytest.fixture(scope="module")
def printed() -> set[Words]:
    """Every run of words of the documents."""
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in DOCUMENTS)
    return {run for text in texts for run in runs(words(text))}


def copied(triples: Iterable[Triple], printed: set[Words]) -> list[str]:
    """The literals that share a run of words with the documents, and the run."""
    said = [(t, t.object.value) for t in triples if isinstance(t.object, Literal)]
    named = {term(name) for name in NAMES}
    names = indexed(words(text) for triple, text in said if triple.predicate in named)
    excepted = named | {term(name) for name in AS_PRINTED}
    found = []
    for triple, text in said:
        if triple.predicate not in excepted:
            shared = (r for part in without(names, words(text)) for r in runs(part) if r in printed)
            found += [f"{triple.subject} {triple.predicate}: {' '.join(run)}" for run in shared]
    return found


@pytest.fixture(scope="module")
def triples(release: Release) -> list[Triple]:
    return [quad.triple for quad in release.quads()]


def test_no_literal_copies_a_source(triples: list[Triple], printed: set[Words]) -> None:
    started = time.monotonic()
    assert copied(triples, printed) == []
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem[:3])
def test_a_copied_sentence_would_be_found(path: Path, printed: set[Words]) -> None:
    text = words(path.read_text(encoding="utf-8", errors="replace"))
    planted = " ".join(text[len(text) // 2 :][: RUN + 4]).capitalize() + "."
    told = Triple(term("ocsea:Party"), term("skos:note"), Literal(planted, language="en"))
    assert len(copied([told], printed)) == 5


def test_a_name_may_stand_in_a_text_and_what_surrounds_it_is_still_compared() -> None:
    name = "Convention on the Rights of the Child of the United Nations"
    about = term("ocsea:Party")
    title = Triple(about, term("dcterms:title"), Literal(name))
    sentence = "Nobody has ever seen such a thing as this"
    note = Triple(about, term("skos:note"), Literal(f"By the {name}: {sentence}."))
    printed = {*runs(words(name)), *runs(words(sentence))}
    assert copied([title], printed) == []
    assert len(copied([title, note], printed)) == 2
    assert (
        copied([title, Triple(about, term("skos:note"), Literal(f"See the {name}."))], printed)
        == []
    )
