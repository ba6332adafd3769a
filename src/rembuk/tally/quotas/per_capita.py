"""Per capita: ceilings in proportion to residents."""

from fractions import Fraction

from rembuk.errors import Refused
from rembuk.tally.apportion import QuotaRefusal, Share
from rembuk.tally.quotas import QUOTAS, QuotaPlan, by_weight


@QUOTAS.put("per_capita")
def per_capita(plan: QuotaPlan) -> tuple[Share, ...]:
    """Ceilings in proportion to residents; no rupiah lost to rounding; Refused when nobody has residents."""
    if plan.districts and not any(district.residents for district in plan.districts):
        raise Refused(QuotaRefusal.NO_FIGURE, figure="jumlah penduduk")
    return by_weight(plan, {district.code: Fraction(district.residents) for district in plan.districts})
