"""The roll, codes, one-time codes, staff and grants, on both databases."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
import pytest

from rembuk import clock
from rembuk.board import store as board
from rembuk.errors import Refused
from rembuk.people import codes, pepper, store
from rembuk.people.codes import CodeProblem
from rembuk.people.rules import Kind, NewEntry, Refusal, RollReport
from rembuk.people.store import NewCode
from rembuk.people.store.staff import step_of
from rembuk.people.tables import Credential, OneTimeCode, PepperMark, Person, RollEntry
from tests.people.making import NIK, PASSWORD, PHONE, RW, make_code, make_cycle, make_entry

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
VISITOR = "v" * 43


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def test_import_keeps_digests_only(db: Any) -> None:
    """I10, T3: no NIK, family card or phone number in clear; the second import of a NIK adds nobody."""
    cycle = await make_cycle()
    entries = [
        NewEntry(RW, nik=NIK, kk="3273270508850009", phone=PHONE, born=date(1985, 8, 5)),
        NewEntry(RW, nik=NIK),
        NewEntry(RW, nik="3273279908850001"),
        NewEntry(RW, nik="3273274508850002", phone=PHONE),
    ]
    assert await store.add_roll_entries(cycle, entries) == RollReport(2, 1, (3,))
    assert await store.add_roll_entries(cycle, entries) == RollReport(0, 3, (3,))
    text = repr(await RollEntry.select())
    assert not any(number in text for number in (NIK, "3273270508850009", "81234567890", "1985"))
    kept = [row["phone_mac"] for row in await RollEntry.select(RollEntry.phone_mac)]
    assert sorted(mac is None for mac in kept) == [False, True]
    assert await store.roll_counts(cycle) == {RW: 2}


async def test_a_thousand_lines(db: Any) -> None:
    """An import goes in chunks and loses none."""
    cycle = await make_cycle()
    report = await store.add_roll_entries(cycle, (NewEntry(RW, source="simulated") for _ in range(1001)))
    assert report.added == 1001
    assert len(await store.entries_of(cycle, rw=RW)) == 1001


async def test_code_opens_once_for_its_holder(db: Any) -> None:
    """I2, I3: a code typed with dashes and small letters lets its holder in, account made at first sign-in."""
    cycle = await make_cycle()
    roll = await make_entry(cycle)
    code = await make_code(cycle, roll)
    first = await store.sign_in_with_code(code.printed.lower().replace("-", " "), "8 1985")
    again = await store.sign_in_with_code(code.text, "081985")
    assert (first.roll, first.cycle, first.person) == (roll, cycle, again.person)
    assert codes.public_key(first.seed).hex() in await store.code_keys(roll)
    made = await store.person_of(first.person)
    assert made and (made.name, made.kind, made.rw) == ("Warga RW 05", Kind.RESIDENT, RW)
    assert await Person.count() == 1


async def test_a_full_copy_of_the_database_holds_no_code(db: Any) -> None:
    """I1: neither the code nor its second factor stands anywhere; only serial, public key and a digest."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "081985")
    row = repr(await Credential.select())
    assert code.text not in row
    assert "081985" not in row


async def test_code_of_another_cycle(db: Any) -> None:
    """I3: a code is valid in its own cycle only; two codes of two cycles are one person's."""
    old, new = await make_cycle(2025), await make_cycle(2026)
    roll_old, roll_new = await make_entry(old), await make_entry(new)
    code_old = await make_code(old, roll_old, "1234", "A-1")
    code_new = await make_code(new, roll_new, "1234", "B-1")
    first = await store.sign_in_with_code(code_old.text, "1234")
    second = await store.sign_in_with_code(code_new.text, "1234", first.person)
    assert (first.cycle, second.cycle) == (old, new)
    assert first.person == second.person
    latest, before = await store.roll_of(first.person), await store.roll_of(first.person, old)
    assert latest and before and (latest.cycle, before.id) == (new, roll_old)


async def test_a_neighbours_code_is_not_joined(db: Any) -> None:
    """T3: a code of the same cycle or another RW, used while signed in, stays another person's."""
    cycle = await make_cycle()
    mine = await make_code(cycle, await make_entry(cycle), "1234", "A-1")
    theirs = await make_code(cycle, await make_entry(cycle), "4321", "A-2")
    first = await store.sign_in_with_code(mine.text, "1234")
    second = await store.sign_in_with_code(theirs.text, "4321", first.person)
    assert first.person != second.person


async def test_five_wrong_second_factors_lock(db: Any) -> None:
    """trust 3: the fifth wrong second factor locks the code, the right one is then refused; a void one too."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "1234")
    for _ in range(4):
        assert await refused(store.sign_in_with_code(code.text, "0000")) is Refusal.CODE_WRONG
    assert await refused(store.sign_in_with_code(code.text, "0000")) is Refusal.CODE_LOCKED
    assert await refused(store.sign_in_with_code(code.text, "1234")) is Refusal.CODE_LOCKED
    await store.void_code(cycle, "A-0001", "terkunci", None)
    assert await refused(store.sign_in_with_code(code.text, "1234")) is Refusal.CODE_WRONG


async def test_parallel_guesses_are_counted(db: Any) -> None:
    """T-LIMIT: ten guesses at once are no more than five."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "1234")
    guesses = (store.sign_in_with_code(code.text, f"{nth:04d}") for nth in range(10))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert all(isinstance(answer, Refused) for answer in answers)
    row = await Credential.select(Credential.failures, Credential.state).first()
    assert row == {"failures": 5, "state": "locked"}


