"""The forms of JSON-LD that a document can be had in, and how a client names one of them."""

from api.formats import DOCUMENTS
from api.negotiation import Offer

NAMESPACE = "http://www.w3.org/ns/json-ld#"
JSON_LD = "application/ld+json"
FORMS = ("framed", "compacted", "expanded", "flattened")
CONTEXT_LINK = f'</context.jsonld>; rel="{NAMESPACE}context"; type="{JSON_LD}"'
"""For what is sent as `application/json`; with JSON-LD it has no meaning."""
_PROFILED = {form: Offer(f"jsonld-{form}", JSON_LD, NAMESPACE + form) for form in FORMS}
OFFERS = (*DOCUMENTS, *_PROFILED.values(), Offer("json", "application/json"))
"""What a document can be had in: JSON-LD is framed, unless its form is named."""
FRAMED = (_PROFILED["framed"], Offer("json", "application/json"))
"""What a document in a caller's own frame can be had in."""


def by_profile(name: str) -> Offer | None:
    """The offer of JSON-LD in the form of this name, or of its profile's whole IRI."""
    return _PROFILED.get(name.removeprefix(NAMESPACE))
