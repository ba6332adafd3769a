"""From the closed booth to the published result: two persons, the dice once, the same count every time."""

import json
from typing import Any
from uuid import uuid4

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.errors import Reason, Refused
from rembuk.proposals import store as proposals
from rembuk.results import rules, store
from rembuk.results.rules import Refusal
from rembuk.results.tables import BallotsFile, Count
from rembuk.tally.pabulib import parse
from rembuk.voting.keys import make_key, split
from tests.city import CEILING, DICE, City, city


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def voted(**how: Any) -> City:
    """A city in which every voter of the first two districts has cast, the first project most often; closed."""
    made = await city(**how)
    for district in made.districts[:2]:
        projects = made.projects[district]
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, projects[: 1 + nth % len(projects)][:3])
    await made.close()
    return made


async def digests(made: City) -> dict[str, str]:
    """The official digests by area."""
    return {row["area"]: row["digest"] for row in await store.unpublished(made.cycle.id)}


async def test_two_persons_open_the_box(db: Any) -> None:
    """trust 7: not before closing, not by one person, not with wrong or another's words; then exactly once."""
    made = await city(voters=2)
    with refused(Refusal.NOT_CLOSED):
        await store.propose_opening(made.cycle.id, made.first)
    await made.cast(made.rolls[made.districts[0]][0], [])
    await made.close()
    act = await store.propose_opening(made.cycle.id, made.first)
    waiting = await store.waiting_opening(made.cycle.id)
    assert waiting and waiting.id == act.id
    with refused(BoardRefusal.SAME_PERSON):
        await store.open_ballots(act.id, made.cycle.id, made.first, made.shares)
    with refused(Refusal.BAD_SHARES):
        await store.open_ballots(act.id, made.cycle.id, made.second, ["bukan kata kunci"])
    with refused(Refusal.OTHER_KEY):
        await store.open_ballots(act.id, made.cycle.id, made.second, split(make_key().secret, 1, 1))
    assert await BallotsFile.count() == 0
    assert await store.open_ballots(act.id, made.cycle.id, made.second, made.shares) == 1
    with refused(Refusal.NOT_CLOSED):
        await store.open_ballots(act.id, made.cycle.id, made.second, made.shares)
    assert (await cycles.election(made.cycle.id)).state is ElectionState.OPENED


async def test_a_quorum_of_trustees_opens(db: Any) -> None:
    """trust 4.1: two of three shares open the box, without the server; more in test_taking.py."""
    made = await city(voters=2, quorum=(2, 3))
    await made.cast(made.rolls[made.districts[0]][0], [])
    await made.close()
    assert await made.open_box() == 1


async def test_the_dice_fall_once_and_after_the_box(db: Any) -> None:
    """trust 4.6, L4: 20 digits, after the ballots are committed, never again."""
    made = await voted()
    with refused(Refusal.NOT_OPENED):
        await store.record_dice(made.cycle.id, DICE, made.first)
    await made.open_box()
    for typed in ("", "123", DICE + "1", DICE[:-1] + "x"):
        with refused(Refusal.NOT_DICE):
            await store.record_dice(made.cycle.id, typed, made.first)
    spaced = " ".join(DICE)
    assert await store.record_dice(made.cycle.id, spaced, made.first) == DICE
    with refused(Refusal.SEED_DRAWN):
        await store.record_dice(made.cycle.id, DICE[::-1], made.first)
    kinds = [leaf.kind for kind in (Kind.OPENED, Kind.SEED) for leaf in await board.leaves_of(kind)]
    assert kinds == [Kind.OPENED, Kind.SEED]


async def test_counting_twice_changes_nothing(db: Any) -> None:
    """L1, L2, L3: the same digests again; each district by itself; greedy skips what no longer fits."""
    made = await voted(proposals=18)
    await made.open_box()
    with refused(Refusal.NO_SEED):
        await store.count_cycle(made.cycle.id, made.first)
    await made.count()
    first = await digests(made)
    assert sorted(first) == ["*", *made.districts], "three districts, and the city with the reserve list"
    await store.count_cycle(made.cycle.id, made.second)
    assert await digests(made) == first
    here = made.districts[0]
    document = json.loads(
        (await Count.select(Count.document).where((Count.area == here) & (Count.official.eq(True))).first())["document"]
    )
    assert document["winners"] == made.projects[here][:3]
    assert document["cost"] == 95_000_000 <= CEILING
    assert document["voters"] == 8
    assert document["approvals"][made.projects[here][0]] == 8


