"""Reviews written, kept half done, and finished; a finished one is public, its internal note never."""

import json
from typing import Any
from uuid import UUID

from rembuk import clock, money
from rembuk.board import store as board
from rembuk.cycles import store as cycles
from rembuk.cycles.permissions import Action
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.notices import store as notices
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import CostLine, Detail, State
from rembuk.proposals.rules import Verdict as Judgement
from rembuk.review import rules
from rembuk.review.rules import Draft, PublicReview, Question, Refusal, StaffReview, Verdict
from rembuk.review.tables import Review

NOTICE_KIND = "proposal"


async def public_reviews(proposal: UUID) -> list[PublicReview]:
    """The finished reviews of a proposal, earliest first, without internal notes (F3, F4)."""
    query = Review.select().where((Review.proposal == proposal) & (Review.finished == True))  # noqa: E712
    return [_public(row) for row in await query.order_by(Review.nth)]


async def staff_reviews(proposal: UUID) -> list[StaffReview]:
    """Every review of a proposal with its internal note: for reviewers and auditors only (F4)."""
    rows = await Review.select().where(Review.proposal == proposal).order_by(Review.nth)
    return [StaffReview(_public(row), row["internal_note"], row["reviewer"], bool(row["finished"])) for row in rows]


def _public(row: dict[str, Any]) -> PublicReview:
    return PublicReview(
        nth=row["nth"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        cost=row["cost"],
        answers=_answers(row["checklist"]),
        at=row["at"],
    )


def _answers(text: str) -> dict[Question, bool]:
    return {Question(name): answer == "yes" for name, answer in json.loads(text).items()}


async def draft_of(detail: Detail, reviewer: UUID) -> Draft:
    """The half done review of this reviewer, or a fresh one with the lines as proposed."""
    row = await _unfinished(detail.id, reviewer)
    if row is None:
        return Draft(lines=rules.lines_to_check(detail.lines, detail.cost))
    return Draft(
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        internal_note=row["internal_note"],
        answers=_answers(row["checklist"]),
        lines=tuple(CostLine(**line) for line in json.loads(row["lines"])),
    )


async def _unfinished(proposal: UUID, reviewer: UUID) -> dict[str, Any] | None:
    mine = (Review.proposal == proposal) & (Review.reviewer == reviewer)
    row: dict[str, Any] | None = (
        await Review.select().where(mine & (Review.finished == False)).first()  # noqa: E712
    )
    return row


@transaction
async def save(number: int, reviewer: UUID, role: str, draft: Draft) -> None:
    """Keep a review half done; nobody but reviewers sees it. Refused when it is not the time or not theirs."""
    await _keep(await _checkable(number, reviewer, role), reviewer, draft, finished=False)


@transaction
async def finish(number: int, reviewer: UUID, role: str, draft: Draft) -> None:
    """Finish a review: the verdict, its reason and the checked costs become public, the proposer is told."""
    detail = await _checkable(number, reviewer, role)
    if fault := rules.why_not_finish(draft, rules.lines_to_check(detail.lines, detail.cost)):
        raise Refused(fault[0], **fault[1])
    await _keep(detail, reviewer, draft, finished=True)
    await _judge(detail, reviewer, role, draft)
    after: Any = {"verdict": draft.verdict.value, "cost": draft.cost, "reason": draft.reason}
    await board.audit(reviewer, role, "review.finish", f"proposal/{number}", draft.reason, after=after)
    await _tell(detail, draft)


async def _checkable(number: int, reviewer: UUID, role: str) -> Detail:
    detail = await proposals.by_number(number)
    if detail.proposer == reviewer:
        raise Refused(Refusal.OWN_PROPOSAL)
    if not rules.is_reviewable(detail.state):
        raise Refused(Refusal.NOT_REVIEWABLE)
    try:
        await cycles.insist(Action.REVIEW, detail.cycle, (role,))
    except Refused as no:
        raise (Refused(Refusal.NOT_NOW) if no.reason is CycleRefusal.NOT_ALLOWED else no) from no
    return detail


async def _keep(detail: Detail, reviewer: UUID, draft: Draft, *, finished: bool) -> None:
    old = await _unfinished(detail.id, reviewer)
    nth = old["nth"] if old else 1 + await Review.count().where(Review.proposal == detail.id)
    if old:
        await Review.delete().where(Review.id == old["id"])
    row = Review(
        proposal=detail.id,
        reviewer=reviewer,
        nth=nth,
        verdict=draft.verdict.value,
        reason=draft.reason,
        internal_note=draft.internal_note,
        cost=draft.cost,
        checklist=json.dumps({name.value: "yes" if yes else "no" for name, yes in draft.answers.items()}),
        lines=json.dumps([_line(line) for line in draft.lines]),
        finished=finished,
        at=clock.now(),
    )
    await Review.insert(row)


def _line(line: CostLine) -> dict[str, object]:
    return {name: getattr(line, name) for name in CostLine.__dataclass_fields__}


async def _judge(detail: Detail, reviewer: UUID, role: str, draft: Draft) -> None:
    state, number = rules.STATE_OF[draft.verdict], detail.number or 0
    if detail.state is state:  # the same verdict again, with other figures or words: it is reopened first
        await proposals.judge(number, Judgement(State.SENT, "Diperiksa ulang"), reviewer, role)
    feasible = draft.verdict is not Verdict.INFEASIBLE
    said = Judgement(
        state,
        f"{rules.VERDICT_WORDS[draft.verdict]}. {draft.reason}",
        draft.cost if feasible else None,
        draft.lines if feasible else (),
    )
    await proposals.judge(number, said, reviewer, role)


async def _tell(detail: Detail, draft: Draft) -> None:
    words = rules.VERDICT_WORDS[draft.verdict]
    lines = [f"Usulan nomor {detail.number}, {detail.title}: {words}.", f"Alasan petugas: {draft.reason}"]
    if draft.verdict is Verdict.FEASIBLE_CHANGED:
        lines.append(f"Biaya: {money.rupiah(draft.cost)} (semula {money.rupiah(detail.cost)}).")
    for person in [who for who in {detail.proposer, detail.helper} if who]:
        subject = f"Usulan Anda sudah diperiksa: {words}"
        await notices.tell(person, NOTICE_KIND, subject, "\n".join(lines), f"/usulan/{detail.number}")
    told = {"verdict": words, "why": draft.reason}
    await proposals.announce(detail.number or 0, "reviewed", f"/usulan/{detail.number}", owners=False, **told)
