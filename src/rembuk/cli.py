"""The one command: rembuk serve, demo, migrate, doctor, count, ceremony, import, export; heavy modules load late."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from rembuk.admin_commands import admin
from rembuk.roll_commands import roll, voter_codes

T = TypeVar("T")
CHECKPOINT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rembuk")
def cli() -> None:
    """Participatory budgeting for a city: propose, discuss, vote, count, follow the works."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Server processes; more than 1 needs PostgreSQL.")
@click.option("--checkpoint", type=CHECKPOINT, help="A checkpoint a witness kept: an older database is not served.")
def serve(host: str, port: int, workers: int, checkpoint: Path | None) -> None:
    """Serve the site. The database must be migrated first (rembuk migrate)."""
    from rembuk.board.store import insist_not_rolled_back
    from rembuk.serving import run

    if checkpoint:
        note = checkpoint.read_text("utf-8")
        in_database(lambda: insist_not_rolled_back(note))

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
    from rembuk.invariants import faults

    async def work() -> tuple[int, dict[str, list[str]]]:
        await open_database()
        try:
            applied = await bring_up()
            return applied, await faults() if applied else {}
        finally:
            await close_database()

    applied, told = asyncio.run(work())
    click.echo(f"{applied} migrations applied; the database is current.")
    if broken := [f"{name}: {said[0]}" for name, said in told.items() if said]:
        click.echo(f"FAIL {'; '.join(broken)}", err=True)
        sys.exit(1)


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
def ceremony() -> None:
    """The opening key of an election; run this on a machine that is not the server and has no network."""


@ceremony.command(name="make")
@click.option("--quorum", default=1, show_default=True, help="Shares needed to open the box.")
@click.option("--trustees", default=1, show_default=True, help="Shares made, one for each trustee.")
@click.option("--name", default="Pemungutan suara", show_default=True, help="The election's name, for the sheets.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the sheets to print.")
def ceremony_make(quorum: int, trustees: int, name: str, out: Path | None) -> None:
    """Make a key pair: the public key for the officials' form, a sheet of words for each trustee."""
    from rembuk.voting import ceremony as offline
    from rembuk.voting.keys import make_key, split

    pair = make_key()
    try:
        shares = split(pair.secret, quorum, trustees)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    click.echo(f"Public key (64 hex digits, for the form): {pair.public.hex()}")
    click.echo(f"Its fingerprint: {offline.fingerprint(pair.public)}")
    if out is None:
        for nth, share in enumerate(shares, 1):
            click.echo(f"\nShare {nth} of {trustees}, any {quorum} open the box:\n{share}")
        return
    file = out / "lembar-kunci.html"
    _write_new(file, offline.sheets(name, pair, quorum, shares).html.encode())
    _write_new(out / "kunci-publik.txt", f"{pair.public.hex()}\n".encode())
    click.echo(f"Print {file} ({trustees + 1} pages), then delete it: whoever has the file has the key.")


@ceremony.command(name="try")
@click.argument("trial", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--words", multiple=True, type=click.Path(exists=True, path_type=Path), help="Shares, one a line.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write the line to this file.")
def ceremony_try(trial: Path, words: tuple[Path, ...], out: Path | None) -> None:
    """Open the trial envelope downloaded from the key page; prints one line to type there."""
    from rembuk.voting.ceremony import try_file
    from rembuk.voting.keys import result_line

    with _in_words():
        line = result_line(try_file(trial.read_bytes(), _shares(words)))
    click.echo(f"Opened. Type this line on the key page: {line}")
    if out:
        out.write_text(f"{line}\n")


@ceremony.command(name="open")
@click.argument("box", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--words", multiple=True, type=click.Path(exists=True, path_type=Path), help="Shares, one a line.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The opened file, gzipped.")
def ceremony_open(box: Path, words: tuple[Path, ...], out: Path) -> None:
    """Open an exported box; writes the file to upload. A second quorum must get the same fingerprint."""
    from rembuk.results.offline import opened_offline
    from rembuk.voting.opening import packed, read_opened

    with _in_words():
        file = opened_offline(box.read_bytes(), _shares(words))
    _write_new(out, packed(file))
    given = read_opened(file)
    for code, ballots in sorted(given.opened.ballots.items()):
        click.echo(f"{code}: {len(ballots)} ballots")
    for failure in given.opened.failures:
        click.echo(f"{failure.district}: no ballot in {failure.sha256}: {failure.reason}")
    click.echo(f"Box {given.box_sha256}\nFingerprint of the opened file: {given.sha256}")


@ceremony.command(name="hand-in")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cycle", "slug", required=True, help="Short name of the cycle, as in its address.")
@click.option("--official", required=True, help="User name of the city official who hands it in.")
def ceremony_hand_in(file: Path, slug: str, official: str) -> None:
    """On the server: hand in an opened file of any size; another official signs on the page with its fingerprint."""
    from rembuk.roll_commands import hand_in_file

    password = click.prompt("Password", hide_input=True, err=True)
    digits = click.prompt("Six digits of the authenticator", hide_input=True, err=True)
    body = file.read_bytes()
    path = in_database(lambda: hand_in_file(body, slug, official, password, digits))
    click.echo(f"Another city official signs at {path} with the fingerprint read off the offline machine.")


@contextmanager
def _in_words() -> Iterator[None]:
    """A wrong file or wrong words become one line and exit code 2."""
    try:
        yield
    except ValueError as fault:
        click.echo(f"rembuk: {fault}", err=True)
        sys.exit(2)


def _shares(files: tuple[Path, ...]) -> list[str]:
    """The trustees' shares: from files, one a line, or asked for until the quorum is there."""
    from rembuk.voting.keys import BrokenShares, shares_needed, typing_fault

    if files:
        lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
        for nth, line in enumerate(lines, 1):
            if fault := typing_fault(line):
                raise BrokenShares(f"share {nth}: {fault}")
        return lines
    shares: list[str] = []
    while not shares or len(shares) < shares_needed(shares[0]):
        typed = click.prompt(f"Words of share {len(shares) + 1}, on one line")
        if fault := typing_fault(typed):
            click.echo(f"Type it again: {fault}", err=True)
        else:
            shares.append(typed)
    return shares


def _write_new(file: Path, content: bytes) -> None:
    """A file only its owner reads; an older one of this name is never replaced."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(content)
    except FileExistsError:
        raise click.UsageError(f"{file} is there already") from None


@cli.command()
@click.option("--invariants", is_flag=True, help="Check the invariants of the vote as well.")
@click.option(
    "--search",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Also look for NIK in this file or folder of dumps, logs, exports or backups.",
)
@click.option(
    "--seen",
    "--checkpoint",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere: the board must still hold it.",
)
def doctor(invariants: bool, search: tuple[Path, ...], seen: tuple[Path, ...]) -> None:
    """Print every setting that matters to a vote, and whether it holds."""
    from rembuk.checkup import examine

    findings = in_database(lambda: examine(with_invariants=invariants, search=search, seen=seen))
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


cli.add_command(admin)
cli.add_command(roll)
cli.add_command(voter_codes)


def main() -> None:
    """Entry point of the `rembuk` command; a bad setting is one line, never a trace."""
    from rembuk.settings import BadSettings

    try:
        cli()
    except BadSettings as fault:
        click.echo(f"rembuk: {fault}", err=True)
        sys.exit(2)
