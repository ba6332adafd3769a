"""Posts for tests: officers from elsewhere, a post with a pad, sheets entered, boxes closed and audited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from rembuk import clock
from rembuk.people import store as people
from rembuk.people.pepper import nik_mac
from rembuk.people.rules import Kind
from rembuk.people.tables import Person, RollEntry
from rembuk.posts import store
from rembuk.posts.rules import Fault, Reading, kecamatan_of
from rembuk.posts.tables import PaperEntry, PaperSheet
from tests.city import City

NIK = "3273270101900001"
DICE = "27182818284590452353"


@dataclass
class PostOf:
    """A post of a small city: its officers (two at the table, three at the keyboard) and the serials it got."""

    city: City
    id: UUID
    election: UUID
    district: str
    officers: list[UUID]
    serials: list[str] = field(default_factory=list)

    @property
    def rolls(self) -> list[UUID]:
        """The people of its kecamatan."""
        return self.city.rolls[self.district]

    async def enter(self, serial: str, typed: str, *, by: Sequence[int] = (0, 1), fault: Fault | None = None) -> None:
        """The same reading by several officers."""
        for number in by:
            await store.enter_sheet(self.id, serial, typed, fault, self.officers[number])

    async def fill(self, reading: Reading) -> None:
        """Every sheet read alike by the first two officers, written at once: many sheets in little time."""
        batch = await PaperSheet.select(PaperSheet.id).where(PaperSheet.serial.is_in(self.serials))
        entries = [
            PaperEntry(sheet=row["id"], nth=nth, person=person, choices=reading.text, entered_at=clock.now())
            for row in batch
            for nth, person in enumerate(self.officers[:2], start=1)
        ]
        await PaperEntry.insert(*entries)
        mine = PaperSheet.serial.is_in(self.serials)
        await PaperSheet.update({PaperSheet.state: reading.state}).where(mine)

    async def close(self, explanation: str = "") -> None:
        """Close the paper box, by two officials."""
        act = await store.propose_close(self.id, explanation, self.city.first)
        await store.confirm_close(act.id, self.id, self.city.second)

    async def audit(self) -> None:
        """Throw the dice and find every drawn sheet as it was entered."""
        await store.throw_dice(self.election, DICE, self.city.first)
        form = await store.form_of(await store.post_of(self.id))
        for sample in await store.samples_of(self.election):
            for sheet in sample.drawn:
                assert sheet.kept is not None
                typed = " ".join(str(form.order.index(each) + 1) for each in sheet.kept.projects) or "0"
                await store.check_sheet(self.election, sheet.serial, typed, sheet.kept.fault, self.city.first)


async def officer(name: str, area: str, *, rw: str | None = None, role: str = "facilitator") -> UUID:
    """An account with a role in an area."""
    row = Person(name=name, kind=Kind.STAFF.value, rw=rw, created_at=clock.now())
    await Person.insert(row)
    await people.grant(row.id, role, area, by=None)
    return UUID(str(row.id))


async def on_shift(post: UUID, person: UUID, by: UUID, days: Sequence[int] = (0,)) -> None:
    """Put somebody on the post's table, today or so many days from now."""
    today = clock.local(clock.now()).date()
    for day in days:
        await store.add_shift(post, person, today + timedelta(days=day), by)


async def post_in(
    city: City, district: int = 0, *, sheets: int = 6, rws: Sequence[str] | None = None, name: str = "", box: str = ""
) -> PostOf:
    """A post in one district of a small city, serving its RWs, with a pad of sheets."""
    code = box or city.districts[district]
    home = kecamatan_of(code)
    id = await store.create_post(city.election, code, name or f"Pos {code}", "Balai RW", "08.00", by=city.first)
    await store.assign_rws(id, rws if rws is not None else [f"{home}.1001.001", f"{home}.1001.002"], city.first)
    officers = [await officer(f"Petugas {nth} {id.hex[:4]}", home) for nth in range(4)]
    for each in officers:
        await on_shift(id, each, city.first)
    made = PostOf(city, id, city.election, code, officers)
    if sheets:
        pad = await store.make_pad(id, sheets, city.first)
        made.serials = await store.take_pages(id, pad, city.first)
    return made


async def give_nik(roll: UUID, nik: str = NIK) -> None:
    """A line of the roll gets a NIK, as an import would."""
    await RollEntry.update({RollEntry.nik_mac: nik_mac(nik)}).where(RollEntry.id == roll)


async def states(post: PostOf) -> list[str]:
    """The states of a post's sheets."""
    rows = await PaperSheet.select(PaperSheet.state).where(PaperSheet.batch.post == post.id)
    return sorted(row["state"] for row in rows)
