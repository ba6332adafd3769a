"""Codes, slugs, outlines and maps of areas, without a database."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rembuk.errors import Refused
from rembuk.places import maps, rules
from rembuk.places.atlas import Atlas
from rembuk.places.geometry import Frame, Shape, around, rings
from rembuk.places.pack import CITIES, Pack, packs, read_pack
from rembuk.places.rules import Area, Level, Refusal

SQUARE = Shape("32.73.01", "M0 0l10 0l0 10l-10 0z", (5, 5))
RING = Shape("32.73.02", "M20 0l10 0l0 10l-10 0zM23 3l4 0l0 4l-4 0z", (21, 1))


@pytest.fixture(scope="module")
def bandung() -> Pack:
    """The shipped pack of Bandung."""
    return read_pack("32.73")


@pytest.fixture(scope="module")
def atlas(bandung: Pack) -> Atlas:
    """Bandung in memory, straight from the pack."""
    return Atlas.of(bandung.areas.values(), bandung.shapes, bandung.statistics, bandung.frame, bandung.attribution)


def test_levels_follow_the_dots() -> None:
    """A code says its level; anything else is refused."""
    assert rules.level_of("32.73") is Level.CITY
    assert rules.level_of("32.73.27.1003.005") is Level.RW
    for wrong in ("3273", "32.73.2", "32.73.27.1003.5", "32.73.27.1003.005.001", "32.73 "):
        with pytest.raises(ValueError, match="no area code"):
            rules.level_of(wrong)


def test_scope_is_a_prefix_at_a_dot() -> None:
    """F1: a scope covers what lies under it, and not a code that only begins alike."""
    assert rules.covers("32.73.2", "32.73.27") is False
    assert rules.covers("32.73.27", "32.73.27.1003.005")
    assert rules.covers("", "32.73.27")


def test_an_rw_has_two_digits_for_people() -> None:
    """RW numbers are stored as in the pack (007) and shown with two digits (RW 07)."""
    assert [rules.rw_label(text) for text in ("007", "013", "115")] == ["RW 07", "RW 13", "RW 115"]


def test_rw_numbers_leap_over_gaps() -> None:
    """Cihaur Geulis has 12 RW, of which none is number 2 or 13."""
    numbers = [area.number for area in rules.rw_areas("32.73.18.1001", 12, (2, 13))]
    assert numbers[:2] == ["001", "003"]
    assert numbers[-1] == "014"
    assert "013" not in numbers
    assert len(numbers) == 12


def test_the_pack_of_bandung_is_whole(bandung: Pack) -> None:
    """The shipped pack has 1 city, 30 kecamatan, 151 kelurahan, 1,595 RW, and 181 outlines."""
    counts = {level: sum(a.level is level for a in bandung.areas.values()) for level in Level}
    assert counts == {Level.CITY: 1, Level.KECAMATAN: 30, Level.KELURAHAN: 151, Level.RW: 1595}
    assert len(bandung.shapes) == 181
    assert all(area.parent in bandung.areas for area in bandung.areas.values() if area.parent)


def test_numbering_gaps_of_bandung(bandung: Pack) -> None:
    """The two kelurahan with missing RW numbers keep their gaps."""
    assert "32.73.18.1001.002" not in bandung.areas
    assert "32.73.18.1001.014" in bandung.areas
    assert "32.73.02.1006.001" not in bandung.areas
    assert "32.73.02.1006.008" in bandung.areas


def test_every_file_of_every_pack_is_as_its_hash_says() -> None:
    """A pack's files equal the hashes in pack.json."""
    assert "32.73" in packs()
    for code in packs():
        pack = read_pack(code)
        for name in pack.manifest["files"]:
            assert pack.text(name)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    """A file that differs from its hash is refused, by name."""
    for path in ("pack.json", "wilayah.csv"):
        target = tmp_path / "32.73" / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((CITIES / "32.73" / path).read_bytes())
    (tmp_path / "32.73" / "wilayah.csv").write_text("code,level,name\n")
    with pytest.raises(Refused, match="BROKEN_PACK") as refused:
        _ = read_pack("32.73", tmp_path).areas
    assert "wilayah.csv" in refused.value.sentence()


