"""A small whole city through the real stores: proposals, review, key, booth, box, dice, count, publication."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.board import notes
from rembuk.board import store as board
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleText, PhaseKind, spread
from rembuk.cycles.store import Deed, Wanted
from rembuk.database import transaction
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.people.codes import VoterCode
from rembuk.people.rules import CHILDREN, Kind, NewEntry, box_of
from rembuk.people.store import NewCode
from rembuk.people.tables import Person
from rembuk.places.tables import Area
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import CostLine, Place, Plan
from rembuk.results import store as results
from rembuk.results.offline import opened_offline
from rembuk.results.store import swearing
from rembuk.review import rules as reviewing
from rembuk.review import store as review
from rembuk.settings import settings
from rembuk.voting import rules as voting_rules
from rembuk.voting import store as voting
from rembuk.voting.opening import read_opened
from rembuk.voting.rehearsing import rehearse
from rembuk.voting.seal import NONCE_BYTES
from rembuk.voting.store import Receipt
from tests.staging import staged

DAY = timedelta(days=1)
LENGTHS = {"proposals": 20, "debate": 10, "review": 10, "voting": 14, "results": 10, "works": 100}
VOTING_SINCE = 2
CEILING = 100_000_000
COSTS = (40, 30, 25, 50, 20, 60)
"""What the proposals of a district cost, in million rupiah, over and over."""
NAMES = ("Coblong", "Gedebage", "Ujungberung", "Cidadap", "Astanaanyar")
CODES = ("32.73.02", "32.73.27", "32.73.26", "32.73.08", "32.73.10")
PIN = "2468"
WITNESS = notes.Signer("unpar.example", b"w" * 32)
DICE = "31415926535897932384"
FINE = reviewing.Draft(
    reviewing.Verdict.FEASIBLE,
    "Lahan, kewenangan, dan rincian biaya sudah sesuai.",
    "",
    dict.fromkeys(reviewing.Question, True),
)


@dataclass
class City:
    """A city whose booth is open: its cycle, two officials, the roll by district, the ballot, the trustees' shares."""

    cycle: Cycle
    election: UUID
    first: UUID
    second: UUID
    shares: tuple[str, ...]
    rolls: dict[str, list[UUID]]
    projects: dict[str, list[str]]
    codes: dict[UUID, VoterCode] = field(default_factory=dict)
    all_shares: tuple[str, ...] = ()

    @property
    def districts(self) -> list[str]:
        """Codes of the districts, in order."""
        return sorted(self.projects)

    async def cast(
        self, roll: UUID, chosen: Sequence[str] = (), nonce: bytes | None = None, *, seed: bytes | None = None
    ) -> Receipt:
        """Cast for a voter; with a new nonce unless one is given, signed when the voter has a code."""
        if seed is None and roll in self.codes:
            seed = codes.key_seed(self.codes[roll], self.cycle.id)
        voter = await voting.voter_of(roll, seed)
        return await voting.cast(voter, voting_rules.canonical(chosen), nonce or secrets.token_bytes(NONCE_BYTES))

    async def close(self) -> None:
        """Close the booth, by two persons."""
        act = await cycles.propose(Deed.CLOSE, self.cycle.id, self.first)
        await cycles.confirm(act.id, self.second)

    async def open_box(self) -> int:
        """Open the box with the shares, by two persons, offline where several hold the key; how many ballots."""
        if len(self.shares) > 1:
            return await self.open_offline()
        act = await results.propose_opening(self.cycle.id, self.first)
        return await results.open_ballots(act.id, self.cycle.id, self.second, self.shares)

    async def open_offline(self) -> int:
        """Ask the sample, take the box out, open it without the server, hand the opened file in; how many ballots."""
        election = await cycles.election(self.cycle.id)
        wanted = await results.draw_contacts(election, DICE, self.first)
        await results.record_contacts(election, (wanted, 0, 0), self.first)
        act = await results.propose_export(self.cycle.id, self.first)
        await results.export_box(act.id, self.cycle.id, self.second)
        opened = opened_offline(await results.box_file(self.cycle.id, self.second), self.shares)
        act = await results.hand_in(self.cycle.id, opened, self.first)
        return await results.accept(act.id, self.cycle.id, self.second, read_opened(opened).sha256)

    async def cosign(self) -> None:
        """The witness cosigns the newest checkpoint, where the result needs it."""
        [newest] = await board.checkpoints(1)
        text = notes.open_note(newest.note, board.signer().verifier)
        await board.cosign(newest.size, notes.cosign(text, WITNESS, int(clock.now().timestamp())))

    async def count(self) -> None:
        """Throw the dice and count."""
        await results.record_dice(self.cycle.id, DICE, self.first)
        await results.count_cycle(self.cycle.id, self.first)

    async def swear(self, *auditors: UUID) -> None:
        """Auditors count every closed box again and find what the count says."""
        for box in (await swearing.watch_of(self.cycle.id)).boxes:
            typed = ",".join(await swearing.official_winners(self.cycle.id, box.area)) or "0"
            for auditor in auditors:
                await swearing.record_recount(self.cycle.id, box.area, typed, auditor)

    async def publish(self) -> None:
        """Publish the counts, by two persons; where sworn auditors are needed one has counted the closed boxes."""
        if len(self.shares) > 1:
            await self.swear(uuid4())
        act = await results.propose_publication(self.cycle.id, self.first)
        await results.publish(act.id, self.cycle.id, self.second)
        await cycles.open_phase(self.cycle.id, PhaseKind.RESULTS, self.first)

    async def finish(self) -> None:
        """From the open booth to the published result."""
        await self.close()
        await self.open_box()
        await self.count()
        await self.publish()


