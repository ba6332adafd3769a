"""Piccolo's front door, for its own command line and migration runner only."""

from typing import Any

from piccolo.conf.apps import AppRegistry

from rembuk.database import engine

APP_REGISTRY = AppRegistry(apps=["rembuk.piccolo_app"])


def __getattr__(name: str) -> Any:
    """DB is whichever database is open at the moment of asking."""
    if name == "DB":
        return engine()
    raise AttributeError(name)
