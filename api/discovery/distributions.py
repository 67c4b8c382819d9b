"""How the dataset can be had: services, files and lists, as DCAT, VoID and SPDX."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from api.collections.table import KINDS
from api.discovery import releases
from api.discovery.dumps import Download
from ocsea.dumps import Dump
from ocsea.namespaces import term
from ocsea.records import Pair, facts
from ocsea.values import english

SPDX = "http://spdx.org/rdf/terms#"
MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"
LICENCE = NamedNode("https://creativecommons.org/licenses/by/4.0/")
DATASET = NamedNode(releases.DATASET)


@dataclass(frozen=True, slots=True)
class Surface:
    """Where things are on the server that is asked.

    `base` is its address, `releases` the versions that can be looked up there.
    """

    base: str
    releases: tuple[str, ...]

    def at(self, path: str) -> NamedNode:
        """The full address of a path."""
        return NamedNode(self.base + path)


def part(name: str) -> NamedNode:
    """What is described along with the dataset, by a name of its own in the same document."""
    return NamedNode(f"{DATASET.value.partition('#')[0]}#{name}")


def services(surface: Surface) -> Iterator[Triple]:
    """Where the dataset answers: queries, and everything else."""
    described = surface.at("/openapi.json")
    sparql = NamedNode("http://www.w3.org/TR/sparql11-protocol/")
    for name, path, title, standard in (
        ("sparql", "/sparql", "SPARQL 1.1 endpoint", sparql),
        ("http", "/", "Documents, collections and downloads over HTTP", None),
    ):
        service = part(name)
        yield from facts(
            service,
            ("rdf:type", term("dcat:DataService")),
            ("dcterms:title", english(title)),
            ("dcterms:conformsTo", standard),
            ("dcat:endpointURL", surface.at(path)),
            ("dcat:endpointDescription", described),
            ("dcat:servesDataset", DATASET),
        )


def file(one: Download, surface: Surface) -> Iterator[Triple]:
    """A file: of the dataset, or of the part of it that is one graph."""
    name = one.path.strip("/").removesuffix(".gz").replace("/", "-").replace(".", "-")
    node = part(name)
    whole = one.graph is None
    subject = DATASET if whole else NamedNode(one.graph) if one.graph else part("unnamed")
    about: list[Pair] = [("dcat:distribution", node)]
    about += [("void:dataDump", surface.at(one.path))] if whole else []
    yield from facts(subject, *about)
    yield from facts(
        node,
        ("rdf:type", term("dcat:Distribution")),
        ("dcterms:title", english(one.title)),
        ("dcat:accessURL", surface.at(one.path)),
        ("dcat:downloadURL", surface.at(one.path)),
        ("dcat:mediaType", NamedNode(MEDIA_TYPES + one.media_type)),
        ("dcat:compressFormat", NamedNode(MEDIA_TYPES + "application/gzip")),
        ("dcterms:license", LICENCE if whole else None),
    )
    if one.dump:
        yield from _measured(node, name, one.dump)


def _measured(node: NamedNode, name: str, dump: Dump) -> Iterator[Triple]:
    checksum, integer = part(f"{name}-sha256"), term("xsd:nonNegativeInteger")
    yield from facts(node, ("dcat:byteSize", Literal(str(dump.bytes), datatype=integer)))
    yield Triple(node, NamedNode(SPDX + "checksum"), checksum)
    yield Triple(checksum, term("rdf:type"), NamedNode(SPDX + "Checksum"))
    sha256 = NamedNode(SPDX + "checksumAlgorithm_sha256")
    yield Triple(checksum, NamedNode(SPDX + "algorithm"), sha256)
    value = Literal(dump.sha256, datatype=term("xsd:hexBinary"))
    yield Triple(checksum, NamedNode(SPDX + "checksumValue"), value)


def lists(surface: Surface) -> Iterator[Triple]:
    """The lists of things, as one more form of the dataset and as ways into it."""
    for kind in KINDS.values():
        node, address = part(f"collection-{kind.name}"), surface.at(f"/{kind.name}")
        yield from facts(DATASET, ("dcat:distribution", node), ("void:rootResource", address))
        yield from facts(
            node,
            ("rdf:type", term("dcat:Distribution")),
            ("dcterms:title", english(kind.title)),
            ("dcterms:description", english(kind.about)),
            ("dcat:accessURL", address),
            ("dcat:accessService", part("http")),
            ("dcat:mediaType", NamedNode(MEDIA_TYPES + "application/ld+json")),
        )
