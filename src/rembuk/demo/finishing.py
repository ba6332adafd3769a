"""Last year's round from the closed booth to the works under way, by the same stores as a real one."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, PhaseKind
from rembuk.cycles.store import Deed
from rembuk.database import transaction
from rembuk.demo.papering import Table, read_sheets
from rembuk.demo.people import Cast
from rembuk.proposals.tables import Proposal
from rembuk.results import store as results
from rembuk.works.tables import Expense, Milestone, Work

STEPS = ("Musyawarah persiapan", "Pengadaan bahan", "Pengerjaan", "Serah terima")
STATUS = ("waiting", "procurement", "building", "building", "finished", "late")
BOUGHT = ("Bahan bangunan (simulasi)", "Upah kerja (simulasi)", "Sewa alat dan angkutan (simulasi)")
LATE = "Bahan terlambat datang, pengerjaan mundur tiga minggu."


async def finish(cycle: Cycle, cast: Cast, rng: Random, share: str, table: Table) -> None:
    """Close, read the paper, open the box, throw the dice, count, publish, and start the works."""
    phases = {phase.kind: phase for phase in await cycles.phases(cycle.id)}
    with clock.frozen(phases[PhaseKind.VOTING].ends_at):
        asked = await cycles.propose(Deed.CLOSE, cycle.id, cast.official)
        await cycles.confirm(asked.id, cast.second)
        await read_sheets(cycle, cast, table)
    with clock.frozen(phases[PhaseKind.RESULTS].starts_at + timedelta(hours=2)):
        act = await results.propose_opening(cycle.id, cast.official)
        await results.open_ballots(act.id, cycle.id, cast.second, [share])
        await results.record_dice(cycle.id, "".join(str(rng.randint(0, 9)) for _ in range(20)), cast.official)
        await results.count_cycle(cycle.id, cast.official)
        act = await results.propose_publication(cycle.id, cast.official)
        await results.publish(act.id, cycle.id, cast.second)
        await cycles.open_phase(cycle.id, PhaseKind.RESULTS, cast.official)
    with clock.frozen(phases[PhaseKind.WORKS].starts_at + timedelta(hours=1)):
        await cycles.close_phase(cycle.id, PhaseKind.RESULTS, cast.official)
        await cycles.open_phase(cycle.id, PhaseKind.WORKS, cast.official)
    await _work(cycle, rng, cast.official)


@transaction
async def _work(cycle: Cycle, rng: Random, author: UUID) -> None:
    funded = await Proposal.select(Proposal.id, Proposal.cost, Proposal.reviewed_cost).where(
        (Proposal.cycle == cycle.id) & (Proposal.outcome == "funded")
    )
    works, milestones, paid = [], [], []
    for row in funded:
        work, steps = _plan(cycle, row, rng)
        works.append(work)
        milestones += steps
        paid += _account(work, author)
    for start in range(0, len(works), 100):
        await Work.insert(*works[start : start + 100])
    for start in range(0, len(milestones), 100):
        await Milestone.insert(*milestones[start : start + 100])
    for start in range(0, len(paid), 100):
        await Expense.insert(*paid[start : start + 100])


def _plan(cycle: Cycle, row: dict[str, Any], rng: Random) -> tuple[Work, list[Milestone]]:
    status = rng.choice(STATUS)
    budget = row["reviewed_cost"] or row["cost"]
    done = {"waiting": 0, "procurement": 1, "building": 2, "late": 2, "finished": 4}[status]
    work = Work(
        cycle=cycle.id,
        proposal=row["id"],
        status=status,
        budget=budget,
        spent=budget * rng.randint(*((0, 0), (5, 25), (30, 80), (85, 95), (92, 100))[done]) // 100,
        carried_out_by="Kelompok swakelola warga (simulasi)",
        late_reason=LATE if status == "late" else "",
        updated_at=clock.now(),
    )
    first = clock.local(clock.now()).date() - timedelta(days=70)
    steps = [
        Milestone(
            work=work.id,
            nth=nth,
            title=title,
            planned_on=first + timedelta(days=30 * nth),
            finished_on=first + timedelta(days=30 * nth + rng.randint(-6, 4))
            if nth <= min(done, 2) or done == 4
            else None,
        )
        for nth, title in enumerate(STEPS, 1)
    ]
    return work, steps


def _account(work: Work, author: UUID) -> list[Expense]:
    """What was spent, in three lines of the account book that add up to it."""
    shares = [work.spent * part // 100 for part in (55, 30)]
    sums = zip(BOUGHT, (*shares, work.spent - sum(shares)), strict=True)
    day = clock.local(clock.now()).date() - timedelta(days=10)
    return [
        Expense(work=work.id, paid_on=day, what=what, gross=gross, tax=gross // 50, author=author, at=clock.now())
        for what, gross in sums
        if gross > 0
    ]
