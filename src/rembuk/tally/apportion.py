"""Splitting rupiah by weight within bounds without losing one, by largest remainder.

Balinski, Young, Fair Representation (tally.md §2).
The exact quota of an area is clip(level * weight, lowest, highest) with the one level that makes the sum right; it is
rounded down to the unit, and the units still missing go to the largest remainders, ties by weight, then area code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rembuk.errors import N_, Reason, Refused


class QuotaRefusal(Reason):
    """Why a total cannot be split as asked, and what would mend it."""

    NOT_IN_UNITS = (
        422,
        N_("Jumlah Rp {total} bukan kelipatan Rp {unit}. Ubah jumlahnya sebesar Rp {rest}, atau pakai satuan lain."),
    )
    POT_TOO_LARGE = (422, N_("Dana tingkat kota Rp {pot} melebihi seluruh dana Rp {total}."))
    BELOW_LOWEST = (
        422,
        N_("Batas bawah seluruh wilayah berjumlah Rp {bound}, melebihi Rp {total}. Turunkan sebesar Rp {gap}."),
    )
    ABOVE_HIGHEST = (
        422,
        N_("Batas atas seluruh wilayah berjumlah Rp {bound}, kurang dari Rp {total}. Naikkan sebesar Rp {gap}."),
    )
    CROSSED_BOUNDS = (422, N_("Di {area}, batas bawah Rp {lowest} melebihi batas atas Rp {highest}."))
    NOT_THE_SUM = (422, N_("Pagu yang diketik berjumlah Rp {sum}, seharusnya Rp {total}. Selisihnya Rp {gap}."))
    OUT_OF_BOUNDS = (422, N_("Pagu {area} sebesar Rp {ceiling} di luar batas bawah dan batas atasnya."))
    NO_CEILING = (422, N_("Pagu {area} belum diisi."))
    NO_AREAS = (422, N_("Belum ada wilayah untuk dibagi."))
    NO_FIGURE = (422, N_("Data {figure} belum ada untuk wilayah mana pun."))
    BAD_WEIGHT = (422, N_("Bobot {area} kurang dari 0."))


@dataclass(frozen=True, slots=True)
class Claim:
    """An area's weight and bounds; `highest` None means no upper bound."""

    code: str
    weight: Fraction
    lowest: int = 0
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the record: weight, exact quota, remainder below the unit, its rank (1 first), and the result."""

    code: str
    weight: Fraction
    exact: Fraction
    remainder: Fraction
    rank: int
    result: int


def apportion(total: int, claims: Iterable[Claim], unit: int = 1) -> tuple[Share, ...]:
    """The total split over the claims to the rupiah, in order of area code; Refused when the bounds forbid it.

    Bounds count inwards to whole units: the lowest is rounded up, the highest down.
    """
    inside = [_in_units(claim, unit) for claim in sorted(claims, key=lambda claim: claim.code)]
    _check(total, inside, unit)
    exact = [_clip(claim, _level(total, inside)) for claim in inside]
    remainders = [quota % unit for quota in exact]
    order = sorted(range(len(inside)), key=lambda i: (-remainders[i], -inside[i].weight, inside[i].code))
    missing = (total - sum(int(quota - rest) for quota, rest in zip(exact, remainders, strict=True))) // unit
    raised = set(order[:missing])
    return tuple(
        Share(
            claim.code,
            claim.weight,
            exact[i],
            remainders[i],
            order.index(i) + 1,
            int(exact[i] - remainders[i]) + (unit if i in raised else 0),
        )
        for i, claim in enumerate(inside)
    )


def _in_units(claim: Claim, unit: int) -> Claim:
    lowest = -(-claim.lowest // unit) * unit
    highest = None if claim.highest is None else claim.highest // unit * unit
    if highest is not None and lowest > highest:
        raise Refused(QuotaRefusal.CROSSED_BOUNDS, area=claim.code, lowest=lowest, highest=highest)
    if claim.weight < 0:
        raise Refused(QuotaRefusal.BAD_WEIGHT, area=claim.code)
    return Claim(claim.code, Fraction(claim.weight), lowest, highest)


def _check(total: int, claims: Sequence[Claim], unit: int) -> None:
    if not claims:
        raise Refused(QuotaRefusal.NO_AREAS)
    if total % unit:
        raise Refused(QuotaRefusal.NOT_IN_UNITS, total=total, unit=unit, rest=total % unit)
    lowest = sum(claim.lowest for claim in claims)
    if total < lowest:
        raise Refused(QuotaRefusal.BELOW_LOWEST, bound=lowest, total=total, gap=lowest - total)
    if any(claim.weight > 0 and claim.highest is None for claim in claims):
        return
    # an area without weight never rises above its lowest
    highest = sum(claim.highest or 0 if claim.weight > 0 else claim.lowest for claim in claims)
    if total > highest:
        raise Refused(QuotaRefusal.ABOVE_HIGHEST, bound=highest, total=total, gap=total - highest)


def _clip(claim: Claim, level: Fraction) -> Fraction:
    raised = max(level * claim.weight, Fraction(claim.lowest))
    return raised if claim.highest is None else min(raised, Fraction(claim.highest))


def _level(total: int, claims: Sequence[Claim]) -> Fraction:
    weighty = [claim for claim in claims if claim.weight > 0]
    bends = {Fraction(claim.lowest) / claim.weight for claim in weighty}
    bends |= {claim.highest / claim.weight for claim in weighty if claim.highest is not None}
    below = Fraction(0)
    for bend in sorted(bends):
        if sum(_clip(claim, bend) for claim in claims) >= total:
            break
        below = bend
    reached = sum(_clip(claim, below) for claim in claims)
    # between two bends the sum grows by the weights of the areas strictly inside their bounds
    growing = sum(
        claim.weight
        for claim in weighty
        if claim.lowest <= below * claim.weight and (claim.highest is None or below * claim.weight < claim.highest)
    )
    return below + (total - reached) / growing if growing else below
