"""Questions about the catalogue of works, and taking in a price list."""

from pathlib import Path

from rembuk.catalogue.rules import BadLine, Item, Refusal, read_prices
from rembuk.catalogue.tables import CatalogueItem
from rembuk.database import transaction
from rembuk.errors import Refused

_CITIES = Path(__file__).resolve().parents[1] / "places" / "cities"
_PRICES = Path("demo") / "unit_prices.csv"
DEMO_YEAR = 2025


async def items(city: str, year: int | None = None) -> tuple[Item, ...]:
    """Every item of a city for a year (the newest one by default), by key, in one statement."""
    where = CatalogueItem.city == city
    if year is not None:
        where = where & (CatalogueItem.year == year)  # type: ignore[assignment]
    rows = (
        await CatalogueItem.select(
            CatalogueItem.key,
            CatalogueItem.name,
            CatalogueItem.unit,
            CatalogueItem.unit_price,
            CatalogueItem.year,
            CatalogueItem.issue,
            CatalogueItem.illustrative,
        )
        .where(where)
        .order_by(CatalogueItem.key)
    )
    newest = max((row["year"] for row in rows), default=0)
    return tuple(Item(**row) for row in rows if row["year"] == newest)


@transaction
async def take_in(city: str, prices: tuple[Item, ...]) -> int:
    """Put these prices in place of the same year's earlier ones; how many there are now."""
    for year in {item.year for item in prices}:
        await CatalogueItem.delete().where((CatalogueItem.city == city) & (CatalogueItem.year == year))
    rows = [
        CatalogueItem(
            city=city,
            key=item.key,
            name=item.name,
            unit=item.unit,
            unit_price=item.unit_price,
            issue=item.issue,
            year=item.year,
            illustrative=item.illustrative,
        )
        for item in prices
    ]
    if rows:
        await CatalogueItem.insert(*rows)
    return len(rows)


async def load_demo(city: str, year: int = DEMO_YEAR) -> int:
    """Take in the illustrative prices of a city pack, if it brings any; Refused(BROKEN) for a bad line."""
    file = _CITIES / city / _PRICES
    if not file.exists():
        return 0
    try:
        return await take_in(city, read_prices(file.read_text(encoding="utf-8").splitlines(), year))
    except BadLine as fault:
        raise Refused(Refusal.BROKEN, line=fault.line) from fault
