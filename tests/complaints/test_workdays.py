"""Working days: weekends and holidays are stepped over."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.workdays import is_workday, workday_after, workdays_between

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("count", "day"),
    [(0, FRIDAY), (1, date(2026, 11, 23)), (5, date(2026, 11, 27)), (6, date(2026, 11, 30))],
)
def test_weekends_are_stepped_over(count: int, day: date) -> None:
    """One working day after a Friday is Monday."""
    assert workday_after(FRIDAY, count) == day


def test_holidays_are_stepped_over() -> None:
    """A holiday in between moves the day on; two do so twice."""
    holidays = {date(2026, 11, 23), date(2026, 11, 24)}
    assert workday_after(FRIDAY, 1, holidays) == date(2026, 11, 25)


def test_backwards_is_refused() -> None:
    """Nobody answers before being asked."""
    with pytest.raises(ValueError, match="forward"):
        workday_after(FRIDAY, -1)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_there_and_back(day: date, count: int) -> None:
    """Counting from a day to the one found gives the number asked for, and that day is a working day."""
    found = workday_after(day, count)
    assert is_workday(found)
    assert workdays_between(day, found) == count
    assert workdays_between(day, found - timedelta(days=1)) == count - 1