async def test_unknown_and_misspelt_codes_differ(db: Any) -> None:
    """I2: a slip is told apart from a code nobody has, in other words."""
    await make_cycle()
    unknown = codes.make_code()
    assert await refused(store.sign_in_with_code(unknown.text, "1234")) is Refusal.CODE_WRONG
    slip = ("0" if unknown.text[0] != "0" else "1") + unknown.text[1:]
    assert await refused(store.sign_in_with_code(slip, "1234")) is CodeProblem.BAD_CHECK
    assert await refused(store.sign_in_with_code(unknown.text[:9], "1234")) is CodeProblem.TOO_SHORT


async def test_a_batch_is_loaded_once(db: Any) -> None:
    """I5: a package is loaded exactly once; a new one never invalidates an old one."""
    cycle = await make_cycle()
    code = await make_code(cycle, await make_entry(cycle), "1234")
    assert await store.load_batch(cycle, "paket 2", [NewCode("A-9", "00" * 32)]) == 1
    assert await refused(store.load_batch(cycle, "paket 2", [])) is Refusal.BATCH_LOADED
    await store.sign_in_with_code(code.text, "1234")
    assert await refused(store.hand_out(cycle, "A-0001", (await make_entry(cycle)), "1234", None)) is (
        Refusal.NO_SUCH_CODE
    )
    assert len(await store.all_code_keys(cycle)) == 2


async def test_a_lost_code_is_replaced(db: Any) -> None:
    """T15: the old code opens nothing, the new one opens for the same person; each change is a leaf of its own."""
    cycle = await make_cycle()
    roll = await make_entry(cycle)
    lost = await make_code(cycle, roll, "1234", "A-1")
    before = await store.sign_in_with_code(lost.text, "1234")
    fresh = codes.make_code()
    key = codes.public_key(codes.key_seed(fresh, cycle)).hex()
    await store.load_batch(cycle, "pengganti", [NewCode("B-1", key)])
    assert await store.area_of_code(cycle, "A-1") == RW
    await store.reissue(cycle, "A-1", "B-1", "4321", reason="hilang", by=None)
    assert await refused(store.sign_in_with_code(lost.text, "1234")) is Refusal.CODE_WRONG
    after = await store.sign_in_with_code(fresh.text, "4321")
    assert (after.person, after.roll) == (before.person, roll)
    assert await store.code_keys(roll) == {key}
    gone = store.reissue(cycle, "A-1", "B-1", "4321", reason="hilang", by=None)
    assert await refused(gone) is Refusal.NO_SUCH_CODE
    await board.drain()
    leaves = [leaf for leaf in await board.leaves() if leaf.kind.value == "roll_keys"]
    assert len(leaves) == 3
    assert codes.keys_root(await store.all_code_keys(cycle)) in leaves[-1].body
    assert len(await store.all_code_keys(cycle)) == 2, "what a lost code signed before must verify later"
    assert not any(text in leaf.body for leaf in leaves for text in (fresh.text, str(roll)))


async def test_one_time_code(db: Any) -> None:
    """A code to a number on the roll lets in once, on the device that asked, within ten minutes."""
    cycle = await make_cycle()
    roll = await make_entry(cycle, phone=PHONE)
    with clock.frozen(NOON):
        asked = await store.ask_one_time_code("+6281234567890", VISITOR)
        assert asked.is_known
        other = store.use_one_time_code("w" * 43, asked.digits)
        assert await refused(other) is Refusal.ONE_TIME_WRONG
        came_in = await store.use_one_time_code(VISITOR, f"{asked.digits[:3]} {asked.digits[3:]}")
        assert came_in.roll == roll
        assert await refused(store.use_one_time_code(VISITOR, asked.digits)) is Refusal.ONE_TIME_WRONG
        late = await store.ask_one_time_code("+6281234567890", VISITOR)
    with clock.frozen(NOON + timedelta(minutes=10)):
        assert await refused(store.use_one_time_code(VISITOR, late.digits)) is Refusal.ONE_TIME_WRONG
    assert asked.digits not in repr(await OneTimeCode.select(OneTimeCode.code_mac, OneTimeCode.phone_mac))


async def test_five_attempts(db: Any) -> None:
    """trust 3: after five wrong tries even the right digits are refused."""
    await make_entry(await make_cycle(), phone=PHONE)
    asked = await store.ask_one_time_code("+6281234567890", VISITOR)
    wrong = f"{(int(asked.digits) + 1) % 10**8:08d}"
    for _ in range(5):
        assert await refused(store.use_one_time_code(VISITOR, wrong)) is Refusal.ONE_TIME_WRONG
    assert await refused(store.use_one_time_code(VISITOR, asked.digits)) is Refusal.ONE_TIME_WRONG


