"""What htmx 4 says in a request and reads in an answer: small functions, so that its version can change."""

from typing import Any

from litestar.connection import ASGIConnection


def from_htmx(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether htmx asks, for a part or for a whole page it selects from."""
    return request.headers.get("hx-request") == "true"


def wants_part(headers: Any) -> bool:
    """Whether these headers ask for a part only: with hx-select or for the history htmx wants the whole page."""
    whole = headers.get("hx-request-type") == "full" or headers.get("hx-history-restore-request") == "true"
    return headers.get("hx-request") == "true" and not whole


def is_htmx(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether htmx asks, and a part of a page is enough."""
    return wants_part(request.headers)


def go_to(path: str) -> dict[str, str]:
    """Headers that make htmx leave for another page."""
    return {"HX-Redirect": path}


def show_address(path: str) -> dict[str, str]:
    """Headers that put a path into the address bar."""
    return {"HX-Push-Url": path}


def trigger(event: str) -> dict[str, str]:
    """Headers that fire an event on the page."""
    return {"HX-Trigger": event}


def retarget(selector: str) -> dict[str, str]:
    """Headers that swap the answer in at another element."""
    return {"HX-Retarget": selector}
