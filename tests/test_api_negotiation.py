"""Content negotiation by the book: specificity, quality, order."""

import pytest

from api.formats import DOCUMENTS, GRAPHS, SOLUTIONS
from api.jsonld.profiles import OFFERS
from api.negotiation import Offer, choose

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "offers", "expected"),
    [
        (None, SOLUTIONS, "application/sparql-results+json"),
        ("", SOLUTIONS, "application/sparql-results+json"),
        ("*/*", SOLUTIONS, "application/sparql-results+json"),
        ("*/*", DOCUMENTS, "application/ld+json"),
        ("*/*", GRAPHS, "text/turtle"),
        ("text/*", SOLUTIONS, "text/csv"),
        ("text/html", SOLUTIONS, "text/html"),
        (BROWSER, SOLUTIONS, "text/html"),
        (BROWSER, DOCUMENTS, "text/html"),
        ("application/json", SOLUTIONS, "application/json"),
        ("APPLICATION/SPARQL-RESULTS+XML", SOLUTIONS, "application/sparql-results+xml"),
        ("text/csv;q=0.4, text/tab-separated-values;q=0.6", SOLUTIONS, "text/tab-separated-values"),
        ("text/csv ; q=1.0 , */* ; q=0.1", SOLUTIONS, "text/csv"),
        ("*/*, application/sparql-results+json;q=0", SOLUTIONS, "application/sparql-results+xml"),
        ("text/*;q=0.9, text/csv;q=0.1, */*;q=0.5", SOLUTIONS, "text/tab-separated-values"),
        ("text/turtle;charset=utf-8", GRAPHS, "text/turtle"),
        ("application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", GRAPHS,
         "application/ld+json"),
        ("text/turtle;q=2", GRAPHS, "text/turtle"),
        ("image/png", SOLUTIONS, None),
        ("text/turtle", SOLUTIONS, None),
        ("text/csv;q=0", SOLUTIONS, None),
        ("text/csv;q=nonsense", SOLUTIONS, None),
        ("csv", SOLUTIONS, None),
        (",,;q=1,", SOLUTIONS, None),
    ],
)  # fmt: skip
def test_the_best_offer_is_chosen(
    accept: str | None, offers: tuple[Offer, ...], expected: str | None
) -> None:
    offer = choose(accept, offers)
    assert (offer and offer.media_type) == expected


LD = "application/ld+json"
NS = "http://www.w3.org/ns/json-ld#"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (LD, "jsonld"),
        ("*/*", "jsonld"),
        ("application/json", "json"),
        (f'{LD};profile="{NS}expanded"', "jsonld-expanded"),
        (f'{LD}; profile="{NS}flattened {NS}compacted"', "jsonld-compacted"),
        (f"{LD};profile={NS}framed", "jsonld-framed"),
        (f'{LD};q=0.5;profile="{NS}expanded"', "jsonld-expanded"),
        (f'{LD};profile="{NS}context", {LD}', "jsonld"),
        (f'{LD};profile="{NS}context"', "jsonld"),
        (f'{LD};profile="{NS}Expanded"', "jsonld"),
        (f'text/turtle, {LD};profile="{NS}expanded"', "jsonld-expanded"),
        (f'text/turtle, {LD};profile="{NS}expanded";q=0.9', "ttl"),
        (f'{LD};profile="{NS}expanded";q=0.5, {LD}', "jsonld"),
        (f'{LD};profile="{NS}expanded";q=0, {LD};q=0.1', "jsonld"),
        (f'{LD};profile="{NS}expanded";q=0', None),
        (f'{LD};profile="', "jsonld"),
        (f"{LD};profile", "jsonld"),
    ],
)
def test_a_profile_names_one_form_of_a_media_type(accept: str, expected: str | None) -> None:
    offer = choose(accept, OFFERS)
    assert (offer and offer.name) == expected


def test_what_is_sent_names_its_profile() -> None:
    types = {offer.name: offer.content_type for offer in OFFERS}
    assert types["jsonld"] == LD
    assert types["jsonld-framed"] == f'{LD};profile="{NS}framed"'
    assert types["ttl"] == "text/turtle; charset=utf-8"
