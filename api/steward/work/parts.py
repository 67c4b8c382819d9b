"""The files in a request: its body as one file, or the parts of a form.

This only tells them apart; what is in them is read where nothing can come of it.
"""

from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value

from api.steward.work import Files, Refused
from ocsea.steward.files.formats import XLSX

FORM = "multipart/form-data"
ENDINGS = {
    XLSX: ".xlsx",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/zip": ".zip",
    "text/turtle": ".ttl",
    "application/n-triples": ".nt",
    "application/ld+json": ".jsonld",
    "application/json": ".json",
}
"""What is read, by media type: how a file of it is called that has no name."""

_TOLD = {
    "application/octet-stream": "",
    "application/x-zip-compressed": ".zip",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
"""What is taken as well: the reader finds out what it is, or tells what would be right."""


def files_in(content: bytes, content_type: str, name: str = "") -> Files:
    """The files of a body with their names; `name` is for a body that is one file.

    Raises Refused for other types, for a form that cannot be read, and where there is no file.
    """
    return form_in(content, content_type, name)[0]


def form_in(content: bytes, content_type: str, name: str = "") -> tuple[Files, dict[str, str]]:
    """The same, and the fields that stand beside the files in a form."""
    fields: dict[str, str] = {}
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    kind = BytesParser().parsebytes(head).get_content_type() if content_type else ""
    if kind == FORM:
        files, fields = _parts(head + content)
    elif (ending := (ENDINGS | _TOLD).get(kind)) is not None:
        files = [(name or f"submission{ending}", content)] if content else []
    else:
        raise Refused("unsupported-media-type", _unknown(kind))
    if not files:
        raise Refused("request-malformed", "Nothing was sent. Choose a file, and send that.")
    return files, fields


def _parts(form: bytes) -> tuple[Files, dict[str, str]]:
    """The files in a form and its other fields; where none was chosen, nothing is sent."""
    files: Files = []
    fields: dict[str, str] = {}
    for part in _messages(form):
        name, content = _said(part, "filename"), part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name is None:
            fields[_said(part, "name") or ""] = content.decode(errors="replace")
        elif name:
            files.append((name.replace("\\", "/").rpartition("/")[2].strip(), content))
    return files, fields


def _messages(form: bytes) -> list[Message]:
    try:
        message = BytesParser().parsebytes(form)
    except RecursionError:
        raise Refused("request-malformed", "The form is nested too deeply.") from None
    parts = message.get_payload()
    if not isinstance(parts, list):
        detail = "The parts of the form cannot be told apart: is the boundary as it is declared?"
        raise Refused("request-malformed", detail)
    return [part for part in parts if isinstance(part, Message)]


def _said(part: Message, parameter: str) -> str | None:
    """What a part's field or file is called, in UTF-8 as browsers send it."""
    head = {name.lower(): value for name, value in part.raw_items()}
    said = head.get("content-disposition", "").encode("utf-8", "surrogateescape")
    readable = Message()
    readable["content-disposition"] = said.decode(errors="replace")
    found = readable.get_param(parameter, header="content-disposition")
    return None if found is None else collapse_rfc2231_value(found)


def _unknown(kind: str) -> str:
    what = f"{kind} is not read here" if kind else "The body has no type"
    return f"{what}. Send one of {', '.join(ENDINGS)}; or files of these kinds as {FORM}."