async def test_unknown_number_leaves_the_same_trace(db: Any) -> None:
    """trust 8: an unknown number is asked for and limited like a known one, and nothing opens."""
    with clock.frozen(NOON):
        asked = [await store.ask_one_time_code("+6281111111111", VISITOR) for _ in range(3)]
        assert [each.is_known for each in asked] == [False] * 3
        fourth = store.ask_one_time_code("+6281111111111", VISITOR)
        assert await refused(fourth) is Refusal.TOO_OFTEN
        assert await refused(store.use_one_time_code(VISITOR, asked[-1].digits)) is Refusal.ONE_TIME_WRONG
    assert await OneTimeCode.count() == 3
    with clock.frozen(NOON + timedelta(days=2)):
        await store.sweep_one_time_codes()
    assert await OneTimeCode.count() == 0


async def test_staff_sign_in(db: Any) -> None:
    """trust 3: password, then a step that opens once; a wrong name costs the same and says the same."""
    made = await store.create_staff("Sri", "Sri.Lestari", PASSWORD, totp_secret=pyotp.random_base32())
    found = await store.staff_by_password("sri.lestari", PASSWORD)
    assert found and found.id == made.id
    assert await store.staff_by_password("sri.lestari", PASSWORD + "x") is None
    assert await store.staff_by_password("nobody", PASSWORD) is None
    with clock.frozen(NOON):
        digits = pyotp.TOTP(made.totp_secret).at(step_of(NOON) * 30)
        assert await store.use_totp(made.id, f"{digits[:3]} {digits[3:]}")
        assert not await store.use_totp(made.id, digits)
        assert not await store.use_totp(made.id, "")
    row = await Person.select(Person.password_hash, Person.totp_secret).first()
    assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert made.totp_secret not in repr(row)
    assert await refused(store.create_staff("Sri", "sri.lestari", PASSWORD)) is Refusal.NAME_TAKEN
    assert await refused(store.create_staff("Budi", "budi", "pendek")) is Refusal.PASSWORD_SHORT


async def test_change_password(db: Any) -> None:
    """The old password is asked; the new one must be a good one; then only the new one opens."""
    made = await store.create_staff("Sri", "sri", PASSWORD)
    assert await refused(store.change_password(made.id, "salah", PASSWORD)) is Refusal.PASSWORD_WRONG
    assert await refused(store.change_password(made.id, PASSWORD, "x")) is Refusal.PASSWORD_SHORT
    await store.change_password(made.id, PASSWORD, "tujuh bukit empat sungai satu")
    assert await store.staff_by_password("sri", PASSWORD) is None
    assert await store.staff_by_password("sri", "tujuh bukit empat sungai satu")


async def test_grants_have_a_scope_and_a_period(db: Any) -> None:
    """trust 7: a role over a kecamatan covers its RWs, from its first to its last day; admin is no official."""
    admin = await store.create_admin("Admin", "admin.kota", PASSWORD)
    person = await store.add_resident("Euis", RW)
    with clock.frozen(NOON):
        await store.grant(person, "facilitator", "32.73.27", by=admin.id)
        await store.grant(person, "facilitator", "32.73.27", by=admin.id)
        assert [grant.area for grant in await store.grants_now(person)] == ["32.73.27"]
        assert await store.holders("facilitator", RW) == [person]
        assert await store.holders("facilitator", "32.73.2") == []
        await store.end_grant(person, "facilitator", "32.73.27", admin.id)
        assert await store.grants_now(person) == ()
    assert {grant.role for grant in await store.grants_now(admin.id)} == {"admin"}


async def test_refuse_non_voter(db: Any) -> None:
    """J1, J2: at the time of voting the roll is asked again, and the answer names what is missing."""
    cycle = await make_cycle()
    roll = await make_entry(cycle, born=date(2010, 3, 9))
    person = await store.person_for(roll)
    assert await refused(store.refuse_non_voter(person, cycle, date(2026, 11, 21))) is Refusal.TOO_YOUNG
    entry = await store.refuse_non_voter(person, cycle, date(2027, 3, 1))
    assert entry.id == roll
    stranger = await store.add_resident("Tamu", None)
    reason = await refused(store.refuse_non_voter(stranger, cycle, date(2026, 11, 21)))
    assert reason is Refusal.NOT_VERIFIED


async def test_another_pepper_is_noticed(db: Any) -> None:
    """trust 5: a database made with another pepper is refused at start."""
    await store.prepare_secrets()
    await store.confirm_pepper()
    await PepperMark.update({PepperMark.fingerprint: "00"}, force=True)
    for ask in (store.confirm_pepper, store.prepare_secrets):
        with pytest.raises(pepper.BadSecret, match="not the one"):
            await ask()
