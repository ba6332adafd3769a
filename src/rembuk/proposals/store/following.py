"""Following a proposal, and telling its people what became of it: later, in jobs of their own (F6, R2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.database import transaction
from rembuk.jobs import enqueue, job
from rembuk.notices import store as notices
from rembuk.proposals.rules import STATUS_WORDS, Detail
from rembuk.proposals.store.reading import by_number, events
from rembuk.proposals.tables import Follow

OUTCOMES, NEWS = "proposals.outcomes", "proposals.news"
AT_ONCE = 50
"""Most proposals whose people are told in one transaction."""


@transaction
async def follow(number: int, person: UUID) -> None:
    """Be told from now on what becomes of this proposal; a second time changes nothing."""
    proposal = (await by_number(number)).id
    if not await is_following(proposal, person):
        await Follow.insert(Follow(proposal=proposal, person=person, at=clock.now()))


@transaction
async def unfollow(number: int, person: UUID) -> None:
    """Be told no more; without following it changes nothing."""
    proposal = (await by_number(number)).id
    await Follow.delete().where((Follow.proposal == proposal) & (Follow.person == person))


async def is_following(proposal: UUID, person: UUID) -> bool:
    """Whether this person follows this proposal."""
    return await Follow.exists().where((Follow.proposal == proposal) & (Follow.person == person))


async def announce(number: int, name: str, link: str, *, owners: bool = True, **facts: str) -> None:
    """Tell followers (and the proposer and who helped, when `owners`) soon, in the words of templates/notices/<name>.

    Part of the caller's transaction: what is undone is told to nobody.
    """
    payload = {"number": number, "name": name, "link": link, "owners": owners, "facts": facts}
    await enqueue(NEWS, payload)


async def announce_outcomes(numbers: Sequence[int]) -> None:
    """Tell the people of these proposals soon how they fared; part of the caller's transaction."""
    for start in range(0, len(numbers), AT_ONCE):
        await enqueue(OUTCOMES, {"numbers": list(numbers[start : start + AT_ONCE])})


@job(NEWS)
@transaction
async def tell_news(payload: dict[str, Any]) -> None:
    """One piece of news about one proposal."""
    detail = await by_number(payload["number"])
    for person in await _people(detail, payload["owners"]):
        await notices.tell_about(
            person,
            "works" if payload["name"] == "works" else "proposal",
            payload["name"],
            payload["link"],
            number=detail.number,
            title=detail.title,
            **payload["facts"],
        )


@job(OUTCOMES)
@transaction
async def tell_outcomes(payload: dict[str, Any]) -> None:
    """How some proposals fared at the count."""
    for number in payload["numbers"]:
        detail = await by_number(number)
        why = next((event.reason for event in reversed(await events(detail.id)) if event.kind == detail.outcome), "")
        facts = {"number": number, "title": detail.title, "outcome": STATUS_WORDS[detail.status], "why": why}
        for person in await _people(detail, owners=True):
            await notices.tell_about(person, "proposal", "outcome", f"/usulan/{number}", **facts)


async def _people(detail: Detail, owners: bool) -> list[UUID]:
    """Each once; the owners are told by themselves where `owners` is False, so that nobody is told twice."""
    own = [person for person in (detail.proposer, detail.helper) if person]
    rows = await Follow.select(Follow.person).where(Follow.proposal == detail.id)
    followers = [row["person"] for row in rows if row["person"] not in own]
    return [*(dict.fromkeys(own) if owners else ()), *followers]
