"""Paper on both databases: checked in once, read twice, closed by two, audited by dice, counted with the rest."""

import json
from typing import Any

import pytest

from rembuk.board.store import leaves_of
from rembuk.board.rules import Kind
from rembuk.errors import Reason, Refused
from rembuk.people.codes import CodeProblem
from rembuk.posts import store
from rembuk.posts.rules import Fault, Refusal
from rembuk.voting import store as voting
from rembuk.voting.rules import Refusal as Voting
from rembuk.voting.tables import RollMark
from tests.city import city
from tests.posts.making import NIK, give_nik, officer, on_shift, post_in, states


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def test_a_whole_round_on_paper(db: Any) -> None:
    """K4, K5, I7, I8: sheets read twice, the box closed and audited, and what they say joins the count."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2)
    post = await post_in(made, sheets=4)
    for roll in post.rolls[:2]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    await made.cast(post.rolls[2], made.projects[post.district][:1])
    assert await store.not_ready(post.election) == [f"Kotak kertas Pos {post.district} belum ditutup."]
    await made.close()
    await post.enter(post.serials[0], "1 2")
    await post.enter(post.serials[1], "0")
    await post.close()
    assert await states(post) == ["destroyed", "destroyed", "valid", "valid"]
    assert await store.not_ready(post.election) == ["Dadu pemeriksaan lembar kertas belum dilempar."]
    await post.audit()
    assert await store.not_ready(post.election) == []
    ballots = (await store.paper_ballots(post.election))[post.district]
    ids = made.projects[post.district]
    assert sorted(each.projects for each in ballots) == [(), tuple(sorted(ids[:2]))]
    [leaf] = await leaves_of(Kind.PAPER_BATCH)
    body = json.loads(leaf.body)
    assert await store.paper_faults() == []
    assert (body["checkins"], body["sheets"], body["destroyed"]) == (2, {"valid": 2, "invalid": 0, "double": 0}, 2)