def test_an_unknown_pack_is_refused(tmp_path: Path) -> None:
    """A city without a pack is refused."""
    with pytest.raises(Refused) as refused:
        read_pack("99.99", tmp_path)
    assert refused.value.reason is Refusal.UNKNOWN_PACK


def test_doubtful_figures_carry_their_flag(bandung: Pack) -> None:
    """The repaired population of Sekejati and the odd DTKS 2023 of Caringin say so; DTKS 2022 does not."""
    flagged = {(f.area, f.name, f.year) for f in bandung.statistics if f.flag}
    assert ("32.73.22.1001", "population", 2024) in flagged
    assert ("32.73.15.1004", "dtks_families", 2023) in flagged
    assert ("32.73.15.1004", "dtks_families", 2022) not in flagged


def test_slugs_do_not_clash_within_a_level(bandung: Pack, atlas: Atlas) -> None:
    """Every kecamatan and kelurahan is found again by its slug."""
    named = [area for area in bandung.areas.values() if area.level is not Level.RW]
    assert all(atlas.by_slug(area.slug, area.level) == area for area in named)
    assert atlas.by_slug("gedebage", Level.KECAMATAN).code == "32.73.27"
    with pytest.raises(Refused):
        atlas.by_slug("jakarta", Level.KECAMATAN)


def test_the_place_in_words(atlas: Atlas) -> None:
    """An RW is said with its kelurahan; an unknown code is said as it is."""
    assert atlas.label("32.73.02.1005.007") == "RW 07 Sekeloa"
    assert atlas.label("32.73.27") == "Kecamatan Gedebage"
    assert atlas.label("99.99") == "99.99"
    assert [a.name for a in atlas.line("32.73.02.1005")] == ["Kota Bandung", "Coblong", "Sekeloa"]


def test_demo_points_lie_in_their_kelurahan(bandung: Pack, atlas: Atlas) -> None:
    """B2: the point of each of the 64 demo proposals lies in the outline of its kelurahan, and its RW exists."""
    for proposal in bandung.document("demo/proposals.json")["proposals"]:
        place = proposal["location"]
        found = atlas.kelurahan_at(place["lat"], place["lng"])
        assert found is not None
        assert found.code == proposal["kelurahan_code"]
        assert f"{proposal['kelurahan_code']}.{proposal['rw']}" in atlas.areas


def test_a_point_outside_the_city_is_in_no_kelurahan(atlas: Atlas) -> None:
    """B2: Jakarta is not in Bandung."""
    assert atlas.kelurahan_at(-6.2, 106.8) is None


def test_a_hole_is_outside() -> None:
    """Even-odd: a point in a hole is not inside, one in the ring is."""
    assert RING.holds(21, 1)
    assert not RING.holds(25, 5)
    assert not SQUARE.holds(11, 5)
    assert SQUARE.holds(5, 5)


def test_only_plain_paths_are_read() -> None:
    """A path with a curve or with markup is refused, so nothing else reaches a page."""
    for path in ("M0 0c1 1 2 2 3 3z", 'M0 0l1 1z"/><script>', "l1 1z"):
        with pytest.raises(ValueError, match="only M, l and z"):
            rings(path)


@given(st.floats(-6.96, -6.84), st.floats(107.55, 107.73))
def test_degrees_and_view_box_are_inverse(latitude: float, longitude: float) -> None:
    """A point goes to the view box and back within a millimetre."""
    frame = Frame(1000, 692, 107.5459, -6.83689, 5169.56, 5207.31)
    back = frame.degrees(*frame.point(latitude, longitude))
    assert back == pytest.approx((latitude, longitude), abs=1e-8)


