"""Law 1: quotas sum to Q - pot, lowest <= quota <= highest, |quota - exact| < unit; infeasible totals are refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.errors import Refused
from rembuk.tally.apportion import Claim, QuotaRefusal, apportion
from rembuk.tally.election import District
from rembuk.tally.quotas import QUOTAS, QuotaPlan, quotas

weights = st.builds(Fraction, st.integers(0, 9), st.integers(1, 4))
bounds = st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60)))


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    """Up to six areas with weights and bounds that do not cross."""
    listed = []
    for code in "abcdef"[: draw(st.integers(1, 6))]:
        lowest, more = draw(bounds)
        listed.append(Claim(code, draw(weights), lowest, None if more is None else lowest + more))
    return listed


@given(claims(), st.integers(0, 400))
def test_to_the_rupiah(listed: list[Claim], total: int) -> None:
    """No rupiah is lost, and no bound is passed."""
    try:
        shares = apportion(total, listed)
    except Refused as refused:
        assert why_infeasible(listed, total) is refused.reason
        return
    assert why_infeasible(listed, total) is None
    assert sum(share.result for share in shares) == total == sum(share.exact for share in shares)
    for share, claim in zip(shares, listed, strict=True):
        assert share.result >= claim.lowest
        assert claim.highest is None or share.result <= claim.highest
        assert abs(share.result - share.exact) < 1


def why_infeasible(listed: list[Claim], total: int) -> QuotaRefusal | None:
    """The bound that fails, said plainly."""
    if total < sum(claim.lowest for claim in listed):
        return QuotaRefusal.BELOW_LOWEST
    tops = [claim.lowest if claim.weight == 0 else claim.highest for claim in listed]
    if None not in tops and total > sum(top for top in tops if top is not None):
        return QuotaRefusal.ABOVE_HIGHEST
    return None


@given(claims(), st.integers(0, 80), st.sampled_from([2, 5, 10]))
def test_in_units(listed: list[Claim], units: int, unit: int) -> None:
    """With a unit, quotas are whole units and off by less than one."""
    try:
        shares = apportion(units * unit, listed, unit)
    except Refused:
        return
    assert sum(share.result for share in shares) == units * unit
    for share, claim in zip(shares, listed, strict=True):
        assert share.result % unit == 0
        assert abs(share.result - share.exact) < unit
        assert share.result >= claim.lowest
        assert claim.highest is None or share.result <= claim.highest


@given(claims(), st.integers(0, 400))
def test_one_level(listed: list[Claim], total: int) -> None:
    """Exact quotas are clip(level * weight): areas strictly inside their bounds share one level."""
    try:
        shares = apportion(total, listed)
    except Refused:
        return
    inside = [
        share.exact / share.weight
        for share, claim in zip(shares, listed, strict=True)
        if share.weight and claim.lowest < share.exact and (claim.highest is None or share.exact < claim.highest)
    ]
    assert len(set(inside)) <= 1


def test_ties_by_weight_then_code() -> None:
    """Equal remainders go to the larger weight, then to the smaller area code; the record says the rank."""
    shares = apportion(10, [Claim("b", Fraction(1)), Claim("a", Fraction(1)), Claim("c", Fraction(1))])
    assert [(share.code, share.result, share.rank) for share in shares] == [("a", 4, 1), ("b", 3, 2), ("c", 3, 3)]
    assert shares[0].exact == Fraction(10, 3)
    halves = apportion(10, [Claim("a", Fraction(1)), Claim("b", Fraction(3))])
    assert [(share.remainder, share.result) for share in halves] == [(Fraction(1, 2), 2), (Fraction(1, 2), 8)]


DISTRICTS = (
    District("01", residents=100, poor_families=30, ceiling=50),
    District("02", residents=300, poor_families=10, ceiling=40),
)


def test_every_rule_on_the_shelf() -> None:
    """Q3: each quota rule adds up to total minus pot."""
    for rule in QUOTAS.names():
        split = quotas(rule, QuotaPlan(100, DISTRICTS, pot=10))
        assert sum(split.ceilings.values()) == 90, rule
    assert quotas("per_capita", QuotaPlan(100, DISTRICTS)).ceilings == {"01": 25, "02": 75}
    mix = {"poor": 1, "population": 1}
    # 01: (30/40 + 100/400) / 2 = 1/2
    assert quotas("need_weighted", QuotaPlan(100, DISTRICTS, mix=mix)).ceilings == {"01": 50, "02": 50}


def test_fixed_must_add_up() -> None:
    """Q3: typed ceilings must add up to the total shown; the refusal names the difference."""
    with pytest.raises(Refused) as refused:
        quotas("fixed", QuotaPlan(100, DISTRICTS))
    assert refused.value.reason is QuotaRefusal.NOT_THE_SUM
    assert "10" in refused.value.sentence()


def test_refusals_say_what_would_mend_it() -> None:
    """A total under the lower bounds is refused with the gap; so is a total that is not in units."""
    tight = (District("01", residents=1, lowest=80), District("02", residents=1, lowest=40))
    with pytest.raises(Refused) as refused:
        quotas("equal", QuotaPlan(100, tight))
    assert refused.value.facts == {"bound": 120, "total": 100, "gap": 20}
    with pytest.raises(Refused) as refused:
        quotas("equal", QuotaPlan(105, DISTRICTS, unit=10))
    assert refused.value.reason is QuotaRefusal.NOT_IN_UNITS
