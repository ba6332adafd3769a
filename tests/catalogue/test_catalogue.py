"""The catalogue: reading a price list, searching it, the page."""

import pytest

from rembuk.catalogue import store
from rembuk.catalogue.rules import BadLine, Item, matching, read_prices
from rembuk.settings import settings
from tests.clients import open_client

HEAD = "key,item,unit,unit_price_idr_illustrative"


def test_prices_are_read_whole() -> None:
    """Each line becomes an item; the heading says whether the prices are only examples."""
    items = read_prices([HEAD, 'a,"Pipa, HDPE",m,78000'], 2025)
    assert items == (Item("a", "Pipa, HDPE", "m", 78_000, 2025, "", True),)


@pytest.mark.parametrize("line", ["a,Pipa,m,0", "a,Pipa,m,-5", "a,Pipa,m,1.5", "a,Pipa,m,", ",Pipa,m,5", "a,,m,5"])
def test_bad_line_is_named(line: str) -> None:
    """A price that is no whole positive rupiah stops the list, with the number of its line."""
    with pytest.raises(BadLine) as fault:
        read_prices([HEAD, "b,Pasir,m,5", line], 2025)
    assert fault.value.line == 3


def test_search_folds() -> None:
    """C5: every word must be there, whatever its case and accents."""
    items = (Item("a", "Sumur resapan", "titik", 5, 2025), Item("b", "Pompa résapan", "unit", 5, 2025))
    assert [item.key for item in matching(items, "RESAPAN sumur")] == ["a"]
    assert [item.key for item in matching(items, "resapan")] == ["b", "a"]


async def test_demo_list_replaces_itself(db: object) -> None:
    """Taking in the same year twice leaves one list; the newest year is the one that counts."""
    count = await store.load_demo(settings().city)
    assert count == await store.load_demo(settings().city) == len(await store.items(settings().city)) > 50
    await store.take_in(settings().city, (Item("x", "Pasir", "m³", 9, 2026),))
    assert [item.key for item in await store.items(settings().city)] == ["x"]
    assert len(await store.items(settings().city, 2025)) == count


async def test_page(db: object) -> None:
    """The page says in words that prices are examples, and finds by name."""
    await store.load_demo(settings().city)
    async with open_client() as client:
        page = (await client.get("/kamus-usulan?q=sumur+resapan")).text
        assert "bukan standar harga resmi" in page
        assert "Rp\xa04.850.000" in page
        assert "Pompa jet" not in page
        assert "Tidak ada yang cocok" in (await client.get("/kamus-usulan?q=zzz")).text
