"""Following: told once, in the words of the thing that happened, and no more after leaving."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rembuk import jobs
from rembuk.cycles.rules import PhaseKind
from rembuk.notices import store as notices
from rembuk.proposals import store
from rembuk.proposals.tables import Proposal
from tests.clients import Client, open_client
from tests.proposals import scene


@pytest.fixture
async def cycle(db: object) -> UUID:
    """A round that takes proposals."""
    await scene.lay_out()
    return await scene.cycle(PhaseKind.PROPOSALS)


@pytest.fixture
async def client(cycle: UUID) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


async def told(person: UUID) -> list[str]:
    """The subjects of what a person was told, after every job was run."""
    await jobs.run_due()
    return [notice.subject for notice in await notices.notices_of(person)]


async def test_outcomes_are_told_once(cycle: UUID) -> None:
    """R2, F6: proposer and followers learn the result with its reason; the same result again is no news."""
    proposer, follower, stranger = [await scene.resident() for _ in range(3)]
    number = await scene.proposal(cycle, proposer)
    await store.follow(number, follower)
    await store.follow(number, follower)
    await store.follow(number, proposer)
    for _ in range(2):
        await store.write_outcomes(cycle, {number: "not_funded"}, {number: "Perlu 87 dukungan lagi."})
    assert await told(follower) == [f"Hasil usulan nomor {number}: Belum terpilih"]
    assert await told(proposer) == [f"Hasil usulan nomor {number}: Belum terpilih"]
    assert await told(stranger) == []
    body = (await notices.notices_of(follower))[0].body
    assert "Perlu 87 dukungan lagi." in body
    await store.write_outcomes(cycle, {number: "funded"}, {number: "Cadangan pertama yang muat."})
    assert len(await told(follower)) == 2


async def test_news_for_followers_only(cycle: UUID) -> None:
    """F6: where the proposer is told by hand, the news go to the others; who left is told nothing."""
    proposer, follower, left = [await scene.resident() for _ in range(3)]
    number = await scene.proposal(cycle, proposer)
    await store.follow(number, follower)
    await store.follow(number, left)
    await store.unfollow(number, left)
    await store.announce(number, "reviewed", "/usulan/1", owners=False, verdict="Lolos", why="Sudah dicek.")
    assert await told(follower) == ["Usulan yang Anda ikuti sudah diperiksa: Lolos"]
    assert (await told(proposer), await told(left)) == ([], [])


async def test_many_outcomes_in_parts(cycle: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """A city's results are told some proposals at a time, and nobody is left out."""
    monkeypatch.setattr("rembuk.proposals.store.following.AT_ONCE", 2)
    proposer = await scene.resident()
    numbers = [await scene.proposal(cycle, proposer, f"Saluran nomor {nth} mampet") for nth in range(5)]
    await store.write_outcomes(cycle, dict.fromkeys(numbers, "funded"), {})
    assert len(await told(proposer)) == 5


async def test_the_button(client: Client, cycle: UUID) -> None:
    """5.3: follow and leave by the same button; signed-out people see none and are sent to sign in."""
    number = await scene.proposal(cycle, await scene.resident())
    assert "/ikuti" not in (await client.get(f"/usulan/{number}", follow_redirects=True)).text
    assert (await client.post(f"/usulan/{number}/ikuti", {})).headers["location"].startswith("/masuk")
    person = await scene.resident()
    await client.sign_in(person)
    assert (await client.post(f"/usulan/{number}/ikuti", {})).status_code == 303
    proposal = await Proposal.select(Proposal.id).where(Proposal.number == number).first()
    assert proposal is not None
    assert await store.is_following(proposal["id"], person)
    assert "batal-ikuti" in (await client.get(f"/usulan/{number}", follow_redirects=True)).text
    await client.post(f"/usulan/{number}/batal-ikuti", {})
    assert not await store.is_following(proposal["id"], person)
    assert (await client.post("/usulan/99999/ikuti", {})).status_code == 404