def test_the_view_box_holds_the_shapes() -> None:
    """The view box of some shapes is their bounds and a margin."""
    assert around([SQUARE, RING], margin=2) == "-2.0 -2.0 34.0 14.0"


def test_classes_go_from_light_to_dark() -> None:
    """Five classes of about equal size; equal amounts fall in one class; no figure is class 0."""
    amounts = list(range(1, 31))
    cuts = maps.breaks(amounts)
    found = [maps.class_of(amount, cuts) for amount in amounts]
    assert [found.count(number) for number in range(1, 6)] == [6, 6, 6, 6, 6]
    assert found == sorted(found)
    assert maps.class_of(None, cuts) == 0
    assert maps.breaks([7, 7, 7]) == ()
    assert maps.legend_of([7, 7, 7], ()) == ((1, "7"),)
    assert maps.breaks([]) == ()


def test_a_map_of_the_city_and_of_one_kecamatan(atlas: Atlas) -> None:
    """A map has one shape per area with an outline, with link, words and the attribution the licence asks for."""
    amounts = atlas.amounts("population", 2024, Level.KECAMATAN)
    city = maps.area_map(atlas, Level.KECAMATAN, amounts, href=lambda area: f"/?kecamatan={area.slug}")
    assert len(city.shapes) == 30
    assert city.viewbox == "0 0 1000 692"
    assert {shape.class_no for shape in city.shapes} == {1, 2, 3, 4, 5}
    assert city.shapes[0].href == "/?kecamatan=sukasari"
    assert "OCHA" in city.attribution
    assert "CC BY 3.0 IGO" in city.attribution
    part = maps.area_map(atlas, Level.KELURAHAN, {}, within="32.73.27")
    assert {shape.class_no for shape in part.shapes} == {0}
    assert part.viewbox != city.viewbox


def test_a_city_without_outlines_still_works() -> None:
    """An area without geometry is in the lists and in no map."""
    bare = Atlas.of([Area("11.71", Level.CITY, "Kota", "kota"), Area("11.71.01", Level.KECAMATAN, "A", "a", "11.71")])
    drawn = maps.area_map(bare, Level.KECAMATAN, {"11.71.01": 4})
    assert not drawn.drawn
    assert bare.kelurahan_at(0, 0) is None
    assert maps.pin(bare, 1, 0, 0, href="", label="") is None
    with pytest.raises(Refused):
        maps.tapped(bare, 1, 1)


def test_pins_stand_where_they_should(atlas: Atlas) -> None:
    """A pin and a tap are inverse; a pin off the map is left out."""
    assert atlas.frame is not None
    pin = maps.pin(atlas, 3, -6.88517, 107.61994, href="/usulan/3", label="Bank sampah")
    assert pin is not None
    assert maps.tapped(atlas, pin.x, pin.y) == pytest.approx((-6.88517, 107.61994), abs=1e-4)
    assert maps.pin(atlas, 1, -6.2, 106.8, href="", label="") is None


def test_changes_of_a_pack() -> None:
    """A renamed area ends and begins anew; an unchanged one stays; a lost one ends."""
    old = {code: Area(code, Level.KECAMATAN, code, code, "32.73") for code in ("32.73.01", "32.73.02", "32.73.03")}
    new = dict(old)
    new["32.73.02"] = Area("32.73.02", Level.KECAMATAN, "Baru", "baru", "32.73")
    del new["32.73.03"]
    change = rules.changes(old, new)
    assert [area.name for area in change.begin] == ["Baru"]
    assert change.end == ("32.73.02", "32.73.03")


def test_the_notices_name_their_licences() -> None:
    """The third-party notices carry the MIT notices and the map's licence."""
    text = (Path(__file__).parents[2] / "THIRD_PARTY_NOTICES.md").read_text()
    for words in ("Cahya DSN", "firmanh3200", "CC BY 3.0 IGO", "OCHA", "static/vendor/VENDOR.md"):
        assert words in text
