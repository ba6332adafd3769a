"""Taking in a city pack, on both databases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from rembuk.errors import Refused
from rembuk.places import store, tables
from rembuk.places.pack import Pack, read_pack
from rembuk.places.rules import Area, Level


@dataclass(frozen=True)
class Redrawn(Pack):
    """A later version of a pack, with other areas."""

    other: Mapping[str, Area] | None = None

    @property
    def areas(self) -> dict[str, Area]:  # type: ignore[override]
        """The changed areas."""
        return dict(self.other or {})


async def test_a_pack_is_taken_in_once(db: Any) -> None:
    """A second load of the same pack changes nothing; 1,777 areas, 181 outlines, figures with their source."""
    first = await store.load_pack("32.73")
    again = await store.load_pack("32.73")
    assert (len(first.begin), len(first.end)) == (1777, 0)
    assert (again.begin, again.end) == ((), ())
    assert await tables.Area.count() == 1777
    assert await tables.AreaShape.count() == 181
    assert await tables.CityPack.count() == 1


async def test_questions_about_areas(db: Any) -> None:
    """Lists, slugs, labels, figures and points answer from what was taken in."""
    await store.load_pack("32.73")
    assert len(await store.kecamatan_list()) == 30
    assert len(await store.kelurahan_list("32.73.27")) == 4
    gedebage = await store.by_slug("gedebage")
    assert gedebage.code == "32.73.27"
    assert store.slug_of(gedebage) == "gedebage"
    assert await store.label("32.73.02.1005.007") == "RW 07 Sekeloa"
    assert len(await store.rw_list("32.73.18.1001")) == 12
    assert [area.level for area in await store.children("32.73.02.1005")] == [Level.RW] * len(
        await store.children("32.73.02.1005")
    )
    population = await store.figures("population", 2024, Level.KECAMATAN)
    assert population["32.73.01"] == 78544
    assert sum(population.values()) == 2_579_738
    poor = await store.figures("dtks_families", 2022, Level.KECAMATAN)
    assert sum(poor.values()) == 334_511
    found = await store.kelurahan_at(-6.88517, 107.61994)
    assert found is not None
    assert found.name == "Sekeloa"
    with pytest.raises(Refused):
        await store.area("32.73.99")
    assert await store.find("32.73.99") is None


async def test_a_new_version_ends_and_begins_areas(db: Any) -> None:
    """An area keeps its old row, with the dates it was valid; its new name starts a row of its own."""
    pack = read_pack("32.73")
    await store.take_in(pack)
    areas = dict(pack.areas)
    areas["32.73.27"] = replace(areas["32.73.27"], name="Gedebage Raya", slug="gedebage-raya")
    manifest = {**pack.manifest, "version": "2026.1", "valid_from": "2026-01-01"}
    await store.take_in(Redrawn(pack.folder, manifest, "0" * 64, areas))
    rows = await tables.Area.objects().where(tables.Area.code == "32.73.27").order_by(tables.Area.valid_from)
    assert [(row.name, str(row.valid_from), str(row.valid_to)) for row in rows] == [
        ("Gedebage", "2025-01-01", "2025-12-31"),
        ("Gedebage Raya", "2026-01-01", "None"),
    ]
    assert (await store.area("32.73.27")).name == "Gedebage Raya"
    assert "32.73.27" in (await store.atlas()).shapes


async def test_a_pack_repaired_within_its_period_leaves_no_overlap(db: Any) -> None:
    """A name corrected in the same version replaces the row: no area is valid twice."""
    pack = read_pack("32.73")
    await store.take_in(pack)
    areas = dict(pack.areas)
    areas["32.73.27"] = replace(areas["32.73.27"], name="Gede Bage")
    await store.take_in(Redrawn(pack.folder, pack.manifest, "1" * 64, areas))
    rows = await tables.Area.objects().where(tables.Area.code == "32.73.27")
    assert [(row.name, row.valid_to) for row in rows] == [("Gede Bage", None)]


async def test_an_empty_database_is_not_remembered(db: Any) -> None:
    """Asking before a pack was taken in does not hide it afterwards."""
    assert await store.kecamatan_list() == ()
    await store.load_pack("32.73")
    assert len(await store.kecamatan_list()) == 30
