"""Deeds only two persons can do: freezing what is voted on, opening the booth, closing it (trust.md 7)."""

import json
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from rembuk import clock
from rembuk.board import rules as board_rules
from rembuk.board import store as board
from rembuk.board.rules import ActRecord, ActState, Json, Kind
from rembuk.cycles import tables
from rembuk.cycles.checks import commit_before_open
from rembuk.cycles.freezing import FrozenProject, config_of
from rembuk.cycles.rules import AFTER, PHASE_NAMES, Election, ElectionState, PhaseKind, Refusal
from rembuk.cycles.store.ceilings import ceiling_lines, needs
from rembuk.cycles.store.plans import locked_cycle
from rembuk.cycles.store.questions import cycle, election, phases
from rembuk.cycles.store.rows import election_of
from rembuk.cycles.store.shares import Wanted, insist_feasible
from rembuk.cycles.store.turns import begin, end
from rembuk.database import Fixed, lock_row, on_postgres, transaction
from rembuk.errors import Refused
from rembuk.places import store as places


class Deed(StrEnum):
    """What two persons sign; the value is the name of the act on the board."""

    FREEZE = "election.freeze"
    OPEN = "election.open"
    CLOSE = "election.close"


_NEEDS = {
    Deed.FREEZE: ElectionState.DRAFT,
    Deed.OPEN: ElectionState.FROZEN,
    Deed.CLOSE: ElectionState.OPEN,
}


FRESH = "read committed"
"""Isolation of everything that waits for the phase lock: an older snapshot would miss what it waited for (I6)."""


_TOGETHER = Fixed("SELECT pg_advisory_xact_lock_shared({})")
_ALONE = Fixed("SELECT pg_advisory_xact_lock({})")


async def hold_booth(election_id: UUID, *, alone: bool = False) -> None:
    """Hold the phase lock until the transaction ends: many casts together, or one change of phase alone.

    PostgreSQL lets new readers of a locked row pass those who wait to change it, so that a stream of casts would keep
    the booth open for ever; advisory locks are given in the order they were asked. On SQLite the one writer is enough.
    """
    if on_postgres():
        key = election_id.int % 2**63
        await (_ALONE(key) if alone else _TOGETHER(key))


async def locked_election(cycle_id: UUID) -> Election:
    """The main election, its row held as the phase lock until the transaction ends (trust.md 5).

    The cycle is locked first, so that nothing of what is frozen moves meanwhile and two deeds never deadlock.
    """
    await locked_cycle(cycle_id)
    wanted = (await election(cycle_id)).id
    await hold_booth(wanted, alone=True)
    row = await lock_row(tables.Election.objects().where(tables.Election.id == wanted).first())
    return election_of(row)


async def config(cycle_id: UUID, projects: Sequence[FrozenProject]) -> dict[str, Json]:
    """The configuration as it would be frozen now; Refused(NO_PROJECTS, NO_CEILINGS, NO_KEY, NO_PHASES,
    NO_WITNESSES, INFEASIBLE)."""
    if not projects:
        raise Refused(Refusal.NO_PROJECTS)
    if not (lines := await ceiling_lines(cycle_id)):
        raise Refused(Refusal.NO_CEILINGS)
    if not (vote := await election(cycle_id)).trustee_key:
        raise Refused(Refusal.NO_KEY)
    voting = next((p for p in await phases(cycle_id) if p.kind is PhaseKind.VOTING), None)
    if voting is None:
        raise Refused(Refusal.NO_PHASES)
    if len(watching := await board.witnesses()) < vote.witness_quorum:
        raise Refused(Refusal.NO_WITNESSES, number=vote.witness_quorum, there=len(watching))
    ceilings = {line.area: (line.name, line.amount) for line in lines}
    kept = await cycle(cycle_id)
    await insist_feasible(cycle_id, Wanted(kept.shares, kept.pot), projects)
    return config_of(
        kept,
        vote,
        voting,
        ceilings,
        projects,
        names=await _names(projects),
        needs=await _needs(kept.quota_rule),
        witnesses=[each.text for each in watching],
    )


async def _needs(rule: str) -> dict[str, dict[str, int]]:
    """The figures of every kecamatan that this formula divides by."""
    if rule not in ("per_capita", "need_weighted"):
        return {}
    return {each.area: {"residents": each.residents, "poor_families": each.poor_families} for each in await needs()}


