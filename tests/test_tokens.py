"""Tokens that `ocsea token` keeps: hashed in the file, revocable, followed by a running server."""

from pathlib import Path

import pytest

from ocsea import token_file
from ocsea.errors import OcseaError
from ocsea.token_file import Tokens
from ocsea.tokens import bearer, read_file, read_tokens


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "tokens"


def test_a_token_is_known_by_its_secret_of_which_the_file_has_only_a_hash(file: Path) -> None:
    secret = token_file.add(file, "nora", "steward", ["NOR", "SWE"])
    text = file.read_text(encoding="utf-8")
    assert len(secret) >= 43
    assert secret not in text
    assert file.stat().st_mode & 0o777 == 0o600
    (token,) = read_tokens(str(file))
    assert bearer([token], secret) is token
    assert bearer([token], secret + "x") is None
    assert (token.name, token.role, token.states) == ("nora", "steward", {"NOR", "SWE"})
    assert token.created.endswith("+00:00")
    assert token.digest.hex() not in repr(token)


def test_the_same_secret_has_another_hash_in_each_file(file: Path) -> None:
    token_file.add(file, "ann", "admin")
    token_file.add(file, "bo", "admin")
    ann, bo = read_file(file)
    assert ann.salt != bo.salt


def test_states_bound_what_a_token_is_for(file: Path) -> None:
    token_file.add(file, "nora", "curator", ["NOR"])
    token_file.add(file, "cora", "curator")
    token_file.add(file, "stu", "steward")
    nora, cora, stu = read_file(file)
    assert nora.covers({"NOR"})
    assert not nora.covers({"NOR", "SWE"})
    assert cora.covers({"NOR", "SWE"})
    assert [t.may_decide for t in (nora, cora, stu)] == [True, True, False]
    assert [t.may_write for t in (nora, cora, stu)] == [False, True, False]


def test_one_that_is_revoked_is_kept_and_counts_no_more(file: Path) -> None:
    secret = token_file.add(file, "nora", "steward")
    other = token_file.add(file, "cora", "curator")
    token_file.revoke(file, "nora")
    assert bearer(read_tokens(str(file)), secret) is None
    assert bearer(read_tokens(str(file)), other) is not None
    assert [bool(token.revoked) for token in read_file(file)] == [True, False]
    again = token_file.add(file, "nora", "steward")
    assert bearer(read_tokens(str(file)), again) is not None
    assert bearer(read_tokens(str(file)), secret) is None


def test_plain_lines_and_comments_stay_until_they_are_revoked(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("# ours\nann:curator:0123456789abcdef # a\nbo:admin:fedcba9876543210\n")
    token_file.add(file, "nora", "steward")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["# ours", "ann:curator:0123456789abcdef # a"]
    token_file.revoke(file, "ann")
    assert "0123456789abcdef" not in file.read_text(encoding="utf-8")
    assert [token.name for token in read_tokens(str(file))] == ["bo", "nora"]


def test_a_server_that_runs_follows_the_file(file: Path) -> None:
    secret = token_file.add(file, "nora", "steward")
    tokens = Tokens(str(file))
    known = tokens.current()
    assert bearer(known, secret)
    assert tokens.current() is known
    token_file.revoke(file, "nora")
    assert bearer(tokens.current(), secret) is None
    file.write_text("{broken")
    for _ in range(2):
        with pytest.raises(OcseaError, match="line 1"):
            tokens.current()
    file.unlink()
    with pytest.raises(OcseaError, match="cannot be read"):
        tokens.current()
    assert bearer(Tokens("ann:admin:0123456789abcdef").current(), "0123456789abcdef")
    assert Tokens("").current() == ()


@pytest.mark.parametrize(
    ("name", "role", "states", "message"),
    [
        ("nora:x", "steward", [], "a name has letters"),
        ("nora", "queen", [], "the role is one of"),
        ("nora", "steward", ["nor"], "no ISO 3166"),
        ("nora", "admin", ["NOR"], "for all states"),
        ("ann", "admin", [], "has a token already"),
    ],
)
def test_what_cannot_be_a_token_changes_nothing(
    file: Path, name: str, role: str, states: list[str], message: str
) -> None:
    token_file.add(file, "ann", "admin")
    before = file.read_bytes()
    with pytest.raises(OcseaError, match=message):
        token_file.add(file, name, role, states)
    with pytest.raises(OcseaError, match="no token nobody"):
        token_file.revoke(file, "nobody")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "[]",
        '{"name": "a"',
        '{"name":"a","role":"king","states":null,"salt":"","sha256":"00","created":"","revoked":""}',
        '{"name":"a","role":"admin","states":null,"salt":"","sha256":"x","created":"","revoked":""}',
        '{"name":"a","role":"admin","states":5,"salt":"","sha256":"00","created":"","revoked":""}',
    ],
)
def test_a_line_that_nobody_can_read_is_named(file: Path, line: str) -> None:
    file.parent.mkdir()
    file.write_text(f"# first\n{line}\n")
    with pytest.raises(OcseaError, match="line 2"):
        read_tokens(str(file))