async def city(
    districts: int = 3,
    proposals: int = 12,
    *,
    voters: int = 8,
    ballot: tuple[str, int] = ("approval", 3),
    rule: str = "greedy",
    options: dict[str, str] | None = None,
    with_codes: int = 0,
    quorum: tuple[int, int] = (1, 1),
    shares: Wanted | None = None,
    children: int = 0,
) -> City:
    """A city in its voting phase: so many districts, proposals in all, voters in each, codes for the first of them.

    `shares` are the money set aside, caps and the city round; `children` vote apart in each district, if they may.
    """
    wanted = (districts, proposals, voters, ballot, rule, options or {}, with_codes, quorum, shares, children)
    return await staged(("city", repr(wanted)), lambda: _built(*wanted))


async def _built(
    districts: int,
    proposals: int,
    voters: int,
    ballot: tuple[str, int],
    rule: str,
    options: dict[str, str],
    with_codes: int,
    quorum: tuple[int, int],
    shares: Wanted | None,
    children: int,
) -> City:
    first = clock.now() - timedelta(days=VOTING_SINCE + 40)
    homes = await _lay_out(districts)
    official, second, resident = await _people(homes)
    cycle = await _cycle(official, first, ballot, rule, options, districts)
    await _propose(cycle, resident, homes, proposals, first + DAY)
    await _check(cycle, official, first)
    if shares is not None:
        await cycles.set_shares(cycle.id, shares, (), official)
    rolls = await _enrol(cycle, homes, voters, children)
    given = await _give_codes(cycle, [roll for each in rolls.values() for roll in each[:with_codes]])
    if quorum[1] > 1:
        await board.register_witness(notes.Verifier(WITNESS.name, WITNESS.verifier.public, notes.COSIGNATURE).text)
    held = await rehearse(cycle.id, official, second, *quorum)
    made = City(
        cycle, (await cycles.election(cycle.id)).id, official, second, held[: quorum[0]], rolls, {}, given, held
    )
    await _open_booth(made, first)
    for project in await review.frozen_projects(cycle.id):
        made.projects.setdefault(project.district, []).append(project.id)
    return made


async def _lay_out(districts: int) -> dict[str, list[str]]:
    """Kecamatan with one kelurahan of two RW each, unless places are there already; RW codes by kecamatan."""
    homes = {code: [f"{code}.1001.{rw:03d}" for rw in (1, 2)] for code in CODES[:districts]}
    rows = [("32.73", "city", "Bandung", "bandung", None)]
    for name, (code, rws) in zip(NAMES, homes.items(), strict=False):
        village = f"{code}.1001"
        rows.append((code, "kecamatan", name, name.lower(), "32.73"))
        rows.append((village, "kelurahan", f"{name} Kulon", f"{name.lower()}-kulon", code))
        rows += [(rw, "rw", f"RW {rw[-2:]}", f"rw-{rw[-2:]}-{name.lower()}", village) for rw in rws]
    if not await Area.exists().where(Area.code == "32.73"):
        start = date(2020, 1, 1)
        columns = ("code", "level", "name", "slug", "parent")
        await Area.insert(*(Area(**dict(zip(columns, row, strict=True)), valid_from=start) for row in rows))
    return homes


