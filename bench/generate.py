"""A graph of any size in the shape of today's: it, and more instruments × states × years.

Each generated instrument has articles, an act of every state, and an indicator with a value for
every state and year; each record cites a locator of its own, as in the real graph. What the build
would infer stands in a graph of its own. The same size gives the same bytes.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ocsea.namespaces import GRAPH, ID, PREFIXES

ARTICLES = 12
YEARS = (2019, 2020)
BLOCKS = 80
"""Instruments a graph: some million quads, all that is held in memory at a time."""

ACTS = ("Signature", "Ratification", "Accession")
TYPE, LABEL = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['rdfs']}label>"
SOURCE, PART = f"<{PREFIXES['dcterms']}source>", f"<{PREFIXES['dcterms']}isPartOf>"
TITLE, IDENTIFIER = f"<{PREFIXES['dcterms']}title>", f"<{PREFIXES['dcterms']}identifier>"
OCSEA, XSD, ELI = PREFIXES["ocsea"], PREFIXES["xsd"], PREFIXES["eli"]
DIMENSION = "http://purl.org/linked-data/sdmx/2009/dimension#"
MEASURE = "http://purl.org/linked-data/sdmx/2009/measure#obsValue"
CUBE = "http://purl.org/linked-data/cube#"
PROV = "http://www.w3.org/ns/prov#"
STATE = re.compile(rf"<{ID}state/([A-Z]{{3}})> {re.escape(TYPE)} <{re.escape(OCSEA)}State> \.")


class Lines:
    """The lines of a source's graph and of what is inferred from it, until they are written."""

    def __init__(self) -> None:
        self.stated: list[str] = []
        self.inferred: list[str] = []

    def __len__(self) -> int:
        return len(self.stated) + len(self.inferred)

    def write(self, folder: Path, stem: str) -> dict[str, Path]:
        """Both graphs as sorted N-Triples files, by their IRIs."""
        written = {}
        for name, lines in ((stem, self.stated), (f"{stem}inferred", self.inferred)):
            lines.sort()
            path = folder / f"{name}.nt"
            with path.open("w", encoding="ascii", newline="\n") as file:
                file.writelines(lines)
            written[GRAPH + name] = path
        return written


def generate(today: Mapping[str, Path], size: int, folder: Path) -> dict[str, Path]:
    """Graphs of `size` quads in all (some thousand more), today's included, by their IRIs."""
    states = list(_states(today))
    graphs = dict(today)
    have, block, number = sum(map(_count, today.values())), 0, 0
    while have < size:
        number += 1
        lines = Lines()
        source = f"gen{number:03}"
        _source(lines, source)
        end = block + BLOCKS
        while block < end and have + len(lines) < size:
            block += 1
            _instrument(lines, source, f"gen-{block:04}", states)
        have += len(lines)
        graphs |= lines.write(folder, source)
    return graphs


def _states(graphs: Mapping[str, Path]) -> Iterator[str]:
    for path in graphs.values():
        with path.open(encoding="utf-8") as lines:
            yield from (found[1] for found in map(STATE.match, lines) if found)


