"""Money of an imported election is shown in its own currency; everything of ours is rupiah."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rembuk import money

_shown: ContextVar[tuple[str, int] | None] = ContextVar("currency of the page", default=None)


@contextmanager
def shown_in(currency: str) -> Iterator[None]:
    """Write amounts in another currency while a page is made: "EUR", or "PLN/100" when kept in hundredths."""
    code, _, unit = currency.partition("/")
    token = _shown.set(None if code == "IDR" else (code, int(unit or 1)))
    try:
        yield
    finally:
        _shown.reset(token)


def amount(number: int) -> str:
    """The full sum in the currency of the page."""
    if (shown := _shown.get()) is None:
        return money.rupiah(number)
    code, unit = shown
    whole, part = divmod(number, unit)
    cents = f",{part:0{len(str(unit)) - 1}d}" if part else ""
    return f"{code}{money.NBSP}{money.thousands(whole)}{cents}"


def short_amount(number: int) -> str:
    """The short sum in the currency of the page."""
    if (shown := _shown.get()) is None:
        return money.short_rupiah(number)
    code, unit = shown
    return money.short_rupiah(number // unit).replace("Rp", code, 1)
