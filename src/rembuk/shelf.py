"""A shelf of named things: each file of a folder puts one on it, and adding a file is all it takes."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """Named rules found by reading a package's folder when first asked."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._things: dict[str, T] = {}
        self._is_read = False

    def put(self, name: str) -> Callable[[T], T]:
        """Decorator that puts a thing on the shelf; ValueError when the name is taken."""

        def keep(thing: T) -> T:
            if name in self._things:
                raise ValueError(f"{self._package} already has {name!r}")
            self._things[name] = thing
            return thing

        return keep

    def names(self) -> list[str]:
        """Every name on the shelf, sorted."""
        return sorted(self._read())

    def __getitem__(self, name: str) -> T:
        things = self._read()
        if name not in things:
            raise KeyError(f"{name!r} is not one of {', '.join(sorted(things))}")
        return things[name]

    def __contains__(self, name: object) -> bool:
        return name in self._read()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def _read(self) -> dict[str, T]:
        if not self._is_read:
            folder = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(folder.__path__):
                importlib.import_module(f"{self._package}.{module.name}")
            self._is_read = True
        return self._things
