"""Rows of the debate under a proposal: comments, replies, and who found them helpful."""

from typing import Any

from piccolo.columns import UUID, Boolean, ForeignKey, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.people.tables import Person
from rembuk.proposals.tables import Proposal


class Comment(Table, tablename="comment"):
    """A comment for, against or asking, or a reply under one; the role mark is the writer's at that time."""

    id = UUID(primary_key=True, default=UUID4())
    proposal = ForeignKey(Proposal, null=False, index=True, on_delete=OnDelete.restrict)
    parent: ForeignKey[Any] = ForeignKey("self", null=True, default=None, index=True, on_delete=OnDelete.restrict)
    author = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    author_role = Text(default="", help_text="empty | proposer | facilitator | official")
    position = Text(required=True, help_text="for | against | question | reply")
    body = Text(required=True)
    hidden = Boolean(default=False)
    deleted = Boolean(default=False)
    at = Timestamptz(required=True, default=None)

    comment_position_known = Check("position IN ('for', 'against', 'question', 'reply')", name="comment_position_known")


class Helpful(Table, tablename="helpful"):
    """One person found one comment helpful, once."""

    id = UUID(primary_key=True, default=UUID4())
    comment = ForeignKey(Comment, null=False, index=True, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)

    helpful_once = Unique([comment, person], name="helpful_once")
