"""What every test may ask for; each plugin is one file beside this one."""

from importlib.util import find_spec

from hypothesis import HealthCheck, settings

# Machines are shared: how long one example takes says nothing about the code (speed lives in benchmarks/).
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

pytest_plugins = [
    plugin for plugin in ("tests.databases", "tests.clients", "tests.invariants") if find_spec(plugin) is not None
]
