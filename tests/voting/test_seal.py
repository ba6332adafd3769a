"""The envelope: one length, the same bytes twice, nothing but the key opens it."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.voting import keys, seal
from rembuk.voting.seal import Choice, Slot, TooLong, Unopened

KEY = keys.KeyPair(bytes(range(32)), keys.public_of(bytes(range(32))))
ELECTION = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
OTHER = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40002")
IDS = [str(number) for number in range(1, 121)]
SLOT = Slot(ELECTION, "32.73.27", KEY.public, seal.ballot_length(IDS, 5))
NONCE = bytes(range(100, 132))
SEED = "ce681b737a829d081abf68e9237c54da8dd04b7be14007c29b245814cc17876a"
LEAF = "6dc08e6642f4b978235989148f0e40f4e76fc375166d1a856f8964afa96d746e"

choices = st.lists(st.sampled_from(IDS), max_size=5, unique=True).map(Choice.of_set)
nonces = st.binary(min_size=32, max_size=32)


@settings(deadline=None)
@given(choices, nonces)
def test_what_is_sealed_is_what_is_opened(choice: Choice, nonce: bytes) -> None:
    """The box gives back the ballot that was sealed."""
    assert seal.unseal(seal.seal(choice, nonce, SLOT).ciphertext, KEY.secret, SLOT) == choice


@settings(deadline=None)
@given(choices, choices)
def test_every_envelope_has_one_length(one: Choice, other: Choice) -> None:
    """T-SECRET: size tells nothing. Sabotage: seal choice.plain without padding."""
    assert len(seal.seal(one, NONCE, SLOT).ciphertext) == len(seal.seal(other, NONCE, SLOT).ciphertext)


@settings(deadline=None)
@given(choices, nonces)
def test_a_retry_is_the_same_envelope(choice: Choice, nonce: bytes) -> None:
    """A retry gives the same bytes and the same receipt. Sabotage: draw the ephemeral key at random."""
    assert seal.seal(choice, nonce, SLOT) == seal.seal(choice, nonce, SLOT)


@settings(deadline=None)
@given(choices, nonces, nonces)
def test_another_form_is_another_envelope(choice: Choice, one: bytes, other: bytes) -> None:
    """T-SECRET: equal ballots look different. Sabotage: derive the seed from the choice."""
    if one != other:
        assert seal.seal(choice, one, SLOT).ciphertext != seal.seal(choice, other, SLOT).ciphertext
        assert seal.idem_key_of(one) != seal.idem_key_of(other)


@settings(deadline=None)
@given(choices, choices)
def test_one_form_two_ballots_are_told_apart(one: Choice, other: Choice) -> None:
    """The same form with another ballot keeps its key and changes its leaf, so it answers 409."""
    a, b = seal.seal(one, NONCE, SLOT), seal.seal(other, NONCE, SLOT)
    assert a.idem_key == b.idem_key
    assert (a.leaf_sha256 == b.leaf_sha256) is (one == other)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Slot(OTHER, SLOT.district, SLOT.public_key, SLOT.length),
        Slot(ELECTION, "32.73.26", SLOT.public_key, SLOT.length),
        Slot(ELECTION, SLOT.district, keys.public_of(bytes(32)), SLOT.length),
    ],
)
def test_an_envelope_cannot_be_moved(elsewhere: Slot) -> None:
    """T-TAMPER: an envelope opens in its own election and district only. Sabotage: leave slot.bound out."""
    sealed = seal.seal(Choice.of_set(["1"]), NONCE, SLOT)
    with pytest.raises(Unopened):
        seal.unseal(sealed.ciphertext, KEY.secret, elsewhere)


@settings(deadline=None)
@given(st.data())
def test_one_changed_byte_is_found(data: st.DataObject) -> None:
    """T-TAMPER: no byte of an envelope can change. Sabotage: leave the ephemeral key out of the AAD."""
    sealed = bytearray(seal.seal(Choice.of_set(["1", "7"]), NONCE, SLOT).ciphertext)
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unopened):
        seal.unseal(bytes(sealed), KEY.secret, SLOT)


def test_another_key_opens_nothing() -> None:
    """P2: without the trustees' key the envelope says nothing."""
    with pytest.raises(Unopened):
        seal.unseal(seal.seal(Choice(), NONCE, SLOT).ciphertext, bytes(32), SLOT)


@pytest.mark.parametrize("rubbish", [b"", b"x" * 31, b"\x00" * 200])
def test_rubbish_is_listed_not_raised_as_something_else(rubbish: bytes) -> None:
    """Whatever lies in the box, opening says Unopened and nothing worse."""
    with pytest.raises(Unopened):
        seal.unseal(rubbish, KEY.secret, SLOT)


@pytest.mark.parametrize(
    "plain", [b"[]", b"5", b"{}", b'{"projects":3}', b'{"projects": ["1"]}', b'{"projects":[1.5]}']
)
def test_an_envelope_without_a_ballot_is_listed(plain: bytes) -> None:
    """A sealed text that is no canonical ballot is Unopened, however it was written."""
    with pytest.raises(Unopened):
        seal.unseal(seal.seal_with(bytes(32), plain, SLOT), KEY.secret, SLOT)


def test_a_ballot_that_does_not_fit_is_refused() -> None:
    """A ballot longer than its election's length is refused before anything is sealed."""
    with pytest.raises(TooLong):
        seal.seal(Choice.of_set(IDS), NONCE, SLOT)
    with pytest.raises(ValueError, match="32 bytes"):
        seal.seal(Choice(), b"short", SLOT)


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=12, unique=True), st.integers(1, 6), st.integers(1, 30))
def test_the_length_holds_any_ballot(ids: list[str], most: int, points: int) -> None:
    """The one length fits the longest ballot there can be. Sabotage: measure characters instead of bytes."""
    longest = sorted(ids, key=lambda each: -len(seal.canonical(each)))[:most]
    assert len(Choice.of_set(longest).plain) <= seal.ballot_length(ids, most)
    given_points = Choice.of_points((each, points) for each in longest)
    assert len(given_points.plain) <= seal.ballot_length(ids, most, points)
    assert seal.ballot_length(ids, most) % seal.BLOCK == 0


def test_points_and_ranks_keep_their_order() -> None:
    """A ranked ballot keeps its order, an approval ballot has none, points stay with their project."""
    ranked = Choice(("9", "1"))
    assert seal.unseal(seal.seal(ranked, NONCE, SLOT).ciphertext, KEY.secret, SLOT) == ranked
    assert Choice.of_set(["9", "10", "1"]) == Choice.of_set(["10", "1", "9"])
    assert Choice.of_points([("9", 3), ("1", 7)]) == Choice(("1", "9"), (7, 3))


def test_known_answer() -> None:
    """The bytes themselves: a later version must seal alike, or the challenge of old receipts breaks."""
    sealed = seal.seal(Choice.of_set(["12", "7"]), NONCE, SLOT)
    assert seal.seed_of(NONCE, ELECTION).hex() == SEED
    assert sealed.leaf_sha256 == LEAF
