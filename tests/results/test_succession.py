"""After the result: the reserve that fits steps in, nothing is counted again, the money adds up."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import store as cycles
from rembuk.errors import Reason, Refused
from rembuk.opendata.bundle import write_bundle
from rembuk.proposals import store as proposals
from rembuk.results import store
from rembuk.results.documents import CITY
from rembuk.results.rules import Refusal
from rembuk.results.store.ballots import parsed
from rembuk.results.store.counting import papers_of
from rembuk.results.succession import Book, Cause, Deed, book_of
from rembuk.results.tables import Count, Replacement
from rembuk.tally.result import canonical
from rembuk.tally.stages import count_city, successor
from rembuk.voting.agreement import Agreement, agreed, city_of
from tests.opendata.test_bundle import verified
from tests.results.test_rounds import MILLION, SEED, ballots_files, config, counted_city, voted


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


def open_book(agreement: Agreement, *deeds: Deed, votes: Any = None) -> Book:
    """The book of a round counted from these votes, after these deeds."""
    papers = papers_of(agreement, voted(agreement, votes), SEED)
    bodies = {code: json.loads(canonical(paper.body)) for code, paper in papers.items()}
    return book_of(agreement, bodies.pop(CITY), bodies, deeds)


def test_the_first_reserve_that_fits() -> None:
    """S5: 10 million are unspent. Withdrawn 1 frees 30: the reserve of 40 steps in; withdrawn 4 frees 20: too little.

    With 4 gone first, its 20 and the 10 stay free, and then 2 with its 25 is enough for the reserve of 40.
    """
    book = open_book(agreed(config()))
    [waiting] = book.reserve
    assert book.successor(Cause.WITHDRAWAL, "21", 30 * MILLION) == waiting
    assert book.successor(Cause.WITHDRAWAL, "24", 20 * MILLION) == ""
    later = book.after(Deed(Cause.WITHDRAWAL, "24", 20 * MILLION))
    assert later.free == {"": 30 * MILLION}
    assert later.successor(Cause.WITHDRAWAL, "22", 25 * MILLION) == waiting
    done = later.after(Deed(Cause.WITHDRAWAL, "22", 25 * MILLION, waiting))
    assert done.free == {"": 15 * MILLION} and waiting in done.standing and "22" not in done.standing
    assert done.successor(Cause.WITHDRAWAL, "21", 30 * MILLION) == "", "a reserve steps in once"


def test_without_a_city_round_districts_keep_their_money() -> None:
    """No money moves between kecamatan that share no city round: only a reserve of the same one steps in."""
    book = open_book(agreed(config(city_round="none", city_pot=0)))
    assert sorted(book.reserve) == ["20", "270"]
    assert book.successor(Cause.WITHDRAWAL, "21", 30 * MILLION) == "", "30 are not enough for 40"
    both = book.after(Deed(Cause.WITHDRAWAL, "24", 20 * MILLION))
    assert both.successor(Cause.WITHDRAWAL, "21", 30 * MILLION) == "20"
    assert both.successor(Cause.WITHDRAWAL, "271", 30 * MILLION) == ""


def test_money_of_a_hard_fence_is_used_first() -> None:
    """10 wait in a hard fence for floods: the reserve of 40 in it needs only 30 of the money that became free."""
    body = json.loads(config(city_round="none", city_pot=0, children=[]))
    for district in body["districts"]:
        district["limits"] = []
        district["fences"] = [{**district["fences"][1], "issue": "flood", "floor": 60 * MILLION}]
    book = open_book(agreed(json.dumps(body)))
    assert book.waiting["32.73.02", "Air"] == 20 * MILLION, "project 0 costs 40 of 60, project 3 is too dear"
    assert book.reserve[0] in ("23", "273") and book.waits_for("23") == 20 * MILLION
    assert book.successor(Cause.WITHDRAWAL, "21", 30 * MILLION) == "23", "30 and 20 make 50"
    done = book.after(Deed(Cause.WITHDRAWAL, "21", 30 * MILLION, "23"))
    assert done.waiting["32.73.02", "Air"] == 0 and done.free["32.73.02"] == 0


@pytest.mark.parametrize("seed", range(8))
def test_as_the_tally_says(seed: int) -> None:
    """S5: for the first withdrawal the book names the reserve that tally.stages.successor names."""
    dice = random.Random(seed)
    agreement = agreed(config(codes=("32.73.01", "32.73.02", "32.73.03")))

    def votes(_: Any) -> list[tuple[tuple[int, ...], int]]:
        return [(tuple(sorted(dice.sample(range(5), dice.randint(1, 3)))), dice.randint(1, 9)) for _ in range(4)]

    texts = ballots_files(agreement, votes)
    ballots = parsed(agreement, texts)
    result = count_city(city_of(agreement, ballots, SEED))
    papers = papers_of(agreement, ballots, SEED)
    bodies = {code: json.loads(canonical(paper.body)) for code, paper in papers.items()}
    book = book_of(agreement, bodies.pop(CITY), bodies, ())
    for winner in result.winners:
        named = successor(result, winner)
        assert book.successor(Cause.WITHDRAWAL, winner, book.cost(winner)) == (named or "")


async def test_two_persons_withdraw_a_project(db: Any) -> None:
    """S5, M3: a reason and two persons; leaf, audit and proposals know; counts and winners of the documents stay."""
    made = await counted_city()
    with refused(Refusal.NO_RESULT):
        await store.book(made.cycle.id)
    await made.finish()
    here = made.districts[0]
    first = made.projects[here][0]
    before = [row["document"] for row in await Count.select(Count.document).order_by(Count.id)]
    with refused(Refusal.NO_REASON):
        await store.propose_withdrawal(made.cycle.id, first, "batal", made.first)
    with refused(Refusal.NOT_STANDING):
        await store.propose_withdrawal(made.cycle.id, made.projects[here][3], "Lahan ternyata sengketa.", made.first)
    act = await store.propose_withdrawal(made.cycle.id, first, "Lahan ternyata sengketa.", made.first)
    with refused(BoardRefusal.SAME_PERSON):
        await store.withdraw(act.id, made.cycle.id, made.first)
    assert await Replacement.count() == 0
    stepped_in = await store.withdraw(act.id, made.cycle.id, made.second)
    listed = json.loads(await store.count_document(made.cycle.id, CITY))["reserve"]
    assert stepped_in == listed[0]
    assert (await proposals.by_number(int(first))).outcome == "not_funded"
    assert (await proposals.by_number(int(stepped_in))).outcome == "funded"
    await board.drain()
    [leaf] = [json.loads(each.body) for each in await board.leaves_of(Kind.REPLACEMENT)]
    assert (leaf["withdrawn"], leaf["successor"], leaf["number"]) == (first, stepped_in, 1)
    assert [row["document"] for row in await Count.select(Count.document).order_by(Count.id)] == before
    book = await store.book(made.cycle.id)
    assert first in book.gone and stepped_in in book.standing
    assert book.free[""] == 20 * MILLION + 40 * MILLION - book.cost(stepped_in)
    with refused(Refusal.NOT_STANDING):
        await store.withdraw(act.id, made.cycle.id, made.second)
    with refused(Refusal.NOT_STANDING):
        await store.propose_withdrawal(made.cycle.id, first, "Sekali lagi batal.", made.first)
    again = await store.propose_withdrawal(made.cycle.id, stepped_in, "Penggantinya juga batal.", made.first)
    await store.withdraw(again.id, made.cycle.id, made.second)
    assert [deed.number for deed in await store.happened(made.cycle.id)] == [1, 2]
    assert (await cycles.election(made.cycle.id)).state == "counted"


async def test_a_bundle_after_deeds_still_verifies(db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """P4 of trust 1: a withdrawal after the result changes no published document; the bundle still verifies."""
    made = await counted_city()
    await made.finish()
    project = made.projects[made.districts[0]][0]
    act = await store.propose_withdrawal(made.cycle.id, project, "Lahan ternyata sengketa.", made.first)
    await store.withdraw(act.id, made.cycle.id, made.second)
    await board.drain()
    await write_bundle(made.cycle.slug, tmp_path / "bundle")
    assert '"kind":"replacement"' in (tmp_path / "bundle" / "board.jsonl").read_text("utf-8")
    code, said = verified(tmp_path / "bundle", capsys)
    assert code == 0, said
    assert "city round and reserve" in said