async def _people(homes: dict[str, list[str]]) -> tuple[UUID, UUID, UUID]:
    staff = [Person(name=name, kind=Kind.STAFF.value, created_at=clock.now()) for name in ("Rini Kota", "Hendra Kota")]
    home = next(iter(homes.values()))[0]
    resident = Person(name="Imas Warga", kind=Kind.RESIDENT.value, rw=home, created_at=clock.now())
    await Person.insert(*staff, resident)
    for person in staff:
        await people.grant(person.id, "city_official", "32.73", by=None)
    return staff[0].id, staff[1].id, resident.id


@transaction
async def _cycle(
    official: UUID, first: datetime, ballot: tuple[str, int], rule: str, options: dict[str, str], districts: int
) -> Cycle:
    text = CycleText(
        name="Siklus kecil",
        year=first.year,
        budget=CEILING * districts,
        quota_rule="equal",
        quota_options={},
        tally_rule=rule,
        tally_options=options,
        ballot_type=ballot[0],
        max_choices=ballot[1],
    )
    calendar = spread(first, {PhaseKind(kind): days for kind, days in LENGTHS.items()})
    with clock.frozen(first - DAY):
        made = await cycles.create(text, settings().city, official)
        await cycles.set_phases(made.id, calendar, official)
        await cycles.set_ceilings(made.id, official)
        await cycles.publish(made.id, official)
    with clock.frozen(first):
        await cycles.open_phase(made.id, PhaseKind.PROPOSALS, official)
    return await cycles.cycle(made.id)


@transaction
async def _propose(cycle: Cycle, person: UUID, homes: dict[str, list[str]], count: int, at: datetime) -> None:
    with clock.frozen(at):
        for nth in range(count):
            rw = list(homes.values())[nth % len(homes)][0]
            cost = COSTS[nth // len(homes) % len(COSTS)] * 1_000_000
            draft = await proposals.start(cycle.id, person, rw)
            title = f"Saluran nomor {nth + 1} di gang"
            await proposals.save_problem(draft, person, "flood", title, "Setiap hujan deras air masuk ke rumah.")
            await proposals.save_place(draft, person, Place(rw, "depan masjid"))
            line = CostLine("U-ditch", "m", 1_000, cost)
            await proposals.save_plan(draft, person, Plan("Mengganti saluran di gang.", "20 rumah", (line,)))
            await proposals.send(draft, person)


@transaction
async def _check(cycle: Cycle, official: UUID, first: datetime) -> None:
    with clock.frozen(first + 31 * DAY):
        await cycles.close_phase(cycle.id, PhaseKind.PROPOSALS, official)
        await cycles.open_phase(cycle.id, PhaseKind.REVIEW, official)
        for item in await review.queue(cycle.id, ("",)):
            detail = await proposals.by_number(item.number)
            draft = reviewing.Draft(FINE.verdict, FINE.reason, "", FINE.answers, detail.lines)
            await review.finish(item.number, official, "city_official", draft)
        await cycles.close_phase(cycle.id, PhaseKind.REVIEW, official)
        await proposals.put_on_ballot(cycle.id, official)


async def _enrol(cycle: Cycle, homes: dict[str, list[str]], each: int, children: int) -> dict[str, list[UUID]]:
    wanted = [NewEntry(rw=rws[nth % len(rws)]) for rws in homes.values() for nth in range(each)]
    wanted += [NewEntry(rw=rws[0], list=CHILDREN) for rws in homes.values() for _ in range(children)]
    await people.add_roll_entries(cycle.id, wanted)
    rolls: dict[str, list[UUID]] = {code: [] for code in homes}
    for entry in await people.entries_of(cycle.id):
        rolls.setdefault(box_of(entry.kecamatan, entry.list), []).append(entry.id)
    return rolls


async def _give_codes(cycle: Cycle, rolls: Sequence[UUID]) -> dict[UUID, VoterCode]:
    given = {roll: codes.make_code() for roll in rolls}
    batch = [
        NewCode(f"UJI-{nth:04d}", codes.public_key(codes.key_seed(code, cycle.id)).hex(), roll, PIN)
        for nth, (roll, code) in enumerate(given.items(), 1)
    ]
    if batch:
        await people.load_batch(cycle.id, "uji", batch)
    return given


async def _open_booth(made: City, first: datetime) -> None:
    with clock.frozen(first + 40 * DAY + timedelta(minutes=1)):
        slip = await review.frozen_projects(made.cycle.id)
        act = await cycles.propose(Deed.FREEZE, made.cycle.id, made.first, slip)
        await cycles.confirm(act.id, made.second, slip)
        act = await cycles.propose(Deed.OPEN, made.cycle.id, made.first)
        await cycles.confirm(act.id, made.second)
