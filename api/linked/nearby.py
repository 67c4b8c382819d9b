"""What an address that leads to nothing may have been meant for."""

from bisect import bisect
from collections import defaultdict
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from ocsea.namespaces import ID, term

MOST = 5
LONGEST = 120
"""Characters of a key that is compared with others at all."""
AROUND = 100
"""Keys of as many parts, on either side in their order, that the spelling is compared with."""
CUTOFF = 0.75
"""How much alike two spellings have to be, of 1."""
_LABEL = term("rdfs:label")


def nearest(store: Store, wanted: str) -> list[dict[str, Any]]:
    """Up to five things whose key begins alike or is nearest, as IRI and label.

    `wanted` is kind and key, as in `state/NORWAY`.
    """
    kind, _, key = wanted[:LONGEST].partition("/")
    known = _keys(store)
    kinds = get_close_matches(kind, known, 1)
    if not kinds or len(wanted) > LONGEST:
        return []
    found = _nearest(key, known[kinds[0]])
    return [_told(store, NamedNode(f"{ID}{kinds[0]}/{one}")) for one in found]


def _nearest(key: str, keys: list[str]) -> list[str]:
    """Those that begin as the key does or that the key begins with, then those spelt much alike."""
    by_case = {one.lower(): one for one in keys}
    wanted = key.lower()
    alike = [one for one in by_case if one.startswith(wanted) or wanted.startswith(one)]
    alike.sort(key=lambda one: (-min(len(one), len(wanted)), one))
    beside = sorted(one for one in by_case if one.count("/") == wanted.count("/"))
    at = bisect(beside, wanted)
    close = get_close_matches(wanted, beside[max(0, at - AROUND) : at + AROUND], MOST, CUTOFF)
    return [by_case[one] for one in dict.fromkeys(alike + close)][:MOST]


@lru_cache(maxsize=1)
def _keys(store: Store) -> dict[str, list[str]]:
    """The keys of all things that have a label, by kind."""
    keys = defaultdict(list)
    for quad in store.quads_for_pattern(None, _LABEL, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(ID):
            kind, _, key = quad.subject.value.removeprefix(ID).partition("/")
            keys[kind].append(key)
    return dict(keys)


def _told(store: Store, thing: NamedNode) -> dict[str, Any]:
    objects = (quad.object for quad in store.quads_for_pattern(thing, _LABEL, None))
    return {"id": thing.value, "label": min(o.value for o in objects if isinstance(o, Literal))}
