"""What the rooms tell the web floor, which knows no room: wired once by app.py."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rembuk.web.viewer import Grant, Viewer

if TYPE_CHECKING:
    from rembuk.web.session import Session


async def viewer_from_session(session: "Session") -> Viewer:
    """A viewer with nothing but the session's own role; used until the people room is wired."""
    return Viewer(session.person, session.roll, "", None, (Grant(session.role),), session.id)


async def no_frame(viewer: Viewer) -> Mapping[str, object]:
    """Nothing to add to the frame of a page."""
    return {}


@dataclass(slots=True)
class Hooks:
    """Who a session is, what every page's frame shows (with its defaults), and the city's name."""

    viewer_of: Callable[["Session"], Awaitable[Viewer | None]] = viewer_from_session
    frame_of: Callable[[Viewer], Awaitable[Mapping[str, object]]] = no_frame
    frame: Mapping[str, object] = field(default_factory=dict)
    city_name: str = "Kota Bandung"


WIRED = Hooks()


def wire(hooks: Hooks) -> None:
    """Put these hooks in place of the ones before."""
    WIRED.viewer_of = hooks.viewer_of
    WIRED.frame_of = hooks.frame_of
    WIRED.frame = hooks.frame
    WIRED.city_name = hooks.city_name
