"""Lets handlers name their parameters plainly (`number: int`): what stands in the path comes from the path.

The framework wants every parameter marked; here the mark is made from the path itself, once, at import. Whole
numbers are held within 64 bits, because a database refuses larger ones.
"""

import re
from collections.abc import Callable
from dataclasses import fields
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from litestar.params import ParameterKwarg, PathParameter, QueryParameter

LARGEST = 2**63 - 1
_IN_PATH = re.compile(r"{(\w+)(?::\w+)?}")
_GIVEN = frozenset({"request", "return", "state", "scope", "headers", "cookies", "body"})


def mark_parameters(function: Callable[..., Any], path: str) -> None:
    """Mark each plain parameter of a handler as part of the path or of the query."""
    in_path = set(_IN_PATH.findall(path))
    hints = get_type_hints(function, include_extras=True)
    function.__annotations__ = {
        name: kind if name in _GIVEN else _marked(kind, name in in_path) for name, kind in hints.items()
    }


def _lifted(kind: Any) -> Any:
    """`Annotated[str, Parameter(…)] | None` with its mark outside, where the framework looks for it."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else ()
    marks = [mark for part in parts for mark in getattr(part, "__metadata__", ()) if isinstance(mark, ParameterKwarg)]
    if not marks:
        return kind
    bare = tuple(get_args(part)[0] if get_origin(part) is Annotated else part for part in parts)
    return Annotated[Union[bare], marks[0]]  # noqa: UP007 - made of parts known only now


def _marked(kind: Any, in_path: bool) -> Any:
    kind = _lifted(kind)
    plain, *extras = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    known = next((extra for extra in extras if isinstance(extra, ParameterKwarg)), None)
    if known is not None and type(known) is not ParameterKwarg:
        return kind
    mark = PathParameter if in_path else QueryParameter
    if known is None:
        bounds: dict[str, Any] = {"ge": -LARGEST, "le": LARGEST} if plain in (int, int | None) and not in_path else {}
        return Annotated[plain, *extras, mark(**bounds)]
    told = {part.name: getattr(known, part.name) for part in fields(known) if part.name != "query"}
    return Annotated[plain, *(extra for extra in extras if extra is not known), mark(**told)]
