"""How dates, numbers and codes are spelt: what is wrong with a cell, and what would be right."""

import calendar
import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ocsea import values
from ocsea.steward.sheets.topics import Choice

_DAY_FIRST = re.compile(r"(\d{1,2})[./ -](\d{1,2})[./ -](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[./ -](\d{1,2})[./ -](\d{1,2})")
_SPELT = (
    *(("%d %b %Y", "%Y-%m-%d"), ("%d %B %Y", "%Y-%m-%d"), ("%B %d %Y", "%Y-%m-%d")),
    *(("%b %d %Y", "%Y-%m-%d"), ("%b %Y", "%Y-%m"), ("%B %Y", "%Y-%m"), ("%m/%Y", "%Y-%m")),
)
_SERIALS = range(20_000, 60_000)
_EXCEL_BEGINS = datetime.date(1899, 12, 30)
_SIMILAR = dict(
    zip(
        "аеорсухіјѕһԁԛԝАВЕКМНОРСТХУІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρτυχι",
        "aeopcyxijshdqwABEKMHOPCTXYIJSABEZHIKMNOPTYXaovptuxi",
        strict=True,
    )
)
_LOOK = str.maketrans(_SIMILAR)
_JOINERS = "\u200c\u200d"  # some scripts cannot be written without them
_ADDRESS = re.compile(r"https?://[^\W_][\w-]*(\.[\w-]+)+(:[0-9]+)?([/?#][^\s<>\"{}|^`\\]*)?")
_GROUPS = re.compile(r"[\s'’_]")
_WHOLE = "Write a whole number, such as 17545; what the source prints goes under stated."


class CellError(Exception):
    """A cell that cannot be read: what is wrong with it, and what would be right.

    `rule` names the check, where it is another than that of the column's kind.
    """

    def __init__(self, message: str, remedy: str, rule: str = "") -> None:
        super().__init__(message)
        self.message, self.remedy, self.rule = message, remedy, rule


def nearest(text: str, choices: Sequence[Choice]) -> str:
    """Which of the codes was meant, or what they are, as a sentence that says what to do."""
    if found := closest(text, choices):
        code, label = found
        return f"The nearest is {code} ({label})." if label else f"The nearest is {code}."
    if len(choices) > 12:
        return f"Take one from the list, such as {choices[0][0]}."
    return "Write one of " + ", ".join(code for code, _ in choices) + "."


def closest(text: str, choices: Sequence[Choice]) -> Choice | None:
    """Which of the codes was meant, by itself or by what it is called; None where none is near."""
    spoken = {word: choice for choice in choices for word in (" ".join(choice), *choice) if word}
    start = _folded(text)
    begun = [word for word in spoken if len(start) > 2 and _folded(word).startswith(start)]
    found = process.extractOne(
        text,
        begun or list(spoken),
        scorer=likeness,
        processor=_folded,
        score_cutoff=0 if begun else 60,
    )
    return spoken[found[0]] if found else None


def likeness(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """How alike two texts are, of 100; 0 below `score_cutoff`.

    Of those that have as much in common, the one that few slips lead to is ahead, and among these
    the one of the same letters: NRO is rather NOR than FRO.
    """
    slips = OSA.normalized_similarity(one, other)
    letters = fuzz.ratio(sorted(one), sorted(other)) / 100
    score = (98 * fuzz.ratio(one, other) / 100) + slips + letters
    return score if score >= (score_cutoff or 0) else 0


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LOOK)).casefold()
    return re.sub(r"[\W_]+", " ", plain).strip()


def refuse_look_alikes(code: str) -> None:
    """Raise CellError for a code with letters of another script that look like Latin ones."""
    for letter in code:
        if letter in _SIMILAR:
            script, name = _script(letter).capitalize(), unicodedata.name(letter).lower()
            raise CellError(
                f"The letter ‘{letter}’ in ‘{code}’ is {script} ({name}); it only looks Latin.",
                f"Type {code.translate(_LOOK)} anew with Latin letters.",
            )


def mixed_words(text: str) -> Iterator[str]:
    """Of each word that mixes Latin letters with others that look like them, what to look at."""
    for word in re.findall(r"\w+", text):
        strange = [letter for letter in word if letter in _SIMILAR]
        if strange and any(_script(letter) == "LATIN" for letter in word if letter.isalpha()):
            names = ", ".join(
                f"‘{letter}’ is a {unicodedata.name(letter).lower()}"
                for letter in dict.fromkeys(strange)
            )
            yield f"The word ‘{word}’ mixes letters of two scripts: {names}."


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def refuse_invisible(text: str) -> None:
    """Raise CellError for a character that nobody sees, such as one that turns the direction."""
    for char in text:
        if unicodedata.category(char) in ("Cc", "Cf") and char not in "\n\t" + _JOINERS:
            name = unicodedata.name(char, "a control character").lower()
            raise CellError(
                f"The text holds a character that nobody sees: {name} (U+{ord(char):04X}).",
                "Delete the text and type it anew.",
            )


