"""make shots: a picture of every page for every role, at 360 and 1280 pixels, into var/shots."""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.browser.doors import came_in
from tests.browser.places import PAGES
from tests.browser.stage import DESK, PHONE, Demo, browsing, built, copied, served, visitor


def main() -> None:
    """Take every picture; the folder may be given, then the roles (all of them otherwise)."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/shots")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, browsing() as browser:
        data = copied(built(Path(place)), Path(place) / "served")
        with served(data) as demo:
            for role in sys.argv[2:] or PAGES:
                take(browser, demo, role, PAGES[role], folder)


def take(browser: Browser, demo: Demo, role: str, paths: tuple[str, ...], folder: Path) -> None:
    """The pictures of one role, in both sizes."""
    state = None if role == "public" else came_in(browser, demo, role)
    for size in (PHONE, DESK):
        context = visitor(browser, demo, size, state=state)
        page = context.new_page()
        for path in paths:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{role}-{named(path)}-{size['width']}.png", full_page=True)
        context.close()


def named(path: str) -> str:
    """A path as part of a file name."""
    return re.sub(r"\W+", "-", path.strip("/")) or "beranda"


if __name__ == "__main__":
    main()
