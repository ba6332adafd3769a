"""Paper and screen in one count: the box waits for the paper, and what the sheets say is counted with the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from rembuk.board.rules import Kind
from rembuk.board.store import leaves_of
from rembuk.cycles.shares import Shares
from rembuk.cycles.store import Wanted
from rembuk.errors import Refused
from rembuk.opendata.bundle import write_bundle
from rembuk.posts import store
from rembuk.posts.rules import Fault
from rembuk.results.tables import BallotsFile
from tests.city import city
from tests.opendata.test_bundle import verified
from tests.posts.making import post_in


async def test_paper_and_screen_are_one_count(db: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """K2, K5, I7: the box opens only when the paper is settled; a replaced ballot counts once, as the sheet says."""
    made = await city(districts=1, proposals=4, voters=8, with_codes=4)
    post = await post_in(made, sheets=5)
    one, two, *_ = made.projects[post.district]
    await made.cast(post.rolls[0], [one])
    await made.cast(post.rolls[6], [one])
    for roll in post.rolls[:4]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    await made.close()
    with pytest.raises(Refused) as told:
        await made.open_box()
    assert f"Kotak kertas Pos {post.district} belum ditutup" in told.value.sentence()
    for serial in post.serials[:2]:
        await post.enter(serial, "2")
    await post.enter(post.serials[2], "", fault=Fault.UNREADABLE)
    await post.enter(post.serials[3], "0")
    await post.close()
    await post.audit()
    await made.open_box()
    [file] = await BallotsFile.select()
    assert (file["online_count"], file["paper_count"]) == (1, 3)
    [opened] = [json.loads(leaf.body) for leaf in await leaves_of(Kind.OPENED)]
    assert opened["counts"] == {post.district: {"online": 1, "paper": 3}}
    votes = sorted(line.split(";")[1] for line in file["content"].partition("VOTES")[2].splitlines()[2:] if line)
    assert votes == sorted(["", one, two, two])
    await made.count()
    await made.publish()
    await write_bundle(made.cycle.slug, tmp_path / "bundle")
    code, said = verified(tmp_path / "bundle", capsys)
    assert code == 0 and "DOES NOT HOLD" not in said, said


async def test_children_have_a_post_of_their_own(db: Any) -> None:
    """Suara Anak: their box has its own post over the same RW; nobody is checked in at the other one's."""
    shares = Wanted(Shares(children=50))
    made = await city(districts=1, proposals=4, voters=4, with_codes=2, shares=shares, children=3)
    adults = await post_in(made, sheets=2)
    children = await post_in(made, sheets=2, box=f"{adults.district}.anak")
    child, adult = children.rolls[0], adults.rolls[0]
    with pytest.raises(Refused, match="OTHER_POST"):
        await store.check_in_by_code(adults.id, made.codes[child].printed, adults.officers[0])
    await store.check_in_by_code(children.id, made.codes[child].printed, children.officers[0])
    await store.check_in_by_code(adults.id, made.codes[adult].printed, adults.officers[0])
    assert [(await store.balance_of(post.id)).checkins for post in (adults, children)] == [1, 1]
    assert len(await store.check_in_list(await store.post_of(children.id))) == 3
    await made.close()
    await children.enter(children.serials[0], "1")
    await adults.enter(adults.serials[0], "2")
    for post in (adults, children):
        await post.close()
    await adults.audit()
    ballots = await store.paper_ballots(made.election)
    assert {box: len(each) for box, each in ballots.items()} == {adults.district: 1, children.district: 1}
    await made.open_box()
    files = {row["area"]: row["paper_count"] for row in await BallotsFile.select()}
    assert files == {adults.district: 1, children.district: 1}
