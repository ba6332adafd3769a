"""The page channel: the message waits on /akun and nothing leaves the house."""

from rembuk.notices.channels import CHANNELS, Message


@CHANNELS.put("page")
async def page(message: Message) -> None:
    """Do nothing more: being kept is being delivered."""
