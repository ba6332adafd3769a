"""The opening key in the product: two persons settle it, two quorums try it, and the booth waits for both."""

from typing import Any

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.errors import Reason, Refused
from rembuk.voting import store
from rembuk.voting.ceremony import try_file
from rembuk.voting.keys import make_key, result_line, split
from rembuk.voting.terms import KeyRefusal, KeyTerms, Level, why_not_settle
from rembuk.web.guards import Role
from tests.city import City, city
from tests.clients import Client
from tests.cycles.test_store import FIRST, SECOND, published

HOUSES = ("Unpar", "Koran", "Forum warga", "Unpar", "LBH")


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


def terms(**other: Any) -> KeyTerms:
    """A key of three of five in four houses, one witness."""
    said: dict[str, Any] = {
        "quorum": 3,
        "trustees": 5,
        "organisations": HOUSES,
        "witness_quorum": 1,
        "auditor_quorum": 1,
    }
    return KeyTerms(**{"public_key": make_key().public.hex(), **said, **other})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"public_key": "x"}, KeyRefusal.NOT_A_KEY),
        ({"quorum": 6}, KeyRefusal.NOT_A_QUORUM),
        ({"quorum": 1}, KeyRefusal.NOT_A_QUORUM),
        ({"organisations": HOUSES[:4]}, KeyRefusal.EVERY_ORGANISATION),
        ({"organisations": ("Unpar", "unpar ", "UNPAR", "Koran", "Koran")}, KeyRefusal.MORE_ORGANISATIONS),
        ({"witness_quorum": 0}, KeyRefusal.NEEDS_WITNESSES),
        ({"auditor_quorum": 0}, KeyRefusal.NEEDS_AUDITORS),
    ],
)
def test_terms_a_city_may_not_have(wrong: dict[str, Any], reason: KeyRefusal) -> None:
    """trust 4.1: L2 needs a quorum, three organisations, a witness and a sworn auditor; L1 is one holder."""
    assert why_not_settle(terms(**wrong)) is reason
    assert why_not_settle(terms()) is None and terms().level is Level.QUORUM
    one = terms(quorum=1, trustees=1, organisations=("Kota",), witness_quorum=0, auditor_quorum=0)
    assert why_not_settle(one) is None and one.level is Level.ONE_HOLDER


async def test_a_key_takes_two_persons(db: Any) -> None:
    """trust 7, T6: one person names no key; the second signs exactly what the first asked; a leaf shows it."""
    await board.prepare()
    cycle = await published()
    with refused(KeyRefusal.NOT_A_KEY):
        await store.propose_key(cycle.id, terms(public_key="00" * 32), FIRST)
    old = await store.propose_key(cycle.id, terms(), FIRST)
    wanted = terms()
    act = await store.propose_key(cycle.id, wanted, FIRST)
    assert (await cycles.election(cycle.id)).trustee_key == ""
    with refused(BoardRefusal.SAME_PERSON):
        await store.settle_key(act.id, cycle.id, FIRST)
    with refused(BoardRefusal.ALREADY_SIGNED):
        await store.settle_key(old.id, cycle.id, SECOND)
    await store.settle_key(act.id, cycle.id, SECOND)
    vote = await cycles.election(cycle.id)
    assert (vote.trustee_key, vote.level, vote.witness_quorum, vote.auditor_quorum) == (wanted.public_key, "L2", 1, 1)
    [leaf] = await board.leaves_of(Kind.CEREMONY)
    assert wanted.public_key in leaf.body and "Forum warga" in leaf.body
    await board.drain()
    assert "key.settled" in [row.action for row in await board.audit_rows(0, 100)]


async def test_two_quorums_try_the_key_before_the_booth_opens(db: Any) -> None:
    """T-CEREMONY: one quorum twice is not two; numbers under a right answer are refused; a new key starts over."""
    await board.prepare()
    cycle, pair = await published(), make_key()
    shares = split(pair.secret, 2, 3)
    for key in (make_key(), pair):
        act = await store.propose_key(
            cycle.id, terms(public_key=key.public.hex(), quorum=2, trustees=3, organisations=HOUSES[:3]), FIRST
        )
        await store.settle_key(act.id, cycle.id, SECOND)
    vote = (await cycles.election(cycle.id)).id

    async def missing() -> list[str]:
        return [check.text for check in await cycles.checks(PhaseKind.VOTING, cycle.id) if not check.passed]

    from rembuk.voting.store.readiness import KEY_TRIED, WITNESSED

    assert {KEY_TRIED, WITNESSED} <= set(await missing())
    file = await store.trial_envelope(cycle.id)
    one, other = (result_line(try_file(file, list(each))) for each in (shares[:2], shares[1:]))
    for wrong, reason in (
        ("1-2:0000000000000000", KeyRefusal.WRONG_ANSWER),
        ("1-3:" + one.partition(":")[2], KeyRefusal.WRONG_ANSWER),
        ("halo", KeyRefusal.NOT_A_LINE),
    ):
        with refused(reason):
            await store.record_trial(cycle.id, wrong, FIRST)
    assert await store.record_trial(cycle.id, one, FIRST) == 1
    assert await store.record_trial(cycle.id, one, SECOND) == 1
    assert KEY_TRIED in await missing()
    assert await store.record_trial(cycle.id, other.upper(), FIRST) == 0
    assert KEY_TRIED not in await missing()
    assert len(await board.leaves_of(Kind.TEST_OPENING)) == 3
    await cycles.name_trustees(cycle.id, make_key().public.hex())
    assert KEY_TRIED in await missing()
    assert (await store.ceremony_of(vote)) is not None


async def test_the_key_page_leads_to_a_tried_key(client: Client) -> None:
    """F1: form, second person, download, line; an auditor reads it, a mistake is told beside its field."""
    made: City = await city(districts=1, proposals=2)
    cycle = await published()
    at, pair = f"/petugas/siklus/{cycle.slug}/kunci", make_key()
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    form = {"key": pair.public.hex(), "quorum": "1", "trustees": "1", "organisations": "", "witnesses": "0"}
    bad = await client.post(at, form)
    assert bad.status_code == 422 and "satu per baris: 1 baris" in bad.text and pair.public.hex() in bad.text
    assert (await client.post(at, form | {"organisations": "Kota Bandung"})).status_code == 303
    waiting = await store.waiting_key(cycle.id) or pytest.fail("nothing waits")
    assert (await client.post(f"{at}/{waiting[0].id}")).status_code == 409
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    assert "Setujui kunci ini" in (await client.get(at)).text
    assert (await client.post(f"{at}/{waiting[0].id}")).status_code == 303
    file = await client.get(f"{at}/uji.json")
    assert "attachment" in file.headers["content-disposition"]
    assert "Masih perlu 2" in (await client.get(at)).text
    line = result_line(try_file(file.content, list(split(pair.secret, 1, 1))))
    assert (await client.post(f"{at}/uji", {"line": "1:0"})).status_code == 422
    for _ in range(2):
        assert (await client.post(f"{at}/uji", {"line": line})).status_code == 303
    assert "Kunci sudah teruji" in (await client.get(at)).text
    await client.sign_out()
    assert (await client.get(f"{at}/uji.json")).status_code in (302, 303, 401, 403)
