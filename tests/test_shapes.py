"""Shapes: well-formed, in words a steward understands, and each constraint shown to bite.

`examples/valid/Class-case.ttl` conform. `examples/invalid/Class-case.ttl` say at their top what
must be reported, one line a result: `# expect: Violation ocsea-sh:State-iso3 MinCount`, which is
severity, shape and constraint component. `examples/context.ttl` is what the examples refer to.
"""

import re
import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyshacl
import pytest
from mutants import TARGETS, Mutant, Mutants, unnoticed
from pyoxigraph import QuerySolutions, Store
from rdflib import OWL, QB, RDF, RDFS, SH, Graph, Literal, Node, URIRef
from rdflib.collection import Collection

from ocsea.namespaces import GRAPH, ID, SHAPES, TERMS
from ocsea.release import Release
from ocsea.resources import ontology_files, shapes_files

EXAMPLES = Path(__file__).parent / "examples"
SHAPE_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9_]+)*$")

# Each parameter of SHACL Core that our shapes use, and the component that reports it.
COMPONENTS = {
    SH["class"]: "Class",
    SH["in"]: "In",
    SH["not"]: "Not",
    SH["or"]: "Or",
    SH.datatype: "Datatype",
    SH.hasValue: "HasValue",
    SH.languageIn: "LanguageIn",
    SH.lessThan: "LessThan",
    SH.maxCount: "MaxCount",
    SH.maxInclusive: "MaxInclusive",
    SH.maxLength: "MaxLength",
    SH.minCount: "MinCount",
    SH.minInclusive: "MinInclusive",
    SH.minLength: "MinLength",
    SH.nodeKind: "NodeKind",
    SH.pattern: "Pattern",
    SH.qualifiedMaxCount: "QualifiedMaxCount",
    SH.qualifiedMinCount: "QualifiedMinCount",
    SH.uniqueLang: "UniqueLang",
}
OTHER_TERMS = {
    *(SH.alternativePath, SH.description, SH.group, SH.inversePath, SH.message, SH.name, SH.path),
    *(SH.property, SH.qualifiedValueShape, SH.severity),
    *(SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf),
}

Expected = Counter[tuple[str, str, str]]


def _parse(*paths: Path) -> Graph:
    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@cache
def shapes() -> Graph:
    return _parse(*shapes_files())


@cache
def hierarchy() -> Graph:
    """Which class is below which."""
    graph = Graph()
    for below in _parse(*ontology_files()).triples((None, RDFS.subClassOf, None)):
        graph.add(below)
    return graph


@cache
def context() -> Graph:
    """What the examples refer to."""
    return _parse(EXAMPLES / "context.ttl")


def _mentioned(own: Graph) -> Graph:
    """What is said elsewhere of the things that an example mentions, and of those in turn; and what
    else refers to what it describes, or has a text or number in common with it."""
    found, seen, left = Graph(), set(), set(own.all_nodes())
    shared = {node for node in left if isinstance(node, Literal)} | set(own.subjects())
    while left:
        node = left.pop()
        seen.add(node)
        told = {*context().triples((node, None, None))}
        told |= {*context().triples((None, None, node))} if node in shared else set()
        for triple in told:
            found.add(triple)
            left |= {triple[0], triple[2]} - seen
    return found


def _run(data: Graph, using: Graph) -> Graph:
    _, results, text = pyshacl.validate(data, shacl_graph=using, inference="none")
    assert isinstance(results, Graph), text
    return results


def _local(iri: Node | None) -> str:
    return str(iri).removeprefix(str(SH)).removeprefix(SHAPES)


@cache
def _data(example: Path) -> tuple[Graph, set[Node]]:
    """An example with what it refers to, and the things that it describes."""
    own = _parse(example)
    return own + _mentioned(own) + hierarchy(), set(own.subjects())


@cache
def findings(example: Path, using: Graph) -> Expected:
    """What is reported of the things that an example describes, worked out once."""
    return reported(example, using)


def reported(example: Path, using: Graph) -> Expected:
    """What shapes report of the things that an example describes."""
    data, described = _data(example)
    results = _run(data, using)
    return Counter(
        (
            _local(results.value(result, SH.resultSeverity)),
            _local(results.value(result, SH.sourceShape)),
            _local(results.value(result, SH.sourceConstraintComponent)).removesuffix(
                "ConstraintComponent"
            ),
        )
        for result in results.subjects(RDF.type, SH.ValidationResult)
        if {results.value(result, SH.focusNode), results.value(result, SH.value)} & described
    )


