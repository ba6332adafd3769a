"""The one command: rembuk serve, demo, migrate, doctor, count, import, export; heavy modules load late."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rembuk")
def cli() -> None:
    """Participatory budgeting for a city: propose, discuss, vote, count, follow the works."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Server processes; more than 1 needs PostgreSQL.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site. The database must be migrated first (rembuk migrate)."""
    from rembuk.serving import run

    run(host, port, workers)


@cli.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of the demo's data (default: REMBUK_DATA or var)."
)
@click.option("--reset", is_flag=True, help="Throw the demo's data away and build it anew.")
@click.option("--build-only", is_flag=True, help="Build the data and print the sign-ins, without serving.")
def demo(port: int, data: Path | None, reset: bool, build_only: bool) -> None:
    """Serve a demonstration city on this machine: Bandung with simulated residents."""
    folder = (data or Path(os.environ.get("REMBUK_DATA", "var"))).resolve()
    os.environ |= {
        "REMBUK_DATA": str(folder),
        "REMBUK_DEMO": "true",
        "REMBUK_BASE_URL": f"http://127.0.0.1:{port}",
    }
    from rembuk.demo import prepare
    from rembuk.serving import run

    prepare(folder, reset=reset)
    if not build_only:
        run("127.0.0.1", port, workers=1)


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from rembuk.database import close_database, open_database
    from rembuk.database import migrate as bring_up

    async def work() -> None:
        await open_database()
        try:
            applied = await bring_up()
        finally:
            await close_database()
        click.echo(f"{applied or 0} migrations applied; the database is current.")

    asyncio.run(work())


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def count(arguments: tuple[str, ...]) -> None:
    """Count a Pabulib file, or a whole city from its configuration (rembuk count --help)."""
    from rembuk.tally.command import main as count_main

    sys.exit(count_main(list(arguments)))


@cli.group(name="import")
def imports() -> None:
    """Bring in what others published."""


@imports.command(name="pabulib")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="What the archived round is called on the pages.")
def import_pabulib(files: tuple[Path, ...], name: str) -> None:
    """Make an archived round of real elections, one .pb file a district, and count it."""
    from rembuk.results.archive import import_files

    slug = in_database(lambda: import_files(files, name))
    click.echo(f"{len(files)} district(s) imported and counted: /hasil?siklus={slug}")


@cli.group()
def export() -> None:
    """Hand out what strangers need to check."""


@export.command(name="cycle")
@click.option("--list", "listing", is_flag=True, help="Print the ids, one a line.")
@click.argument("cycle", required=False)
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
def export_cycle(listing: bool, cycle: str | None, folder: Path | None) -> None:
    """Write the bundle of a finished cycle, to be checked with rembuk-verify."""
    from rembuk.opendata.bundle import exportable, write_bundle

    if listing:
        for slug in in_database(exportable):
            click.echo(slug)
        return
    if cycle is None or folder is None:
        raise click.UsageError("give a cycle id (see --list) and a folder")
    chosen, target = cycle, folder
    count_of_files = in_database(lambda: write_bundle(chosen, target))
    click.echo(f"{count_of_files} files written to {folder}; check them with: rembuk-verify {folder}")


@cli.group()
def keys() -> None:
    """The opening key of an election; run this on a machine that is not the server."""


@keys.command(name="make")
@click.option("--quorum", default=1, show_default=True, help="Shares needed to open the box.")
@click.option("--trustees", default=1, show_default=True, help="Shares made, one for each trustee.")
def keys_make(quorum: int, trustees: int) -> None:
    """Make a key pair: the public key for the officials' form, the word shares for the trustees' envelopes."""
    from rembuk.voting.keys import make_key, split

    pair = make_key()
    try:
        shares = split(pair.secret, quorum, trustees)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    click.echo(f"Public key (64 hex digits, for the form): {pair.public.hex()}")
    for nth, share in enumerate(shares, 1):
        click.echo(f"\nShare {nth} of {trustees}, any {quorum} open the box:\n{share}")


@cli.group()
def admin() -> None:
    """Accounts that look after the system."""


@admin.command(name="create")
@click.option("--name", prompt=True)
@click.option("--username", prompt=True)
@click.password_option(help="At least 15 characters.")
def admin_create(name: str, username: str, password: str) -> None:
    """Make the first administrator; prints the secret for the one-time-code app once."""
    from rembuk.people.store import create_admin

    secret = in_database(lambda: create_admin(name, username, password))
    click.echo(f"Created. Enter this secret in a one-time-code app now: {secret}")


@cli.command()
@click.option("--invariants", is_flag=True, help="Check the invariants of the vote as well.")
def doctor(invariants: bool) -> None:
    """Print every setting that matters to a vote, and whether it holds."""
    from rembuk.checkup import examine

    findings = in_database(lambda: examine(with_invariants=invariants))
    for finding in findings:
        click.echo(f"{'ok  ' if finding.holds else 'FAIL'} {finding.name}: {finding.value}")
    sys.exit(0 if all(finding.holds for finding in findings) else 1)


def in_database(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run one piece of work with the database open; a refusal becomes one line and exit code 2."""
    from rembuk.database import close_database, open_database
    from rembuk.errors import Refused

    async def run() -> T:
        await open_database()
        try:
            return await work()
        finally:
            await close_database()

    try:
        return asyncio.run(run())
    except Refused as refused:
        click.echo(f"rembuk: {refused.sentence()}", err=True)
        sys.exit(2)


def main() -> None:
    """Entry point of the `rembuk` command; a bad setting is one line, never a trace."""
    from rembuk.settings import BadSettings

    try:
        cli()
    except BadSettings as fault:
        click.echo(f"rembuk: {fault}", err=True)
        sys.exit(2)
