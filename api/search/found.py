"""What a search found: as JSON-LD, as completions, and as a page."""

import json
from typing import Any

from markupsafe import Markup

from api.engine.find import BAND, EXACT
from api.engine.names import KINDS, NAMINGS
from api.jsonld.terms import short
from api.pages import local, render, words
from api.schema.vocabulary import terms
from api.search.asked import Asked
from ocsea import jsonld
from ocsea.namespaces import BASE, term

Results = dict[str, Any]
"""As `Search.answer` tells them, read from JSON."""
NOTHING: Results = {"total": 0, "kinds": [], "found": []}


def collection(asked: Asked, results: Results, address: str) -> bytes:
    """A page of the things found as a collection; `address` is the server's own, of its pages."""
    turns = {name: address + path for name, path in asked.turns(results["total"]).items()}
    return _json(
        {
            "@context": jsonld.CONTEXT,
            "id": BASE + asked.address(offset=0).removeprefix("/"),
            "type": "Collection",
            "query": asked.text,
            "totalItems": results["total"],
            "member": [_member(one) for one in results["found"]],
            "view": {
                "id": address + asked.address() + ("" if asked.offset else "&offset=0"),
                "type": "PartialCollectionView",
                **turns,
            },
        }
    )


def completions(asked: Asked, results: Results) -> bytes:
    """Names that go on from what was typed, and whose they are."""
    found = [
        {
            "id": one["iri"],
            "name": one["name"][0],
            "label": one["label"][0],
            "type": short(one["classes"][0]),
        }
        for one in results["found"]
    ]
    return _json({"query": asked.text, "completions": found})


def suggestions(asked: Asked, results: Results, address: str) -> bytes:
    """The same as OpenSearch has it: the text, names, descriptions, and addresses of documents."""
    rows = [
        (one["name"][0], _description(one), address + local(one["iri"])) for one in results["found"]
    ]
    names, descriptions, addresses = ([row[i] for row in rows] for i in range(3))
    return _json([asked.text, names, descriptions, addresses])


def page(asked: Asked, results: Results) -> bytes:
    """The same for people, by kind; the kind of the likeliest first."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for one in results["found"]:
        groups.setdefault(one["kind"], []).append(_shown(one))
    found = results["found"]
    return render(
        "search.html",
        asked=asked,
        among=_among(asked),
        total=results["total"],
        kinds=[(KINDS[kind], count) for kind, count in results["kinds"]],
        groups=[(KINDS[kind], members) for kind, members in groups.items()],
        guessed=bool(found) and found[0]["score"] <= BAND,
        turns=asked.turns(results["total"]),
    ).encode()


def links(asked: Asked, results: Results) -> dict[str, str]:
    """The header that leads to the pages before and after."""
    turns = asked.turns(results["total"]).items()
    told = ", ".join(f'<{path}>; rel="{name}"' for name, path in turns)
    return {"link": told} if told else {}


def _member(one: dict[str, Any]) -> dict[str, Any]:
    text, language = one["name"]
    return {
        "id": one["iri"],
        "type": [short(iri) for iri in one["classes"]],
        "label": _label(*one["label"]),
        "score": one["score"],
        "matched": text,
        **({"language": language} if language else {}),
        "property": short(_property(one)),
        "snippet": one["snippet"],
    }


def _label(text: str, language: str) -> str | dict[str, str]:
    """A label under our context, in which one is English unless it says otherwise."""
    if language == "en":
        return text
    return {"@value": text} | ({"@language": language} if language else {})


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """A thing as the page has it: `other` is the name that matched, where the label says less."""
    marks = (one[shown].count("<mark>") for shown in ("snippet", "marked"))
    enough = one["score"] <= EXACT and 0 < next(marks) <= next(marks)
    return {
        "iri": one["iri"],
        "label": Markup(one["marked"]),
        "language": one["label"][1],
        "other": None if enough or one["name"] == one["label"] else Markup(one["snippet"]),
        "other_language": one["name"][1],
        "naming": NAMINGS[one["naming"]].words,
        "kind": _kind(one["classes"][0]),
    }


def _description(one: dict[str, Any]) -> str:
    (name, _), (label, _) = one["name"], one["label"]
    return _kind(one["classes"][0]) + ("" if name == label else f": {label}")


def _kind(iri: str) -> str:
    """What a class of ours is called."""
    labels = {term.iri: term.label for section in terms().values() for term in section}
    return labels.get(iri) or words(iri)


def _among(asked: Asked) -> str:
    """What was looked among, in words; "" for everything."""
    for kind in KINDS:
        if kind.classes == asked.types:
            return f"among {kind.title.lower()}"
    return "in the class " + " or ".join(map(_kind, asked.classes)) if asked.types else ""


def _property(one: dict[str, Any]) -> str:
    return term(NAMINGS[one["naming"]].property).value


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
