"""The template as CSV files with metadata, as CSV on the Web (W3C) describes them, in a zip."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ocsea.steward.files import origin
from ocsea.steward.files.archives import pack
from ocsea.steward.files.notes import explained
from ocsea.steward.sent import Table
from ocsea.steward.sheets.topics import Column, Sheet, Template

METADATA = "csv-metadata.json"
"""The name under which processors of CSV on the Web look for it beside the files."""

_CONTEXT = "http://www.w3.org/ns/csvw"
_ORIGIN = "prov:wasDerivedFrom"
_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_DATATYPES: Mapping[str, Any] = {
    "date": {"base": "string", "format": rf"{_DATE}( \| {_DATE})*"},
}
"""By kind of column, where it is not any string. A date is as precise as its source."""


def write(template: Template, sheets: Sequence[Sheet]) -> bytes:
    """The archive: a file a sheet and the metadata of all."""
    tables = {table.sheet: table for table in template.tables}
    files = [(f"{sheet.name}.csv", _csv(sheet, tables.get(sheet.name))) for sheet in sheets]
    return pack([*files, (METADATA, _json(metadata(template, sheets)))])


def metadata(template: Template, sheets: Sequence[Sheet]) -> dict[str, Any]:
    """What the files are: their columns, what belongs into them, and the release they are from."""
    return {
        "@context": [_CONTEXT, {"@language": "en"}],
        "dc:title": f"OCSEA Graph: {template.name} ({template.iso3})",
        _ORIGIN: {"@id": origin.iri(template.release)},
        "tables": [_table(sheet, template) for sheet in sheets],
    }


def is_metadata(document: Any) -> bool:
    """Whether a JSON document is metadata of CSV files."""
    context = document.get("@context") if isinstance(document, dict) else None
    return context == _CONTEXT or (isinstance(context, list) and _CONTEXT in context)


def release_of(document: Mapping[str, Any]) -> str | None:
    """The version of the release that the files were made from, None where none is named."""
    about = document.get(_ORIGIN)
    named = about.get("@id") if isinstance(about, dict) else None
    return origin.version(named) if isinstance(named, str) else None


def _csv(sheet: Sheet, table: Table | None) -> bytes:
    """The file; without the mark at its start, Excel would take it for another encoding."""
    stream = io.StringIO(newline="")
    names = [column.name for column in sheet.columns]
    writer = csv.DictWriter(stream, names, restval="")
    writer.writeheader()
    writer.writerows(line.cells for line in (table.lines if table else ()))
    return stream.getvalue().encode("utf-8-sig")


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _table(sheet: Sheet, template: Template) -> dict[str, Any]:
    return {
        "url": f"{sheet.name}.csv",
        "dc:title": sheet.name,
        "dc:description": sheet.note,
        "tableSchema": {
            "columns": [_column(column, template) for column in sheet.columns],
            "primaryKey": "record",
        },
    }


def _column(column: Column, template: Template) -> dict[str, Any]:
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": explained(column, template.choices.get(column.choices, ())),
        "datatype": _DATATYPES.get(column.kind, "string"),
        "required": column.required,
    }
