"""Submissions on disk: each in a folder of its own, there whole or not at all.

    var/submissions/{id}/submission.json   who, when, what of it (`submission.py`)
                        /files/            what was sent, byte for byte
                        /received/         proposal, report and words as they were when it came
                        /published/        the same at its publication, and `applied.rdfp`

A folder gets its name when all of it is on disk. `submission.json` is replaced in one step.
"""

import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from ocsea import durable
from ocsea.release import sha256
from ocsea.steward.submissions.submission import (
    PUBLISHED,
    RECEIVED,
    Declined,
    Files,
    SentFile,
    Step,
    Submission,
    from_json,
)

ID = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{4}")
_ABOUT, _SENT, _BUILDING = "submission.json", "files", ".receiving-"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Limits:
    """How many submissions may be open for one token and in all, and how much is kept in all."""

    each: int = 20
    open: int = 500
    megabytes: int = 2048


@dataclass(frozen=True)
class Listed:
    """The submissions that could be read, those that came last first, and what could not be."""

    submissions: tuple[Submission, ...]
    troubles: tuple[str, ...]


class Ledger:
    """The submissions of a state folder.

    Anybody may read at any time. Who adds a step or a part holds `ocsea.publishing.lock`, so that
    decisions follow one another.
    """

    def __init__(self, var: Path, limits: Limits | None = None) -> None:
        self._folder = var / "submissions"
        self._limits = limits or Limits()

    def receive(self, about: Submission, files: Files, parts: Mapping[str, bytes]) -> Submission:
        """Keep a submission; it is on disk when this returns.

        `about` says all but its id, its files and steps, which it is given here. `parts` come to
        stand in `received/`. Raises Declined where the limits are reached.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        durable.sync(self._folder.parent)
        with durable.alone_in(self._folder):
            self._clean()
            sent = _stored(files)
            size = sum(len(content) for content in (*(c for _, c in files), *parts.values()))
            self._refuse_too_much(about.by, size)
            now = datetime.now(UTC)
            submission = replace(
                about,
                id=f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(2)}",
                files=sent,
                bytes=size,
                steps=(Step(RECEIVED, about.by, now.isoformat(timespec="milliseconds")),),
            )
            self._write(submission, files, parts)
        return submission

    def _clean(self) -> None:
        """Remove what was never acknowledged; who is alone here has nothing of the kind yet."""
        for left in self._folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _refuse_too_much(self, by: str, size: int) -> None:
        kept = self.all().submissions
        waiting = [submission for submission in kept if submission.status == RECEIVED]
        if sum(submission.by == by for submission in waiting) >= self._limits.each:
            detail = f"{self._limits.each} of your submissions are not decided yet; withdraw some."
            raise Declined("full", detail)
        if len(waiting) >= self._limits.open:
            raise Declined("full", f"{len(waiting)} submissions wait for a decision; come back.")
        if sum(submission.bytes for submission in kept) + size > self._limits.megabytes * 2**20:
            raise Declined("full", "The place for submissions is full: its operator has to decide.")

    def _write(self, submission: Submission, files: Files, parts: Mapping[str, bytes]) -> None:
        folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self._folder))
        try:
            for name in (_SENT, RECEIVED):
                (folder / name).mkdir()
            for file, (_, content) in zip(submission.files, files, strict=True):
                durable.write(folder / _SENT / file.stored, content)
            for name, content in parts.items():
                durable.write(folder / RECEIVED / name, content)
            durable.write(folder / _ABOUT, _text(submission))
            for name in (_SENT, RECEIVED, "."):
                durable.sync(folder / name)
            folder.rename(self._folder / submission.id)
            durable.sync(self._folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def all(self) -> Listed:
        """All submissions; those of damaged folders, and what is none, are told in words."""
        found: list[Submission] = []
        troubles: list[str] = []
        for name in sorted(self._names(), reverse=True):
            if not ID.fullmatch(name):
                troubles.append(f"{self._folder / name} is no submission.")
                continue
            try:
                found.append(self.get(name))
            except Declined as error:
                troubles.append(error.detail)
        return Listed(tuple(found), tuple(troubles))

    def _names(self) -> Iterator[str]:
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as entries:
            yield from (entry.name for entry in entries if not entry.name.startswith("."))

    def get(self, name: str) -> Submission:
        """The submission with this id. Raises Declined: `unknown`, or `damaged`."""
        path = self._folder / name / _ABOUT
        if not ID.fullmatch(name):
            raise Declined("unknown", f"There is no submission {name!r}.")
        try:
            submission = from_json(json.loads(path.read_bytes()))
        except NotADirectoryError:
            raise Declined("damaged", f"Submission {name}: it is no folder.") from None
        except FileNotFoundError:
            if path.parent.is_dir():
                raise Declined("damaged", f"Submission {name}: {_ABOUT} is missing.") from None
            raise Declined("unknown", f"There is no submission {name!r}.") from None
        except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
            raise Declined("damaged", f"Submission {name}: {_ABOUT} cannot be read.") from None
        if submission.id != name:
            raise Declined("damaged", f"Submission {name}: the folder holds {submission.id}.")
        return submission

    def files(self, submission: Submission) -> Files:
        """What was sent, byte for byte. Raises Declined where it is not any more."""
        _refuse_cleared(submission)
        return [(file.name, self._file(submission, file)) for file in submission.files]

    def _file(self, submission: Submission, file: SentFile) -> bytes:
        try:
            content = (self._folder / submission.id / _SENT / file.stored).read_bytes()
        except OSError:
            content = b""
        if sha256(content) != file.sha256:
            detail = f"Submission {submission.id}: {file.name} is not the file that was sent."
            raise Declined("damaged", detail)
        return content

    def part(self, submission: Submission, name: str) -> bytes:
        """What stands at `received/{part}` or `published/{part}`. Raises Declined."""
        _refuse_cleared(submission)
        try:
            return (self._folder / submission.id / name).read_bytes()
        except OSError:
            raise Declined("damaged", f"Submission {submission.id}: {name} is missing.") from None

    def put(self, submission: Submission, stage: str, parts: Mapping[str, bytes]) -> None:
        """Write or replace parts in `{stage}/`, each of them whole."""
        folder = self._folder / submission.id / stage
        folder.mkdir(exist_ok=True)
        durable.sync(folder.parent)
        for name, content in parts.items():
            durable.replace(folder / name, content)

    def step(self, submission: Submission, step: Step) -> Submission:
        """Note what happened to a submission; it is on disk when this returns."""
        after = replace(submission, steps=(*submission.steps, step))
        durable.replace(self._folder / submission.id / _ABOUT, _text(after))
        return after

    def clear(self, submission: Submission) -> None:
        """Remove all of a closed submission but what is known of it, which says so from then on."""
        folder = self._folder / submission.id
        today = datetime.now(UTC).date().isoformat()
        durable.replace(folder / _ABOUT, _text(replace(submission, bytes=0, cleared=today)))
        for name in (_SENT, RECEIVED, PUBLISHED):
            shutil.rmtree(folder / name, ignore_errors=True)


def _refuse_cleared(submission: Submission) -> None:
    if submission.cleared:
        detail = f"What was sent as {submission.id} was removed on {submission.cleared}."
        raise Declined("removed", f"{detail} Who sent it and what was decided is kept.")


def _stored(files: Files) -> tuple[SentFile, ...]:
    return tuple(
        SentFile(name[:255], _safe(number, name), len(content), sha256(content))
        for number, (name, content) in enumerate(files, 1)
    )


def _safe(number: int, name: str) -> str:
    """A name that means nothing to any file system, is no other file's, and tells them apart."""
    plain = _UNSAFE.sub("-", PurePosixPath(name.replace("\\", "/")).name)
    return f"{number:02}-{plain[-80:]}"


def _text(submission: Submission) -> bytes:
    text = json.dumps(submission.as_json(), indent=2, ensure_ascii=False) + "\n"
    return text.encode(errors="backslashreplace")  # half a character pair, as JSON escapes it
