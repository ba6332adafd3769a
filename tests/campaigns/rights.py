"""Who gets where: every route asked by every role, at home, elsewhere and without a grant, against a small city.

`python -m tests.campaigns.rights` writes rights.txt; people read its changes. One letter a cell: "." passes the guard
(whatever the handler then says), "m" is led to sign in, "3" is refused (403), "4" finds nothing (404).
"""

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from rembuk import clock
from rembuk.complaints import store as complaints
from rembuk.complaints.rules import Words
from rembuk.database import close_database, open_database
from rembuk.database.current import joined
from rembuk.people import store as people
from rembuk.people.rules import Kind
from rembuk.people.tables import Person
from rembuk.proposals.tables import Proposal
from rembuk.settings import Settings
from rembuk.web import gate
from rembuk.web.guards import Role
from tests.city import City, city
from tests.clients import Client, open_client
from tests.house.routes import lines
from tests.posts.making import post_in

LIST = Path(__file__).with_name("rights.txt")
HOME, AWAY = "32.73.02", "32.73.27"
HOME_RW, OTHER_RW = f"{HOME}.1001.001", f"{HOME}.1001.002"
STAFF = (Role.FACILITATOR, Role.MODERATOR, Role.OFFICIAL, Role.CITY_OFFICIAL, Role.TRUSTEE, Role.AUDITOR, Role.ADMIN)
COLUMNS = (
    ("public", None, ""),
    ("resident", Role.RESIDENT, ""),
    ("no grant", None, "staff"),
    *((f"{role.value} {name}", role, area) for role in STAFF for name, area in (("home", HOME), ("away", AWAY))),
    ("facilitator own rw", Role.FACILITATOR, HOME_RW),
    ("facilitator other rw", Role.FACILITATOR, OTHER_RW),
)
NOBODY = "00000000-0000-4000-8000-000000000000"
LINE = re.compile(r"(\w+) +(\S+) +(.+)")


class Undone(Exception):
    """Takes back what a request wrote."""


class Stage:
    """A small city with something behind every kind of address, and one account for every column."""

    def __init__(self, made: City, client: Client, values: dict[str, str], people: dict[str, UUID | None]) -> None:
        self.made, self.client, self.values, self.people = made, client, values, people

    def address(self, path: str) -> str:
        """A route's path with a thing of the home kecamatan in every parameter."""
        number = "aduan" if path.startswith("/pengaduan") else "number"
        return re.sub(
            r"{(\w+)}", lambda found: self.values.get(number if found[1] == "number" else found[1], NOBODY), path
        )

    async def cell(self, method: str, path: str, column: str) -> str:
        """One letter: how this route answers this column; what the request wrote is taken back."""
        answers: list[Response] = []
        try:
            async with joined():
                await self._as(column)
                ask = self.client.get if method == "GET" else self.client.post
                answers.append(await ask(self.address(path)))
                raise Undone
        except Undone:
            pass
        answer = answers[0]
        assert answer.status_code < 500, f"{method} {path} as {column}: {answer.status_code}"
        led = answer.headers.get("location", "").startswith("/masuk") and not path.startswith(("/masuk", "/keluar"))
        if answer.status_code == 401 or led:
            return "m"
        return {403: "3", 404: "4"}.get(answer.status_code, ".")

    async def _as(self, column: str) -> None:
        await self.client.sign_out()
        if person := self.people[column]:
            role = next(role for name, role, _ in COLUMNS if name == column)
            await self.client.sign_in(person, role or Role.RESIDENT)


async def _account(name: str, role: Role | None, area: str) -> UUID | None:
    if role is None and not area:
        return None
    resident = role is Role.RESIDENT
    kind = Kind.RESIDENT if resident else Kind.STAFF
    row = Person(name=name, kind=kind.value, rw=HOME_RW if resident else None, created_at=clock.now())
    await Person.insert(row)
    if role and not resident:
        await people.grant(row.id, role.value, "" if role is Role.ADMIN and area == HOME else area, by=None)
    return UUID(str(row.id))


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """The stage over the open database."""
    made = await city(districts=2, proposals=4, voters=3)
    post = await post_in(made, 0, name="Pos uji")
    number = (await Proposal.select(Proposal.number).where(Proposal.rw == HOME_RW).first())["number"]
    accounts = {name: await _account(name, role, area) for name, role, area in COLUMNS}
    asked = await _complaint(accounts["resident"])
    values = {
        **{
            "area": HOME,
            "code": HOME,
            "district": HOME,
            "cycle": made.cycle.slug,
            "slug": made.cycle.slug,
            "kind": "comment",
        },
        **{"lang": "id", "name": "x", "nth": "1", "paper": "lpj", "step": "1"},
        **{"number": str(number), "aduan": asked, "post": str(post.id)},
    }
    async with open_client() as client:
        yield Stage(made, client, values, accounts)


async def _complaint(person: UUID | None) -> str:
    """A complaint about something in the home RW."""
    assert person
    return str(await complaints.send(person, Words("Saluran tersumbat di depan balai.", HOME_RW)))


def stated() -> list[tuple[str, str]]:
    """Method and path of every route, as tests/house lists them."""
    found = (LINE.match(line) for line in lines())
    return [(match[1], match[2]) for match in found if match]


async def matrix(stage: Stage, every: int = 1) -> list[str]:
    """One line a route: its cells in the order of COLUMNS, method, path; of each route every nth cell, others "?"."""
    rows = []
    for nth, (method, path) in enumerate(stated()):
        asked = {place for place in range(len(COLUMNS)) if (place + nth) % every == 0}
        cells = [
            await stage.cell(method, path, name) if place in asked else "?"
            for place, (name, _, _) in enumerate(COLUMNS)
        ]
        rows.append(f"{''.join(cells)} {method:<6} {path}")
    return rows


def header() -> list[str]:
    """What the columns are."""
    return [f"# {nth:>2} {name}" for nth, (name, _, _) in enumerate(COLUMNS, 1)]


async def _write(template: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "PER_MINUTE", 10**9)
        settings = Settings(data=Path(folder))
        shutil.copyfile(template, settings.database_file)
        await open_database(settings)
        try:
            async with staged() as stage:
                rows = await matrix(stage)
        finally:
            await close_database()
    LIST.write_text("\n".join([*header(), *rows]) + "\n", "utf-8")


def main() -> None:
    """Write the list."""
    from tests.databases import sqlite_template

    template: Any = sqlite_template.__wrapped__()  # type: ignore[attr-defined]
    asyncio.run(_write(template))


if __name__ == "__main__":
    main()
