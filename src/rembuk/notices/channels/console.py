"""The console channel: a message becomes lines on standard error, for demos and development."""

import sys

from rembuk.notices.channels import CHANNELS, Message


@CHANNELS.put("console")
async def console(message: Message) -> None:
    """Write a message where the operator sees it; never used for real one-time codes."""
    head = f"[{message.to}] {message.subject}"
    sys.stderr.write("\n".join([head, *message.body.splitlines(), message.link]).rstrip() + "\n")
