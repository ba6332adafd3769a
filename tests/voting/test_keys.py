"""The opening key: any quorum joins it, fewer do not, and it is tried before the vote."""

from itertools import combinations
from uuid import uuid4

import pytest

from rembuk.voting import keys
from rembuk.voting.keys import BrokenShares, TrialOpening

ELECTION = uuid4()


@pytest.fixture(scope="module")
def five() -> tuple[keys.KeyPair, tuple[str, ...]]:
    """A key and its five shares, of which three are needed."""
    key = keys.make_key()
    return key, keys.split(key.secret, 3, 5)


def test_every_quorum_opens(five: tuple[keys.KeyPair, tuple[str, ...]]) -> None:
    """T-CEREMONY: all ten quorums of 3 of 5 give the key back; all pairs fail."""
    key, shares = five
    quorums = list(combinations(shares, 3))
    assert len(quorums) == 10
    assert all(keys.join(quorum) == key.secret for quorum in quorums)
    for pair in combinations(shares, 2):
        with pytest.raises(BrokenShares):
            keys.join(pair)


def test_a_share_is_33_words_and_forgives_case(five: tuple[keys.KeyPair, tuple[str, ...]]) -> None:
    """Trustees copy words from paper: case and spaces do not matter, a wrong word is found."""
    key, shares = five
    assert {len(share.split()) for share in shares} == {33}
    assert [keys.share_number(share) for share in shares] == [1, 2, 3, 4, 5]
    assert keys.join(f"  {share.upper()}\n" for share in shares[:3]) == key.secret
    words = shares[0].split()
    words[5] = "academic" if words[5] != "academic" else "acid"
    with pytest.raises(BrokenShares):
        keys.join([" ".join(words), *shares[1:3]])
    with pytest.raises(BrokenShares):
        keys.share_number(" ".join(words))


def test_one_holder_is_the_same_code() -> None:
    """L1: 1 of 1 is a share like any other."""
    key = keys.make_key()
    assert keys.join(keys.split(key.secret, 1, 1)) == key.secret


@pytest.mark.parametrize("wrong", [(0, 3), (4, 3), (1, 3), (2, 17)])
def test_shares_that_cannot_be(wrong: tuple[int, int]) -> None:
    """1 of many would be as good as printing the key many times."""
    with pytest.raises(ValueError, match="shares"):
        keys.split(bytes(32), *wrong)


def test_the_trial_opening(five: tuple[keys.KeyPair, tuple[str, ...]]) -> None:
    """T-CEREMONY: a quorum opens the trial envelope and finds its answer; another key's shares are told."""
    key, shares = five
    trial = keys.make_trial(key.public, ELECTION)
    opening = keys.open_trial(trial.ciphertext, shares[1:4], key.public, ELECTION)
    assert opening == TrialOpening(frozenset({2, 3, 4}), trial.answer)
    stranger = keys.make_key()
    with pytest.raises(BrokenShares, match="another key"):
        keys.open_trial(trial.ciphertext, keys.split(stranger.secret, 1, 1), key.public, ELECTION)
    with pytest.raises(BrokenShares, match="another key"):
        keys.open_trial(keys.make_trial(stranger.public, ELECTION).ciphertext, shares[:3], key.public, ELECTION)


def test_two_different_quorums_must_have_opened_it() -> None:
    """T-CEREMONY, T16: one quorum twice is not two, unless there is only one. Sabotage: count openings."""
    one, other = TrialOpening(frozenset({1, 2, 3}), "a"), TrialOpening(frozenset({1, 2, 4}), "a")
    wrong, few = TrialOpening(frozenset({2, 3, 4}), "b"), TrialOpening(frozenset({1, 5}), "a")
    assert keys.ceremony_missing([], "a", 3, 5) == 2
    assert keys.ceremony_missing([one, one, wrong, few], "a", 3, 5) == 1
    assert keys.ceremony_missing([one, other], "a", 3, 5) == 0
    assert keys.ceremony_missing([TrialOpening(frozenset({1}), "a")] * 2, "a", 1, 1) == 0
