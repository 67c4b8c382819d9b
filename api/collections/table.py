"""All collections, by their names."""

from api.collections.actors import ACTORS
from api.collections.findings import FINDINGS
from api.collections.law import LAW

KINDS = {kind.name: kind for kind in (*ACTORS, *LAW, *FINDINGS)}
"""Each name is the path of the collection: `/states`."""
