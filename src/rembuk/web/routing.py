"""Routes as rooms write them: a path, a guard, a function. HEAD is answered wherever GET is (web/gate.py)."""

from collections.abc import Callable
from typing import Annotated, Any

import litestar
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter

from rembuk.web.guards import OPT, SIGNED, Guard, Unguarded, admit
from rembuk.web.parameters import mark_parameters
from rembuk.web.problems import PROBLEM_TYPE, Problem
from rembuk.web.visit import viewer

__all__ = ["PageNumber", "Request", "Response", "delete", "get", "patch", "post", "put", "viewer"]

PLAIN_BODY = 256 * 1024
UPLOAD_BODY = 5 * 1024 * 1024 + 64 * 1024
PageNumber = Annotated[int, QueryParameter(ge=1, le=10_000)]


class Request(litestar.Request[Any, Any, Any]):
    """A request, as handlers name it."""


class Response(litestar.Response[Any]):
    """An answer, as handlers name it."""


def _most(upload: bool | int) -> int:
    """The largest body of a route in bytes: a form, a photo or file, or what the route itself says."""
    return (UPLOAD_BODY if upload else PLAIN_BODY) if isinstance(upload, bool) else upload


Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]


def _route(method: Callable[..., Any], path: str, guard: Guard, options: dict[str, Any]) -> Decorator:
    if not isinstance(guard, Guard):
        raise Unguarded(f"{path}: the guard is missing")
    api = path.startswith("/api/")
    framed = options.pop("frame", not api)
    opt: dict[str, Any] = {OPT: guard, "page": framed, "seconds": options.pop("seconds", None)}
    if options.pop("signed", False):
        opt[SIGNED] = True
    upload = options.pop("upload", False)
    options.setdefault("status_code", 200)
    options.setdefault("include_in_schema", api)
    if api:
        options.setdefault("responses", _problems())
        options.setdefault("media_type", MediaType.JSON)
    else:
        options.setdefault("media_type", MediaType.HTML)
    made: Decorator = method(path, guards=[admit], opt=opt, request_max_body_size=_most(upload), **options)

    def decorate(function: Callable[..., Any]) -> HTTPRouteHandler:
        mark_parameters(function, path)
        return made(function)

    return decorate


def _problems() -> dict[int, ResponseSpec]:
    said = {
        400: "The request cannot be read.",
        401: "Sign in first.",
        403: "Not for this role.",
        404: "There is no such thing.",
        409: "It changed meanwhile.",
        422: "A rule says no.",
        429: "Too often.",
    }
    return {
        status: ResponseSpec(Problem, description=text, media_type=PROBLEM_TYPE, generate_examples=False)
        for status, text in said.items()
    }


def get(path: str, *, guard: Guard, **options: Any) -> Decorator:
    """A page (or, under /api/, an answer for programs) to read; changes nothing."""
    return _route(litestar.get, path, guard, options)


def post(path: str, *, guard: Guard, **options: Any) -> Decorator:
    """A form to take; `upload=True` allows 5 MiB, a number that many bytes; `seconds=` more time than ten.

    `frame=False` shows no framed page.

    `signed=True` asks for no form token: what is sent proves by its own signature who sent it; no cookie counts.
    """
    return _route(litestar.post, path, guard, options)


def put(path: str, *, guard: Guard, **options: Any) -> Decorator:
    """A thing to replace, for programs."""
    return _route(litestar.put, path, guard, options)


def patch(path: str, *, guard: Guard, **options: Any) -> Decorator:
    """A thing to change, for programs."""
    return _route(litestar.patch, path, guard, options)


def delete(path: str, *, guard: Guard, **options: Any) -> Decorator:
    """A thing to remove, for programs."""
    return _route(litestar.delete, path, guard, options)
