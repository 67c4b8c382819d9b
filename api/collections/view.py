"""A page of a collection as people see it: a form to narrow it, a table, and where to go on."""

import re
from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import Literal

from api.collections import query
from api.collections.filters import Filter
from api.collections.keys import words
from api.collections.kinds import Kind
from api.collections.page import Page, Value
from api.collections.request import Wanted
from api.engine import Pool
from api.pages import render
from api.pages import words as in_words
from ocsea.namespaces import ID, PREFIXES

_LABEL = PREFIXES["rdfs"] + "label"
HEADINGS = {
    "label": "name",
    "altLabel": "also called",
    "formerName": "formerly",
    "indicator.unit": "unit",
    "source.isPartOf": "source",
    "iso3": "code",
    "iso2": "short code",
    "isoNumeric": "number",
    "inScheme": "scheme",
    "subOrganizationOf": "part of",
    "isPartOf": "part of",
    "organization": "organisation",
    "intentElement": "intent",
    "ictElement": "technology",
}
"""What a column or filter is called where its key says little."""
FORMATS = {
    "csv": ("CSV", "text/csv"),
    "jsonld": ("JSON-LD", "application/ld+json"),
    "ttl": ("Turtle", "text/turtle"),
    "nt": ("N-Triples", "application/n-triples"),
    "rdf": ("RDF/XML", "application/rdf+xml"),
}
FORMS = {
    **{PREFIXES["xsd"] + name: "number" for name in ("integer", "decimal")},
    **{PREFIXES["xsd"] + name: "date" for name in ("date", "gYearMonth", "gYear")},
}
"""How values of these types are set."""
WHOLE = re.compile("-?[0-9]{4,18}")
"""What is set with commas."""
LONG = 280
"""Characters of a text that are shown in a cell."""


@dataclass(frozen=True, slots=True)
class Item:
    """A value in a cell, with the IRI of the thing that it names; `form` is how to set it."""

    text: str
    iri: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter in the form: what may be chosen, as value and words, and what was."""

    name: str
    title: str
    chosen: list[str]
    choices: list[tuple[str, str]]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; `link` sorts by it, `sorted` says how it is sorted now."""

    title: str
    link: str = ""
    sorted: str = ""


async def html(pool: Pool, page: Page) -> bytes:
    """The page as HTML."""
    wanted, kind = page.wanted, page.wanted.kind
    chosen = await _choices(pool, kind)
    shown = _shown(wanted)
    before = wanted.after.seen if wanted.after else 0
    columns = [_column(key, wanted) for key in shown]
    rows = [[_cell(page, iri, key) for key in shown] for iri in page.members]
    if "label" not in shown:
        columns.append(Column("record"))
        rows = [[*row, [Item("open", iri)]] for row, iri in zip(rows, page.members, strict=True)]
    content = render(
        "collection.html",
        kind=kind,
        page=page,
        wanted=wanted,
        fields=[_field(narrowed, wanted, chosen) for narrowed in kind.filters],
        dates=_dates(wanted),
        sorts=_sorts(kind),
        columns=columns,
        rows=rows,
        first=before + 1,
        last=before + len(page.members),
        next=wanted.address(page.further) if page.further else "",
        formats=_formats(wanted),
    )
    return content.encode()


def _shown(wanted: Wanted) -> list[str]:
    """The columns of the table; the label of a thing stands in place of the thing."""
    if not wanted.values("fields"):
        return list(wanted.kind.shown)
    labels = {f"{key}.label" for key in wanted.columns}
    return [key for key in wanted.columns if key not in labels]


def heading(key: str) -> str:
    """What a column or filter is called."""
    return HEADINGS.get(key) or in_words(key.removesuffix(".label").replace(".", " "))


def _formats(wanted: Wanted) -> list[tuple[str, str, str]]:
    """Name, media type and address of each other format: CSV of all pages, others of this one."""
    found = []
    for name, (title, media_type) in FORMATS.items():
        whole = wanted.address(format=name, limit="")
        this = wanted.address(wanted.after, format=name)
        found.append((title, media_type, whole if name == "csv" else this))
    return found


def _sorts(kind: Kind) -> list[tuple[str, str]]:
    """Each order as it stands in an address, and in words."""
    return [
        (sign + sort.name, heading(sort.name) + way)
        for sort in kind.sorts
        for sign, way in (("", ""), ("-", ", descending"))
    ]


async def _choices(pool: Pool, kind: Kind) -> dict[str, list[tuple[str, str]]]:
    """What each filter of things can be set to, as values in addresses and labels."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    asked = query.choices(kind)
    for row in await pool.rows(asked) if asked else []:
        value = row["value"]["value"].removeprefix(ID)
        label = row["label"]["value"] if "label" in row else value
        found[row["filter"]["value"]].append((value, label))
    return {name: sorted(pairs, key=lambda pair: pair[1].lower()) for name, pairs in found.items()}


def _field(narrowed: Filter, wanted: Wanted, found: dict[str, list[tuple[str, str]]]) -> Field:
    closed = [(value, in_words(value)) for value in narrowed.form.values]
    chosen = wanted.values(narrowed.name)
    choices = closed or found.get(narrowed.name, [])
    known = {value for value, _ in choices}
    choices += [(value, value) for value in chosen if value not in known]
    return Field(narrowed.name, heading(narrowed.name), chosen, choices)


def _dates(wanted: Wanted) -> list[Field]:
    fields = []
    if wanted.kind.period:
        fields.append(Field("period", "period", wanted.values("period"), [], "2015/2019"))
    if wanted.kind.as_of:
        fields.append(Field("as_of", "as of", wanted.values("as_of"), [], "2015-07-01"))
    return fields


def _column(key: str, wanted: Wanted) -> Column:
    """A click on what it is sorted by turns that round."""
    names = [sort.name for sort in wanted.kind.sorts]
    name = next((name for name in (key, key + ".label") if name in names), "")
    if not name:
        return Column(heading(key))
    now = wanted.sort.name == name
    turned = "-" + name if now and not wanted.descending else name
    how = ("descending" if wanted.descending else "ascending") if now else ""
    return Column(heading(key), wanted.address(sort=turned), how)


def _cell(page: Page, iri: str, key: str) -> list[Item]:
    if key == "label":
        return [Item(value.value, iri) for value in page.at(iri, key)] or [Item(iri, iri)]
    return [_item(page, value) for value in page.at(iri, key)]


def _item(page: Page, value: Value) -> Item:
    if isinstance(value, Literal):
        form = FORMS.get(value.datatype.value, "")
        return Item(_grouped(value.value) if form == "number" else _cut(value.value), form=form)
    labels = page.known.get(value.value, {}).get(_LABEL, [])
    text = labels[0].value if labels else in_words(words().get(value.value, value.value))
    return Item(text, value.value)


def _cut(text: str) -> str:
    return text if len(text) <= LONG else text[: LONG - 1].rstrip() + "…"


def _grouped(number: str) -> str:
    """A number with commas between its thousands."""
    whole, point, rest = number.partition(".")
    return (f"{int(whole):,}" if WHOLE.fullmatch(whole) else whole) + point + rest
