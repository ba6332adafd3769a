"""Need weighted: a published mix of equal parts, residents and poor families."""

from fractions import Fraction

from rembuk.errors import Refused
from rembuk.tally.apportion import QuotaRefusal, Share
from rembuk.tally.election import District
from rembuk.tally.quotas import FIGURES, QUOTAS, QuotaPlan, by_weight

NAMES = {"equal": "bagian sama rata", "population": "jumlah penduduk", "poor": "keluarga miskin"}


@QUOTAS.put("need_weighted")
def need_weighted(plan: QuotaPlan) -> tuple[Share, ...]:
    """Each part of the mix is split in proportion to its own figure; a figure nobody has is Refused."""
    whole = sum(plan.mix.get(figure, 0) for figure in FIGURES)
    if whole <= 0 or any(part < 0 for part in plan.mix.values()):
        raise Refused(QuotaRefusal.NO_FIGURE, figure="bobot")
    return by_weight(plan, {d.code: _weight(plan, d) / whole for d in plan.districts})


def _weight(plan: QuotaPlan, district: District) -> Fraction:
    weight = Fraction(0)
    for figure in FIGURES:
        if part := plan.mix.get(figure, 0):
            total = sum(_figure(other, figure) for other in plan.districts)
            if total == 0:
                raise Refused(QuotaRefusal.NO_FIGURE, figure=NAMES[figure])
            weight += Fraction(part * _figure(district, figure), total)
    return weight


def _figure(district: District, figure: str) -> int:
    return {"equal": 1, "population": district.residents, "poor": district.poor_families}[figure]
