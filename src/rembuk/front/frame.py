"""What the frame of every page shows besides the page: a ballot that was begun and not sent."""

from collections.abc import Mapping

from rembuk.voting.store import has_unsent
from rembuk.web.viewer import Viewer

FRAME: Mapping[str, object] = {"unsent": False}


async def frame_of(viewer: Viewer) -> Mapping[str, object]:
    """Whether this viewer opened the booth and sent nothing; asked only of people on the roll."""
    return {"unsent": await has_unsent(viewer.roll, viewer.person)} if viewer.roll else {}
