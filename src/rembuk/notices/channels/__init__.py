"""The channels notices go out by, one file each: an async function of a Message that raises NotSent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rembuk.shelf import Shelf


class NotSent(Exception):
    """A channel could not carry a message now; it is tried again later."""


@dataclass(frozen=True)
class Message:
    """What a channel carries: to an address of its own kind (phone, e-mail, or a person's id)."""

    to: str
    subject: str
    body: str
    link: str = ""


Channel = Callable[[Message], Awaitable[None]]
CHANNELS: Shelf[Channel] = Shelf("rembuk.notices.channels")
