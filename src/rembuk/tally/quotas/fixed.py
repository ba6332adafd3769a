"""Fixed: ceilings typed by the city, which must add up to what is shared."""

from fractions import Fraction

from rembuk.errors import Refused
from rembuk.tally.apportion import QuotaRefusal, Share
from rembuk.tally.quotas import QUOTAS, QuotaPlan


@QUOTAS.put("fixed")
def fixed(plan: QuotaPlan) -> tuple[Share, ...]:
    """The typed ceilings as they are; Refused when one is missing, out of bounds, or the sum is not the total."""
    ceilings = {district.code: district.ceiling for district in plan.districts}
    for district in sorted(plan.districts, key=lambda d: d.code):
        ceiling = district.ceiling
        if ceiling is None or ceiling < 0:
            raise Refused(QuotaRefusal.NO_CEILING, area=district.name or district.code)
        if ceiling < district.lowest or (district.highest is not None and ceiling > district.highest):
            raise Refused(QuotaRefusal.OUT_OF_BOUNDS, area=district.name or district.code, ceiling=ceiling)
    total = sum(ceiling or 0 for ceiling in ceilings.values())
    if total != plan.shared:
        raise Refused(QuotaRefusal.NOT_THE_SUM, sum=total, total=plan.shared, gap=abs(total - plan.shared))
    ordered = sorted(ceilings.items())
    return tuple(
        Share(code, Fraction(c or 0), Fraction(c or 0), Fraction(0), rank, c or 0)
        for rank, (code, c) in enumerate(ordered, start=1)
    )
