"""Voter codes: unguessable, forgiving to type, strict about mistakes; and the key each one hides."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.board.rules import CROCKFORD
from rembuk.errors import Refused
from rembuk.people import codes
from rembuk.people.codes import CodeProblem, VoterCode

ELECTION = uuid4()
CODE = codes.make_code()

code_texts = st.text(CROCKFORD, min_size=15, max_size=15).map(lambda data: data + codes.check_letter(data))


def problem(typed: str) -> CodeProblem | None:
    """What is wrong with a typed code."""
    try:
        codes.parse_code(typed)
    except Refused as refused:
        assert refused.sentence()
        assert isinstance(refused.reason, CodeProblem)
        return refused.reason
    return None


def test_codes_are_random() -> None:
    """I1: 75 random bits: ten thousand codes, none twice, every letter used in every place."""
    made = [codes.make_code().text for _ in range(10_000)]
    assert len(set(made)) == len(made)
    assert all(len({code[place] for code in made}) == 32 for place in range(16))


@settings(deadline=None)
@given(code_texts, st.randoms(use_true_random=False))
def test_typing_is_forgiven(text: str, random: object) -> None:
    """I2: spaces, dashes, case, O for 0, I and L for 1 are the same code. Sabotage: upper() forgotten."""
    typed = codes.grouped(text).lower().replace("0", "O").replace("1", "l")
    assert codes.parse_code(f"\u00a0{typed.replace('-', ' – ')} ") == VoterCode(text)
    assert codes.parse_code(text.replace("1", "I")) == VoterCode(text)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", CodeProblem.TOO_SHORT),
        (CODE.text[:-1], CodeProblem.TOO_SHORT),
        (CODE.text + "0", CodeProblem.TOO_LONG),
        ("U" + CODE.text[1:], CodeProblem.BAD_LETTER),
        ("é" + CODE.text[1:], CodeProblem.BAD_LETTER),
    ],
    ids=["empty", "one short", "one long", "no such letter", "foreign letter"],
)
def test_each_mistake_has_its_words(typed: str, expected: CodeProblem) -> None:
    """I2: too short, too long and strange letters are told apart."""
    assert problem(typed) is expected


@settings(deadline=None)
@given(code_texts, st.integers(0, 15), st.sampled_from(CROCKFORD))
def test_any_one_wrong_letter_is_found(text: str, place: int, letter: str) -> None:
    """I2: one wrong letter never makes another code. Sabotage: check = sum of letters mod 31."""
    typed = text[:place] + letter + text[place + 1 :]
    assert (problem(typed) is CodeProblem.BAD_CHECK) is (typed != text)


@settings(deadline=None)
@given(code_texts, st.integers(0, 15), st.integers(0, 15))
def test_any_two_swapped_letters_are_found(text: str, one: int, other: int) -> None:
    """I2: two letters swapped, however far apart, never make another code. Sabotage: an unweighted sum."""
    letters = list(text)
    letters[one], letters[other] = letters[other], letters[one]
    typed = "".join(letters)
    assert (problem(typed) is CodeProblem.BAD_CHECK) is (typed != text)


def test_a_code_signs_in_its_own_election_only() -> None:
    """I3, I13: the key of a code belongs to one election. Sabotage: HKDF without the election as salt."""
    seed = codes.key_seed(CODE, ELECTION)
    public, leaf = codes.public_key(seed), "ab" * 32
    signature = codes.sign(seed, ELECTION, leaf)
    assert codes.signed_by(public, signature, ELECTION, leaf)
    assert codes.key_seed(CODE, uuid4()) != seed
    assert not codes.signed_by(public, signature, uuid4(), leaf)
    assert not codes.signed_by(public, signature, ELECTION, "cd" * 32)
    assert not codes.signed_by(public, signature[:-1] + bytes([signature[-1] ^ 1]), ELECTION, leaf)
    assert not codes.signed_by(b"short", signature, ELECTION, leaf)


def test_a_code_never_shows_itself() -> None:
    """S3: a code that slips into a log line says nothing."""
    assert CODE.text not in repr(CODE)
    assert CODE.printed.replace("-", "") == CODE.text


def test_the_committed_keys_have_one_root_in_any_order() -> None:
    """I13: `roll_keys` commits to a set; a key added later changes it."""
    publics = [bytes([number]) * 32 for number in range(5)]
    assert codes.keys_root(publics) == codes.keys_root(publics[::-1])
    assert codes.keys_root(publics) != codes.keys_root([*publics, bytes([9]) * 32])
