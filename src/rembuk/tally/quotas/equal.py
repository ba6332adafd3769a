"""Equal: every district the same, within its bounds."""

from fractions import Fraction

from rembuk.tally.apportion import Share
from rembuk.tally.quotas import QUOTAS, QuotaPlan, by_weight


@QUOTAS.put("equal")
def equal(plan: QuotaPlan) -> tuple[Share, ...]:
    """Ceilings as equal as bounds and unit allow."""
    return by_weight(plan, {district.code: Fraction(1) for district in plan.districts})