def date(text: str) -> Literal:
    """A date as precise as it is written. Raises CellError with the way it is meant to be."""
    try:
        if text.isascii():
            return values.date(text)
    except ValueError:
        pass
    raise CellError(*_about_date(text))


def address(text: str) -> NamedNode:
    """The address of a website. Raises CellError where it is none, or not on the web."""
    if _ADDRESS.fullmatch(text):
        return NamedNode(text)
    said = "Write it as the browser shows it, such as https://www.example.org."
    if _ADDRESS.fullmatch(f"https://{text}"):
        said = f"Write https://{text}."
    raise CellError(f"‘{text}’ is no address of a website.", said)


def _about_date(text: str) -> tuple[str, str]:
    wrong = f"A date is not written as {text}"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return f"There is no day {text}.", _last_day(text)
    if found := _DAY_FIRST.fullmatch(text):
        one, other, year = found.groups()
        days = list(dict.fromkeys(filter(None, (_day(year, other, one), _day(year, one, other)))))
        if days:
            why = ": day or month may come first" if len(days) > 1 else ""
            meant = " or ".join(f"{day} (that is {_said(day)})" for day in days)
            return f"{wrong}{why}.", f"Write {meant}."
    if guess := _guess(text):
        return f"{wrong}.", f"Write {guess}."
    said = "Write 2008-02-05, or 2008-02 or 2008 where the source says no more."
    return f"‘{text}’ is no date.", said


def _guess(text: str) -> str | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(*found.groups())
    if text.isdecimal() and int(text) in _SERIALS:
        return (_EXCEL_BEGINS + datetime.timedelta(int(text))).isoformat()
    digits = "".join(str(unicodedata.decimal(char, char)) for char in text)
    if digits != text and digits.isascii():
        return digits
    plain = re.sub(r"(?<=\d)(st|nd|rd|th)\b|[.,]", " ", text)
    for layout, iso in _SPELT:
        try:
            return datetime.datetime.strptime(" ".join(plain.split()), layout).strftime(iso)
        except ValueError:
            continue
    return None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _said(day: str) -> str:
    when = datetime.date.fromisoformat(day)
    return f"{when.day} {calendar.month_name[when.month]} {when.year}"


def _last_day(text: str) -> str:
    year, month, _ = map(int, text.split("-"))
    if not 1 <= month <= 12 or not year:
        return "Write the year, the month from 01 to 12 and the day: 2008-02-05."
    last = calendar.monthrange(year, month)[1]
    return f"{calendar.month_name[month]} {year} has {last} days."


def integer(text: str) -> Literal:
    """A whole number. Raises CellError with the way it is meant to be written."""
    try:
        if text.isascii():
            return values.integer(text)
    except ValueError:
        pass
    plain = _GROUPS.sub("", text)
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+", plain):
        plain = plain.replace(".", "")
    elif re.fullmatch(r"-?[0-9]+[.,]0+", plain):
        plain = re.split("[.,]", plain)[0]
    if re.fullmatch(r"-?[0-9]+", plain):
        raise CellError(f"A whole number is not written as {text}.", f"Write {plain}.")
    if _number(plain.replace(",", ".")) is not None:
        raise CellError(f"{text} is no whole number, and nothing else is counted here.", _WHOLE)
    raise CellError(f"‘{text}’ is no number.", _WHOLE)


def decimal(text: str) -> Literal:
    """A number with or without a fraction. Raises CellError with the way it is to be written."""
    try:
        if text.isascii():
            return values.decimal(text)
    except ValueError:
        pass
    raise CellError(*_about_decimal(text, _GROUPS.sub("", text)))


def _about_decimal(text: str, plain: str) -> tuple[str, str]:
    wrong = f"A number is not written as {text}"
    if re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", plain):
        point, whole = plain.replace(",", "."), plain.replace(",", "")
        return f"{wrong}: the comma may mean two things.", f"Write {point} or {whole}."
    if re.fullmatch(r"-?[0-9]+,[0-9]+", plain):
        return f"{wrong}: the decimal sign is a point.", f"Write {plain.replace(',', '.')}."
    last = max(plain.rfind(","), plain.rfind("."))
    whole, fraction = re.sub("[.,]", "", plain[:last]), plain[last + 1 :]
    if last > 0 and "," in plain and _number(f"{whole}.{fraction}") is not None:
        return f"{wrong}: leave the thousands unmarked.", f"Write {whole}.{fraction}."
    if (number := _number(plain)) is not None and abs(number) < 10**18:
        return f"{wrong}.", f"Write {values.decimal(f'{number:f}').value}."
    return f"‘{text}’ is no number.", "Write it as 59.4; words go under note."


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text) if text.isascii() else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None
