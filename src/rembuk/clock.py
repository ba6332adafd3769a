"""The one place that reads the time; UTC inside, the city's zone and language on pages.

The wall clock may be set; what has run out must not come back by that. So time here never steps back within a
process, and whoever must not trust a clock that was moved (phases, trust.md 5) asks `moved()`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen clock", default=None)
_CODES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
CITY_ZONE = "Asia/Jakarta"
MOST_DRIFT = timedelta(seconds=5)
_AGO = {
    "id": ("baru saja", "menit lalu", "jam lalu", "hari lalu"),
    "su": ("anyar pisan", "menit nu kaliwat", "jam nu kaliwat", "dinten nu kaliwat"),
    "en": ("just now", "min ago", "h ago", "d ago"),
}


def now() -> datetime:
    """The present moment, aware, in UTC; later than every moment this process passed, wherever the wall clock went."""
    return _frozen.get() or max(_wall(), _steady())


def moved() -> bool:
    """Whether the wall clock is more than five seconds away from where the steady clock says it should be."""
    return _frozen.get() is None and abs(_wall() - _steady()) > MOST_DRIFT


def _wall() -> datetime:
    return datetime.now(UTC)


def _ticks() -> float:
    """Seconds that nobody can set; a machine that slept counts them, too, where the system can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def _steady() -> datetime:
    """Where the wall clock was when this process began, and the time since."""
    return _BEGUN + timedelta(seconds=_ticks() - _TICKS)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stand still at a moment: for tests and for building a demo whose past must lie in the past."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def local(at: datetime, zone: str = CITY_ZONE) -> datetime:
    """The same moment on the wall clock of the city."""
    return at.astimezone(ZoneInfo(zone))


def short_date(at: datetime, lang: str = "id") -> str:
    """The day in short, as "29 Nov 2026"."""
    return format_date(local(at).date(), "d MMM y", locale=lang)


def date(at: datetime, lang: str = "id") -> str:
    """The day, as "29 November 2026"."""
    return format_date(local(at).date(), "d MMMM y", locale=lang)


def long_date(at: datetime, lang: str = "id") -> str:
    """The day with its name, as "Minggu, 29 November 2026"."""
    return format_date(local(at).date(), "EEEE, d MMMM y", locale=lang)


def moment(at: datetime, lang: str = "id") -> str:
    """The moment, as "Minggu, 29 November 2026 pukul 20.00 WIB"."""
    time = format_datetime(local(at).replace(tzinfo=None), "HH.mm", locale="id")
    at_word = {"id": "pukul", "su": "tabuh", "en": "at"}.get(lang, "pukul")
    return f"{long_date(at, lang)} {at_word} {time} {_CODES[CITY_ZONE]}"


def ago(at: datetime, lang: str = "id") -> str:
    """How long ago, as "2 jam lalu", up to seven days, then the short date."""
    gap = now() - at
    if gap < timedelta(0) or gap > timedelta(days=7):
        return short_date(at, lang)
    fresh, minutes, hours, days = _AGO.get(lang, _AGO["id"])
    if gap < timedelta(minutes=1):
        return fresh
    if gap < timedelta(hours=1):
        return f"{gap.seconds // 60} {minutes}"
    return f"{gap.seconds // 3600} {hours}" if gap < timedelta(days=1) else f"{gap.days} {days}"


_BEGUN, _TICKS = _wall(), _ticks()
