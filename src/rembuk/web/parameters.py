"""Lets handlers name their parameters plainly (`number: int`): what stands in the path comes from the path.

The framework wants every parameter marked; here the mark is made from the path itself, once, at import. Whole
numbers are held within 64 bits, because a database refuses larger ones.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from litestar.params import ParameterKwarg, PathParameter, QueryParameter

LARGEST = 2**63 - 1
_IN_PATH = re.compile(r"{(\w+)(?::\w+)?}")
_GIVEN = frozenset({"request", "return", "state", "scope", "headers", "cookies", "body"})
_BOUNDED = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]


def mark_parameters(function: Callable[..., Any], path: str) -> None:
    """Mark each plain parameter of a handler as part of the path or of the query."""
    in_path = set(_IN_PATH.findall(path))
    hints = get_type_hints(function, include_extras=True)
    function.__annotations__ = {
        name: kind if name in _GIVEN or _marked(kind) else _mark(kind, name in in_path)
        for name, kind in hints.items()
    }


def _marked(kind: Any) -> bool:
    return get_origin(kind) is Annotated and any(
        isinstance(extra, ParameterKwarg) for extra in get_args(kind)[1:]
    )


def _mark(kind: Any, in_path: bool) -> Any:
    if in_path:
        return Annotated[kind, PathParameter()]
    if kind is int:
        kind = _BOUNDED
    elif kind == int | None:
        kind = _BOUNDED | None
    return Annotated[kind, QueryParameter()]
