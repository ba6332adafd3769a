"""Paper and screen in one count: the box waits for the paper, and what the sheets say is counted with the rest."""

import json
from pathlib import Path
from typing import Any

import pytest

from rembuk.board.rules import Kind
from rembuk.board.store import leaves_of
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
