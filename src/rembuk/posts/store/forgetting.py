"""What of paper is destroyed with the envelopes: readings by sheet, boxes' salts, lists of who came (trust.md 4.6)."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk.board.rules import ActState, canonical
from rembuk.board.tables import Act
from rembuk.database.sealing import unsealed
from rembuk.posts.store.checkin import LIST
from rembuk.posts.tables import IdentitySeen, PaperBatch, PaperCheck, PaperEntry, PaperSheet, Post

PURGED = ("act", "identity_seen", "paper_batch", "paper_check", "paper_entry")
"""Tables that lose rows or words here."""


@dataclass(frozen=True, slots=True)
class PaperKept:
    """What would be destroyed: readings of sheets, lists of who came."""

    readings: int
    lists: int


async def paper_kept(election: UUID) -> PaperKept:
    """How many readings and lists of an election are still there."""
    readings = await PaperEntry.count().where(PaperEntry.sheet.election == election)
    checks = await PaperCheck.count().where(PaperCheck.sheet.election == election)
    return PaperKept(readings + checks, len(await _lists(election)))


async def forget_paper(election: UUID) -> None:
    """Inside the transaction of the destruction: no row says any more what a sheet said, or who came to a post.

    Sheets keep their state, boxes their figures and the digest that is on the board, posts their counts by day.
    """
    sheets = PaperSheet.select(PaperSheet.id).where(PaperSheet.election == election)
    for table in (PaperEntry, PaperCheck):
        async with unsealed(table._meta.tablename):
            await table.delete().where(table.sheet.is_in(sheets))
    posts = Post.select(Post.id).where(Post.election == election)
    await PaperBatch.update({PaperBatch.salt: ""}).where(PaperBatch.post.is_in(posts))
    await IdentitySeen.delete().where(IdentitySeen.post.is_in(posts))
    for act in await _lists(election):
        said: dict[Any, Any] = {
            Act.payload: canonical({"post": act["post"], "lines": [], "destroyed": True}).decode(),
            Act.payload_sha256: "",
        }
        if act["state"] != ActState.USED:
            said[Act.state] = ActState.WITHDRAWN.value
        await Act.update(said).where(Act.id == act["id"])


async def _lists(election: UUID) -> list[dict[str, Any]]:
    """The acts of an election that name who came to a post, with that post."""
    posts = {str(row["id"]) for row in await Post.select(Post.id).where(Post.election == election)}
    rows = await Act.select(Act.id, Act.payload, Act.state).where(Act.action == LIST)
    acts = [{**row, **json.loads(row["payload"])} for row in rows]
    return [act for act in acts if act["post"] in posts and act["lines"]]
