"""The API is asked over HTTP, of the same demo the browser visits, on the same worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from tests.browser.conftest import past, pytest_configure
from tests.browser.stage import Demo, copied, served

__all__ = ["past", "pytest_configure"]
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where the demo was built, it is asked."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def demo(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo served for programs."""
    with served(copied(past, tmp_path_factory.mktemp("api"))) as running:
        yield running


@pytest.fixture(scope="package")
def described(demo: Demo) -> Any:
    """The API as its own document describes it."""
    return schemathesis.openapi.from_url(f"{demo.url}/api/v1/openapi.json")
