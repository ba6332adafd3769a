"""What a sheet says, when readings settle it, which sheets the dice draw: decided without a database."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rembuk.errors import Refused
from rembuk.posts.rules import (
    FAULT_WORDS,
    SAMPLE,
    Balance,
    Entry,
    Fault,
    Reading,
    Refusal,
    audited,
    drawn,
    faults_of,
    kecamatan_of,
    list_of,
    read_typed,
    reading_of,
    settled,
    too_many_overrides,
    why_not_close,
    why_not_enter,
)
from rembuk.posts.serials import make_serial, parse_serial
from rembuk.tally.ballots import BALLOTS, Slip, Spoiled

ORDER = ("12", "7", "30", "4")
COSTS = {"12": 40, "7": 30, "30": 25, "4": 50}
NOON = datetime(2026, 11, 29, 5, tzinfo=UTC)
PEOPLE = [UUID(int=number) for number in range(1, 5)]
READINGS = [Reading(("12",)), Reading(("7",)), Reading(fault=Fault.DOUBLE)]


@pytest.mark.parametrize(
    ("kind", "typed", "slip", "wanted"),
    [
        ("approval", "3 1", Slip(COSTS, most=2), Reading(("12", "30"))),
        ("approval", "1,2;3", Slip(COSTS, most=2), Reading(fault=Fault.TOO_MANY)),
        ("approval", " 0 ", Slip(COSTS, most=2), Reading()),
        ("knapsack", "1 2", Slip(COSTS, ceiling=70), Reading(("12", "7"))),
        ("knapsack", "1 4", Slip(COSTS, ceiling=70), Reading(fault=Fault.OVER_CEILING)),
        ("ranked", "3 1", Slip(COSTS), Reading(("30", "12"))),
        ("points", "1:3 2=2", Slip(COSTS, points=5), Reading(("12", "7"), (3, 2))),
        ("points", "1:3 2:3", Slip(COSTS, points=5), Reading(fault=Fault.TOO_MANY_POINTS)),
        ("points", "1:0", Slip(COSTS, points=5), Reading(fault=Fault.BAD_POINTS)),
    ],
)
def test_typed_numbers_become_a_reading(kind: str, typed: str, slip: Slip, wanted: Reading) -> None:
    """K4: numbers as printed become project ids; a broken rule makes the sheet invalid, not refused."""
    assert read_typed(typed, kind, ORDER, slip) == wanted


@pytest.mark.parametrize(
    ("kind", "typed", "why"),
    [
        ("approval", "", Refusal.NO_NUMBERS),
        ("approval", "5", Refusal.NO_SUCH_NUMBER),
        ("approval", "0 1", Refusal.NO_SUCH_NUMBER),
        ("approval", "1 1", Refusal.TWICE_TYPED),
        ("approval", "satu", Refusal.NOT_NUMBERS),
        ("approval", "1:2", Refusal.NOT_NUMBERS),
        ("points", "1 2", Refusal.NOT_POINTS),
    ],
)
def test_a_slip_of_the_finger_is_asked_again(kind: str, typed: str, why: Refusal) -> None:
    """K4: what cannot stand on the sheet is refused in words."""
    with pytest.raises(Refused, match=f"^{why.name}$"):
        read_typed(typed, kind, ORDER, Slip(COSTS))


def test_every_spoiled_reason_has_words_on_paper() -> None:
    """Each reason of each ballot type can be told of a sheet; a reading survives its text."""
    known = {Fault(each.name.lower()) for each in Spoiled if each is not Spoiled.NOT_ON_BALLOT}
    assert known <= FAULT_WORDS.keys() == set(Fault)
    for kind in BALLOTS.names():
        assert set(faults_of(kind)) <= set(Fault) and faults_of(kind)[-1] is Fault.DOUBLE
    for reading in (*READINGS, Reading(), Reading(("7", "12"), (2, 1))):
        assert reading_of(reading.text) == reading
    assert [each.state for each in READINGS] == ["valid", "valid", "double"]
    assert Reading(fault=Fault.MARKED).state == "invalid"


def test_serials_are_random_and_find_a_wrong_letter() -> None:
    """A serial has ten characters; case, spaces and dashes do not matter, one wrong letter is found."""
    serial = make_serial()
    assert parse_serial(f" {serial[:5].lower()}-{serial[5:]} ") == serial
    other = "2" if serial[3] != "2" else "3"
    with pytest.raises(Refused, match="NOT_A_SERIAL"):
        parse_serial(serial[:3] + other + serial[4:])
    assert len({make_serial() for _ in range(200)}) == 200


@given(st.lists(st.text("0123456789ABCDEF", min_size=10, max_size=10), unique=True, max_size=150), st.integers())
def test_the_dice_draw_sixty_or_all(serials: list[str], dice: int) -> None:
    """trust 6: at least 60 sheets or all; the same dice draw the same ones; one difference draws every sheet."""
    first = drawn(serials, str(dice))
    assert len(first) == min(SAMPLE, len(serials)) and set(first) <= set(serials)
    assert first == drawn(reversed(serials), str(dice))
    assert set(drawn(serials, str(dice), differs=True)) == set(serials)


def test_a_checker_is_overruled_or_overrules() -> None:
    """trust 6: one checker agrees with the entry, or two checkers agree with each other; before that it is open."""
    kept, other = Reading(("12",)), Reading(("7",))
    assert audited(kept, []) is None
    assert audited(kept, [kept]) == kept
    assert audited(kept, [other]) is None
    assert audited(kept, [other, other]) == other
    assert audited(kept, [other, kept]) == kept
    assert audited(kept, [other, Reading()]) is None


def test_a_box_closes_only_when_it_fits() -> None:
    """I8: sheets at most check-ins, everything settled, the difference explained."""
    assert why_not_close(Balance(5, 9, 3, 1, 1, 0, 0), "") is None
    assert why_not_close(Balance(5, 9, 3, 1, 0, 0, 0), "") == (Refusal.NO_EXPLANATION, {"number": 1})
    assert why_not_close(Balance(5, 9, 3, 1, 0, 0, 0), "Dibawa pulang.") is None
    assert why_not_close(Balance(3, 9, 3, 1, 0, 0, 0), "x") == (Refusal.MORE_SHEETS, {"sheets": 4, "checkins": 3})
    assert why_not_close(Balance(5, 9, 3, 0, 0, 1, 1), "x") == (Refusal.UNRESOLVED, {"number": 2})


def test_the_bound_of_replaced_ballots() -> None:
    """T17: exactly 3 % is no case, one more is."""
    assert [too_many_overrides(100, number) for number in (3, 4)] == [False, True]
    assert not too_many_overrides(0, 0)


def test_a_childrens_box_belongs_to_its_kecamatan() -> None:
    """Suara Anak: the box names its list."""
    assert (kecamatan_of("32.73.27.anak"), list_of("32.73.27.anak")) == ("32.73.27", "anak")
    assert (kecamatan_of("32.73.27"), list_of("32.73.27")) == ("32.73.27", "dewasa")


class OneSheet(RuleBasedStateMachine):
    """Four people read one sheet in any order, also again, and doubt it; a plain model says what must come out."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.doubted = False

    @rule(person=st.sampled_from(PEOPLE), reading=st.sampled_from(READINGS))
    def enter(self, person: UUID, reading: Reading) -> None:
        """Refused, or one more entry; a person once, never a fourth, never after two equal ones."""
        reason = why_not_enter(self.entries, person, self.doubted)
        seen = [entry.person for entry in self.entries]
        equal = len(self.entries) == 2 and self.entries[0].reading == self.entries[1].reading and not self.doubted
        assert (reason is None) == (person not in seen and len(seen) < 3 and not equal)
        if reason is None:
            self.entries.append(Entry(person, reading, NOON))

    @precondition(lambda self: 0 < len(self.entries) < 3)
    @rule()
    def doubt(self) -> None:
        """A second paper with this serial turned up."""
        self.doubted = True

    @invariant()
    def nobody_alone_decides(self) -> None:
        """I8: what is settled was read by two people alike, or by a third one after two."""
        said = settled(self.entries, self.doubted)
        people = {entry.person for entry in self.entries}
        assert len(people) == len(self.entries) <= 3
        if said is not None:
            alike = [entry for entry in self.entries if entry.reading == said]
            assert len(alike) >= 2 or (len(self.entries) == 3 and self.entries[2].reading == said)
        else:
            assert len(self.entries) < 3


TestOneSheet = OneSheet.TestCase


def test_ids_are_not_needed_to_read() -> None:
    """A reading compares by what it says, whoever read it."""
    one, two = Entry(uuid4(), READINGS[0], NOON), Entry(uuid4(), READINGS[0], NOON)
    assert settled([one, two]) == READINGS[0]
