"""Money, clock and shelf: written as people write them, read back strictly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk import clock, money
from rembuk.errors import Reason, Refused
from rembuk.shelf import Shelf

RP = f"Rp{money.NBSP}"


@pytest.mark.parametrize(
    ("amount", "long", "short"),
    [
        (0, f"{RP}0", f"{RP}0"),
        (950, f"{RP}950", f"{RP}1{money.NBSP}ribu"),
        (999_999, f"{RP}999.999", f"{RP}1{money.NBSP}juta"),
        (96_500_000, f"{RP}96.500.000", f"{RP}96,5{money.NBSP}juta"),
        (1_200_000_000, f"{RP}1.200.000.000", f"{RP}1,2{money.NBSP}miliar"),
        (159_500_000_000, f"{RP}159.500.000.000", f"{RP}159,5{money.NBSP}miliar"),
    ],
)
def test_rupiah_is_written_as_in_the_city(amount: int, long: str, short: str) -> None:
    """Pages §6: whole rupiah with dots, short form with one decimal at most."""
    assert money.rupiah(amount) == long
    assert money.short_rupiah(amount) == short


@given(st.integers(0, money.LARGEST))
def test_what_is_written_reads_back(amount: int) -> None:
    """Any amount survives being shown and typed again; nothing overflows at 2.1 billion."""
    assert money.parse_rupiah(money.rupiah(amount)) == amount


@pytest.mark.parametrize("text", ["", "12,5", "1.2.3", "-5", "12 juta", "1e6", "٣", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    """A cost with a fraction, a sign, words or foreign digits is never guessed at."""
    with pytest.raises(ValueError, match=r"amount|64 bits"):
        money.parse_rupiah(text)


def test_a_float_is_not_money() -> None:
    """Whole rupiah only."""
    with pytest.raises(TypeError):
        money.whole(1.0)


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percent_is_within_half_a_tenth(part: int, total: int) -> None:
    """A share is rounded half up to one decimal."""
    text = money.percent(part, total).rstrip("%").replace(".", "").replace(",", ".")
    assert abs(float(text) - 100 * part / total) <= 0.0501


def test_moments_are_the_citys() -> None:
    """UTC inside, WIB and Indonesian words outside."""
    at = datetime(2026, 11, 29, 13, 0, tzinfo=UTC)
    assert clock.moment(at) == "Minggu, 29 November 2026 pukul 20.00 WIB"
    assert clock.short_date(at) == "29 Nov 2026"
    with clock.frozen(at + timedelta(hours=2, minutes=5)):
        assert clock.now() == at + timedelta(hours=2, minutes=5)
        assert clock.ago(at) == "2 jam lalu"
    with clock.frozen(at + timedelta(days=8)):
        assert clock.ago(at) == "29 Nov 2026"


def test_a_shelf_refuses_a_taken_name() -> None:
    """Two things under one name are a mistake, not a choice."""
    shelf: Shelf[int] = Shelf("rembuk.tally.rules")
    shelf.put("one")(1)
    with pytest.raises(ValueError, match="one"):
        shelf.put("one")(2)


def test_a_refusal_speaks_with_its_facts() -> None:
    """A reason's sentence is filled with the numbers at hand."""

    class Why(Reason):
        OVER = (422, "Pilihan Anda {over} di atas pagu.")

    assert Refused(Why.OVER, over=money.rupiah(40_000_000)).sentence() == f"Pilihan Anda {RP}40.000.000 di atas pagu."
