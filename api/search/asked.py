"""Reading what a search is asked for."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from api.jsonld.terms import class_iri
from api.problems import Problem

LONGEST = 200
"""Letters that may be looked for."""
MOST, FURTHEST = 50, 500
"""How many things are told at once, and after how many others they may begin."""
USUAL, USUAL_COMPLETIONS = 20, 8
MOST_TYPES = 10
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: a text, None where there is none yet, and the names of classes."""

    text: str | None
    types: tuple[str, ...]
    language: str
    limit: int
    offset: int
    complete: bool

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes by their IRIs."""
        return tuple(filter(None, map(class_iri, self.types)))

    def address(self, **changes: Any) -> str:
        """The path of this search on any host, or of the one with these changes."""
        asked = replace(self, **changes)
        pairs = [("q", asked.text or ""), *(("type", name) for name in asked.types)]
        pairs += [("lang", asked.language)] if asked.language else []
        pairs += [("limit", str(asked.limit))] if asked.limit != USUAL else []
        pairs += [("offset", str(asked.offset))] if asked.offset else []
        return "/search?" + urlencode(pairs)

    def turns(self, total: int) -> dict[str, str]:
        """The paths of the `next` page and the `prev`, where there are such."""
        after, before = self.offset + self.limit, max(0, self.offset - self.limit)
        found = {"next": self.address(offset=after)} if after < min(total, FURTHEST + 1) else {}
        return found | ({"prev": self.address(offset=before)} if self.offset else {})


def read(request: Request) -> Asked:
    """What is asked for; a `Problem` that says which parameter cannot be read."""
    text, language = _one(request, "q"), _one(request, "lang") or ""
    if text is not None and len(text) > LONGEST:
        raise Problem("request-malformed", f"`q` may have at most {LONGEST} letters.")
    if language and not _LANGUAGE.fullmatch(language):
        raise Problem("request-malformed", "`lang` is a language tag such as `en` or `pt-BR`.")
    complete = _one(request, "complete") or "0"
    if complete not in ("0", "1"):
        raise Problem("request-malformed", "`complete` is 1 for completions, or 0.")
    usual = USUAL_COMPLETIONS if complete == "1" else USUAL
    limit = _number(request, "limit", usual, range(1, MOST + 1))
    offset = _number(request, "offset", 0, range(FURTHEST + 1))
    return Asked(text, _types(request), language, limit, offset, complete == "1")


def _one(request: Request, name: str) -> str | None:
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise Problem("request-malformed", f"Give `{name}` once.")
    return values[0] if values else None


def _number(request: Request, name: str, usual: int, allowed: range) -> int:
    """A number among those allowed; an empty parameter is none, as programs fill templates."""
    text = _one(request, name) or str(usual)
    if not _NUMBER.fullmatch(text) or int(text) not in allowed:
        detail = f"`{name}` is a number from {allowed.start} to {allowed.stop - 1}."
        raise Problem("request-malformed", detail)
    return int(text)


def _types(request: Request) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, request.query_params.getlist("type"))))
    if len(names) > MOST_TYPES:
        raise Problem("request-malformed", f"Give `type` at most {MOST_TYPES} times.")
    if not all(map(class_iri, names)):
        detail = "`type` is a class by its name in the JSON-LD context, such as State, or its IRI."
        raise Problem("request-malformed", detail)
    return names
