"""What every test may ask for; each plugin is one file beside this one."""

import gc
import os
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# Machines are shared: how long one example takes says nothing about the code (speed lives in benchmarks/).
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

pytest_plugins = [
    plugin for plugin in ("tests.databases", "tests.clients", "tests.invariants") if find_spec(plugin) is not None
]

ONE_DEMO = ("browser", "api", "demo")
"""Rooms whose tests share one demo, one browser, and so one worker."""
LONGEST = (*ONE_DEMO, "campaigns", "voting", "results", "verify", "tally")
"""Rooms that begin first, so that no long file is left for the end when one worker has nothing more to do."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a parallel run the longest rooms first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: LONGEST.index(room) if (room := room_of(item.nodeid)) in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """All that was read by now stays; the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def room_of(nodeid: str) -> str:
    """The room of a test."""
    return nodeid.split("/")[1]


class Rooms(LoadScopeScheduling):
    """Keeps the tests of a file together, which share scenes, and those that share a demo.

    Marks of xdist_group are not seen by --dist loadgroup: pytest 9.2 keeps a node's id as it was.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "one demo" if room_of(nodeid) in ONE_DEMO else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)  # a run without workers knows no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    """The scheduler of every parallel run; it keeps the order of the rooms."""
    config.option.loadscopereorder = False
    return Rooms(config, log)
