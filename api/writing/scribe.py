"""The writer process: does the writes that the server hands it, one after the other.

Run by the server as `python -m api.writing.scribe DESCRIPTOR STATE-FOLDER`. Over the socket come a
frame that describes a write and one with its content; a frame with what came of it goes back.
Each write is done in a fork of its own, so that no memory is kept and no crash ends the writer. All
of it ends with the server, at any moment: until a release is whole and switched to, the one before
stands.
"""

import json
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from api.engine import frames
from api.writing.update_text import prepare
from ocsea.background import die_with
from ocsea.changes import NotWritten, Write
from ocsea.child import Ended, in_child
from ocsea.derived import matters
from ocsea.documents import read_documents
from ocsea.namespaces import BASE
from ocsea.release import NoRelease
from ocsea.validation import validate
from ocsea.writing import perform

MAX_REPLY = 4 * 1024 * 1024
_SAMPLES = {
    "multipart/form-data; boundary=x": "--x\nContent-Type: text/turtle\n\n<a> <b> 1 .\n--x--\n",
    "application/ld+json": '{"@context": "https://w3id.org/ocsea/context.jsonld", "label": "a"}',
}


def main() -> None:
    """Serve until the server is gone."""
    die_with(int(sys.argv[3]))
    channel = socket.socket(fileno=int(sys.argv[1]))
    _warm_up()
    with channel.makefile("rwb") as stream:
        _serve(stream, Path(sys.argv[2]))


def _warm_up() -> None:
    """Load what every write needs: a confined process could not, and the others need not again."""
    for content_type, text in _SAMPLES.items():
        read_documents(text.encode(), content_type, BASE)
    validate([])
    matters([], [])


def _serve(stream: Any, var: Path) -> None:
    while about := _frame(stream):
        content = _frame(stream)
        write = Write(**{**json.loads(about), "content": content})
        stream.write(frames.pack(frames.DATA, _in_fork(partial(_perform, var, write))))
        stream.flush()


def _frame(stream: BinaryIO) -> bytes:
    prefix = stream.read(frames.PREFIX.size)
    return stream.read(frames.PREFIX.unpack(prefix)[1]) if prefix else b""


def _in_fork(work: Callable[[], dict[str, Any]]) -> bytes:
    try:
        return in_child(lambda _: json.dumps(work()).encode(), MAX_REPLY)
    except Ended:
        return json.dumps(
            _failed("crashed", "the write's process ended before it was done")
        ).encode()


def _perform(var: Path, write: Write) -> dict[str, Any]:
    try:
        return {"written": asdict(perform(var, write, prepare))}
    except NotWritten as error:
        return _failed(error.kind, error.detail, **error.more)
    except NoRelease as error:
        return _failed("no-release", str(error))


def _failed(kind: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"failed": kind, "detail": detail, "more": more}


if __name__ == "__main__":
    main()
