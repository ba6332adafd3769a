"""Once an hour: sessions and throttle keys nobody needs any more are deleted."""

from rembuk.jobs import every
from rembuk.web.session import sweep_sessions
from rembuk.web.throttle import sweep_throttle


@every(3600, "web.sweep")
async def sweep() -> None:
    """Delete what has run out."""
    await sweep_sessions()
    await sweep_throttle()
