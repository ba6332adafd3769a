"""Messages: kept, carried once, tried again, stopped when nobody wants them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from rembuk import clock, jobs
from rembuk.errors import Refused
from rembuk.notices import store
from rembuk.notices.channels import CHANNELS, Message, NotSent
from rembuk.notices.rules import STOPPABLE, Refusal
from rembuk.notices.tables import Notice

_down: set[str] = set()
_carried: list[Message] = []


if "test" not in CHANNELS:

    @CHANNELS.put("test")
    async def carry_for_tests(message: Message) -> None:
        """A channel that can be down."""
        if "test" in _down:
            raise NotSent
        _carried.append(message)


async def test_kept_and_carried_once(db: Any) -> None:
    """R2: a message is on the page at once and carried once, however often the job runs."""
    person = uuid4()
    await store.tell(person, "comment", "Ada balasan", "Isi balasan.", "/usulan/1", channel="test")
    _carried.clear()
    assert await jobs.run_due() == 1
    assert await jobs.run_due() == 0
    assert [(m.to, m.subject, m.link) for m in _carried] == [(str(person), "Ada balasan", "/usulan/1")]
    notices = await store.notices_of(person)
    assert [(notice.subject, notice.is_read) for notice in notices] == [("Ada balasan", False)]
    assert await store.unread_count(person) == 1
    await store.mark_read(person)
    assert await store.unread_count(person) == 0


async def test_tried_again_when_the_channel_is_down(db: Any) -> None:
    """A message that could not be sent waits for the next try and is then sent once."""
    person = uuid4()
    await store.tell(person, "comment", "Ada balasan", "Isi.", channel="test")
    _carried.clear()
    _down.add("test")
    try:
        await jobs.run_due()
    finally:
        _down.clear()
    row = await Notice.select(Notice.sent_at, Notice.attempts).first()
    assert row == {"sent_at": None, "attempts": 1}
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        await jobs.run_due()
    assert len(_carried) == 1
    assert (await Notice.select(Notice.attempts).first())["attempts"] == 2


async def test_the_page_needs_no_job(db: Any) -> None:
    """A message for /akun is delivered by being kept: sent at once, nothing queued."""
    person = uuid4()
    await store.tell(person, "account", "Selamat datang", "")
    assert await jobs.run_due() == 0
    assert (await Notice.select(Notice.sent_at).first())["sent_at"] is not None
    assert await store.unread_count(person) == 1


async def test_stopped_kinds(db: Any) -> None:
    """R3: a stopped kind does not come; what is owed cannot be stopped."""
    person = uuid4()
    await store.choose_kinds(person, frozenset(STOPPABLE) - {"comment"})
    await store.tell(person, "comment", "Tidak sampai", "")
    await store.tell(person, "receipt", "Bukti suara", "")
    assert [notice.subject for notice in await store.notices_of(person)] == ["Bukti suara"]
    with pytest.raises(Refused) as refused:
        await store.choose_kinds(person, frozenset({"receipt"}))
    assert refused.value.reason is Refusal.OWED
    await store.choose_kinds(person, frozenset(STOPPABLE))
    await store.tell(person, "comment", "Sampai", "")
    assert len(await store.notices_of(person)) == 2
