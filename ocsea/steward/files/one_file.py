"""One file, of whatever kind, to tables and triples."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from ocsea.steward.files import csvw, kinds, rdf
from ocsea.steward.files.archives import unpack
from ocsea.steward.files.csv_reading import read_csv
from ocsea.steward.files.refusal import Refused, found
from ocsea.steward.files.texts import decode
from ocsea.steward.files.xlsx_reading import read_workbook
from ocsea.steward.sent import Finding, Place, Sent


def read_file(name: str, content: bytes) -> Sent:
    """What a file says; that it cannot be read is a finding.

    Call this in a process that is confined: the file is anybody's.
    """
    try:
        return _read(name, content)
    except Refused as refused:
        return Sent(findings=(refused.finding(name),))


def _read(name: str, content: bytes) -> Sent:
    if not kinds.is_archive(content):
        return _read_text(name, content)
    members = unpack(content)
    if kinds.is_workbook(members):
        return read_workbook(name, content)
    return together(_members(name, members))


def _members(name: str, members: Mapping[str, bytes]) -> Iterator[tuple[str, Sent]]:
    """What each file of an archive says; what systems add on their own is passed over."""
    for member, content in members.items():
        path = PurePosixPath(member)
        if not path.name.startswith(".") and "__MACOSX" not in path.parts:
            yield member, _read_member(f"{name}/{member}", content)


def _read_member(name: str, content: bytes) -> Sent:
    try:
        if kinds.is_archive(content):
            message = "An archive or a workbook inside an archive is not read."
            raise Refused("nested", message, "Send it by itself.")
        return _read_text(name, content)
    except Refused as refused:
        return Sent(findings=(refused.finding(name),))


def _read_text(name: str, content: bytes) -> Sent:
    kinds.refuse_foreign(content)
    text = decode(content)
    kind = kinds.of_text(name, text)
    if kind == "csv":
        return read_csv(name, text)
    if kind == "turtle":
        return rdf.read_turtle(name, text)
    return _read_json(name, text)


def _read_json(name: str, text: str) -> Sent:
    document = rdf.load_json(text)
    if csvw.is_metadata(document):
        return Sent(release=csvw.release_of(document))
    return rdf.read_json_ld(name, text)


def together(parts: Iterable[tuple[str, Sent]]) -> Sent:
    """What several files say, in their order; they must be of one release."""
    named = list(parts)
    sent = [part for _, part in named]
    release = next((part.release for part in sent if part.release), None)
    others = [name for name, part in named if part.release not in (None, release)]
    return Sent(
        tuple(table for part in sent for table in part.tables),
        tuple(dict.fromkeys(triple for part in sent for triple in part.triples)),
        {thing: place for part in reversed(sent) for thing, place in part.lines.items()},
        release,
        (*(finding for part in sent for finding in part.findings), *map(_other_release, others)),
    )


def _other_release(name: str) -> Finding:
    message = "The file was made from the template of another release than those before it."
    return found("releases", Place(name), "", message, "Send it by itself.")
