"""Files of sorted lines: changed and compared as sets of lines would be."""

import random
from pathlib import Path

import pytest

from ocsea.lines import differing, edit, has_line, number, opened


def lines(draw: random.Random, count: int, bits: int) -> set[bytes]:
    return {b"%x\n" % draw.getrandbits(bits) for _ in range(count)}


def text(some: set[bytes]) -> bytes:
    return b"".join(sorted(some))


@pytest.mark.parametrize("count", [0, 1, 5, 50, 3000])
@pytest.mark.parametrize("bits", [8, 16, 600])
def test_a_change_to_a_file_is_a_change_to_its_lines(count: int, bits: int, tmp_path: Path) -> None:
    draw = random.Random(f"{count} {bits}")
    old, new = tmp_path / "old", tmp_path / "new"
    for few in (0, 1, 4, count):
        before = lines(draw, count, bits)
        gone = {*draw.sample(sorted(before), min(few, len(before))), *lines(draw, 1, bits)}
        come = lines(draw, few, bits) | lines(draw, 1, 8)
        old.write_bytes(text(before))
        edit(old, new, gone, come)
        after = (before - gone) | come
        assert new.read_bytes() == text(after)
        assert number(new) == len(after)
        with opened(old) as one, opened(new) as other:
            assert differing(one, other) == (sorted(before - after), sorted(after - before))


def test_a_difference_is_found_wherever_it_is_in_a_large_file() -> None:
    before = [b"%07d %s\n" % (number, b"x" * 40) for number in range(60_000)]
    for at in (0, 1, 30_000, 59_999):
        changed = before[at][:-1] + b"!\n"
        after = [*before[:at], changed, *before[at + 1 :]]
        assert differing(b"".join(before), b"".join(after)) == ([before[at]], [changed])


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert not has_line(missing, b"a\n")
    edit(None, missing, (), [b"b\n", b"a\n"])
    assert missing.read_bytes() == b"a\nb\n"
    assert has_line(missing, b"a\n")
    assert not has_line(missing, b"aa\n")
    edit(missing, tmp_path / "empty", [b"a\n", b"b\n"], ())
    assert differing((tmp_path / "empty").read_bytes(), b"a\n") == ([], [b"a\n"])
