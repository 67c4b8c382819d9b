"""A report as SHACL has it, with the places in what was sent as targets of Web Annotation."""

from collections.abc import Iterator

from rdflib import RDF, RDFS, SH, XSD, BNode, Graph, Literal, Namespace, Node, URIRef

from ocsea.namespaces import PREFIXES, SHAPES
from ocsea.steward.judging.report import Report
from ocsea.steward.sent import Finding, Place

_OA = Namespace("http://www.w3.org/ns/oa#")
_CSVW = Namespace("http://www.w3.org/ns/csvw#")
_SCHEMA = Namespace(PREFIXES["schema"])
_SKOS = Namespace(PREFIXES["skos"])
_DCTERMS = Namespace(PREFIXES["dcterms"])
_LINES = URIRef("http://tools.ietf.org/rfc/rfc5147")
"""By it, a fragment names lines of a text file."""

_KEPT = (SH.resultPath, SH.sourceShape, SH.sourceConstraintComponent, SH.value)
_OURS = URIRef(f"{SHAPES}Finding")
"""The constraint component of what the reader and the rules across records find."""


def as_turtle(report: Report) -> str:
    """The SHACL report as Turtle."""
    return as_graph(report).serialize(format="turtle")


def as_jsonld(report: Report) -> str:
    """The SHACL report as JSON-LD, its context written out, since not all terms are ours."""
    names = ("ocsea", "ocsea-sh", "dcterms", "rdf", "rdfs", "schema", "sh", "skos", "xsd")
    context = {name: PREFIXES[name] for name in names}
    context |= {"oa": str(_OA), "csvw": str(_CSVW)}
    return as_graph(report).serialize(format="json-ld", context=context, auto_compact=False)


def as_graph(report: Report) -> Graph:
    """The SHACL report: a result a finding, with its place, and with what the engine said of it.

    To SHACL a graph conforms where there is no result at all, be it no more than a warning.
    """
    graph, node = Graph(), BNode("report")
    for prefix, namespace in (*PREFIXES.items(), ("oa", _OA), ("csvw", _CSVW)):
        graph.bind(prefix, namespace)
    graph.add((node, RDF.type, SH.ValidationReport))
    graph.add((node, SH.conforms, Literal(not report.findings)))
    for number, finding in enumerate(report.findings, 1):
        result = BNode(f"r{number}")
        graph.add((node, SH.result, result))
        for predicate, value in _result(finding, result):
            graph.add((result, predicate, value))
        _add_place(graph, result, finding.place, number)
        _add_engines_own(graph, result, report, finding)
    return graph


def _result(finding: Finding, node: Node) -> Iterator[tuple[URIRef, Node]]:
    yield RDF.type, SH.ValidationResult
    yield SH.resultSeverity, SH[finding.severity]
    yield SH.focusNode, URIRef(finding.focus) if finding.focus else node
    yield SH.resultMessage, Literal(finding.message, lang="en")
    if finding.remedy:
        yield RDFS.comment, Literal(finding.remedy, lang="en")
    yield _DCTERMS.conformsTo, Literal(finding.rule)


def _add_engines_own(graph: Graph, result: Node, report: Report, finding: Finding) -> None:
    node = report.nodes.get(finding)
    if node is None:
        graph.add((result, SH.sourceConstraintComponent, _OURS))
        if finding.path:
            graph.add((result, SH.resultPath, URIRef(finding.path)))
        if finding.value:
            graph.add((result, SH.value, Literal(finding.value)))
        return
    for predicate in _KEPT:
        for value in report.results.objects(node, predicate):
            graph.add((result, predicate, value))
            _copy(report.results, value, graph)


def _copy(source: Graph, node: Node, graph: Graph) -> None:
    """Take a path that is made of blank nodes along."""
    if isinstance(node, BNode):
        for triple in source.triples((node, None, None)):
            graph.add(triple)
            _copy(source, triple[2], graph)


def _add_place(graph: Graph, result: Node, place: Place, number: int) -> None:
    if not place.file:
        return
    target, file = BNode(f"r{number}place"), BNode(f"r{number}file")
    graph.add((result, _OA.hasTarget, target))
    graph.add((target, RDF.type, _OA.SpecificResource))
    graph.add((target, RDFS.label, Literal(str(place))))
    graph.add((target, _OA.hasSource, file))
    graph.add((file, _SCHEMA.name, Literal(place.file)))
    is_table = bool(place.sheet or place.column)
    if place.row and is_table:
        graph.add((target, _CSVW.rownum, Literal(place.row, datatype=XSD.integer)))
    if place.row and not is_table:
        _add_line(graph, target, BNode(f"r{number}line"), place.row)
    for predicate, text in (
        (_CSVW.table, place.sheet),
        (_CSVW.name, place.column),
        (_SKOS.notation, place.cell),
    ):
        if text:
            graph.add((target, predicate, Literal(text)))


def _add_line(graph: Graph, target: Node, selector: BNode, line: int) -> None:
    graph.add((target, _OA.hasSelector, selector))
    graph.add((selector, RDF.type, _OA.FragmentSelector))
    graph.add((selector, _DCTERMS.conformsTo, _LINES))
    graph.add((selector, RDF.value, Literal(f"line={line - 1},{line}")))
