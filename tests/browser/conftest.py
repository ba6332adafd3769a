"""One demo, one Chromium, and visitors at both sizes; a script error or a broken policy fails the journey."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.doors import came_in
from tests.browser.stage import DESK, PHONE, Demo, browsing, built, chromium, copied, served, visitor

HERE = Path(__file__).parent
EXPECTED = ("the server responded with a status of 4",)
"""What Chromium writes to the console when a page itself answers 404, 409 or 422: the page is the message."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey is marked as one."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Screen:
    """A size, and whether scripts run."""

    size: dict[str, int]
    script: bool = True

    @property
    def narrow(self) -> bool:
        """Whether it is the phone."""
        return self.size == PHONE


BOTH_SIZES = [pytest.param(Screen(PHONE), id="360"), pytest.param(Screen(DESK), id="1280")]
ALL_SCREENS = [
    *BOTH_SIZES,
    pytest.param(Screen(PHONE, script=False), id="360-no-script"),
    pytest.param(Screen(DESK, script=False), id="1280-no-script"),
]


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's data, built once and never served itself."""
    return built(tmp_path_factory.getbasetemp() / "demo")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, closed before other rooms' tests run: its driver holds an event loop."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine: make browser installs one")
    with browsing() as opened:
        yield opened


@pytest.fixture(scope="package")
def demo(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo most journeys share."""
    with served(copied(past, tmp_path_factory.mktemp("served"))) as running:
        yield running


@pytest.fixture(scope="package")
def office(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of its own for what cannot be undone: phases turned, the booth closed, the count."""
    with served(copied(past, tmp_path_factory.mktemp("office"))) as running:
        yield running


@dataclass
class Visits:
    """Opens pages for people and keeps every complaint their browser makes."""

    browser: Browser
    contexts: list[BrowserContext]
    complaints: list[str]

    def open(self, demo: Demo, screen: Screen, role: str | None = None, nth: int = 0) -> Page:
        """A page of somebody with this role, already signed in, or of a stranger."""
        state = came_in(self.browser, demo, role, nth) if role else None
        context = visitor(self.browser, demo, screen.size, script=screen.script, state=state)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        return page

    def _heard(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in EXPECTED):
            self.complaints.append(f"{page.url}: {text}")


@pytest.fixture
def visits(browser: Browser) -> Iterator[Visits]:
    """Fresh visitors; the test fails on any script error or policy violation they met."""
    made = Visits(browser, [], [])
    yield made
    for context in made.contexts:
        context.close()
    assert made.complaints == []


@pytest.fixture
def come(visits: Visits, demo: Demo, screen: Screen) -> Callable[..., Page]:
    """Opens a page on the shared demo at this test's size: come("resident", 2), come() for a stranger."""

    def opened(role: str | None = None, nth: int = 0) -> Page:
        return visits.open(demo, screen, role, nth)

    return opened


@pytest.fixture(params=BOTH_SIZES)
def screen(request: pytest.FixtureRequest) -> Any:
    """The phone and the desk; a test that also runs without script asks with parametrize("screen", ALL_SCREENS)."""
    return request.param
