"""Who gets where: every route asked by every role, at home, elsewhere and without a grant, in every phase of a round.

What should come out stands in rights.rules, written from the design; `python -m tests.campaigns.rights` asks the
product and prints every cell that answers otherwise. One letter a cell: "." is answered, "m" is led to sign in,
"3" is refused (403), "4" finds nothing (404), "x" is refused for now (409, 410).
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from rembuk import clock
from rembuk.complaints import store as complaints
from rembuk.complaints.rules import Words
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.tables import Cycle as CycleRow
from rembuk.cycles.tables import Election, PhaseRow
from rembuk.database import close_database, open_database
from rembuk.database.current import joined
from rembuk.people import store as people
from rembuk.people.rules import Kind
from rembuk.people.tables import Person
from rembuk.proposals.tables import Proposal
from rembuk.settings import Settings
from rembuk.web import cache, gate, session
from rembuk.web.guards import Role
from rembuk.web.viewer import OF_THE_CITY, covers
from tests.city import City, city
from tests.clients import Client, open_client
from tests.house.routes import lines
from tests.posts.making import post_in

RULES = Path(__file__).with_name("rights.rules")
CITY, HOME, AWAY = "32.73", "32.73.02", "32.73.27"
HOME_RW, OTHER_RW = f"{HOME}.1001.001", f"{HOME}.1001.002"
LOCAL = (Role.FACILITATOR, Role.MODERATOR, Role.OFFICIAL)
COLUMNS = (
    ("public", None, ""),
    ("resident", Role.RESIDENT, ""),
    ("voter", Role.RESIDENT, "roll"),
    ("no grant", None, "staff"),
    *((f"{role.value} {name}", role, area) for role in LOCAL for name, area in (("home", HOME), ("away", AWAY))),
    *(
        (f"{role.value} {name}", role, area)
        for role in sorted(OF_THE_CITY)
        for name, area in (("city", CITY), ("part", HOME))
    ),
    ("facilitator own rw", Role.FACILITATOR, HOME_RW),
    ("facilitator other rw", Role.FACILITATOR, OTHER_RW),
)
PHASES = ("draft", "proposals", "debate", "review", "voting", "results", "archived")
NOBODY = "00000000-0000-4000-8000-000000000000"
LINE = re.compile(r"(\w+) +(\S+) +(.+)")


class Undone(Exception):
    """Takes back what a request wrote."""


class Stage:
    """A small city with something behind every kind of address, and one account for every column."""

    def __init__(self, made: City, client: Client, values: dict[str, str], people: dict[str, UUID | None]) -> None:
        self.made, self.client, self.values, self.people = made, client, values, people
        self.sessions: dict[str, tuple[str, session.Session]] = {}

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
                self._as(column)
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
        return {403: "3", 404: "4", 409: "x", 410: "x"}.get(answer.status_code, ".")

    async def open_doors(self) -> None:
        """A session for every column, kept."""
        for name, role, _ in COLUMNS:
            if person := self.people[name]:
                roll = self.made.rolls[HOME][0] if name == "voter" else None
                self.sessions[name] = await session.open_session(person, roll, role or Role.RESIDENT)

    def _as(self, column: str) -> None:
        self.client.drop_cookie(session.COOKIE)
        self.client.session = None
        if column in self.sessions:
            secret, self.client.session = self.sessions[column]
            self.client.set_cookie(session.COOKIE, secret)

    async def turn(self, phase: str) -> None:
        """Bring the round into a phase, as if every earlier one had run and no later one had begun."""
        order = [kind.value for kind in PhaseKind]
        reached = {"draft": -1, "archived": len(order)}.get(phase)
        reached = order.index(phase) if reached is None else reached
        mine, now = PhaseRow.cycle == self.made.cycle.id, clock.now()
        for nth, kind in enumerate(order):
            changes: dict[Any, Any] = {
                PhaseRow.opened_at: now if nth <= reached else None,
                PhaseRow.closed_at: now if nth < reached else None,
                PhaseRow.starts_at: now + timedelta(days=nth - reached, hours=-1),
                PhaseRow.ends_at: now + timedelta(days=nth - reached, hours=22),
            }
            await PhaseRow.update(changes).where(mine & (PhaseRow.kind == kind))
        state = {"draft": "draft", "archived": "archived"}.get(phase, "published")
        await CycleRow.update({CycleRow.state: state}).where(CycleRow.id == self.made.cycle.id)
        voting = order.index("voting")
        vote = "frozen" if reached < voting else "open" if reached == voting else "closed"
        await Election.update({Election.state: vote}).where(Election.cycle == self.made.cycle.id)
        cache.forget_pages()


async def _account(name: str, role: Role | None, area: str) -> UUID | None:
    if role is None and not area:
        return None
    resident = role is Role.RESIDENT
    kind = Kind.RESIDENT if resident else Kind.STAFF
    row = Person(name=name, kind=kind.value, rw=HOME_RW if resident else None, created_at=clock.now())
    await Person.insert(row)
    if role and not resident:
        await people.grant(row.id, role.value, area, by=None)
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
        stage = Stage(made, client, values, accounts)
        await stage.open_doors()
        yield stage


async def _complaint(person: UUID | None) -> str:
    """A complaint about something in the home RW."""
    assert person
    return str(await complaints.send(person, Words("Saluran tersumbat di depan balai.", HOME_RW)))


def stated() -> list[tuple[str, str]]:
    """Method and path of every route, as tests/house lists them."""
    found = (LINE.match(line) for line in lines())
    return [(match[1], match[2]) for match in found if match]


@dataclass(frozen=True)
class Rule:
    """One line of rights.rules."""

    methods: str
    path: re.Pattern[str]
    who: frozenset[str]
    near: bool
    then: tuple[tuple[str, str], ...]

    def fits(self, method: str, path: str) -> bool:
        """Whether it speaks of this route."""
        return self.methods in ("*", method) and self.path.fullmatch(path) is not None

    def wanted(self, column: tuple[str, Role | None, str], phase: str) -> str:
        """The letter this column should get in this phase; "." also stands for a refusal for now."""
        name, role, area = column
        if name.endswith(" part"):
            role, area = None, "staff"  # a role of the city on a part of it gives nothing
        known = role or (Role.PUBLIC if name == "public" else None)
        if "all" not in self.who and not ("signed" in self.who and name != "public"):
            if name == "public":
                return "m"
            if known is None or known.value not in self.who:
                return "3"
            if self.near and not covers(area, HOME_RW):
                return "4"
        return self._met(
            name if name == "voter" else known.value if known else "", covers(area, HOME_RW) and area != "", phase
        )

    def _met(self, role: str, near: bool, phase: str) -> str:
        here = {"", "else", phase, role or "signed", f"{role}@" if near else "", "resident" if role == "voter" else ""}
        for key, letter in self.then:
            if set(key.split("/")) <= here:
                return letter
        return "."


def rules() -> list[Rule]:
    """Every line of rights.rules."""
    found = []
    for line in RULES.read_text("utf-8").splitlines():
        if said := line.split("#")[0].strip():
            head, _, then = said.partition(" : ")
            methods, path, *who = head.split()
            pairs = tuple((key, letter) for key, _, letter in (_pair(each) for each in then.split()))
            found.append(Rule(methods, _glob(path), frozenset(who) - {"@"}, "@" in who, pairs))
    return found


def _pair(text: str) -> tuple[str, str, str]:
    return text.rpartition("=") if "=" in text else ("", "", text)


def _glob(path: str) -> re.Pattern[str]:
    """`**` across parts, `*` within one, `{a,b}` either; `{name}` is a parameter as the route writes it."""
    parts = re.split(r"(\*\*|\*|{[^}]*})", path)
    said = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(said.get(part) or _either(part) for part in parts))


def _either(part: str) -> str:
    if part.startswith("{") and "," in part:
        return f"(?:{'|'.join(map(re.escape, part[1:-1].split(',')))})"
    return re.escape(part)


def rule_of(method: str, path: str, listed: Sequence[Rule]) -> Rule | None:
    """The last rule that speaks of a route, or None."""
    return next((rule for rule in reversed(listed) if rule.fits(method, path)), None)


def agrees(cell: str, wanted: str) -> bool:
    """Whether a cell answers as it should; who may do a deed may also hear that it is not the time."""
    return cell in {".": ".x"}.get(wanted, wanted)


async def differences(stage: Stage, every: int = 1) -> tuple[int, list[str]]:
    """How many cells were asked (of routes times columns times phases every nth), and those that answer otherwise."""
    listed, found, asked = rules(), [], 0
    for turn, phase in enumerate(PHASES):
        await stage.turn(phase)
        for nth, (method, path) in enumerate(stated()):
            rule = rule_of(method, path, listed)
            for place, column in enumerate(COLUMNS):
                if rule is None or (place + nth * len(COLUMNS) + turn * 31) % every:
                    continue
                asked += 1
                cell, wanted = await stage.cell(method, path, column[0]), rule.wanted(column, phase)
                if not agrees(cell, wanted):
                    found.append(f"{method} {path} as {column[0]} in {phase}: {cell}, should be {wanted}")
    return asked, found


async def _ask(template: Path, every: int) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "PER_MINUTE", 10**9)
        settings = Settings(data=Path(folder))
        shutil.copyfile(template, settings.database_file)
        await open_database(settings)
        try:
            async with staged() as stage:
                asked, found = await differences(stage, every)
        finally:
            await close_database()
    print("\n".join(found))
    print(f"{asked} cells, {len(found)} differences")


def main() -> None:
    """Ask every cell (or every nth, as the argument says) and print what differs."""
    from tests.databases import sqlite_template

    template: Any = sqlite_template.__wrapped__()  # type: ignore[attr-defined]
    asyncio.run(_ask(template, int(sys.argv[1]) if len(sys.argv) > 1 else 1))


if __name__ == "__main__":
    main()