def _count(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _source(lines: Lines, name: str) -> None:
    iri = f"<{ID}source/{name}>"
    lines.stated += [
        f"{iri} {TYPE} <{OCSEA}Source> .\n",
        f'{iri} {LABEL} "Generated source {name}"@en .\n',
        f'{iri} {TITLE} "Generated source {name}"@en .\n',
    ]
    lines.inferred.append(f"{iri} {TYPE} <{PROV}Entity> .\n")


def _instrument(lines: Lines, source: str, key: str, states: list[str]) -> None:
    iri = f"{ID}instrument/{key}"
    lines.stated += [
        f"<{iri}> {TYPE} <{OCSEA}Treaty> .\n",
        f'<{iri}> {LABEL} "Generated convention {key}"@en .\n',
        f'<{iri}> {IDENTIFIER} "{key.upper()}" .\n',
    ]
    lines.inferred.append(f"<{iri}> {TYPE} <{OCSEA}Instrument> .\n")
    for number in range(1, ARTICLES + 1):
        _article(lines, iri, number)
    for index, state in enumerate(states):
        _action(lines, source, key, state, ACTS[index % 3], index)
        for year in YEARS:
            _observation(lines, source, key, state, year, index)


def _article(lines: Lines, instrument: str, number: int) -> None:
    iri = f"<{instrument}/article/{number}>"
    lines.stated += [
        f"{iri} {TYPE} <{OCSEA}Article> .\n",
        f'{iri} {LABEL} "Article {number} of {instrument.rpartition("/")[2]}"@en .\n',
        f"{iri} <{ELI}is_part_of> <{instrument}> .\n",
        f'{iri} <{ELI}number> "{number}" .\n',
        f'{iri} <{OCSEA}heading> "What article {number} is about" .\n',
    ]
    lines.inferred += [
        f"{iri} {TYPE} <{OCSEA}Provision> .\n",
        f"{iri} {TYPE} <{ELI}LegalResourceSubdivision> .\n",
        f"<{instrument}> <{OCSEA}hasProvision> {iri} .\n",
    ]


def _action(lines: Lines, source: str, key: str, state: str, kind: str, index: int) -> None:
    iri, party = f"<{ID}action/{key}/{state}/{kind.lower()}>", f"<{ID}state/{state}>"
    date = f"{1990 + index % 30}-{1 + index % 12:02}-{1 + index % 28:02}"
    locator = _locator(lines, source, key, state, "consent")
    lines.stated += [
        f"{iri} {TYPE} <{OCSEA}{kind}> .\n",
        f'{iri} {LABEL} "{state}: {kind.lower()}, {key}, {date}"@en .\n',
        f'{iri} <{OCSEA}date> "{date}"^^<{XSD}date> .\n',
        f"{iri} <{OCSEA}instrument> <{ID}instrument/{key}> .\n",
        f"{iri} <{OCSEA}party> {party} .\n",
        f'{iri} <{OCSEA}statedValue> "{date} a" .\n',
        f"{iri} {SOURCE} {locator} .\n",
    ]
    lines.inferred += [
        f"{iri} {TYPE} <{PROV}Activity> .\n",
        f"{iri} {TYPE} <{OCSEA}ParticipationRecord> .\n",
        f"{iri} {TYPE} <{OCSEA}TreatyAction> .\n",
        f"{party} <{OCSEA}hasParticipationRecord> {iri} .\n",
    ]


def _observation(lines: Lines, source: str, key: str, state: str, year: int, index: int) -> None:
    iri, area = f"<{ID}observation/{key}/{state}/{year}>", f"<{ID}state/{state}>"
    locator = _locator(lines, source, key, state, str(year))
    lines.stated += [
        f"{iri} {TYPE} <{CUBE}Observation> .\n",
        f'{iri} {LABEL} "{state}: indicator {key}, {year}"@en .\n',
        f"{iri} <{CUBE}dataSet> <{ID}dataset/{source}> .\n",
        f"{iri} <{DIMENSION}refArea> {area} .\n",
        f'{iri} <{DIMENSION}refPeriod> "{year}"^^<{XSD}gYear> .\n',
        f'{iri} <{MEASURE}> "{index * 37 % 1000}"^^<{XSD}integer> .\n',
        f"{iri} <{OCSEA}indicator> <{ID}indicator/{key}> .\n",
        f'{iri} <{OCSEA}statedValue> "{index * 37 % 1000}" .\n',
        f"{iri} {SOURCE} {locator} .\n",
    ]
    lines.inferred.append(f"{area} <{OCSEA}hasObservation> {iri} .\n")


def _locator(lines: Lines, source: str, key: str, state: str, column: str) -> str:
    iri = f"<{ID}locator/{source}/{key}/{state}/{column}>"
    lines.stated += [
        f"{iri} {TYPE} <{OCSEA}Locator> .\n",
        f'{iri} {LABEL} "Generated source {source}, table {key}, row {state}, {column}"@en .\n',
        f"{iri} {PART} <{ID}source/{source}> .\n",
        f'{iri} <{OCSEA}place> "Table {key}" .\n',
        f'{iri} <{OCSEA}rowLabel> "{state}" .\n',
        f'{iri} <{OCSEA}columnLabel> "{column}" .\n',
    ]
    lines.inferred.append(f"{iri} {TYPE} <{PROV}Entity> .\n")
    return iri
