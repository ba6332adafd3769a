"""Ways through sealing, opening and casting that the other tests do not take: broken files, lies, what waits."""

import gzip
import json
import secrets
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from rembuk.cycles.rules import ElectionState
from rembuk.errors import Reason, Refused
from rembuk.people import codes
from rembuk.people import store as people
from rembuk.voting import box, keys, opening, seal, store
from rembuk.voting.ceremony import trial_file, try_file
from rembuk.voting.opening import NotOpened
from rembuk.voting.rules import FrozenProject, Refusal, tie_words
from rembuk.voting.seal import Choice, Slot
from rembuk.voting.store import ceremony
from rembuk.voting.terms import KeyRefusal
from tests.city import city

ELECTION = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
KEY = keys.KeyPair(bytes(range(32)), keys.public_of(bytes(range(32))))
SHARES = keys.split(KEY.secret, 2, 3)


def refused(reason: Reason) -> Any:
    """The block must be refused for this reason."""
    return pytest.raises(Refused, match=f"^{reason.name}$")


def opened(**changed: Any) -> bytes:
    """An opened box of one ballot, with fields changed."""
    row = {"projects": ["1"], "count": 1}
    body = {"format": opening.FORMAT, "election": str(ELECTION), "box_sha256": "0" * 64, "failures": []}
    return json.dumps({**body, "districts": {"32.73.27": [row]}, **changed}).encode()


def envelope(district: str = "32.73.27", roll: UUID | None = None, seq: int = 1) -> box.OuterEnvelope:
    """An envelope as the server would keep it."""
    slot = Slot(ELECTION, district, KEY.public, seal.ballot_length(["1"], 1))
    sealed = seal.seal(Choice.of_set(["1"]), secrets.token_bytes(32), slot)
    return box.OuterEnvelope(roll or uuid4(), district, seq, sealed.ciphertext)


def test_a_file_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """ASVS 5.2.3, T12: a packed file is unpacked up to a limit and no further; a cut one is damaged."""
    packed = opening.packed(opened())
    assert opening.read_opened(packed).opened.ballots == opening.read_opened(opened()).opened.ballots
    bomb = gzip.compress(b" " * (opening.LARGEST + 2**20), compresslevel=9)
    assert len(bomb) < opening.LARGEST // 500
    with pytest.raises(NotOpened, match="too large"):
        opening.read_opened(bomb)
    for wrong in (packed[:-20], b"\x1f\x8b" + packed[5:]):
        with pytest.raises(NotOpened):
            opening.read_opened(wrong)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "lain"},
        {"election": "bukan"},
        {"districts": []},
        {"failures": [{}]},
        *(
            {"districts": {"32.73.27": [{"projects": ["1"], "count": 1, **row}]}}
            for row in (
                {"count": 0},
                {"count": 10_000_001},
                {"count": True},
                {"count": "1"},
                {"projects": [1]},
                {"points": ["1"]},
            )
        ),
    ],
)
def test_what_is_no_opened_box(changed: dict[str, Any]) -> None:
    """T-FUZZ: another format, another kind of number, another kind of name."""
    with pytest.raises(NotOpened):
        opening.read_opened(opened(**changed))


def test_more_ballots_than_any_city_has() -> None:
    """T-FUZZ: counts that are each lawful must be lawful together."""
    rows = [{"projects": ["1"], "count": 6_000_000}, {"projects": ["2"], "count": 6_000_000}]
    with pytest.raises(NotOpened, match="more ballots"):
        opening.read_opened(opened(districts={"32.73.27": rows}))


