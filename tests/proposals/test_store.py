"""Proposals on SQLite and PostgreSQL: drafts, sending, editing, support, lists, verdicts."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import pytest

from rembuk.cycles.rules import PhaseKind
from rembuk.database import engine
from rembuk.errors import Refused
from rembuk.proposals import store
from rembuk.proposals.listing import Filters, Order, lot
from rembuk.proposals.rules import CostLine, Issue, Plan, Refusal, State, Status, Verdict
from rembuk.proposals.tables import Endorsement, Proposal
from rembuk.proposals.words import Sketch, fold
from tests.proposals import scene
from tests.proposals.scene import KECAMATAN, OTHER_RW, PROBLEM, RW


@pytest.fixture
async def cycle(db: object) -> UUID:
    """A cycle that takes proposals."""
    await scene.lay_out()
    return await scene.cycle(PhaseKind.PROPOSALS)


def reason_of(refused: pytest.ExceptionInfo[Refused]) -> object:
    """Why a store refused."""
    return refused.value.reason


async def test_draft_is_kept_step_by_step(cycle: UUID) -> None:
    """B1: what was typed is on the server after each step, and nobody else reads it."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    kept = await store.own_draft(made, person)
    assert (kept.state, kept.number, kept.title) == (State.DRAFT, None, "Saluran mampet di gang")
    assert (kept.place.kecamatan, kept.cost, kept.lines[0].amount) == (KECAMATAN, 1_000_000, 1_000_000)
    with pytest.raises(Refused) as refused:
        await store.own_draft(made, await scene.resident())
    assert reason_of(refused) is Refusal.UNKNOWN


async def test_incomplete_draft_is_not_sent(cycle: UUID) -> None:
    """B1: sending names the step that is missing, and gives no number."""
    person = await scene.resident()
    made = await store.start(cycle, person, RW)
    await store.save_problem(made, person, "flood", "Saluran mampet", PROBLEM)
    with pytest.raises(Refused) as refused:
        await store.send(made, person)
    assert (reason_of(refused), refused.value.facts) == (Refusal.INCOMPLETE, {"step": 4})
    assert (await store.own_draft(made, person)).number is None


async def test_numbers_are_given_once_and_without_a_gap(cycle: UUID) -> None:
    """Eight people send at the same moment: eight numbers, one after the other."""
    person = await scene.resident()
    drafts = [await scene.draft(cycle, person, f"Usulan ke {nth} di gang") for nth in range(8)]
    numbers = await asyncio.gather(*(store.send(made, person) for made in drafts))
    assert sorted(numbers) == list(range(1, 9))


