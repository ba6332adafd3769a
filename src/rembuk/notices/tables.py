"""Rows of messages to people: read on the page, carried by a channel, retried until sent."""

from piccolo.columns import UUID, Integer, Text, Timestamptz
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Unique
from piccolo.table import Table


class Notice(Table, tablename="notice"):
    """One message to one person; `kind` is what the person can switch off."""

    id = UUID(primary_key=True, default=UUID4())
    person = UUID(required=True, default=None, index=True)
    kind = Text(required=True)
    subject = Text(required=True)
    body = Text(required=True)
    link = Text(default="")
    channel = Text(default="page")
    attempts = Integer(default=0)
    created_at = Timestamptz(required=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    read_at = Timestamptz(null=True, default=None)


class NoticeStop(Table, tablename="notice_stop"):
    """A person wants no more messages of one kind."""

    id = UUID(primary_key=True, default=UUID4())
    person = UUID(required=True, default=None, index=True)
    kind = Text(required=True)

    notice_stop_once = Unique([person, kind], name="notice_stop_once")