async def _names(projects: Sequence[FrozenProject]) -> dict[str, str]:
    """The words for every RW and kelurahan where a project stands."""
    atlas = await places.atlas()
    codes = {code for project in projects for code in (project.area, project.area.rpartition(".")[0])}
    return {code: atlas.label(code) for code in codes if code in atlas.areas}


async def payload(deed: Deed, cycle_id: UUID, projects: Sequence[FrozenProject] = ()) -> dict[str, Json]:
    """Exactly what two persons sign for a deed, as it stands now."""
    vote = await election(cycle_id)
    said: dict[str, Json] = {"cycle": str(cycle_id), "election": str(vote.id)}
    if deed is Deed.FREEZE:
        return {**said, "config_sha256": board_rules.digest(await config(cycle_id, projects))}
    said["config_sha256"] = vote.config_sha256
    if deed is Deed.OPEN:
        await insist_config(vote)
        said |= {"level": vote.level, "trustee_key": vote.trustee_key}
    return said


async def insist_config(vote: Election) -> None:
    """Refused(OTHER_CONFIG) unless the configuration still is the one whose hash went on the board (I11)."""
    frozen = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.CONFIG)]
    posted = [body["sha256"] for body in frozen if body["election"] == str(vote.id)]
    if posted[-1:] != [vote.config_sha256] or sha256(vote.config.encode()).hexdigest() != vote.config_sha256:
        raise Refused(Refusal.OTHER_CONFIG)


@transaction
async def propose(deed: Deed, cycle_id: UUID, person: UUID, projects: Sequence[FrozenProject] = ()) -> ActRecord:
    """The first person asks for a deed; an earlier request that nobody signed is taken back."""
    await locked_cycle(cycle_id)
    await _insist_state(deed, cycle_id)
    for waiting in await pending(cycle_id, deed):
        await board.withdraw_act(waiting.id, person)
    return await board.propose_act(deed.value, await payload(deed, cycle_id, projects), person)


@transaction(isolation=FRESH)
async def confirm(act_id: UUID, person: UUID, projects: Sequence[FrozenProject] = ()) -> Election:
    """The second person signs and the deed is done; an opening before its date waits for the scheduler."""
    signed = await board.second_act(act_id, person)
    if signed.action not in set(Deed):
        raise Refused(board_rules.Refusal.OTHER_PAYLOAD)
    cycle_id = UUID(json.loads(signed.payload)["cycle"])
    if Deed(signed.action) is Deed.OPEN and not await _is_due(cycle_id):
        return await election(cycle_id)
    return await _perform(signed, cycle_id, projects)


async def _is_due(cycle_id: UUID) -> bool:
    voting = next(p for p in await phases(cycle_id) if p.kind is PhaseKind.VOTING)
    return voting.starts_at <= clock.now()


async def _perform(act: ActRecord, cycle_id: UUID, projects: Sequence[FrozenProject]) -> Election:
    deed = Deed(act.action)
    vote = await locked_election(cycle_id)
    await _insist_state(deed, cycle_id)
    await board.use_act(act.id, deed.value, await payload(deed, cycle_id, projects))
    if deed is Deed.FREEZE:
        return await _freeze(vote, await config(cycle_id, projects))
    if deed is Deed.OPEN:
        return await _open(vote, act.second)
    return await shut(cycle_id, act.second, "")


async def _insist_state(deed: Deed, cycle_id: UUID) -> None:
    state = (await election(cycle_id)).state
    if state is _NEEDS[deed]:
        return await _insist_quiet(cycle_id) if deed is Deed.FREEZE else None
    if deed is Deed.FREEZE:
        raise Refused(Refusal.FROZEN)
    if deed is Deed.OPEN and state is ElectionState.DRAFT:
        raise Refused(Refusal.NOT_FROZEN)
    raise Refused(Refusal.WRONG_STATE)


async def _insist_quiet(cycle_id: UUID) -> None:
    """Refused(EARLIER_RUNNING) while proposals, debate or review could still change what is frozen."""
    for phase in await phases(cycle_id):
        if phase.is_open and phase.kind in AFTER[PhaseKind.VOTING]:
            raise Refused(Refusal.EARLIER_RUNNING, phase=PHASE_NAMES[PhaseKind.VOTING], other=phase.name)


