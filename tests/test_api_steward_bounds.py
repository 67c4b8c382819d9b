"""What is sent to the server is told apart and held within bounds, without a server."""

import asyncio
from pathlib import Path

import pytest
from fastapi import Request

from api.engine import Busy
from api.problems import Problem
from api.steward import uploads
from api.steward.uploads import LONGEST, Held, received
from api.steward.work import Files, Refused, Reply, checking
from api.steward.work.parts import files_in
from ocsea.child import in_child


def test_a_form_is_told_apart_whatever_its_files_are_called() -> None:
    def form(*heads: str) -> bytes:
        return b"".join(
            f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + b"\r\n\0\xff\r\n"
            for head in heads
        )

    def names(*heads: str) -> list[str]:
        files = files_in(form(*heads) + b"--x--\r\n", "multipart/form-data; boundary=x")
        assert {content for _, content in files} == {b"\r\n\0\xff"}
        return [name for name, _ in files]

    assert names('name="file"; filename="Türkiye.csv"') == ["Türkiye.csv"]
    assert names("name=file; filename*=UTF-8''%e2%82%ac.csv") == ["€.csv"]
    assert names('filename="../../etc/a.csv"', 'filename="C:\\b.csv"') == ["a.csv", "b.csv"]
    assert names('name="a"', 'name="file"; filename=""', 'filename="a"') == ["a"]


NESTED = b"".join(
    b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number, number + 1)
    for number in range(3000)
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=y"),
        (b"x", "text/html; charset=\xe4"),
        (b"--x\r\nContent-Type: message/rfc822\r\n\r\n" * 5000, "multipart/form-data; boundary=x"),
        (NESTED, "multipart/form-data; boundary=b0"),
    ],
)
def test_a_form_that_cannot_be_told_apart_is_refused(content: bytes, kind: str) -> None:
    with pytest.raises(Refused):
        files_in(content, kind)


def request_of(*pieces: bytes, length: str = "", pause: float = 0.0) -> Request:
    """A request with this body."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    rest = iter([*messages, {"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, object]:
        await asyncio.sleep(pause)
        return next(rest)

    headers = [(b"content-length", length.encode())] if length else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def take(request: Request, held: Held) -> bytes:
    async def taken() -> bytes:
        async with received(request, held) as content:
            return content

    return asyncio.run(taken())


def test_bodies_are_held_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(10)
    assert take(request_of(b"abc", b"def"), held) == b"abcdef"
    with pytest.raises(Busy):
        take(request_of(b"abc", b"defghijk"), held)
    assert take(request_of(b"0123456789"), held) == b"0123456789"
    for request in (request_of(length=str(LONGEST + 1)), request_of(bytes(LONGEST), b"x")):
        with pytest.raises(Problem, match="too-large"):
            take(request, Held())
    monkeypatch.setattr(uploads, "PATIENCE", 0.05)
    with pytest.raises(Problem, match=r"within 0\.05 s"):
        take(request_of(b"abc", pause=0.04), held)
    assert take(request_of(b"0123456789"), held) == b"0123456789"


@pytest.mark.parametrize("greed", ["time", "memory"])
def test_work_that_takes_too_much_is_refused(greed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def task(var: Path, arguments: checking.Arguments, files: Files) -> Reply:
        while greed == "time":
            pass
        return Reply(bytes(2 * checking.BYTES))

    def work(parent: int) -> bytes:
        try:
            checking.bounded(task)(Path(), {}, [])
        except Refused as refused:
            return refused.kind.encode()
        return b""

    monkeypatch.setattr(checking, "SECONDS", 0.2)
    assert in_child(work, 100) == b"too-large"
