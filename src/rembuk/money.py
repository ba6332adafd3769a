"""Whole rupiah: written as people write them, read back strictly, never a float."""

import re

NBSP = "\N{NO-BREAK SPACE}"
LARGEST = 2**63 - 1
_TYPED = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,-|,00)?", re.IGNORECASE | re.ASCII)
_SHORT = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu"))


def whole(amount: object) -> int:
    """The amount as whole rupiah; TypeError for anything but an int, ValueError beyond 64 bits."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"money is whole rupiah, not {type(amount).__name__}")
    if not -LARGEST <= amount <= LARGEST:
        raise ValueError("money does not fit in 64 bits")
    return amount


def thousands(number: int) -> str:
    """A count with dots: 2187 as "2.187"."""
    return f"{number:,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """The full sum: 125000000 as "Rp 125.000.000", with a no-break space."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{NBSP}{thousands(abs(whole(amount)))}"


def short_rupiah(amount: int) -> str:
    """The short sum: 125000000 as "Rp 125 juta", one decimal at most; for charts and beside the full sum."""
    size = abs(whole(amount))
    for unit, name in _SHORT:
        tenths = (size * 10 + unit // 2) // unit
        if tenths >= 10:
            text = thousands(tenths // 10) + (f",{tenths % 10}" if tenths % 10 else "")
            return f"{'-' if amount < 0 else ''}Rp{NBSP}{text}{NBSP}{name}"
    return rupiah(amount)


def parse_rupiah(text: str) -> int:
    """What a person typed ("Rp 1.250.000", "96500000") as rupiah; ValueError when it is no whole amount."""
    if not (found := _TYPED.fullmatch(text.strip().replace(NBSP, " "))):
        raise ValueError("not a whole amount of rupiah")
    return whole(int(found[1].replace(".", "")))


def percent(part: int, total: int) -> str:
    """A share: 314 of 1000 as "31,4%"; a total of 0 gives "0%"."""
    if total == 0:
        return "0%"
    tenths = (part * 2000 + total) // (2 * total)
    return f"{thousands(tenths // 10)},{tenths % 10}%" if tenths % 10 else f"{thousands(tenths // 10)}%"
