"""What needs two persons: two accounts, for this very deed of this very round, once, and not after it was withdrawn."""

from typing import Any
from uuid import uuid4

import pytest

from rembuk.board import store as board
from rembuk.board.rules import ActState, Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.cycles.rules import Refusal as CycleRefusal
from rembuk.cycles.store import Deed
from rembuk.errors import Reason, Refused
from rembuk.results import store as results
from rembuk.web.guards import Role
from tests.city import City, city
from tests.clients import Client


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


async def state_of(made: City) -> ElectionState:
    """Where the vote stands."""
    return (await cycles.election(made.cycle.id)).state


async def test_one_person_with_two_sessions_is_one(client: Client) -> None:
    """trust 7: the same account on two devices cannot ask and approve; another account can."""
    made = await city(districts=1, proposals=2)
    path = f"/petugas/siklus/{made.cycle.slug}"
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    await client.post(f"{path}/ajukan", {"deed": Deed.CLOSE.value})
    [act] = await cycles.pending(made.cycle.id)
    await client.sign_out()
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    await client.post(f"{path}/setujui", {"act": str(act.id)})
    assert await state_of(made) is ElectionState.OPEN
    assert (await board.act(act.id)).state is ActState.PROPOSED
    await client.sign_out()
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    await client.post(f"{path}/setujui", {"act": str(act.id)})
    assert await state_of(made) is ElectionState.CLOSED


async def test_a_withdrawn_request_is_dead(db: Any) -> None:
    """trust 7: taken back, or replaced by a newer one, it can be signed by nobody; who took it back is on record."""
    made = await city(districts=1, proposals=2)
    old = await cycles.propose(Deed.CLOSE, made.cycle.id, made.first)
    new = await cycles.propose(Deed.CLOSE, made.cycle.id, made.second)
    assert (await board.act(old.id)).state is ActState.WITHDRAWN
    with refused(BoardRefusal.ALREADY_SIGNED):
        await cycles.confirm(old.id, made.second)
    await board.withdraw_act(new.id, made.first)
    with refused(BoardRefusal.ALREADY_SIGNED):
        await cycles.confirm(new.id, made.first)
    await board.drain()
    takers = [row.actor for row in await board.audit_rows(0, 1_000) if row.action.startswith("act.withdraw")]
    assert takers == [str(made.second), str(made.first)]
    assert await state_of(made) is ElectionState.OPEN


async def test_an_act_serves_its_own_deed_only(db: Any) -> None:
    """trust 7: signed for closing is not signed for opening the box, nor for another round's box; it stays unsigned."""
    made = await city(districts=1, proposals=2)
    closing = await cycles.propose(Deed.CLOSE, made.cycle.id, made.first)
    boxing = await board.propose_act("box.open", {"election": str(uuid4()), "config_sha256": "0" * 64}, made.first)
    with refused(BoardRefusal.OTHER_PAYLOAD):
        await cycles.confirm(boxing.id, made.second)
    await cycles.confirm(closing.id, made.second)
    for act, reason in ((boxing, BoardRefusal.OTHER_PAYLOAD), (closing, BoardRefusal.ALREADY_SIGNED)):
        with refused(reason):
            await results.open_ballots(act.id, made.cycle.id, made.second, made.shares)
    assert (await board.act(boxing.id)).state is ActState.PROPOSED
    assert await state_of(made) is ElectionState.CLOSED


async def test_a_deed_is_done_once(db: Any) -> None:
    """trust 5: a deed that was done is refused again, however it is asked, and one close stands on the board."""
    made = await city(districts=1, proposals=2)
    act = await cycles.propose(Deed.CLOSE, made.cycle.id, made.first)
    await cycles.confirm(act.id, made.second)
    with refused(BoardRefusal.ALREADY_SIGNED):
        await cycles.confirm(act.id, made.second)
    with refused(CycleRefusal.WRONG_STATE):
        await cycles.propose(Deed.CLOSE, made.cycle.id, made.first)
    with refused(CycleRefusal.WRONG_STATE):
        await cycles.shut(made.cycle.id, None, "")
    assert len(await board.leaves_of(Kind.CLOSE)) == 1
