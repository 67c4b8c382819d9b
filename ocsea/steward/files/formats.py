"""The formats of templates, each by its short name; what writes them is in `writers.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Format:
    """A kind of file: what people call it, how its name ends, and its media type."""

    title: str
    suffix: str
    media_type: str


TEMPLATES: Mapping[str, Format] = {
    "xlsx": Format("Excel workbook", ".xlsx", XLSX),
    "csv": Format("CSV files in a zip", ".zip", "application/zip"),
    "ttl": Format("Turtle", ".ttl", "text/turtle"),
    "jsonld": Format("JSON-LD", ".jsonld", "application/ld+json"),
}
