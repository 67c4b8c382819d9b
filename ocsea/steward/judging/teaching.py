"""What a shape has to say, in a steward's words: what is wrong, and what would be right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple
from rapidfuzz import process
from rdflib import SH, Graph, Literal, Node
from rdflib.collection import Collection

from ocsea.namespaces import BASE, ID, PREFIXES, RDF_TYPE, term
from ocsea.steward.sheets.spelling import likeness

_WRONG = {
    "Class": "{value} is no {kind} that the graph knows.",
    "Datatype": "{value} is not {kind}.",
    "HasValue": "There is no “{name}”.",
    "In": "{value} is none of the values that “{name}” can have.",
    "LanguageIn": "{value} is not marked as English.",
    "LessThan": "“{name}” is not before “{other}”.",
    "MaxCount": "“{name}” is there more than once.",
    "MaxInclusive": "{value} is more than “{name}” can be.",
    "MaxLength": "“{name}” is too long.",
    "MinCount": "“{name}” is missing.",
    "MinInclusive": "{value} is less than “{name}” can be.",
    "MinLength": "“{name}” is too short.",
    "NodeKind": "{value} names nothing, as “{name}” does.",
    "Pattern": "{value} is not written as “{name}” is.",
    "QualifiedMinCount": "There is no “{name}”.",
    "UniqueLang": "“{name}” is there more than once.",
}
"""What is wrong, by the constraint that says so."""

_MISFIT = "{value} does not fit “{name}”."
_BROKEN = "This does not hold: “{name}”."

_KINDS = {
    "string": "plain text",
    "integer": "a whole number",
    "decimal": "a decimal number",
    "boolean": "true or false",
    "date": "a day such as 2008-02-05",
    "gYearMonth": "a month such as 2008-02",
    "gYear": "a year such as 2008",
}

_NAME = r"\b([a-z]+(?:-[a-z]+)?):([A-Za-z](?:[\w-]*\w)?)"
_REPLACED = (
    (r"(?:[:,] (?:give it|with)| with)? the language tag @en", ""),
    (r" without a language tag or", " without"),
    (r",? without a language tag", ""),
    (r"\^\^xsd:\w+", ""),
    (r" \((?:ocsea:[A-Z]\w+|sdmx-code:[\w-]+)\)", ""),
    (r"\b[a-z]+:\w+ (?=\"[^\"]*\"@en)", ""),
    (r'(?<=")@en\b', ""),
    (r"\ba locator\b", "a place in a source"),
    (r"\b[Ll]ocator\b(?!/)", "place"),
    (r"\b([Aa])n IRI\b", r"\1 key"),
    (r"\bIRI(s?)\b", r"key\1"),
)
"""What only who writes RDF needs, and what a steward reads in its place."""

_OTHERWISE = {"sdmx-code:obsStatus-M": "missing", "ocsea:Locator": "place in a source"}
"""Terms that stewards know by another word than the ontology's."""

_ALIKE = 75
"""How alike, of 100, a key must be to be proposed in place of one that is unknown."""

_MANY = 5000
"""Things of a class among which the nearest is looked for."""