def test_marks_and_envelopes_are_compared_person_by_person() -> None:
    """P1, T7: each kind of contradiction is told by its district and number, and nobody is named."""
    one, two, three = (envelope() for _ in range(3))
    marks = {each.roll: (each.district, each.seq) for each in (one, two, three)}
    assert box.mark_faults([one, two, three], marks) == []
    assert box.mark_faults([one, two], marks) == ["32.73.27: 1 marks without an envelope"]
    older = {**marks, one.roll: ("32.73.27", 2)}
    elsewhere = {**marks, one.roll: ("32.73.26", 1)}
    assert box.mark_faults([one, two, three], older) == ["32.73.27: 1 envelopes that are not the newest of their mark"]
    assert box.mark_faults([one, two, three], elsewhere)[0].startswith("32.73.26: 1 envelopes")
    del marks[one.roll], marks[two.roll]
    assert box.mark_faults([one, two, three], marks) == ["32.73.27: 2 envelopes without a mark"]


def test_a_signature_needs_its_key_and_a_key_its_signature() -> None:
    """T1, I13: half a signature is a fault, none is none, another's is a fault."""
    plain = envelope()
    seed = codes.key_seed(codes.make_code(), ELECTION)
    leaf = box.envelope_leaf(ELECTION, plain.ciphertext).sha256
    key, signature = codes.public_key(seed).hex(), codes.sign(seed, ELECTION, leaf).hex()
    signed = replace(plain, signer_key=key, signature=signature)
    assert box._signed(plain, ELECTION) and box._signed(signed, ELECTION)
    assert not box._signed(replace(signed, signature=None), ELECTION)
    assert not box._signed(replace(signed, signer_key=None), ELECTION)
    assert not box._signed(signed, uuid4())
    assert not box._signed(replace(signed, ciphertext=envelope().ciphertext), ELECTION)


def test_one_envelope_where_nobody_voted_is_told() -> None:
    """P1, T7: a district without a single mark holds no envelope, and one with a mark holds one."""
    lone = box.boxed(ELECTION, [envelope()])
    posted = {sha256(each).hexdigest() for sealed in lone.districts.values() for each in sealed}
    assert box.inner_faults(lone, posted, {"32.73.27": 1}) == []
    assert box.inner_faults(lone, posted, {}) == ["32.73.27: 1 envelopes, 0 marks"]
    both = box.inner_faults(lone, posted, {"32.73.27": 1, "32.73.26": 1})
    assert both == ["32.73.26: 0 envelopes, 1 marks"]
    assert box.outer_faults([envelope()], {}, (), ELECTION) == ["32.73.27: 1 envelopes, 0 marks"]
    assert box.outer_faults([envelope()], {"32.73.27": 1}, (), ELECTION) == []


def test_a_box_carries_what_was_agreed() -> None:
    """I11: the hash of the configuration travels in the box's file, and belongs to its fingerprint."""
    plain = box.boxed(ELECTION, [envelope(), envelope("32.73.26")])
    agreed = replace(plain, config="ab" * 32)
    assert box.read_box(agreed.file) == agreed and box.read_box(plain.file) == plain
    assert agreed.sha256 != plain.sha256 and json.loads(agreed.file)["election"] == str(ELECTION)


@pytest.mark.parametrize("file", [b"{}", b"[]", b"null", b'{"format": "lain"}'])
def test_what_is_no_box_and_no_trial(file: bytes) -> None:
    """T-FUZZ: told in words, whatever JSON it is."""
    for read in (box.read_box, lambda body: try_file(body, SHARES[:2])):
        with pytest.raises(ValueError, match="format"):
            read(file)


def test_a_share_says_how_many_are_needed() -> None:
    """T-CEREMONY: two of three; a mistyped one says what is wrong instead."""
    assert [keys.shares_needed(share) for share in SHARES] == [2, 2, 2]
    with pytest.raises(keys.BrokenShares):
        keys.shares_needed(SHARES[0].rsplit(" ", 1)[0])
    trial = keys.make_trial(KEY.public, ELECTION)
    assert try_file(trial_file(ELECTION, KEY.public, trial.ciphertext), SHARES[1:]).quorum == frozenset({2, 3})


