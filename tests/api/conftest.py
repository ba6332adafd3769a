"""The API is asked over HTTP, of the same demo the browser visits, on the same worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from tests.browser.conftest import past
from tests.browser.stage import Demo, copied, served

__all__ = ["past"]


@pytest.fixture(scope="package")
def demo(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo served for programs."""
    with served(copied(past, tmp_path_factory.mktemp("api"))) as running:
        yield running


@pytest.fixture(scope="package")
def described(demo: Demo) -> Any:
    """The API as its own document describes it."""
    return schemathesis.openapi.from_url(f"{demo.url}/api/v1/openapi.json")
