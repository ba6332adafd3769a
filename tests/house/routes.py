"""Every URL of the app with the roles that may pass: `python -m tests.house.routes` writes them into routes.txt."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from litestar.handlers import HTTPRouteHandler

from rembuk.app import create_app
from rembuk.settings import asset_folder
from rembuk.web.guards import OPT, Guard
from rembuk.web.i18n import FOLDER

LIST = Path(__file__).with_name("routes.txt")
SOURCES = FOLDER.parent
_ADDRESS = re.compile(r"""["'](/[a-z0-9/._-]*)(?=["'?#])""")
_DECORATORS = {"get", "post", "put", "patch", "delete"}


def handlers() -> Iterator[tuple[str, str, Guard]]:
    """Method, path and guard of everything that answers; HEAD and OPTIONS go with GET."""
    for route in create_app(database_is_open=True).routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and OPT in handler.opt:
                for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"}):
                    yield str(method), route.path_format, handler.opt[OPT]


def _roles(guard: Guard) -> str:
    named = ", ".join(sorted(guard.roles)) or "signed in"
    return f"{named} (within an area)" if guard.scope else named


def lines() -> list[str]:
    """One line a URL, sorted by path: method, path, who may pass."""
    found = sorted((path, method, _roles(guard)) for method, path, guard in handlers())
    return [f"{method:<6} {path:<60} {roles}" for path, method, roles in found]


def linked() -> set[str]:
    """Local addresses that templates or the code of the rooms name, apart from the routes' own declarations."""
    found = {
        address
        for path in sorted(asset_folder("templates").rglob("*.html"))
        for address in _ADDRESS.findall(path.read_text("utf-8"))
    }
    for path in SOURCES.rglob("*.py"):
        found |= set(_written(ast.parse(path.read_text("utf-8"))))
    return found


def _written(tree: ast.AST) -> Iterator[str]:
    declared = {id(part) for node in ast.walk(tree) if _declares(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in declared:
            text = re.split(r"[?#]", node.value)[0]
            if text.startswith("/"):
                yield text


def _declares(node: ast.AST) -> bool:
    """Whether this is a route's decorator, or a constant that may be the path of one."""
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DECORATORS


def main() -> None:
    """Write the list."""
    LIST.write_text("\n".join(lines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