async def test_the_ballots_file_says_nothing_of_an_order(db: Any) -> None:
    """trust 4.6: committed by hash on the board before the dice; as many as were cast, blank ones too."""
    made = await voted()
    await made.open_box()
    leaf = json.loads((await board.leaves_of(Kind.OPENED))[-1].body)
    for row in await BallotsFile.select():
        assert leaf["ballots"][row["area"]] == row["sha256"]
        assert parse(row["content"], "x").election.voters == row["online_count"]
    assert leaf["counts"][made.districts[0]] == {"online": 8, "paper": 0}
    assert leaf["counts"][made.districts[2]] == {"online": 0, "paper": 0}


async def test_publishing_takes_two_and_tells_the_proposals(db: Any) -> None:
    """M3, L6: not before the count, not by one person; afterwards every proposal knows its outcome and why."""
    made = await voted()
    await made.open_box()
    await store.record_dice(made.cycle.id, DICE, made.first)
    with refused(Refusal.NOT_COUNTED):
        await store.propose_publication(made.cycle.id, made.first)
    await store.count_cycle(made.cycle.id, made.first)
    act = await store.propose_publication(made.cycle.id, made.first)
    with refused(BoardRefusal.SAME_PERSON):
        await store.publish(act.id, made.cycle.id, made.first)
    assert await store.finished_cycles() == []
    await store.publish(act.id, made.cycle.id, made.second)
    assert await store.finished_cycles() == [made.cycle.id]
    for again in (store.count_cycle(made.cycle.id, made.first), store.publish(act.id, made.cycle.id, made.second)):
        with refused(Refusal.ALREADY_PUBLISHED):
            await again
    won, lost = made.projects[made.districts[0]][0], made.projects[made.districts[2]][0]
    assert (await proposals.by_number(int(won))).outcome == "funded"
    assert (await proposals.by_number(int(lost))).outcome == "not_funded"
    with refused(Refusal.NO_RESULT):
        await store.district_result(uuid4(), made.districts[0], "", "")


async def test_another_count_needs_another_publication(db: Any) -> None:
    """trust 7: what the first person signed is exactly what is published."""
    made = await voted()
    await made.open_box()
    await made.count()
    act = await store.propose_publication(made.cycle.id, made.first)
    await Count.update({Count.digest: "0" * 64}).where((Count.area == made.districts[0]) & Count.official.eq(True))
    with pytest.raises(Refused):
        await store.publish(act.id, made.cycle.id, made.second)
    await store.count_cycle(made.cycle.id, made.first)
    await store.publish(act.id, made.cycle.id, made.second)


async def test_a_box_that_does_not_match_the_marks_is_not_opened(db: Any, tampering: None) -> None:
    """T-TAMPER: an envelope without its mark, or with a foreign key, stops the opening with words."""
    from rembuk.voting.tables import RollMark

    made = await voted()
    await RollMark.delete().where(RollMark.roll == made.rolls[made.districts[0]][0])
    act = await store.propose_opening(made.cycle.id, made.first)
    with refused(Refusal.AUDIT_FAILS):
        await store.open_ballots(act.id, made.cycle.id, made.second, made.shares)
    assert await BallotsFile.count() == 0


def test_dice_and_options_read_back() -> None:
    """L4: dice with any usual gaps; options survive their text form."""
    from rembuk.tally.election import Completion, Options, Order, Utility

    assert rules.dice_of("31415 92653-58979,32384") == "31415926535897932384"
    with pytest.raises(ValueError, match="20 throws"):
        rules.dice_of("１" * 20)
    for options in (
        Options(),
        Options(order=Order.VOTES_PER_COST, threshold=3),
        Options(utility=Utility.COUNT, completion=Completion.ADD1U, step=5),
    ):
        assert rules.options_of(dict(options.pairs())) == options


def test_every_rule_on_the_shelf_has_a_name() -> None:
    """L7: a rule that can be compared can be named on the page."""
    from rembuk.tally.rules import RULES

    assert set(RULES.names()) <= set(rules.RULE_NAMES)
