"""Writes before a cycle runs: its text, its publication, its calendar."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from piccolo.columns import Column
from piccolo.table import Table

from rembuk import clock
from rembuk.board import store as board
from rembuk.cycles import rules, tables
from rembuk.cycles.rules import (
    PHASE_NAMES,
    PHASES,
    Cycle,
    CycleState,
    CycleText,
    ElectionState,
    Phase,
    PhaseKind,
    Refusal,
)
from rembuk.cycles.store.questions import MAIN_ELECTION, cycle, election, phases
from rembuk.cycles.store.rows import cycle_of
from rembuk.database import lock_row, refuses, transaction
from rembuk.errors import Refused
from rembuk.places.rules import slugged

refuses("cycle_slug_key", Refusal.SLUG_TAKEN)


@transaction
async def create(
    text: CycleText, city: str, actor: UUID | None, *, kind: str = "round", simulated: bool = False
) -> Cycle:
    """A new draft with its main election; its short address comes from its name; Refused(SLUG_TAKEN)."""
    row = tables.Cycle(
        **{str(name): said for name, said in _columns(text).items()},
        slug=slug_for(text),
        city=city,
        kind=kind,
        state=CycleState.DRAFT.value,
        simulated=simulated,
        created_at=clock.now(),
    )
    await tables.Cycle.insert(row)
    vote = tables.Election(cycle=row.id, name=MAIN_ELECTION, state=ElectionState.DRAFT.value)
    await tables.Election.insert(vote)
    await board.audit(actor, "city_official", "cycle.create", row.slug, after=_said(text))
    return await cycle(row.id)


def slug_for(text: CycleText) -> str:
    """The short address of a cycle: its name, with the year when the name does not say it."""
    name = text.name if str(text.year) in text.name else f"{text.name} {text.year}"
    return slugged(name)


def _columns(text: CycleText) -> dict[Column | str, Any]:
    return {
        "name": text.name,
        "year": text.year,
        "budget": text.budget,
        "quota_rule": text.quota_rule,
        "quota_options": json.dumps(dict(text.quota_options), sort_keys=True),
        "tally_rule": text.tally_rule,
        "tally_options": json.dumps(dict(text.tally_options), sort_keys=True),
        "ballot_type": text.ballot_type,
        "max_choices": text.max_choices,
        "voting_age": text.voting_age,
        "kk_cap": text.kk_cap,
    }


def _said(text: CycleText) -> Any:
    return {
        **{str(name): said for name, said in _columns(text).items()},
        "quota_options": dict(text.quota_options),
        "tally_options": dict(text.tally_options),
    }


Asked = Callable[[Cycle, CycleText], Awaitable[None]]
_asked: list[Asked] = []


def before_change(work: Asked) -> Asked:
    """Decorator: a room to the left may refuse a change of what was typed (of the cycle as it is, to this text)."""
    if work not in _asked:
        _asked.append(work)
    return work


@transaction
async def change(cycle_id: UUID, text: CycleText, actor: UUID | None) -> Cycle:
    """Change what was typed, until the vote is frozen; the address follows the name only in a draft (Q1).

    When the total moves, the ceilings computed from the old one are dropped: they would no longer add up.
    """
    kept = await locked_cycle(cycle_id)
    await insist_unfrozen(cycle_id)
    for ask in _asked:
        await ask(kept, text)
    columns = _columns(text)
    if kept.state is CycleState.DRAFT:
        columns["slug"] = slug_for(text)
    await tables.Cycle.update(columns).where(tables.Cycle.id == cycle_id)
    if text.budget != kept.budget:
        await tables.Ceiling.delete().where(tables.Ceiling.cycle == cycle_id)
    await board.audit(actor, "city_official", "cycle.change", kept.slug, after=_said(text))
    return await cycle(cycle_id)


async def insist_unfrozen(cycle_id: UUID) -> None:
    """Refused(FROZEN) once the main election was frozen."""
    if (await election(cycle_id)).state is not ElectionState.DRAFT:
        raise Refused(Refusal.FROZEN)


async def locked_cycle(cycle_id: UUID) -> Cycle:
    """The cycle, held against every other change until the transaction ends; Refused(NO_CYCLE, ARCHIVED)."""
    row = await lock_row(tables.Cycle.objects().where(tables.Cycle.id == cycle_id).first())
    if row is None:
        raise Refused(Refusal.NO_CYCLE)
    if row.state == CycleState.ARCHIVED.value:
        raise Refused(Refusal.ARCHIVED)
    return cycle_of(row)


@transaction
async def publish(cycle_id: UUID, actor: UUID | None) -> Cycle:
    """Show a draft to everybody; needs a full calendar; Refused(NO_PHASES, NOT_DRAFT)."""
    kept = await locked_cycle(cycle_id)
    if kept.state is not CycleState.DRAFT:
        raise Refused(Refusal.NOT_DRAFT)
    if len(await phases(cycle_id)) < len(PHASES):
        raise Refused(Refusal.NO_PHASES)
    await _turn_to(kept, CycleState.PUBLISHED, actor)
    return await cycle(cycle_id)


@transaction
async def archive(cycle_id: UUID, actor: UUID | None) -> Cycle:
    """Make a cycle readable only (A9)."""
    await _turn_to(await locked_cycle(cycle_id), CycleState.ARCHIVED, actor)
    return await cycle(cycle_id)


@transaction
async def show_archive(cycle_id: UUID, currency: str) -> Cycle:
    """Show an imported election of elsewhere, with its own currency; it is an archive from the start."""
    await tables.Cycle.update({tables.Cycle.currency: currency}).where(tables.Cycle.id == cycle_id)
    await _turn_to(await locked_cycle(cycle_id), CycleState.ARCHIVED, None)
    return await cycle(cycle_id)


async def _turn_to(kept: Cycle, state: CycleState, actor: UUID | None) -> None:
    await tables.Cycle.update({tables.Cycle.state: state.value}).where(tables.Cycle.id == kept.id)
    await board.audit(actor, "city_official", f"cycle.{state.value}", kept.slug)


@transaction
async def delete(cycle_id: UUID, actor: UUID | None) -> None:
    """Delete a draft nobody has put anything into (Q2); Refused(NOT_DRAFT, NOT_EMPTY)."""
    kept = await locked_cycle(cycle_id)
    if kept.state is not CycleState.DRAFT:
        raise Refused(Refusal.NOT_DRAFT)
    vote = (await election(cycle_id)).id
    if await _is_used(tables.Cycle, cycle_id) or await _is_used(tables.Election, vote):
        raise Refused(Refusal.NOT_EMPTY)
    for table in _OWN:
        await table.delete().where(table.cycle == cycle_id)
    await tables.Cycle.delete().where(tables.Cycle.id == cycle_id)
    await board.audit(actor, "city_official", "cycle.delete", kept.slug)


_OWN = (tables.PhaseRow, tables.Ceiling, tables.Election)


async def _is_used(table: type[Table], id: UUID) -> bool:
    """Whether a row of any other table, of whatever room, points at this one."""
    for column in table._meta.foreign_key_references:
        holder = column._meta.table
        if holder not in _OWN and await holder.exists().where(column == id):
            return True
    return False


@transaction
async def set_phases(cycle_id: UUID, wanted: Sequence[Phase], actor: UUID | None) -> list[Phase]:
    """Set the calendar; what has happened keeps its date; Refused(BAD_DATES, DATE_PASSED) in words (A10)."""
    kept_cycle = await locked_cycle(cycle_id)
    if wrong := rules.why_bad_dates(wanted):
        raise Refused(Refusal.BAD_DATES, words=" ".join(words for _, words in wrong))
    kept = {phase.kind: phase for phase in await phases(cycle_id)}
    if passed := rules.why_not_move(kept, wanted):
        raise Refused(Refusal.DATE_PASSED, phase=PHASE_NAMES[passed])
    if _moves_the_vote(kept, wanted):
        await insist_unfrozen(cycle_id)
    for phase in wanted:
        await _keep_dates(cycle_id, phase, known=phase.kind in kept)
    said: Any = {p.kind.value: [p.starts_at.isoformat(), p.ends_at.isoformat()] for p in wanted}
    await board.audit(actor, "city_official", "cycle.phases", kept_cycle.slug, after=said)
    return await phases(cycle_id)


def _moves_the_vote(kept: dict[PhaseKind, Phase], wanted: Sequence[Phase]) -> bool:
    old = kept.get(PhaseKind.VOTING)
    new = next((phase for phase in wanted if phase.kind is PhaseKind.VOTING), None)
    return bool(old and new and (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at))


async def _keep_dates(cycle_id: UUID, phase: Phase, *, known: bool) -> None:
    row = tables.PhaseRow
    if known:
        dates: dict[Column | str, Any] = {row.starts_at: phase.starts_at, row.ends_at: phase.ends_at}
        await row.update(dates).where(row.cycle == cycle_id, row.kind == phase.kind.value)
        return
    await row.insert(row(cycle=cycle_id, kind=phase.kind.value, starts_at=phase.starts_at, ends_at=phase.ends_at))
