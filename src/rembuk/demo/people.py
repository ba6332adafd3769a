"""The demo's staff and a crowd of simulated residents; their sign-ins exist in demo mode only."""

from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import pyotp

from rembuk import clock
from rembuk.people import store as people
from rembuk.people.rules import Kind
from rembuk.people.tables import Person
from rembuk.places import store as places

PASSWORD = "rembuk-demo-kota-bandung"  # noqa: S105 - published on purpose, in demo mode only
HOME = "32.73.27"
HOME_RW = "32.73.27.1003.005"
CROWD = 450
FIRST_NAMES = [
    *("Asep", "Dadan", "Ujang", "Cecep", "Iwan", "Agus", "Dedi", "Tatang", "Yayan", "Rudi", "Hendra", "Maman"),
    *("Imas", "Rina", "Neneng", "Euis", "Yuyun", "Lilis", "Siti", "Dewi", "Ani", "Rini", "Wati", "Nia", "Tina"),
]


@dataclass(frozen=True)
class Door:
    """One way into the demo, as demo.json tells it."""

    role: str
    name: str
    area: str
    sign_in: dict[str, str]

    @property
    def said(self) -> dict[str, Any]:
        """The door as plain JSON values."""
        return {"role": self.role, "name": self.name, "area": self.area, "sign_in": self.sign_in}


@dataclass
class Cast:
    """Everybody the rounds need: two officials who sign for each other, two facilitators, and the crowd by RW."""

    official: UUID
    second: UUID
    facilitator: UUID
    helper: UUID
    auditor: UUID
    admin: UUID
    crowd: list[tuple[UUID, str]]
    doors: list[Door] = field(default_factory=list)

    def near(self, rng: Random, kecamatan: str) -> tuple[UUID, str]:
        """Somebody of the crowd who lives in this kecamatan."""
        here = [each for each in self.crowd if each[1].startswith(f"{kecamatan}.")]
        return rng.choice(here)


async def hire(rng: Random) -> Cast:
    """Make the staff accounts and the crowd."""
    doors: list[Door] = []
    official = await _staff(
        doors, "official", "Rini Petugas Kota (simulasi)", "petugas", role="city_official", area="32.73"
    )
    second = await _staff(
        doors, "official", "Hendra Petugas Kota (simulasi)", "petugas2", role="city_official", area="32.73"
    )
    facilitator = await _staff(
        doors, "facilitator", "Dadan Fasilitator (simulasi)", "fasilitator", role="facilitator", area=HOME
    )
    await people.grant(facilitator, "moderator", HOME, by=None)
    helper = await _staff(
        doors, "facilitator", "Imas Fasilitator (simulasi)", "fasilitator2", role="facilitator", area=HOME
    )
    auditor = await _staff(doors, "auditor", "Ratna Auditor (simulasi)", "auditor", role="auditor", area="32.73")
    admin = await _staff(doors, "admin", "Agus Admin (simulasi)", "admin", role="admin", area="32.73")
    return Cast(official, second, facilitator, helper, auditor, admin, await _crowd(rng), doors)


async def _staff(doors: list[Door], part: str, name: str, username: str, *, role: str, area: str) -> UUID:
    secret = pyotp.random_base32()
    made = await people.create_staff(name, username, PASSWORD, kind=Kind.STAFF, totp_secret=secret, simulated=True)
    await people.grant(made.id, role, area, by=None)
    sign_in = {"username": username, "password": PASSWORD, "totp_secret": secret}
    doors.append(Door(part, name, area, sign_in))
    return made.id


async def _crowd(rng: Random) -> list[tuple[UUID, str]]:
    rows, homes = [], []
    for kecamatan in await places.kecamatan_list():
        here = [area.code for area in await places.rw_list(kecamatan.code)]
        for _ in range(CROWD // 30):
            home = rng.choice(here)
            name = f"{rng.choice(FIRST_NAMES)} (simulasi)"
            rows.append(Person(name=name, kind="resident", rw=home, simulated=True, created_at=clock.now()))
            homes.append(home)
    for start in range(0, len(rows), 100):
        await Person.insert(*rows[start : start + 100])
    return [(UUID(str(row.id)), home) for row, home in zip(rows, homes, strict=True)]
