"""Commands for accounts of staff: `rembuk admin create`, and what to do when something was lost or somebody left."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

T = TypeVar("T")
USERNAME = click.option("--username", prompt=True)


@click.group()
def admin() -> None:
    """Accounts that look after the system."""


@admin.command(name="create")
@click.option("--name", prompt=True)
@USERNAME
@click.password_option(help="At least 15 characters.")
def admin_create(name: str, username: str, password: str) -> None:
    """Make the first administrator; prints the secret for the one-time-code app once."""
    from rembuk.people.store import create_admin

    _tell("Created", _in_city(lambda: create_admin(name, username, password)).totp_secret)


@admin.command(name="account")
@click.option("--name", prompt=True)
@USERNAME
@click.password_option(help="Typed by its owner; at least 15 characters.")
def admin_account(name: str, username: str, password: str) -> None:
    """Make an account without any role; two administrators give it one at /admin."""
    from rembuk.people.store import create_staff

    _tell("Created", _in_city(lambda: create_staff(name, username, password)).totp_secret)


@admin.command(name="password")
@USERNAME
@click.password_option(help="Typed by its owner; at least 15 characters.")
def admin_password(username: str, password: str) -> None:
    """Replace a forgotten password; the authenticator is still asked for."""
    from rembuk.people.store import upkeep

    _in_city(lambda: upkeep.give_password(username, password))
    click.echo("Replaced; every session of this account has ended.")


@admin.command(name="step")
@USERNAME
def admin_step(username: str) -> None:
    """Replace a lost authenticator; prints the new secret once. The password is still asked for."""
    from rembuk.people.store import upkeep

    _tell("Replaced", _in_city(lambda: upkeep.give_step(username)))


@admin.command(name="lock")
@USERNAME
@click.option("--undo", is_flag=True, help="Open the account again.")
def admin_lock(username: str, undo: bool) -> None:
    """Lock an account: it signs in nowhere, and its sessions end."""
    from rembuk.people.store import upkeep

    _in_city(lambda: upkeep.lock(username, not undo))
    click.echo("Open again." if undo else "Locked.")


@admin.command(name="signout")
@USERNAME
def admin_signout(username: str) -> None:
    """End every session of an account."""
    from rembuk.people.store import upkeep

    _in_city(lambda: upkeep.sign_out(username))
    click.echo("Signed out everywhere.")


def _tell(what: str, secret: str | None) -> None:
    """The one place that prints a secret: for the terminal of whoever asked, once."""
    click.echo(f"{what}. Enter this secret in a one-time-code app now: {secret}")


def _in_city(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run one piece of work with database and secrets there; an empty installation gets its secrets now."""
    from rembuk.cli import in_database
    from rembuk.people.store import prepare_secrets

    async def prepared() -> T:
        await prepare_secrets()
        return await work()

    return in_database(prepared)
