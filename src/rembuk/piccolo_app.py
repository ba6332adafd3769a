"""The tables of every room, for migrations: whatever a room's tables.py (or tables/ folder) defines."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from piccolo.conf.apps import AppConfig
from piccolo.table import Table

import rembuk
from rembuk.settings import asset_folder

FLOOR = ("rembuk.jobs",)


def _modules() -> Iterator[ModuleType]:
    """Every module that may define tables."""
    for name in FLOOR:
        yield import_module(name)
    for room in pkgutil.iter_modules(rembuk.__path__):
        folder = Path(rembuk.__path__[0]) / room.name
        if (folder / "tables.py").exists() or (folder / "tables").is_dir():
            tables = import_module(f"rembuk.{room.name}.tables")
            yield tables
            for part in pkgutil.iter_modules(getattr(tables, "__path__", ()), f"{tables.__name__}."):
                yield import_module(part.name)


def all_tables() -> list[type[Table]]:
    """Every table of the house, by name; raises ValueError when two share a table or class name."""
    found = [
        value
        for module in _modules()
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Table) and value.__module__ == module.__name__
    ]
    for names in ([table.__name__ for table in found], [table._meta.tablename for table in found]):
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two tables are called {', '.join(sorted(twice))}")
    return sorted(found, key=lambda table: table._meta.tablename)


APP_CONFIG = AppConfig(
    app_name="rembuk",
    migrations_folder_path=str(asset_folder("migrations")),
    table_classes=all_tables(),
)
