"""/pola: every component, rendered strictly, without a finding of axe on a phone and on a desk."""

import re

import pytest

from tests.look.booth import browser, served
from tests.look.shelf import STAFF, TEMPLATES, VISITOR, called, macros, patterns, tree
from tests.look.test_templates import SYMBOLS


def test_every_macro_is_shown() -> None:
    """house.md 1: a component that is not on /pola does not exist; reached from it or from the frame."""
    bodies = {name: macro for file in macros().values() for name, macro in file.items()}
    shown: set[str] = set()
    ahead = called(tree(TEMPLATES / "patterns.html")) | called(tree(TEMPLATES / "base.html"))
    while ahead:
        name = {"draw": "icon"}.get(found := ahead.pop(), found)
        if name in bodies and name not in shown:
            shown.add(name)
            ahead |= called(bodies[name])
    assert set(bodies) == shown


@pytest.mark.parametrize("viewer", [STAFF, VISITOR])
def test_the_frame_renders(viewer: object) -> None:
    """pages.md 4: strict rendering; every drawn icon exists and no id is used twice."""
    text = patterns(viewer=viewer)
    assert set(re.findall(r'icons\.[^"#]*#([a-z0-9-]+)"', text)) <= SYMBOLS
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))


def test_the_frame_follows_the_viewer() -> None:
    """pages.md 5: staff see their desk, a visitor sees Masuk, the demo and the unsent ballot say so."""
    staff, visitor = patterns(viewer=STAFF), patterns(viewer=VISITOR, demo=False, unsent=False, flash=[])
    assert 'href="/meja"' in staff
    assert 'href="/admin"' not in staff
    assert "Mode demo: data simulasi" in staff
    assert "BELUM dikirim" in staff
    assert 'href="/masuk"' in visitor
    assert 'href="/meja"' not in visitor
    assert "Mode demo" not in visitor
    assert 'class="strip belum"' not in visitor


def test_amounts_become_widths() -> None:
    """pages.md 4: the ribbon's parts are as wide as their share, and its label says the same in words."""
    text = patterns()
    ribbon = re.search(r'aria-label="(Rp[^"]+)">(<rect class="banjir".*?)</svg>', text)
    assert ribbon
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="10"', ribbon[2])]
    assert widths == [136.7, 80.4, 258.3, 118.3]
    assert ribbon[1].replace("\xa0", " ") == "Rp 712,5 juta dari Rp 1,2 miliar"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(360, 800), (1280, 900), (320, 256)])
def test_axe_finds_nothing(width: int, height: int) -> None:
    """pages.md 7: 0 findings of axe (WCAG 2.2 A, AA, best practice) and no sideways scroll, down to 400 % zoom."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with served({"/pola": patterns(viewer=STAFF)}) as address, browser() as opened:
        page = opened.new_page(viewport={"width": width, "height": height}, bypass_csp=True)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}/pola")
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = axe.Axe().run(page, options={"runOnly": rules}).response["violations"]
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert [(finding["id"], [node["target"] for node in finding["nodes"]]) for finding in found] == []
    assert (sideways, complaints) == (0, [])
