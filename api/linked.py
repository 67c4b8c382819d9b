"""`/id`, `/doc` and `/graph`: every IRI of ours leads to what the graph says of it."""

import asyncio
import re
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request
from pyoxigraph import serialize
from starlette.responses import Response

from api import entity, jsonld
from api.engine import Pool
from api.engine.results import GRAPHS
from api.formats import DOCUMENTS
from api.negotiation import Offer, by_name, choose
from api.pages import query_link, render
from api.problems import Problem, not_acceptable
from api.web import about_release, read_only
from ocsea.namespaces import GRAPH, ID, PREFIXES

PATH = re.compile(r"/(?:id|doc)/(?P<key>[A-Za-z0-9._~%-]+(?:/[A-Za-z0-9._~%-]+)+?)")
SUFFIX = re.compile(r"(?P<key>.+)\.(?P<suffix>jsonld|ttl|nt|rdf|html)")
router = APIRouter(tags=["Linked data"])
