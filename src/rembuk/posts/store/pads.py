"""Pads of printed sheets: serials made once, loaded at once, logged by number only."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rembuk.board.store import audit
from rembuk.clock import local, now
from rembuk.database import lock_row, transaction
from rembuk.errors import Refused
from rembuk.people.store.roll import chunks
from rembuk.posts.rules import MOST_IN_A_PAD, Refusal, noon
from rembuk.posts.serials import make_serial
from rembuk.posts.store.setup import post_of
from rembuk.posts.tables import PaperBatch, PaperPad, PaperSheet

_dice = secrets.SystemRandom()


@dataclass(frozen=True)
class Pad:
    """A pad of sheets made for a post; `prints` says how often its pages were taken."""

    id: UUID
    number: int
    sheets: int
    day: date
    prints: int

    @property
    def at(self) -> datetime:
        """Its day as pages write it."""
        return noon(self.day)


@transaction
async def make_pad(post: UUID, sheets: int, by: UUID) -> UUID:
    """A pad of so many fresh serials for a post; Refused(TOO_MANY_SHEETS, BATCH_CLOSED)."""
    facts, batch = await post_of(post), await open_batch(post)
    if not 0 < sheets <= MOST_IN_A_PAD:
        raise Refused(Refusal.TOO_MANY_SHEETS, most=MOST_IN_A_PAD)
    number = await PaperPad.count().where(PaperPad.batch == batch) + 1
    pad = PaperPad(batch=batch, number=number, sheets=sheets, day=local(now()).date())
    await PaperPad.insert(pad)
    serials: set[str] = set()
    while len(serials) < sheets:
        serials.add(make_serial())
    rows = [
        PaperSheet(election=facts.election, serial=serial, batch=batch, pad=pad.id, state="printed")
        for serial in serials
    ]
    for chunk in chunks(rows, 100):
        await PaperSheet.insert(*chunk)
    await audit(by, "official", "paper.pad", f"post:{post}", f"{number}: {sheets}")
    return UUID(str(pad.id))


@transaction
async def take_pages(post: UUID, pad: UUID, by: UUID) -> list[str]:
    """The serials of a pad in a random order that is kept nowhere; every taking is counted and logged."""
    await post_of(post)
    taken = (
        await PaperPad.update({PaperPad.prints: PaperPad.prints + 1})
        .where(
            (PaperPad.id == pad) & PaperPad.batch.is_in(PaperBatch.select(PaperBatch.id).where(PaperBatch.post == post))
        )
        .returning(PaperPad.number, PaperPad.prints)
    )
    if not taken:
        raise Refused(Refusal.NO_SUCH_POST)
    await audit(by, "official", "paper.print", f"post:{post}", f"{taken[0]['number']}: {taken[0]['prints']}")
    rows = await PaperSheet.select(PaperSheet.serial).where(PaperSheet.pad == pad)
    serials = [row["serial"] for row in rows]
    _dice.shuffle(serials)
    return serials


async def pads_of(post: UUID) -> list[Pad]:
    """The pads made for a post, by number."""
    rows = await PaperPad.select().where(PaperPad.batch.post == post).order_by(PaperPad.number)
    return [Pad(row["id"], row["number"], row["sheets"], row["day"], row["prints"]) for row in rows]


async def open_batch(post: UUID) -> UUID:
    """The paper box of a post, held while the transaction lasts; Refused(BATCH_CLOSED) once it is closed."""
    row = await lock_row(PaperBatch.select(PaperBatch.id, PaperBatch.state).where(PaperBatch.post == post).first())
    if row is None:
        raise Refused(Refusal.NO_SUCH_POST)
    if row["state"] != "open":
        raise Refused(Refusal.BATCH_CLOSED)
    found: UUID = row["id"]
    return found