def test_the_ballot_tells_what_excludes_what() -> None:
    """G7: two of one group say so, one that needs another says so, one that stands alone says nothing."""
    alone = FrozenProject("1", "Sumur", "clean_water", "32.73.27.1003.005", "RW 05", 10_000_000, "32.73.27")
    assert tie_words([alone]) == {}
    first, second = replace(alone, id="2", group="a"), replace(alone, id="3", group="a")
    needs = replace(alone, id="4", requires="1")
    said = tie_words([alone, first, second, needs])
    assert set(said) >= {"2", "3", "4"} and all(said.values())


async def test_a_form_without_its_number_seals_nothing(db: Any) -> None:
    """trust 4.2: a nonce of another length is refused in words and leaves nothing."""
    made = await city()
    district = made.districts[0]
    voter = await store.voter_of(made.rolls[district][0])
    for nonce in (b"", b"x" * 31):
        with refused(Refusal.BAD_NONCE):
            await store.cast(voter, tuple(made.projects[district][:1]), nonce)


async def test_no_key_no_trial(db: Any) -> None:
    """trust 4.1: before a key is settled there is nothing to try and no result line to type."""
    from tests.cycles.test_store import FIRST, published

    cycle = (await published()).id
    with refused(KeyRefusal.NO_KEY_YET):
        await ceremony.trial_envelope(cycle)
    with refused(KeyRefusal.NO_KEY_YET):
        await ceremony.record_trial(cycle, "1", FIRST)


async def test_a_line_of_a_round_without_a_vote(db: Any) -> None:
    """A5, J1: on the roll of a round that has no booth yet, one is told that voting is not open."""
    from tests.people.making import make_cycle, make_entry

    roll = await make_entry(await make_cycle())
    with refused(Refusal.NOT_OPEN):
        await store.voter_of(roll)
    with refused(Refusal.NOT_ON_ROLL):
        await store.voter_of(uuid4())
    assert ElectionState.OPEN.value == "open" and await people.roll_entry(roll)


def test_a_box_without_its_districts_is_damaged() -> None:
    """T-FUZZ: the right name over nothing."""
    with pytest.raises(ValueError, match="damaged"):
        box.read_box(json.dumps({"format": box.FORMAT, "election": str(ELECTION)}).encode())


def test_a_ballot_of_no_contest_is_spoiled() -> None:
    """T-TAMPER: ballots of a district whose contest nobody agreed on are told."""
    held = box.boxed(ELECTION, [envelope()])
    given = opening.OpenedFile(ELECTION, held.sha256, box.Opened({"32.73.27": (Choice.of_set(["1"]),)}, ()), "")
    assert opening.opened_faults(given, held, {}) == ["32.73.27: 1 ballots that break the rules of the ballot"]


async def test_a_line_typed_at_the_key_page(db: Any) -> None:
    """T-CEREMONY: no line at all, an answer of another key, shares nobody has: each refused, none recorded."""
    from tests.cycles.test_store import FIRST, SECOND, published
    from tests.voting.test_key_page import HOUSES, terms

    cycle, pair = (await published()).id, keys.make_key()
    settled = terms(public_key=pair.public.hex(), quorum=2, trustees=3, organisations=HOUSES[:3])
    act = await store.propose_key(cycle, settled, FIRST)
    assert (await ceremony.waiting_key(cycle) or [None])[0] and await ceremony.waiting_key(uuid4()) is None
    await store.settle_key(act.id, cycle, SECOND)
    shares = keys.split(pair.secret, 2, 3)
    opened = try_file(await ceremony.trial_envelope(cycle), shares[:2])
    line = keys.result_line(opened)
    for typed, reason in (
        ("bukan baris", KeyRefusal.NOT_A_LINE),
        (line[:-1] + ("0" if line[-1] != "0" else "1"), KeyRefusal.WRONG_ANSWER),
    ):
        with refused(reason):
            await ceremony.record_trial(cycle, typed, FIRST)
    assert await ceremony.record_trial(cycle, line, FIRST) == 1