@dataclass(frozen=True)
class Result:
    """One result of the engine: of which node, by which shape and constraint, at which value."""

    node: Node
    focus: str
    path: str
    value: str
    shape: Node
    constraint: str
    severity: str

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same where the engine finds the same again."""
        return (self.focus, self.path, self.value, str(self.shape), self.constraint)


def read_results(report: Graph) -> Iterator[Result]:
    """The results of a SHACL report; a path that is not a single property is left blank."""
    for node in report.subjects(None, SH.ValidationResult):
        shape = report.value(node, SH.sourceShape)
        constraint = report.value(node, SH.sourceConstraintComponent)
        assert shape
        assert constraint
        yield Result(
            node,
            _iri(report.value(node, SH.focusNode)),
            _iri(report.value(node, SH.resultPath)),
            str(report.value(node, SH.value, default=Literal(""))),
            shape,
            str(constraint).removeprefix(str(SH)).removesuffix("ConstraintComponent"),
            str(report.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        )


def _iri(node: Node | None) -> str:
    return str(node) if node is not None and ":" in str(node) else ""


@dataclass(frozen=True)
class Teacher:
    """Puts results into words; `words` has what terms are called, by their IRIs."""

    shapes: Graph
    words: Mapping[str, str]
    store: Store
    _known_things: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def wrong(self, result: Result) -> str:
        """What is wrong."""
        fallback = _MISFIT if result.value not in ("", result.focus) else _BROKEN
        return _WRONG.get(result.constraint, fallback).format(
            name=self.plain(self._of(result, "name")),
            value=f"“{self.plain(result.value)}”" if result.value else "An empty text",
            kind=self._kind(self._of(result, "datatype") or self._of(result, "class")),
            other=self.words.get(self._of(result, "lessThan"), ""),
        )

    def _of(self, result: Result, name: str) -> str:
        return str(self.shapes.value(result.shape, SH[name], default=Literal("")))

    def _kind(self, iri: str) -> str:
        name = iri.removeprefix(PREFIXES["xsd"])
        return _KINDS.get(name) or self.words.get(iri) or re.split("[/#]", iri)[-1]

    def right(self, result: Result) -> str:
        """What would be right, with the nearest that there is where one is much alike."""
        told = self.plain(self._of(result, "message"))
        near = _nearest(result.value, self._choices(result))
        return f"{told} Did you mean “{self.plain(near)}”?" if near else told

    def _choices(self, result: Result) -> list[str]:
        if result.constraint == "In":
            allowed = self.shapes.objects(result.shape, SH["in"])
            return [str(one) for each in allowed for one in Collection(self.shapes, each)]
        if result.constraint in ("Class", "Or") and result.value.startswith(ID):
            return [iri for kind in self._classes(result.shape) for iri in self._things(kind)]
        return []

    def _classes(self, shape: Node) -> Iterator[str]:
        yield from map(str, self.shapes.objects(shape, SH["class"]))
        for either in self.shapes.objects(shape, SH["or"]):
            for one in Collection(self.shapes, either):
                yield from self._classes(one)

    def _things(self, kind: str) -> list[str]:
        if kind not in self._known_things:
            found = self.store.quads_for_pattern(None, RDF_TYPE, NamedNode(kind), DefaultGraph())
            self._known_things[kind] = [_text(quad.subject) for quad in islice(found, _MANY)]
        return self._known_things[kind]

    def plain(self, text: str) -> str:
        """A text without prefixed names, IRIs of ours and language tags."""
        for pattern, instead in _REPLACED:
            text = re.sub(pattern, instead, text)
        text = re.sub(rf"{re.escape(BASE)}[^\s\"”’,;:)]*[^\s\"”’,;:.)]", self._known, text)
        return re.sub(_NAME, self._named, text)

    def _known(self, found: re.Match[str]) -> str:
        """A thing by its key, as cells name it; a term by what it is called."""
        iri = found[0]
        key = re.sub("^(code|indicator|source)/", "", iri.removeprefix(ID))
        return key if iri.startswith(ID) else self.words.get(iri, iri)

    def _named(self, found: re.Match[str]) -> str:
        prefix, name = found.groups()
        if prefix not in PREFIXES:
            return found[0]
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
        return f"“{self.words.get(PREFIXES[prefix] + name, spaced)}”"


def _nearest(value: str, choices: list[str]) -> str:
    best = process.extractOne(
        value, choices, scorer=likeness, score_cutoff=_ALIKE, processor=_last_part
    )
    return best[0] if best and best[0] != value else ""


def _last_part(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1].casefold()


def words(terms: Iterable[Triple]) -> dict[str, str]:
    """What terms are called, by their IRIs."""
    label = term("rdfs:label")
    found = {_text(t.subject): _text(t.object) for t in terms if t.predicate == label}
    return found | {term(name).value: word for name, word in _OTHERWISE.items()}


def _text(node: object) -> str:
    return str(getattr(node, "value", ""))
