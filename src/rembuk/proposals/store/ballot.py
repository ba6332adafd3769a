"""What other rooms do to a proposal: a verdict, hiding, merging, the ballot, and the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.proposals.rules import FEASIBLE, Refusal, State, Verdict, may_become
from rembuk.proposals.store.drafts import note, write_lines
from rembuk.proposals.store.following import announce_outcomes
from rembuk.proposals.store.reading import by_id, by_number
from rembuk.proposals.store.rows import Columns
from rembuk.proposals.tables import Proposal


@dataclass(frozen=True)
class BallotProject:
    """A proposal as it stands on the ballot: its number, and its checked cost in whole rupiah."""

    id: UUID
    number: int
    title: str
    issue: str
    kecamatan: str
    rw: str
    cost: int
    proposed: str
    endorsement_count: int


async def ballot_projects(cycle: UUID, kecamatan: str = "") -> tuple[BallotProject, ...]:
    """Feasible, visible proposals of a kecamatan (or of the whole city) by number, in one statement (G7)."""
    where = (
        (Proposal.cycle == cycle)
        & Proposal.state.is_in([state.value for state in FEASIBLE])
        & (Proposal.hidden == False)  # noqa: E712 - Piccolo compares columns, not values
    )
    if kecamatan:
        where = where & (Proposal.kecamatan == kecamatan)
    rows = (
        await Proposal.select(
            Proposal.id,
            Proposal.number,
            Proposal.title,
            Proposal.issue,
            Proposal.kecamatan,
            Proposal.rw,
            Proposal.cost,
            Proposal.reviewed_cost,
            Proposal.proposed,
            Proposal.endorsement_count,
        )
        .where(where)
        .order_by(Proposal.number)
    )
    return tuple(_project(row) for row in rows)


def _project(row: dict[str, object]) -> BallotProject:
    reviewed = row.pop("reviewed_cost")
    return BallotProject(**(row if reviewed is None else row | {"cost": reviewed}))  # type: ignore[arg-type]


@transaction
async def put_on_ballot(cycle: UUID, actor: UUID | None = None) -> int:
    """Note "on the ballot" in the way of every proposal that stands on one; how many."""
    projects = await ballot_projects(cycle)
    for project in projects:
        await note(project.id, "on_ballot", actor, "official")
    return len(projects)


@transaction
async def judge(number: int, verdict: Verdict, actor: UUID, role: str) -> None:
    """Write a finished verdict; Refused(NOT_ALLOWED_STATE) when it cannot follow the present state."""
    before = await by_number(number)
    if not may_become(before.state, verdict.state):
        raise Refused(Refusal.NOT_ALLOWED_STATE, before=before.state.value, after=verdict.state.value)
    columns: Columns = {"state": verdict.state.value}
    if verdict.cost is not None:
        columns["reviewed_cost"] = verdict.cost
    await Proposal.update(columns).where(Proposal.id == before.id)
    if verdict.lines:
        await write_lines(before.id, "reviewed", verdict.lines)
    await note(before.id, "reviewed", actor, role, verdict.reason)


@transaction
async def hide(proposal: UUID, actor: UUID, role: str, reason: str) -> None:
    """Hide a proposal everywhere (N2)."""
    await Proposal.update({Proposal.hidden: True}).where(Proposal.id == (await by_id(proposal)).id)
    await note(proposal, "hidden", actor, role, reason)


@transaction
async def restore(proposal: UUID, actor: UUID, role: str, reason: str) -> None:
    """Bring a hidden proposal back with everything it had (N2)."""
    await Proposal.update({Proposal.hidden: False}).where(Proposal.id == (await by_id(proposal)).id)
    await note(proposal, "restored", actor, role, reason)


@transaction
async def merge(number: int, into: int, actor: UUID, role: str, reason: str) -> None:
    """Make one proposal part of another; its own page stays and points there."""
    before, target = await by_number(number), await by_number(into)
    if number == into or not may_become(before.state, State.MERGED):
        raise Refused(Refusal.NOT_ALLOWED_STATE, before=before.state.value, after=State.MERGED.value)
    columns: Columns = {"state": State.MERGED.value, "merged_into": target.number}
    await Proposal.update(columns).where(Proposal.id == before.id)
    await note(before.id, "merged", actor, role, reason or f"Digabung dengan usulan nomor {into}")


@transaction
async def write_outcomes(
    cycle: UUID, outcomes: Mapping[int, str], reasons: Mapping[int, str], actor: UUID | None = None
) -> None:
    """Write "funded", "reserve" or "not_funded" by number, with its reason, at publication (M3); people are told."""
    changed = []
    for number, outcome in outcomes.items():
        before = await by_number(number)
        if before.cycle == cycle:
            await Proposal.update({Proposal.outcome: outcome}).where(Proposal.id == before.id)
            await note(before.id, outcome, actor, "official", reasons.get(number, ""))
            changed += [number] if before.outcome != outcome else []
    await announce_outcomes(changed)
