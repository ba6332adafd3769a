"""What waits to be checked: the queue of an official's areas, its counts, and what goes on the ballot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from babel.dates import format_date

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.freezing import FrozenProject
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.store import Check
from rembuk.errors import N_
from rembuk.places import store as places
from rembuk.places.rules import covers
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import State
from rembuk.proposals.tables import Proposal
from rembuk.review.rules import Tie, due_on, is_reviewable
from rembuk.review.store.ties import ties

_REVIEWABLE = [state.value for state in State if is_reviewable(state)]


@dataclass(frozen=True, slots=True)
class Item:
    """A proposal in the queue; cost in whole rupiah, checked where it was."""

    number: int
    title: str
    issue: str
    rw: str
    kecamatan: str
    cost: int
    state: State
    endorsement_count: int
    due: date
    is_late: bool

    @property
    def due_words(self) -> str:
        """The day an answer is owed, in short."""
        return format_date(self.due, "d MMM y", locale="id")

    @property
    def waits(self) -> bool:
        """Whether nobody has finished checking it."""
        return self.state is State.SENT


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the review has come."""

    waiting: int = 0
    late: int = 0
    feasible: int = 0
    feasible_changed: int = 0
    infeasible: int = 0

    @property
    def total(self) -> int:
        """Every proposal that is or was to be checked."""
        return self.waiting + self.done

    @property
    def done(self) -> int:
        """Every proposal with a finished verdict."""
        return self.feasible + self.feasible_changed + self.infeasible


async def queue(cycle_id: UUID, scopes: Sequence[str]) -> list[Item]:
    """The proposals of an official's areas, those that wait first, the longest waiting on top (F1)."""
    opened = await _opened_on(cycle_id)
    today = clock.local(clock.now()).date()
    rows = await (
        Proposal.select(
            Proposal.number,
            Proposal.title,
            Proposal.issue,
            Proposal.rw,
            Proposal.kecamatan,
            Proposal.cost,
            Proposal.reviewed_cost,
            Proposal.state,
            Proposal.endorsement_count,
            Proposal.sent_at,
        )
        .where((Proposal.cycle == cycle_id) & Proposal.state.is_in(_REVIEWABLE))
        .order_by(Proposal.number)
    )
    mine = [row for row in rows if any(covers(scope, row["rw"]) for scope in scopes)]
    items = [_item(row, opened, today) for row in mine]
    return sorted(items, key=lambda item: (not item.waits, item.due, item.number))


async def _opened_on(cycle_id: UUID) -> date | None:
    for phase in await cycles.phases(cycle_id):
        if phase.kind is PhaseKind.REVIEW and phase.opened_at:
            return clock.local(phase.opened_at).date()
    return None


def _item(row: dict[str, object], opened: date | None, today: date) -> Item:
    facts = dict(row)
    sent, reviewed = facts.pop("sent_at"), facts.pop("reviewed_cost")
    due = due_on(clock.local(sent).date(), opened)  # type: ignore[arg-type]
    state = State(str(facts.pop("state")))
    if reviewed is not None:
        facts["cost"] = reviewed
    late = state is State.SENT and opened is not None and today > due
    return Item(**facts, state=state, due=due, is_late=late)  # type: ignore[arg-type]


def counts(items: Sequence[Item]) -> Counts:
    """How far these have come."""
    states = [item.state for item in items]
    return Counts(
        waiting=states.count(State.SENT),
        late=sum(item.is_late for item in items),
        feasible=states.count(State.FEASIBLE),
        feasible_changed=states.count(State.FEASIBLE_CHANGED),
        infeasible=states.count(State.INFEASIBLE),
    )


def counts_by_kecamatan(items: Sequence[Item]) -> dict[str, Counts]:
    """How far each kecamatan has come, by area code."""
    codes = sorted({item.kecamatan for item in items})
    return {code: counts([item for item in items if item.kecamatan == code]) for code in codes}


async def frozen_projects(cycle_id: UUID) -> list[FrozenProject]:
    """What goes on the ballot: feasible, visible proposals whose review is finished, at the checked cost (F5)."""
    atlas, tied = await places.atlas(), await ties(cycle_id)
    return [
        FrozenProject(
            id=str(project.number),
            title=project.title,
            issue=project.issue,
            area=project.rw,
            place=atlas.label(project.rw),
            cost=project.cost,
            district=project.kecamatan,
            group=tied.get(str(project.number), Tie()).group,
            requires=tied.get(str(project.number), Tie()).requires,
        )
        for project in await proposals.ballot_projects(cycle_id)
    ]


ALL_CHECKED = N_("Semua usulan sudah diperiksa ({done} dari {total})")


@cycles.before(PhaseKind.VOTING)
async def all_checked(cycle_id: UUID) -> list[Check]:
    """The booth opens only when no proposal waits for its review."""
    found = counts(await queue(cycle_id, ("",)))
    facts = {"done": found.done, "total": found.total}
    return [Check(ALL_CHECKED, found.waiting == 0, href="/petugas/pemeriksaan", facts=facts)]