def expected(example: Path) -> Expected:
    """What the comments at the top of an invalid example announce."""
    lines = example.read_text(encoding="utf-8").splitlines()
    pattern = re.compile(r"# expect: (Violation|Warning|Info) ocsea-sh:(\S+) (\w+)")
    found = [re.fullmatch(pattern, line) for line in lines if line.startswith("# expect")]
    assert found, f"{example}: expects nothing; say at its top what must be reported"
    assert all(found), f"{example}: write `# expect: Severity ocsea-sh:Shape Component`"
    return Counter((m[1], m[2], m[3]) for m in found if m)


def _examples(kind: str) -> list[Path]:
    return sorted((EXAMPLES / kind).glob("*.ttl"))


def reporting() -> list[Node]:
    """The shapes that report; the others only help them to say what is meant."""
    return sorted(set(shapes().subjects(SH.severity, None)))


def _referred() -> set[Node]:
    """The shapes that another shape refers to."""
    graph, single = shapes(), (SH.property, SH.qualifiedValueShape, SH["not"])
    found = {shape for reference in single for shape in graph.objects(None, reference)}
    return found | {s for each in graph.objects(None, SH["or"]) for s in Collection(graph, each)}


def _all_shapes() -> set[Node]:
    return _referred() | set(shapes().subjects(SH.name, None)) | set(reporting())


@pytest.mark.parametrize("path", shapes_files(), ids=lambda path: path.stem)
def test_each_file_of_shapes_parses_and_says_what_it_is_about(path: Path) -> None:
    graph = _parse(path)
    helpers = path.stem == "dates"
    groups = set(graph.subjects(RDF.type, SH.PropertyGroup))
    assert groups or helpers
    for group in groups:
        assert graph.value(group, RDFS.label)
        assert graph.value(group, RDFS.comment)
    assert set(graph.objects(None, SH.group)) == groups


def test_the_shapes_are_valid_shapes() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, text


def test_only_shacl_core_is_used() -> None:
    used = {p for p in shapes().predicates() if str(p).startswith(str(SH))}
    assert used == {*COMPONENTS, *OTHER_TERMS}


def test_every_shape_has_an_iri_of_ours_and_a_name() -> None:
    for shape in _all_shapes():
        assert isinstance(shape, URIRef), list(shapes().predicate_objects(shape))
        assert SHAPE_NAME.match(str(shape).removeprefix(SHAPES)), shape
        assert shapes().value(shape, SH.name), shape
        assert len(list(shapes().objects(shape, RDF.type))) == 1, shape


@pytest.mark.parametrize("shape", reporting(), ids=_local)
def test_a_shape_that_reports_says_what_is_wrong_and_how_bad_it_is(shape: Node) -> None:
    messages = list(shapes().objects(shape, SH.message))
    assert len(messages) == 1
    message = messages[0]
    assert isinstance(message, Literal)
    assert message.language == "en"
    assert message.endswith(".")
    assert len(message) > 40
    assert shapes().value(shape, SH.severity, any=False) in {SH.Violation, SH.Warning, SH.Info}
    assert shapes().value(shape, SH.group)


def test_a_shape_that_does_not_report_helps_one_that_does() -> None:
    graph, referred = shapes(), _referred()
    for shape in _all_shapes() - set(reporting()):
        walks = graph.value(shape, SH.targetNode) and graph.value(shape, SH.property)
        assert shape in referred or walks, f"{shape} is used by no other"
        assert not graph.value(shape, SH.message), f"{shape}: its message is never shown"


def test_no_pattern_runs_away() -> None:
    for pattern in sorted(map(str, shapes().objects(None, SH.pattern))):
        stem = re.match(r"\^?((?:[\w:/-]|\\.)*)", pattern)
        start = stem[1].replace("\\.", ".") if stem else ""
        for filler in ("a", "A", "0", "a-", "a/", "-", " "):
            started = time.perf_counter()
            re.search(pattern, start + filler * 20_000 + "!")
            assert time.perf_counter() - started < 0.2, f"{pattern} on many '{filler}'"


@pytest.mark.parametrize("path", _examples("valid"), ids=lambda path: path.stem)
def test_a_valid_example_conforms(path: Path) -> None:
    assert findings(path, shapes()) == Counter()


@pytest.mark.parametrize("path", _examples("invalid"), ids=lambda path: path.stem)
def test_an_invalid_example_is_reported_as_it_expects(path: Path) -> None:
    assert findings(path, shapes()) == expected(path)


