"""What every test may ask for; each plugin is one file beside this one."""

from importlib.util import find_spec

pytest_plugins = [
    plugin for plugin in ("tests.databases", "tests.clients", "tests.invariants") if find_spec(plugin) is not None
]
