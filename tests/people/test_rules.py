"""Numbers read forgivingly, refused clearly; who may vote; how often one may ask."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.errors import Refused
from rembuk.people import rules
from rembuk.people.passwords import breached
from rembuk.people.rules import Kind, PersonFacts, Refusal, RollFacts

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def person(kind: Kind = Kind.RESIDENT) -> PersonFacts:
    return PersonFacts(uuid4(), "Warga RW 05", kind, "32.73.27.1003.005")


def line(status: str = "active", ripe: date | None = None) -> RollFacts:
    return RollFacts(uuid4(), uuid4(), "32.73.27", "32.73.27.1003.005", None, status, ripe)


@pytest.mark.parametrize(
    ("nik", "good"),
    [
        ("3273270508850001", True),
        ("3273274508850001", True),  # a woman's day is written plus 40
        ("3273277108850001", True),
        ("3273273208850001", False),
        ("3273270008850001", False),
        ("3273277208850001", False),
        ("3273270513850001", False),
        ("3273270500850001", False),
        ("3273270508850000", False),
        ("327327050885000", False),
        ("32732705088500011", False),
        ("327327050885000x", False),
        ("３２７３２７０５０８８５０００１", False),
    ],
)
def test_nik(nik: str, good: bool) -> None:
    """trust 3: day 01-31 or 41-71, month 01-12, serial not 0000, sixteen plain digits."""
    assert rules.is_nik(nik) is good


@given(st.text())
def test_nik_of_any_text(text: str) -> None:
    """T-FUZZ: any text is a NIK or not, and never an error."""
    assert rules.is_nik(text) in (True, False)


@pytest.mark.parametrize("typed", ["0812 3456 7890", "+62 812-3456-7890", "62812.3456.7890", "81234567890"])
def test_phone(typed: str) -> None:
    """One number, however it is typed, is one number."""
    assert rules.looks_like_phone(typed)
    assert rules.read_phone(typed) == "+6281234567890"


@pytest.mark.parametrize("typed", ["021 4234567", "0812", "", "abc", "+1 202 555 0100"])
def test_no_phone(typed: str) -> None:
    """What is no Indonesian mobile number is refused with an example."""
    with pytest.raises(Refused) as refused:
        rules.read_phone(typed)
    assert refused.value.reason is Refusal.NOT_PHONE


@pytest.mark.parametrize(
    ("typed", "digits"), [("1234", "1234"), ("08 1985", "081985"), ("8/1985", "081985"), ("081985", "081985")]
)
def test_second_factor(typed: str, digits: str) -> None:
    """A PIN, or month and year of birth, with or without a leading zero."""
    assert rules.read_second_factor(typed) == digits


@pytest.mark.parametrize("typed", ["", "12", "13 1985", "1985-08-05", "abcd", "12345"])
def test_no_second_factor(typed: str) -> None:
    """Anything else says what is asked for."""
    with pytest.raises(Refused):
        rules.read_second_factor(typed)


def test_why_not_voter() -> None:
    """J1, J2: each missing thing has its own words; nobody is refused twice for one reason."""
    assert rules.why_not_voter(person(), line(), TODAY) is None
    assert rules.why_not_voter(person(), None, TODAY) is Refusal.NOT_VERIFIED
    assert rules.why_not_voter(person(Kind.STAFF), None, TODAY) is Refusal.STAFF_ACCOUNT
    assert rules.why_not_voter(person(Kind.INSTITUTION), line(), TODAY) is Refusal.INSTITUTION
    assert rules.why_not_voter(person(), line("removed"), TODAY) is Refusal.REMOVED
    assert rules.why_not_voter(person(), line(ripe=date(2026, 12, 1)), TODAY) is Refusal.TOO_YOUNG
    assert rules.why_not_voter(person(), line(ripe=date(2026, 11, 1)), TODAY) is None
    sentences = [reason.sentence for reason in Refusal]
    assert len(sentences) == len(set(sentences))


def test_eligible_from_keeps_only_a_month() -> None:
    """J2: seventeen in November means from the first of November; the day of birth is gone."""
    assert rules.eligible_from(date(2009, 11, 30), 17) == date(2026, 11, 1)
    assert rules.eligible_from(date(2010, 2, 28), 16) == date(2026, 2, 1)


def test_three_an_hour_and_ten_a_day() -> None:
    """trust 3: the fourth code within an hour waits, the eleventh within a day too."""
    asked = [NOON - timedelta(minutes=10 * nth) for nth in range(1, 3)]
    assert rules.why_not_ask(asked, NOON) is None
    asked.append(NOON - timedelta(minutes=50))
    assert rules.why_not_ask(asked, NOON) == timedelta(minutes=10)
    spread = [NOON - timedelta(hours=2 * nth) for nth in range(1, 11)]
    assert rules.why_not_ask(spread, NOON) == timedelta(hours=4)
    assert rules.why_not_ask(spread[:9], NOON) is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("pendek", Refusal.PASSWORD_SHORT),
        ("a" * 14, Refusal.PASSWORD_SHORT),
        ("abababababababab", Refusal.PASSWORD_KNOWN),
        ("Password12345678", Refusal.PASSWORD_KNOWN),
        ("sukma.wijaya-2026", Refusal.PASSWORD_KNOWN),
        ("RembukBandung2026", Refusal.PASSWORD_KNOWN),
        ("petugas-kecamatan-1", Refusal.PASSWORD_KNOWN),
        ("kereta pagi menuju bandung", None),
        ("kereta pagi menuju gunung", None),
    ],
)
def test_passwords(password: str, reason: Refusal | None) -> None:
    """trust 3: fifteen letters, not leaked, not one's own name, not one letter over and over."""
    assert rules.why_not_password(password, "sukma.wijaya", breached()) is reason


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_a_step_opens_once(step: int, used: int) -> None:
    """T-CLOCK: a step is good now or one beside, and never at or before the last one used."""
    assert rules.may_use_step(step, 0, used) is (step in (-1, 0, 1) and step > used)


def test_roles_hold_for_their_days() -> None:
    """A grant counts from its first to its last day, both included."""
    grant = rules.GrantFacts("facilitator", "32.73.27", "", date(2026, 11, 1), date(2026, 11, 30))
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    assert [grant.holds(day) for day in days] == [False, True, True, False]