async def _freeze(vote: Election, frozen: dict[str, Json]) -> Election:
    frozen_sha256 = board_rules.digest(frozen)
    await tables.Election.update(
        {
            tables.Election.config: board_rules.canonical(frozen).decode(),
            tables.Election.config_sha256: frozen_sha256,
            tables.Election.state: ElectionState.FROZEN.value,
        }
    ).where(tables.Election.id == vote.id)
    await board.append(Kind.CONFIG, {"election": str(vote.id), "sha256": frozen_sha256})
    return await election(vote.cycle)


async def _open(vote: Election, actor: UUID | None) -> Election:
    await begin(vote.cycle, PhaseKind.VOTING, actor, "")
    await commit_before_open(vote.cycle)
    await _turn(vote, ElectionState.OPEN)
    said: dict[str, Json] = {"election": str(vote.id), "config_sha256": vote.config_sha256}
    await board.append(Kind.OPEN, {**said, "level": vote.level, "trustee_key": vote.trustee_key})
    return await election(vote.cycle)


async def open_if_signed(cycle_id: UUID) -> None:
    """Open the booth at its instant when two persons signed for exactly this; in the caller's transaction."""
    for act in await pending(cycle_id, Deed.OPEN, ActState.SIGNED):
        await _perform(act, cycle_id, ())
        return


@transaction(isolation=FRESH)
async def shut(cycle_id: UUID, actor: UUID | None, reason: str) -> Election:
    """Close the booth: after the `close` leaf no envelope may follow. The calendar was signed by two."""
    vote = await locked_election(cycle_id)
    if vote.state is not ElectionState.OPEN:
        raise Refused(Refusal.WRONG_STATE)
    await end(cycle_id, PhaseKind.VOTING, actor, reason)
    await _turn(vote, ElectionState.CLOSED)
    await board.append(Kind.CLOSE, {"election": str(vote.id), "config_sha256": vote.config_sha256})
    return await election(cycle_id)


async def _turn(vote: Election, state: ElectionState) -> None:
    await tables.Election.update({tables.Election.state: state.value}).where(tables.Election.id == vote.id)


async def pending(cycle_id: UUID, deed: Deed | None = None, state: ActState = ActState.PROPOSED) -> list[ActRecord]:
    """Deeds of this cycle that wait: for their second person, or (SIGNED) for their instant."""
    acts = await board.waiting_acts(state=state)
    mine = [act for act in acts if act.action in set(Deed) and json.loads(act.payload)["cycle"] == str(cycle_id)]
    return [act for act in mine if deed is None or act.action == deed.value]


_LATER = (ElectionState.CLOSED, ElectionState.OPENED, ElectionState.COUNTED, ElectionState.CERTIFIED)


@transaction
async def advance(cycle_id: UUID, state: ElectionState, *, seed: str | None = None) -> Election:
    """Move a closed election on: opened, counted, certified, one step at a time; called from the left."""
    vote = await locked_election(cycle_id)
    if vote.state not in _LATER or _LATER.index(state) - _LATER.index(vote.state) != 1:
        raise Refused(Refusal.WRONG_STATE)
    await _turn(vote, state)
    if seed is not None:
        await tables.Election.update({tables.Election.seed: seed}).where(tables.Election.id == vote.id)
    return await election(cycle_id)


@transaction
async def name_trustees(
    cycle_id: UUID,
    public_key: str,
    level: str = "L1",
    quorums: tuple[int, int] = (0, 0),
    publication: str = "full",
) -> Election:
    """Set the key ballots are sealed to (X25519, hex), the level, how many witnesses and sworn recounts are needed.

    Only before freezing; the room of voting calls it once two persons signed (`voting.store.settle_key`).
    """
    vote = await locked_election(cycle_id)
    if vote.state is not ElectionState.DRAFT:
        raise Refused(Refusal.FROZEN)
    row = tables.Election
    chosen: dict[Column | str, Any] = {
        row.trustee_key: public_key,
        row.level: level,
        row.witness_quorum: quorums[0],
        row.auditor_quorum: quorums[1],
    }
    chosen[row.publication] = publication
    await row.update(chosen).where(row.id == vote.id)
    return await election(cycle_id)
