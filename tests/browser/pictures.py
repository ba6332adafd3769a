"""Pictures for docs/: each page that has a mock beside its mock, and Beranda for the README.

Run as: python -m tests.browser.pictures <folder of the mocks> [docs/pictures]
"""

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.doors import came_in
from tests.browser.stage import DESK, PHONE, Demo, browsing, built, copied, served, visitor

GAP, GROUND = 24, (90, 100, 96)
PAGES = {"beranda": "/", "jelajah": "/usulan?kec=gedebage", "surat-suara": "/bilik", "hasil": "/hasil/gedebage"}


def main() -> None:
    """Take the pictures and join them with the mocks."""
    mocks, folder = Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place:
        data = copied(built(Path(place)), Path(place) / "served")
        with served(data) as demo, browsing() as browser:
            for size in (PHONE, DESK):
                for name, path in PAGES.items():
                    joined(taken(browser, demo, path, size), name, size["width"], mocks, folder)


def joined(ours: Image.Image, name: str, width: int, mocks: Path, folder: Path) -> None:
    """Keep one page beside its mock; Beranda also alone."""
    mock = Image.open(mocks / f"{name}-{width}.png").convert("RGB")
    kept(beside(mock, ours, width), folder / f"{name}-{width}.png")
    if (name, width) == ("beranda", 1280):
        kept(ours, folder / "rembuk.png")


def taken(browser: Browser, demo: Demo, path: str, size: dict[str, int]) -> Image.Image:
    """The first screen of a page as a resident sees it, with a few picks on the ballot."""
    context = visitor(browser, demo, size, state=came_in(browser, demo, "resident"))
    page = context.new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")
    if path == "/bilik":
        pick(page)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    context.close()
    return shot


def pick(page: Page) -> None:
    """Tick every other proposal that still fits, so that something is left."""
    left = int(page.locator("form[data-pagu]").get_attribute("data-pagu") or 0) * 9 // 10
    for box in page.locator("input[name=choice]").all()[1::2]:
        cost = int(box.get_attribute("data-biaya") or 0)
        if cost <= left:
            box.check()
            left -= cost
    page.evaluate("scrollTo(0, 0)")


def beside(mock: Image.Image, ours: Image.Image, width: int) -> Image.Image:
    """Mock left, ours right, at the same width and cut to the same height."""
    left = mock.resize((width, mock.height * width // mock.width))
    height = min(left.height, ours.height)
    joined = Image.new("RGB", (2 * width + GAP, height), GROUND)
    joined.paste(left.crop((0, 0, width, height)), (0, 0))
    joined.paste(ours.crop((0, 0, width, height)), (width + GAP, 0))
    return joined


def kept(picture: Image.Image, path: Path) -> None:
    """Save small: the 256 commonest colours as they are, the shades of letters' edges as the nearest of them."""
    counted: list[tuple[int, Any]] = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in counted for part in colour])
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
