"""Carries kept messages out by their channel; the job queue tries again when a channel could not."""

import uuid

from rembuk import clock
from rembuk.database import transaction
from rembuk.jobs import Payload, job
from rembuk.notices.channels import CHANNELS, Message
from rembuk.notices.tables import Notice

JOB = "carry notice"


@job(JOB)
async def carry(payload: Payload) -> None:
    """Send one message once; a NotSent from its channel leaves it to the queue's next try."""
    notice = uuid.UUID(payload["notice"])
    row = await Notice.select().where(Notice.id == notice, Notice.sent_at.is_null()).first()
    if row is None:
        return
    await _tried(notice)
    await CHANNELS[row["channel"]](Message(str(row["person"]), row["subject"], row["body"], row["link"]))
    await _sent(notice)


@transaction
async def _tried(notice: uuid.UUID) -> None:
    await Notice.update({Notice.attempts: Notice.attempts + 1}).where(Notice.id == notice)


@transaction
async def _sent(notice: uuid.UUID) -> None:
    await Notice.update({Notice.sent_at: clock.now()}).where(Notice.id == notice)
