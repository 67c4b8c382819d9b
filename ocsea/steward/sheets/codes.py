"""Codes that stand in cells: what each means, what a thing's code is, and lists to choose from."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice

import pycountry
from pyoxigraph import NamedNode

from ocsea import ids
from ocsea.namespaces import RDF_TYPE, term
from ocsea.steward.facts import IDENTIFIER, ISO3, Facts, ours
from ocsea.steward.sheets.links import WORDS
from ocsea.steward.sheets.topics import Choice
from ocsea.tables.relations import ROLES

LONGEST = 2000
"""As many things as a list holds: more is no help in a drop-down; others may be written too."""

_QUALIFIERS = ("exact", "approximately", "more-than", "at-least", "up-to", "less-than", "range")
_FIXED = {
    "statuses": {name: term(f"ocsea:{name}") for name in ("Party", "Signatory", "NotListed")},
    "forces": {name: term(f"ocsea:{name}") for name in ("InForce", "NotInForce")},
    "yes": {"yes": term("sdmx-code:obsStatus-M")},
    "relations": {name: term(prop) for name, (prop, _) in WORDS.items()},
    "qualifiers": {name: ids.thing("code", name) for name in _QUALIFIERS},
}
_WORDS: Mapping[str, tuple[Choice, ...]] = {
    "changes": (("remove", "take the record out of the graph"),),
    "yes": (("yes", "the source's cell is blank"),),
    "roles": tuple((role, "") for role in ROLES),
}
_CLASSES = {
    "acts": ("ocsea:TreatyAction",),
    "services": ("ocsea:Body", "ocsea:Tool"),
    "laws": ("ocsea:Instrument",),
    "practices": ("ocsea:Initiative",),
}
_ABSTRACT = frozenset(
    term(f"ocsea:{name}") for name in ("TreatyAction", "BindingAction", "Initiative")
)
_THINGS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "states": (
        ("state", "entity"),
        ("ocsea:State", "ocsea:AssociatedState", "ocsea:SovereignEntity"),
    ),
    "treaties": (("instrument",), ("ocsea:Treaty",)),
    "commitments": (("instrument", "alliance"), ("ocsea:Treaty", "ocsea:Alliance")),
    "instruments": (("instrument",), ("ocsea:Instrument",)),
    "indicators": (("indicator",), ("ocsea:Indicator",)),
    "codes": (("code",), ("ocsea:Code",)),
    "bodies": (("body",), ("ocsea:Body",)),
    "members": (("body", "alliance"), ("ocsea:Body",)),
    "organisations": (("body", "alliance"), ("ocsea:Body", "ocsea:Alliance")),
    "wholes": (("initiative", "body", "alliance", "tool", "commitment"), ("ocsea:Initiative",)),
    "sources": (("source",), ("ocsea:Source",)),
    "agents": (
        ("state", "entity", "body", "alliance", "initiative", "instrument"),
        ("ocsea:State", "ocsea:Body", "ocsea:Alliance"),
    ),
    "things": (
        (
            *("body", "alliance", "initiative", "tool", "instrument", "commitment", "source"),
            *("state", "entity", "term", "offence", "obligation"),
        ),
        ("ocsea:Initiative", "ocsea:Body", "ocsea:Tool"),
    ),
}
LISTS = tuple(dict.fromkeys((*_WORDS, *_FIXED, *_CLASSES, *_THINGS)))


class Codes:
    """The codes of a release: in cells, a thing is named by the shortest one that is stable.

    States go by ISO 3166 alpha-3, instruments and alliances by identifier (`CETS-201`), indicators,
    codes and sources by key, everything else by kind and key (`body/inhope`).
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def code(self, thing: NamedNode, name: str) -> str:
        """How a thing is written into a cell of the list; blank where it has no place in it."""
        if name in self._closed:
            return self._words[name].get(thing, "")
        if not ours(thing):
            return f"<{thing.value}>"
        kind, key = ids.kind(thing), ids.key(thing)
        if kind in ("indicator", "code", "source"):
            return key
        prop = {"state": ISO3, "entity": ISO3}.get(kind, IDENTIFIER)
        code = self._facts.text(thing, prop)
        same = code == key if prop == ISO3 else ids.slug(code) == key
        return code if same and kind in _CODED else f"{kind}/{key}"

    def thing(self, code: str, name: str) -> NamedNode | None:
        """What a code of this list stands for; None where the graph knows no such code."""
        if name in self._closed:
            return self._closed[name].get(code)
        found = (thing for thing in self._candidates(code, _THINGS[name][0]))
        return next((thing for thing in found if self._facts.known(thing)), None)

    def _candidates(self, code: str, kinds: tuple[str, ...]) -> Iterator[NamedNode]:
        for kind in kinds:
            for key in (code.removeprefix(f"{kind}/"), ids.slug(code)):
                whole = f"{kind}/{key}" == code
                if whole or ("/" not in key and (key == code or kind in _CODED)):
                    yield from _thing(kind, key)
        yield from (t for t in self._facts.learned(code) if ids.kind(t) in kinds)

    def choices(self, name: str) -> tuple[Choice, ...]:
        """The codes of a list, each with what it is called; the first of them where it is long."""
        if name in _WORDS:
            return _WORDS[name]
        if name in self._closed:
            named = self._closed[name].items()
            return tuple((code, self._facts.label(thing)) for code, thing in named)
        things = list(islice(self._members(_THINGS[name][1]), LONGEST))
        return tuple(sorted((self.code(t, name), self._facts.label(t)) for t in things))

    def _members(self, roots: Iterable[str]) -> Iterator[NamedNode]:
        for root in roots:
            yield from self._facts.with_value(RDF_TYPE, term(root))

    @cached_property
    def _closed(self) -> dict[str, dict[str, NamedNode]]:
        """The lists that hold all there is, as what each code stands for."""
        return {**_FIXED, **{name: self._classes(roots) for name, roots in _CLASSES.items()}}

    @cached_property
    def _words(self) -> dict[str, dict[NamedNode, str]]:
        return {name: {t: code for code, t in all_.items()} for name, all_ in self._closed.items()}

    def _classes(self, roots: Iterable[str]) -> dict[str, NamedNode]:
        found = {cls for root in roots for cls in self._facts.classes(term(root))} - _ABSTRACT
        return {cls.value.rpartition("#")[2]: cls for cls in sorted(found, key=str)}


_CODED = ("state", "entity", "instrument", "alliance")


def _thing(kind: str, key: str) -> Iterator[NamedNode]:
    try:
        yield ids.thing(kind, key)
    except ValueError:  # no key at all, so no thing has it
        return


XKX = ("XKX", "Kosovo")


def countries() -> dict[str, str]:
    """The ISO 3166 alpha-3 codes with the names they go by in English, and XKX for Kosovo."""
    named = {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries}
    return {**named, XKX[0]: XKX[1]}


_UNION = {"UK": "GBR", "EL": "GRC"}
"""Codes of two letters that the European Union writes otherwise than ISO 3166."""


def by_two_letters(code: str) -> str | None:
    """The alpha-3 code of the country that a code of two letters stands for, if it does."""
    country = pycountry.countries.get(alpha_2=code.upper()) if len(code) == 2 else None
    return country.alpha_3 if country else _UNION.get(code.upper())
