"""The command `ocsea prune`."""

from collections.abc import Iterator
from pathlib import Path

import click

from ocsea.errors import OcseaError
from ocsea.options import var_option
from ocsea.steward.history.releases import made
from ocsea.steward.retention import Plan, carry_out, plan
from ocsea.steward.submissions.publication import deciding


@click.command()
@click.option(
    "--keep",
    type=click.IntRange(1),
    metavar="N",
    help="Remove releases but for the N made last. Without it none is removed.",
)
@click.option(
    "--days",
    type=click.IntRange(0),
    metavar="N",
    help="Remove the files of submissions that were rejected or withdrawn more than N days ago. "
    "Without it none is removed.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go, and remove nothing.")
@var_option
def prune(keep: int | None, days: int | None, dry_run: bool, var: Path) -> None:
    """Make room: remove old releases, and the files of submissions that were closed long ago.

    A release stays, however old, that is served, that was built and written on, or that a
    submission needs which is open or in force. Of a submission stays who sent it, and what was
    decided and why.
    """
    if keep is None and days is None:
        raise OcseaError("Say what may go: --keep N releases, --days N for submissions, or both.")
    with deciding(var):
        planned = plan(var, keep, days)
        told = list(_told(planned, "Would remove" if dry_run else "Removed"))
        if not dry_run:
            carry_out(var, planned)
    for line in told:
        click.echo(line)


def _told(planned: Plan, verb: str) -> Iterator[str]:
    for name, why in planned.kept.items():
        yield f"Kept {name}: {why}."
    for release in planned.releases:
        how = made(release)
        yield f"{verb} release {release.version}, {how.at[:10]}, {how.kind}."
    for submission in planned.submissions:
        last = submission.steps[-1]
        yield f"{verb} the files of {submission.id}, {last.status} {last.at[:10]}."
    releases, submissions = len(planned.releases), len(planned.submissions)
    size = f"{planned.bytes / 2**20:,.1f} MB" if releases + submissions else "nothing to gain"
    yield (
        f"{releases} {'release' if releases == 1 else 'releases'}, files of {submissions} "
        f"{'submission' if submissions == 1 else 'submissions'}: {size}."
    )
