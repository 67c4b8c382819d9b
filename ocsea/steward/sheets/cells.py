"""Text of cells ↔ RDF: several values in one cell, languages, dates, numbers, codes."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from pyoxigraph import BlankNode, Literal, NamedNode

from ocsea import ids, values
from ocsea.namespaces import term
from ocsea.steward.facts import Facts, Term
from ocsea.steward.sheets import spelling
from ocsea.steward.sheets.codes import Codes, by_two_letters, countries
from ocsea.steward.sheets.spelling import CellError
from ocsea.steward.sheets.topics import Column

SEPARATOR = " | "

_BAR = re.compile(r"(?<![^ ])(\\*)\|(?![^ ])")
_ALONE = re.compile(r"(?<!\S)\|(?!\S)")
_LANGUAGE = re.compile(r"@([a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\Z")
_STRING, _YEAR = term("xsd:string"), term("xsd:gYear")
_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_SPAN = re.compile(rf"({_DAY})-({_DAY})", re.ASCII)
_YEARS = re.compile(r"(\d{4})\s*[–—/-]\s*(\d{4})", re.ASCII)


def join(texts: Iterable[str]) -> str:
    """Several values as one cell; a bar within one of them is told apart by a backslash."""
    return SEPARATOR.join(_BAR.sub(r"\\\1|", text) for text in texts)


def split(cell: str) -> list[str]:
    """The values of a cell; the reverse of `join`."""
    parts = (part.strip() for part in _ALONE.split(tidy(cell)))
    return [_BAR.sub(lambda bar: bar[1][1:] + "|", part) for part in parts if part]


def tidy(text: str) -> str:
    """A text as compared: whatever a spreadsheet does to spaces at its ends, lines and accents."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def same(one: str, other: str) -> bool:
    """Whether two cells say the same."""
    return tidy(one) == tidy(other)


@dataclass(frozen=True)
class Cells:
    """Reads and writes the cells of a release's records."""

    facts: Facts
    codes: Codes

    def write(self, column: Column, value: Term | BlankNode) -> str:
        """A value as it stands in a cell; blank where it has no place in this column."""
        if isinstance(value, NamedNode):
            return self._write_thing(column, value)
        if isinstance(value, BlankNode):
            return ""
        english = column.kind == "english" and value.language == "en"
        if not value.language or (english and not _LANGUAGE.search(value.value)):
            return value.value
        return f"{value.value}@{value.language}"

    def _write_thing(self, column: Column, thing: NamedNode) -> str:
        if column.kind == "period":
            return ids.key(thing)
        if column.kind == "url":
            return thing.value
        name = column.choices or ("codes" if column.kind == "value" else "")
        return self.codes.code(thing, name)

    def read(self, column: Column, text: str, indicator: NamedNode | None = None) -> Term:
        """The value that a text stands for; `indicator` is what the row measures, if anything.

        Raises CellError where it stands for none.
        """
        spelling.refuse_invisible(text)
        read: dict[str, Callable[[], Term]] = {
            "text": lambda: Literal(text),
            "english": lambda: _english(text),
            "date": lambda: spelling.date(text),
            "word": lambda: self._word(text, column.choices),
            "url": lambda: spelling.address(text),
            "period": lambda: _period(text),
            "value": lambda: self._value(text, indicator),
            "link": lambda: self.thing(text, column.choices),
            "class": lambda: self.thing(text, column.choices),
        }
        return read[column.kind]()

    def thing(self, text: str, name: str) -> NamedNode:
        """What a code of a list stands for. Raises CellError, which names the nearest code."""
        if found := self.codes.thing(text, name):
            return found
        if name == "states":
            return self._state(text)
        spelling.refuse_look_alikes(text)
        raise CellError(
            f"‘{text}’ is not known here.", spelling.nearest(text, self.codes.choices(name))
        )

    def _word(self, text: str, name: str) -> Term:
        choices = self.codes.choices(name)
        if text in dict(choices):
            return Literal(text)
        raise CellError(f"‘{text}’ is not known here.", spelling.nearest(text, choices))

    def _state(self, text: str) -> NamedNode:
        known = countries()
        if found := self.facts.state(text):
            return found
        if text in known:
            return ids.thing("state", text)
        spelling.refuse_look_alikes(text)
        raise CellError(
            f"‘{text}’ is no ISO 3166 alpha-3 code of a state.",
            spelling.nearest(by_two_letters(text) or text, sorted(known.items())),
        )

    def _value(self, text: str, indicator: NamedNode | None) -> Term:
        kind, unit = self._about(indicator, "valueKind"), self._about(indicator, "unit")
        if kind == "CodedValue":
            return self.thing(text, "codes")
        plain = text.removesuffix("%").rstrip() if unit == "percent" else text
        if kind == "IntegerValue":
            return self._within(spelling.integer(plain), text, indicator)
        return self._within(spelling.decimal(plain), text, indicator)

    def _about(self, indicator: NamedNode | None, prop: str) -> str:
        said = self.facts.text(indicator, term(f"ocsea:{prop}")) if indicator else ""
        return re.split("[#/]", said)[-1]

    def _within(self, number: Literal, text: str, indicator: NamedNode | None) -> Literal:
        least, most = self._about(indicator, "minimum"), self._about(indicator, "maximum")
        low = bool(least) and Decimal(number.value) < Decimal(least)
        if indicator and (low or (most and Decimal(number.value) > Decimal(most))):
            span = f"from {least} to {most}" if least and most else f"{least or most} at "
            span += "" if least and most else ("least" if least else "most")
            name = self.facts.label(indicator)
            raise CellError(f"{text} is outside the range of ‘{name}’.", f"It is {span}.")
        return number


def _english(text: str) -> Literal:
    found = _LANGUAGE.search(text)
    if not found or found.start() == 0:
        return values.english(text)
    return Literal(text[: found.start()].rstrip(), language=found[1])


def _period(text: str) -> Term:
    if found := _SPAN.fullmatch(text):
        begin, end = (spelling.date(day) for day in found.groups())
        if len(begin.value) != len(end.value) or begin.value >= end.value:
            raise CellError(f"{text} is no period.", "Write the begin, a hyphen and a later end.")
        return ids.period(begin.value, end.value)
    if found := _YEARS.fullmatch(text):
        raise CellError(f"A period is not written as {text}.", f"Write {found[1]}-{found[2]}.")
    value = spelling.date(text)
    return value if value.datatype == _YEAR else ids.period(text, text)