@pytest.mark.parametrize("shape", reporting(), ids=_local)
def test_each_constraint_has_an_invalid_example(shape: Node) -> None:
    shown = {(each[1], each[2]) for path in _examples("invalid") for each in _announced(path)}
    constraints = {COMPONENTS[p] for p in shapes().predicates(shape) if p in COMPONENTS}
    assert constraints, "it constrains nothing"
    name = _local(shape)
    missing = {c for c in constraints if (name, c) not in shown}
    assert not missing, f"no example in tests/examples/invalid expects {name} {missing}"


@cache
def _announced(path: Path) -> Expected:
    return expected(path)


@pytest.mark.parametrize(
    ("properties", "least"),
    [((*COMPONENTS, SH.property), 700), (TARGETS, 390)],
    ids=["constraint", "target"],
)
def test_each_is_missed_when_it_is_taken_out(properties: tuple[Node, ...], least: int) -> None:
    mutants = list(Mutants(shapes(), properties))
    assert len({mutant.taken for mutant in mutants}) >= least
    assert unnoticed(mutants, _is_noticed) == set()


def test_a_mutant_that_no_example_notices_is_told() -> None:
    [mutant, *_] = Mutants(shapes(), [SH.minInclusive])
    same = replace(mutant, without=mutant.whole)
    assert unnoticed([same], _is_noticed) == {mutant.taken}


def _is_noticed(mutant: Mutant) -> bool:
    """Whether an example is reported otherwise without what was taken out."""
    names = {_local(name) for name in mutant.names}
    every = [*_examples("invalid"), *_examples("valid")]
    likely = sorted(every, key=lambda path: not (_shapes_announced(path) & names))
    return any(
        findings.__wrapped__(path, mutant.without) != findings(path, mutant.whole)
        for path in likely
    )


@cache
def _shapes_announced(path: Path) -> set[str]:
    return {each[1] for each in _announced(path)} if path.parent.name == "invalid" else set()


def test_examples_are_named_after_a_class_and_a_case() -> None:
    groups = {_local(g) for g in shapes().subjects(RDF.type, SH.PropertyGroup)}
    classes = {
        str(c).removeprefix(TERMS) for c in _parse(*ontology_files()).subjects(RDF.type, OWL.Class)
    }
    for path in (*_examples("valid"), *_examples("invalid")):
        name, _, case = path.stem.partition("-")
        assert case
        assert name in groups | classes | {"CouncilOfEurope"}, path


def test_the_ontology_follows_the_rules_for_its_own_terms() -> None:
    results = _run(_parse(*ontology_files()), shapes())
    told = [
        f"{results.value(result, SH.focusNode)}: {results.value(result, SH.resultMessage)}"
        for result in results.subjects(RDF.type, SH.ValidationResult)
        if str(results.value(result, SH.focusNode)).startswith(TERMS)
    ]
    assert not told


def _select(release: Release, query: str) -> set[str]:
    rows = Store.read_only(str(release.store)).query(query)
    assert isinstance(rows, QuerySolutions)
    return {row[0].value for row in rows}


def test_every_class_that_has_records_has_shapes(release: Release) -> None:
    stated = f"GRAPH ?g {{ ?s a ?c }} FILTER(?g != <{GRAPH}inferred> && STRSTARTS(STR(?s), '{ID}'))"
    kinds = _select(release, f"SELECT DISTINCT ?c {{ {stated} }}")
    ours = {kind for kind in kinds if kind.startswith((TERMS, str(QB)))}
    targeted = {str(c) for c in shapes().objects(None, SH.targetClass)}
    terms = _parse(*ontology_files())
    for kind in ours:
        above = {str(c) for c in terms.transitive_objects(URIRef(kind), RDFS.subClassOf)}
        assert above & targeted, f"no shape targets {kind} or a class above it"


def test_every_indicator_of_a_table_has_a_shape_for_its_values(release: Release) -> None:
    query = f"""
        PREFIX qb: <http://purl.org/linked-data/cube#>
        SELECT ?i {{ ?o <{TERMS}indicator> ?i ; qb:dataSet ?table
            FILTER (!STRENDS(STR(?table), "-figures")) }}"""
    targeted = {str(node) for node in shapes().objects(None, SH.targetNode)}
    assert _select(release, query) == {t for t in targeted if t.startswith(ID + "indicator/")}


def test_every_code_that_a_shape_allows_is_known(release: Release) -> None:
    lists = shapes().objects(None, SH["in"])
    allowed = {str(member) for each in lists for member in Collection(shapes(), each)}
    codes = {code for code in allowed if code.startswith(ID + "code/")}
    assert codes == _select(release, "SELECT ?c { ?c a <https://w3id.org/ocsea/ontology#Code> }")
