"""A post of last year's round: simulated residents vote on paper, two officers read each sheet, dice draw an audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.demo.people import HOME, HOME_RW, Cast
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.codes import VoterCode
from rembuk.people.rules import ADULTS
from rembuk.people.store import NewCode
from rembuk.posts import store as posts
from rembuk.posts.rules import Fault

PIN = "2468"
VOTERS, SHEETS = 10, 12
"""Who comes to the post, and the sheets of its pad: two are left and destroyed."""
DICE = "61803398874989484820"


@dataclass(frozen=True)
class Table:
    """The post, its two officers and the serials of the sheets that were handed out."""

    post: UUID
    officers: tuple[UUID, UUID]
    serials: tuple[str, ...]


async def give_paper_codes(cycle: Cycle) -> list[VoterCode]:
    """Voter codes for the residents of the demo's RW who will come to the post, loaded before the vote opens."""
    here = [entry for entry in await people.entries_of(cycle.id, rw=HOME_RW) if entry.list == ADULTS]
    given, batch = [], []
    for nth, entry in enumerate(sorted(here, key=lambda each: str(each.id))[:VOTERS], 1):
        code = codes.make_code()
        key = codes.public_key(codes.key_seed(code, cycle.id)).hex()
        batch.append(NewCode(f"DEMO-POS-{nth:03d}", key, entry.id, PIN))
        given.append(code)
    await people.load_batch(cycle.id, "demo-pos", batch)
    return given


async def hand_out(cycle: Cycle, cast: Cast, given: Sequence[VoterCode], closing: datetime) -> Table:
    """Set the post up, check everybody in by code, and hand out a sheet each."""
    election = (await cycles.election(cycle.id)).id
    officers = (cast.facilitator, cast.helper)
    post = await posts.create_post(election, HOME, "Pos Balai RW 05", "Balai RW 05", "08.00–15.00", by=cast.official)
    await posts.assign_rws(post, [HOME_RW], cast.official)
    for day in sorted({clock.local(at).date() for at in (clock.now(), closing)}):
        for officer in officers:
            await posts.add_shift(post, officer, day, cast.official)
    pad = await posts.make_pad(post, SHEETS, cast.official)
    serials = await posts.take_pages(post, pad, cast.official)
    for code in given:
        await posts.check_in_by_code(post, code.printed, officers[0])
    return Table(post, officers, tuple(serials[: len(given)]))


async def read_sheets(cycle: Cycle, cast: Cast, table: Table) -> None:
    """After closing: both officers type every sheet, two officials close the box, an official checks those drawn."""
    election = (await cycles.election(cycle.id)).id
    form = await posts.form_of(await posts.post_of(table.post))
    rng = Random(cycle.year)  # noqa: S311 - of its own, so that the rest of the demo is drawn as before
    typed: dict[str, tuple[str, Fault | None]] = {
        serial: (_picked(rng, len(form.order)), None) for serial in table.serials
    }
    typed[table.serials[0]] = ("0", None)
    typed[table.serials[1]] = ("", Fault.MARKED)
    for officer in table.officers:
        for serial, (numbers, fault) in typed.items():
            await posts.enter_sheet(table.post, serial, numbers, fault, officer)
    act = await posts.propose_close(table.post, "", cast.official)
    await posts.confirm_close(act.id, table.post, cast.second)
    await posts.throw_dice(election, DICE, cast.official)
    for sample in await posts.samples_of(election):
        for sheet in sample.drawn:
            numbers, fault = typed[sheet.serial]
            await posts.check_sheet(election, sheet.serial, numbers, fault, cast.second)


def _picked(rng: Random, projects: int) -> str:
    """One to five boxes with a cross."""
    drawn = rng.sample(range(1, projects + 1), rng.randint(1, min(5, projects)))
    return " ".join(str(number) for number in sorted(drawn))
