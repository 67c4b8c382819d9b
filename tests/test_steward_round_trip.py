"""For every member of the Council of Europe, in every format: a template that is sent back as it
came is read without a finding, conforms, and would change nothing."""

import datetime
from contextlib import nullcontext
from functools import partial

import pytest
from untraced import untraced

from ocsea.release import Release
from ocsea.steward.files import csvw, rdf, xlsx
from ocsea.steward.files.reading import read
from ocsea.steward.judging.check import check
from ocsea.steward.overview.completeness import completeness
from ocsea.steward.proposal import propose
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS, Template

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def templates(release: Release) -> dict[str, Template]:
    """By the codes of the states."""
    states = [row.iso3 for row in completeness(release).rows]
    with untraced():
        return {iso3: template(release, iso3) for iso3 in states}


@pytest.mark.parametrize("suffix", ["xlsx", "zip", "ttl", "jsonld"])
def test_what_comes_back_unchanged_changes_nothing(
    release: Release, templates: dict[str, Template], suffix: str
) -> None:
    assert len(templates) == 47
    assert all(
        sum(len(table.lines) for table in sheets.tables) > 30 for sheets in templates.values()
    )
    write = {
        "xlsx": partial(xlsx.write, sheets=SHEETS),
        "zip": partial(csvw.write, sheets=SHEETS),
        "ttl": partial(rdf.turtle, release=release),
        "jsonld": partial(rdf.json_ld, release=release),
    }[suffix]
    for number, (iso3, sheets) in enumerate(templates.items()):
        with untraced() if number else nullcontext():
            sent = read([(f"{iso3}.{suffix}", write(sheets))])
            assert sent.release == release.version
            proposal = propose(sent, release, release)
            assert (proposal.changes, proposal.gone, proposal.come) == ((), set(), set()), iso3
            assert check(proposal, release, TODAY).findings == (), iso3
