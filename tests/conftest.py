"""What every test may ask for; each plugin is one file beside this one."""

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

ONE_DEMO = ("browser", "api")
"""Rooms whose tests share one demo, one server and one browser, and so one worker."""
BY_FILE = ("demo", "campaigns")
"""Rooms where the tests of a file share what is dear to make."""


class Rooms(LoadScopeScheduling):
    """Spreads tests over the workers one by one, but keeps together what shares a demo; the largest load begins first.

    Marks of xdist_group are not seen by --dist loadgroup: pytest 9.2 keeps a node's id as it was.
    """

    def _split_scope(self, nodeid: str) -> str:
        room = nodeid.split("/")[1]
        if room in ONE_DEMO:
            return "one demo"
        return nodeid.partition("::")[0] if room in BY_FILE else nodeid


@pytest.hookimpl(optionalhook=True)  # a run without workers knows no such hook
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    """The scheduler of every parallel run."""
    return Rooms(config, log)
