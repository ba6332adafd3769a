"""Working days: Monday to Friday without the given holidays; pure, the calendar is an argument."""

from collections.abc import Collection
from datetime import date, timedelta

NO_HOLIDAYS: frozenset[date] = frozenset()


def is_workday(day: date, holidays: Collection[date] = NO_HOLIDAYS) -> bool:
    """Whether offices work on this day."""
    return day.weekday() < 5 and day not in holidays


def workday_after(day: date, count: int, holidays: Collection[date] = NO_HOLIDAYS) -> date:
    """The last day to answer: `count` working days after `day`, the day itself not counted; count >= 0."""
    if count < 0:
        raise ValueError("working days are counted forward")
    while count:
        day += timedelta(days=1)
        count -= is_workday(day, holidays)
    return day


def workdays_between(start: date, end: date, holidays: Collection[date] = NO_HOLIDAYS) -> int:
    """How many working days lie after `start` up to and including `end`; 0 when `end` is not later."""
    days = (end - start).days
    return sum(is_workday(start + timedelta(days=nth), holidays) for nth in range(1, days + 1))
