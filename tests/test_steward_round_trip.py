"""For every member of the Council of Europe, in every format: a template that is sent back as it
came is read without a finding, conforms, and would change nothing."""

import datetime
from functools import partial

import pytest

from ocsea.release import Release
from ocsea.steward.files import csvw, rdf, xlsx
from ocsea.steward.files.reading import read
from ocsea.steward.judging.check import check
from ocsea.steward.overview.completeness import completeness
from ocsea.steward.proposal import propose
from ocsea.steward.sheets.template import template
from ocsea.steward.sheets.topics import SHEETS

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def states(release: Release) -> list[str]:
    return [row.iso3 for row in completeness(release).rows]


@pytest.mark.parametrize("suffix", ["xlsx", "zip", "ttl", "jsonld"])
def test_what_comes_back_unchanged_changes_nothing(
    release: Release, states: list[str], suffix: str
) -> None:
    assert len(states) == 47
    write = {
        "xlsx": partial(xlsx.write, sheets=SHEETS),
        "zip": partial(csvw.write, sheets=SHEETS),
        "ttl": partial(rdf.turtle, release=release),
        "jsonld": partial(rdf.json_ld, release=release),
    }[suffix]
    for iso3 in states:
        sent = read([(f"{iso3}.{suffix}", write(template(release, iso3)))])
        assert sent.release == release.version
        proposal = propose(sent, release, release)
        assert (proposal.changes, proposal.gone, proposal.come) == ((), set(), set()), iso3
        assert check(proposal, release, TODAY).findings == (), iso3