async def test_second_send_changes_nothing(cycle: UUID) -> None:
    """A double click sends once: the second is told the number."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    number = await store.send(made, person)
    with pytest.raises(Refused) as refused:
        await store.send(made, person)
    assert (reason_of(refused), refused.value.facts) == (Refusal.ALREADY_SENT, {"number": number})


async def test_nothing_is_created_after_the_phase(cycle: UUID) -> None:
    """A3: after the phase no draft begins, none is sent, none is changed."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    await scene.open_only(cycle, PhaseKind.REVIEW)
    for attempt in (
        store.start(cycle, person, RW),
        store.send(made, person),
        store.save_problem(made, person, "waste", "Judul yang baru", PROBLEM),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert reason_of(refused) is Refusal.PHASE_CLOSED
    assert await Proposal.count().where(Proposal.number.is_not_null()) == 0


async def test_author_edits_while_open_and_nobody_else(cycle: UUID) -> None:
    """A4: own proposal only, only in the phase; the edit is in the way of the proposal and in search."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person)
    sent = await store.detail(number)
    await store.save_problem(sent.id, person, "waste", "Bank sampah remaja", PROBLEM)
    after = await store.detail(number)
    assert (after.title, after.version) == ("Bank sampah remaja", 2)
    assert [event.kind for event in await store.events(sent.id)] == ["sent", "edited"]
    with pytest.raises(Refused) as refused:
        await store.save_problem(sent.id, await scene.resident(), "waste", "Judul orang lain", PROBLEM)
    assert reason_of(refused) is Refusal.NOT_YOURS
    assert [card.number for card in await store.cards(Filters(cycle, words=("remaja",)))] == [number]


async def test_support_counts_once(cycle: UUID) -> None:
    """E1: one support per person, also with ten taps at once; taking it back and the count agree with the rows."""
    number = await scene.proposal(cycle, await scene.resident())
    fan = await scene.resident()
    await asyncio.gather(*(store.endorse(number, fan) for _ in range(10)), return_exceptions=True)
    assert await store.endorse(number, fan) == 1
    assert await store.endorse(number, await scene.resident()) == 2
    assert await Endorsement.count() == 2
    assert await store.unendorse(number, fan) == 1
    assert await store.unendorse(number, fan) == 1
    assert (await store.detail(number)).endorsement_count == await Endorsement.count() == 1


async def test_many_people_support_at_once(cycle: UUID) -> None:
    """S2: twelve residents at the same moment are twelve supports in the count."""
    number = await scene.proposal(cycle, await scene.resident())
    fans = [await scene.resident() for _ in range(12)]
    await asyncio.gather(*(store.endorse(number, fan) for fan in fans))
    assert (await store.detail(number)).endorsement_count == await Endorsement.count() == 12
    await store.recount_endorsements(cycle)
    assert (await store.detail(number)).endorsement_count == 12


@pytest.mark.parametrize("kind", list(PhaseKind))
async def test_support_only_in_its_phases(cycle: UUID, kind: PhaseKind) -> None:
    """A6: support is open while proposals are written and debated, and at no other time."""
    number = await scene.proposal(cycle, await scene.resident())
    await scene.open_only(cycle, kind)
    if kind in (PhaseKind.PROPOSALS, PhaseKind.DEBATE):
        assert await store.endorse(number, await scene.resident()) == 1
        return
    with pytest.raises(Refused) as refused:
        await store.endorse(number, await scene.resident())
    assert reason_of(refused) is Refusal.SUPPORT_CLOSED


async def test_hidden_is_absent_everywhere(cycle: UUID) -> None:
    """N2: hidden leaves list, search, counts, map and ballot; restoring brings back its support."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person)
    await store.endorse(number, await scene.resident())
    sent = await store.detail(number)
    await store.judge(number, Verdict(State.FEASIBLE, "Lahan milik kota.", 900_000), person, "official")
    await store.hide(sent.id, person, "moderator", "Nama orang disebut.")
    with pytest.raises(Refused):
        await store.detail(number)
    found = await store.listing(Filters(cycle), Order.NEWEST, 1, 12, (1, 0))
    assert (found.counts.total, found.cards, dict(found.by_kecamatan)) == (0, (), {})
    assert await store.ballot_projects(cycle, KECAMATAN) == ()
    assert [own.number for own in await store.own(person)] == [number]
    await store.restore(sent.id, person, "moderator", "Sudah diperbaiki.")
    assert (await store.detail(number)).endorsement_count == 1
    assert [project.cost for project in await store.ballot_projects(cycle, KECAMATAN)] == [900_000]


async def test_filters_join(cycle: UUID) -> None:
    """C4: AND over kinds, OR inside a kind; counts follow and free their own kind."""
    person = await scene.resident()
    await scene.proposal(cycle, person, "Bank sampah di gang", issue="waste", cost=10)
    await scene.proposal(cycle, person, "Sumur resapan di gang", issue="flood", cost=20)
    await scene.proposal(cycle, person, "Tandon air di gang", issue="clean_water", rw=OTHER_RW, cost=30)
    both = Filters(cycle, issues=(Issue.WASTE, Issue.CLEAN_WATER))
    found = await store.listing(both, Order.CHEAPEST, 1, 12, (1, 0))
    assert [card.title for card in found.cards] == ["Bank sampah di gang", "Tandon air di gang"]
    assert found.counts.by_issue[Issue.FLOOD] == 1
    narrowed = Filters(cycle, issues=(Issue.WASTE, Issue.CLEAN_WATER), area=KECAMATAN, statuses=(Status.SENT,))
    assert [card.cost for card in (await store.listing(narrowed, Order.NEWEST, 1, 12, (1, 0))).cards] == [10]
    assert dict(found.by_kecamatan) == {KECAMATAN: 1, "32.73.26": 1}
    dear = await store.listing(Filters(cycle, cheapest=20, dearest=30), Order.DEAREST, 1, 12, (1, 0))
    assert [card.cost for card in dear.cards] == [30, 20]
    assert dear.counts.cost == 50


async def test_search_folds(cycle: UUID) -> None:
    """C5: case and accents do not matter; text and reference number are found; % is a letter like any other."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person, "Sumur Resapan Café")

    async def found(text: str) -> list[int]:
        words = tuple(fold(text).split())
        return [card.number for card in await store.cards(Filters(cycle, words=words))]

    for text in ("sumur", "RÉSAPAN cafe", "dua puluh rumah", f"#{number}", "masjid"):
        assert await found(text) == [number], text
    assert await store.cards(Filters(cycle, words=("100%",))) == ()


async def test_fair_order_over_pages(cycle: UUID) -> None:
    """C1, C2: a visitor's pages hold every proposal once; another visitor has another order."""
    person = await scene.resident()
    for nth in range(25):
        await scene.proposal(cycle, person, f"Usulan ke {nth} di gang")

    async def walk(visitor: str) -> list[int]:
        mine = lot(visitor, "2026-11-21")
        pages = [await store.listing(Filters(cycle), Order.RANDOM, page, 12, mine) for page in (1, 2, 3)]
        assert [len(page.cards) for page in pages] == [12, 12, 1]
        return [card.number for page in pages for card in page.cards]

    first, again, other = await walk("a"), await walk("a"), await walk("b")
    assert first == again
    assert sorted(first) == list(range(1, 26))
    assert first != other


@pytest.mark.parametrize("order", [Order.ENDORSED, Order.NEWEST, Order.CHEAPEST, Order.DEAREST, Order.DISCUSSED])
async def test_orders(cycle: UUID, order: Order) -> None:
    """C3: each order is by its own figure, and total."""
    person = await scene.resident()
    for nth in range(4):
        number = await scene.proposal(cycle, person, f"Usulan ke {nth} di gang", cost=100 * (nth % 3 + 1))
        await store.write_comment_count((await store.detail(number)).id, nth % 2)
        if nth == 2:
            await store.endorse(number, person)
    cards = (await store.listing(Filters(cycle), order, 1, 12, (1, 0))).cards
    keys = {
        Order.ENDORSED: [(-card.endorsement_count, card.number) for card in cards],
        Order.DISCUSSED: [(-card.comment_count, card.number) for card in cards],
        Order.NEWEST: [(-card.number, 0) for card in cards],
        Order.CHEAPEST: [(card.cost, card.number) for card in cards],
        Order.DEAREST: [(-card.cost, card.number) for card in cards],
    }
    assert keys[order] == sorted(keys[order])
    assert len(cards) == 4


async def test_statements(cycle: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list asks the database at most three times, a page at most five."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person)
    asked: Counter[str] = Counter()
    run = engine().run

    async def counted(*args: object) -> object:
        asked["statements"] += 1
        return await run(*args)

    monkeypatch.setattr(engine(), "run", counted)
    await store.listing(Filters(cycle, words=("saluran",)), Order.RANDOM, 1, 12, lot("a", "b"))
    assert 1 <= asked["statements"] <= 3
    asked.clear()
    detail = await store.detail(number)
    await store.events(detail.id)
    await store.alike(cycle, Sketch(detail.title, detail.problem, detail.issue, RW), detail.id)
    assert 1 <= asked["statements"] <= 5


async def test_verdict_with_corrected_lines(cycle: UUID) -> None:
    """The checked cost replaces the proposed one in lists; both sets of lines stay, each with its reason."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person, cost=1_000)
    line = CostLine("U-ditch", "m", 1_000, 800, reason="Harga kota.")
    await store.judge(number, Verdict(State.FEASIBLE_CHANGED, "Harga disesuaikan.", 800, (line,)), person, "official")
    detail = await store.detail(number)
    assert (detail.cost, detail.reviewed_cost, detail.status) == (1_000, 800, Status.ON_BALLOT)
    assert (detail.lines[0].amount, detail.reviewed_lines[0].reason) == (1_000, "Harga kota.")
    assert [card.cost for card in await store.cards(Filters(cycle))] == [800]
    with pytest.raises(Refused) as refused:
        await store.judge(number, Verdict(State.DRAFT, ""), person, "official")
    assert reason_of(refused) is Refusal.NOT_ALLOWED_STATE


async def test_ballot_and_outcome(cycle: UUID) -> None:
    """G7, M3: only feasible ones stand on the ballot; after publication each says how it fared."""
    person = await scene.resident()
    won, lost, sent = [await scene.proposal(cycle, person, f"Usulan ke {nth} di gang") for nth in range(3)]
    for number in (won, lost):
        await store.judge(number, Verdict(State.FEASIBLE, "Sesuai kewenangan."), person, "official")
    assert [project.number for project in await store.ballot_projects(cycle, KECAMATAN)] == [won, lost]
    assert await store.put_on_ballot(cycle) == 2
    await store.write_outcomes(cycle, {won: "funded", lost: "not_funded"}, {lost: "Perlu 87 dukungan lagi."})
    assert (await store.detail(won)).status is Status.FUNDED
    assert (await store.events((await store.detail(lost)).id))[-1].reason == "Perlu 87 dukungan lagi."
    assert (await store.detail(sent)).status is Status.SENT


async def test_merged_one_points_on(cycle: UUID) -> None:
    """A merged proposal keeps its page, points to the other, and takes no support."""
    person = await scene.resident()
    first, second = [await scene.proposal(cycle, person, f"Sumur resapan gang {nth}") for nth in range(2)]
    await store.merge(first, second, person, "facilitator", "")
    detail = await store.detail(first)
    assert (detail.status, detail.merged_into) == (Status.MERGED, second)
    with pytest.raises(Refused) as refused:
        await store.endorse(first, person)
    assert reason_of(refused) is Refusal.NOT_SUPPORTABLE


async def test_similar_ones_are_found(cycle: UUID) -> None:
    """While writing, proposals like it in the same kecamatan are shown; hidden ones are not."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person, "Sumur resapan di gang Mawar")
    hidden = await scene.proposal(cycle, person, "Sumur resapan di gang Melati")
    await store.hide((await store.detail(hidden)).id, person, "moderator", "Salah tempat.")
    found = await store.alike(cycle, Sketch("Bikin sumur resapan", PROBLEM, "flood", RW))
    assert [like.candidate.number for like in found] == [number]


async def test_dropped_draft_is_gone(cycle: UUID) -> None:
    """A draft can be thrown away with its lines; a sent proposal cannot."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    await store.drop_draft(made, person)
    with pytest.raises(Refused):
        await store.by_id(made)
    sent = await store.detail(await scene.proposal(cycle, person))
    with pytest.raises(Refused) as refused:
        await store.drop_draft(sent.id, person)
    assert reason_of(refused) is Refusal.ALREADY_SENT


async def test_plan_without_lines_keeps_the_rough_sum(cycle: UUID) -> None:
    """One rough number is enough; lines outweigh it."""
    person = await scene.resident()
    made = await store.start(cycle, person, RW)
    await store.save_plan(made, person, Plan("Kira-kira mengeruk saluran.", rough=5_000_000))
    assert (await store.own_draft(made, person)).cost == 5_000_000


async def test_unknown_number_is_refused(cycle: UUID) -> None:
    """A number nobody was given, or a draft's id, is no proposal."""
    with pytest.raises(Refused) as refused:
        await store.detail(99)
    assert reason_of(refused) is Refusal.UNKNOWN
    with pytest.raises(Refused):
        await store.by_id(uuid4())


async def test_every_card_reads_in_chunks(cycle: UUID) -> None:
    """P5: a download reads every proposal once, whatever the size of the chunks."""
    person = await scene.resident()
    numbers = [await scene.proposal(cycle, person, f"Usulan ke {nth} di gang") for nth in range(5)]
    assert [card.number async for card in store.every_card(Filters(cycle), chunk=2)] == numbers
