"""Commands of the roll and of voter codes: `rembuk roll import`, and `rembuk codes print`, which needs no server."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from rembuk.people.store.sealed_sheet import Report


@click.group()
def roll() -> None:
    """Who may vote."""


@roll.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cycle", "slug", required=True, help="Short name of the cycle, as in its address.")
@click.option("--official", help="User name of the city official who asks; without one this is only a dry run.")
def roll_import(file: Path, slug: str, official: str | None) -> None:
    """Check a CSV of residents, and with --official lay it before a second official (docs/official.md)."""
    from rembuk.cli import in_database

    password = click.prompt("Password", hide_input=True, err=True) if official else ""
    digits = click.prompt("Six digits of the authenticator", hide_input=True, err=True) if official else ""
    body = file.read_bytes()
    report, path = in_database(lambda: import_file(body, slug, official or "", password, digits))
    tell(report)
    if path:
        click.echo(f"Another city official signs at {path}; the file can be deleted here now.")
    elif official is None:
        click.echo("Dry run: nothing was kept. Add --official NAME to lay it before a second official.")
    sys.exit(0 if report.line_count else 2)


async def import_file(
    body: bytes, slug: str, official: str = "", password: str = "", digits: str = ""
) -> "tuple[Report, str]":
    """Check a file, and for a city official who signed in lay it before a second; the report and where to sign."""
    from rembuk.cycles import store as cycles
    from rembuk.people import store
    from rembuk.people.store import imports
    from rembuk.settings import settings

    await store.prepare_secrets()
    cycle = await cycles.by_slug(slug, drafts=True)
    if not official:
        report, _ = await imports.dry_run(cycle.id, body)
        return report, ""
    id = await imports.propose_import(cycle.id, body, await _official(official, password, digits))
    return (await imports.roll_import(id)).report, f"{settings().base_url}/petugas/pemilih/berkas/{id}"


async def hand_in_file(body: bytes, slug: str, official: str, password: str, digits: str) -> str:
    """Hand in an opened box for a city official who signed in; the page where another one signs."""
    from rembuk.cycles import store as cycles
    from rembuk.people.store import prepare_secrets
    from rembuk.results.store import hand_in
    from rembuk.settings import settings

    await prepare_secrets()
    cycle = await cycles.by_slug(slug)
    await hand_in(cycle.id, body, await _official(official, password, digits))
    return f"{settings().base_url}/petugas/siklus/{slug}/hitung"


async def _official(username: str, password: str, digits: str) -> UUID:
    """The city official who has this name, password and step; one refusal for every fault."""
    from rembuk.errors import Refused
    from rembuk.people import store
    from rembuk.people.rules import Refusal

    person = await store.staff_by_password(username, password)
    if person is None or not await store.use_totp(person.id, digits):
        raise Refused(Refusal.PASSWORD_WRONG)
    if "city_official" not in {grant.role for grant in await store.grants_now(person.id)}:
        raise Refused(Refusal.NO_SUCH_STAFF)
    return person.id


def tell(report: "Report") -> None:
    """Print counts and faults; a fault names its line, never a number in it."""
    for rw, count in report.totals.items():
        click.echo(f"{rw}  {count}")
    click.echo(
        f"{report.line_count} rows can be written, {report.known} of them are on the roll already, "
        f"{report.too_young} not yet of age; {report.fault_count} rows at fault, "
        f"{report.doubles + report.families} cases for the kelurahan."
    )
    for number, words in report.faults:
        click.echo(f"line {number}: {words}", err=True)


@click.group(name="codes")
def voter_codes() -> None:
    """Voter codes; run this on a machine that is not the server."""


@voter_codes.command(name="print")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--cycle", required=True, type=click.UUID, help="Id of the cycle (the page of packages shows it).")
@click.option("--kelurahan", required=True, help="Code of the kelurahan, e.g. 32.73.27.1003.")
@click.option("--count", default=500, show_default=True, help="Codes in this package, at most 5000.")
@click.option("--package", default="A", show_default=True, help="Name of the package within the kelurahan.")
@click.option("--site", required=True, help="Public address of the site, for the QR: https://…")
@click.option("--title", default="Rembuk", show_default=True, help="What stands on top of each slip.")
def codes_print(  # noqa: PLR0917 - one parameter for each option
    folder: Path, cycle: UUID, kelurahan: str, count: int, package: str, site: str, title: str
) -> None:
    """Make voter codes: slips to print (secret; delete them afterwards) and the file to load on the server."""
    from rembuk.people.printing import Order, print_codes
    from rembuk.places.rules import Level, is_code, level_of

    if not is_code(kelurahan) or level_of(kelurahan) is not Level.KELURAHAN:
        raise click.UsageError(f"{kelurahan} is no code of a kelurahan")
    if not package.isalnum() or len(package) > 10:
        raise click.UsageError("--package takes up to ten letters and digits")
    try:
        slips, file = print_codes(Order(cycle, kelurahan, package, count, site, title), folder)
    except (ValueError, FileExistsError) as fault:
        raise click.UsageError(str(fault)) from fault
    click.echo(f"Print, cut and seal, then delete: {slips}\nLoad at /petugas/pemilih/kode: {file}")
