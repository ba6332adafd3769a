"""Closing a paper box: sheets against check-ins, explained by two officials, its digest on the board (I8)."""

import json
import secrets
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind, digest
from rembuk.board.rules import Refusal as Board
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.notices.store import tell_about
from rembuk.posts.rules import Balance, list_of, why_not_close
from rembuk.posts.store.counting import Box, balance_of, boxes_of, checked_in, sheets_with
from rembuk.posts.store.pads import open_batch
from rembuk.posts.store.setup import post_of
from rembuk.posts.tables import IdentitySeen, PaperBatch, PaperSheet
from rembuk.voting.tables import RollMark

CLOSE = "paper.close"
FRESH = "read committed"


async def propose_close(post: UUID, explanation: str, person: UUID) -> ActRecord:
    """The first official says the box is done and why sheets are missing, if any; Refused with what is open."""
    balance = await balance_of(post)
    _insist(balance, explanation)
    for act, _ in await waiting_closes(post):
        await board.withdraw_act(act.id, person)
    return await board.propose_act(CLOSE, _payload(post, balance, explanation), person)


async def waiting_closes(post: UUID) -> list[tuple[ActRecord, str]]:
    """Requests to close this post's box that wait for the second official, with their explanation."""
    acts = [(act, json.loads(act.payload)) for act in await board.waiting_acts(CLOSE)]
    return [(act, said["explanation"]) for act, said in acts if said["post"] == str(post)]


@transaction(isolation=FRESH)
async def confirm_close(act: UUID, post: UUID, person: UUID) -> None:
    """The second official agrees: the box is closed, unused sheets are void, the leaf goes on the board."""
    signed = await board.second_act(act, person)
    said = json.loads(signed.payload)
    if signed.action != CLOSE or said["post"] != str(post):
        raise Refused(Board.NO_SUCH_ACT)
    batch = await open_batch(post)
    balance = await balance_of(post)
    _insist(balance, said["explanation"])
    await board.use_act(act, CLOSE, _payload(post, balance, said["explanation"]))
    unused = (PaperSheet.batch == batch) & (PaperSheet.state == "printed")
    destroyed = await PaperSheet.update({PaperSheet.state: "destroyed"}).where(unused).returning(PaperSheet.id)
    row = PaperBatch
    await row.update(
        {
            row.state: "closed",
            row.checkins: balance.checkins,
            row.sheets: balance.sheets,
            row.destroyed: len(destroyed),
            row.explanation: said["explanation"],
            row.first: signed.first,
            row.second: person,
            row.salt: secrets.token_hex(32),
        }
    ).where(row.id == batch)
    await IdentitySeen.delete().where(IdentitySeen.post == post)
    await post_leaf(post)
    await _tell(post)
    await board.audit(person, "official", "paper.closed", f"post:{post}", said["explanation"], after=said)


async def _tell(post: UUID) -> None:
    """Tell everybody with an account whom the check-in list names, all at one moment that betrays nothing (T17)."""
    facts = await post_of(post)
    mine = (RollMark.election == facts.election) & (RollMark.channel == "paper")
    mine &= RollMark.roll.rw.is_in(list(facts.rws)) & (RollMark.roll.list == list_of(facts.district))
    rows = await RollMark.select(RollMark.roll.person.as_alias("person")).where(mine) if facts.rws else []
    for person in sorted({row["person"] for row in rows if row["person"]}):
        await tell_about(person, "paper", "paper", "/status-saya", post=facts.name)


def _insist(balance: Balance, explanation: str) -> None:
    if reason := why_not_close(balance, explanation):
        raise Refused(reason[0], **reason[1])


def _payload(post: UUID, balance: Balance, explanation: str) -> dict[str, Json]:
    figures: dict[str, Json] = {"checkins": balance.checkins, "sheets": balance.sheets}
    return {"post": str(post), **figures, "explanation": explanation}


async def post_leaf(post: UUID) -> None:
    """Put a closed box on the board: its figures and the salted digest of what its sheets say; the last leaf counts."""
    facts, balance = await post_of(post), await balance_of(post)
    [box] = await boxes_of(facts.election, post)
    content = await content_sha256(box, facts.election)
    await PaperBatch.update({PaperBatch.content_sha256: content}).where(PaperBatch.id == box.id)
    body: dict[str, Json] = {
        "election": str(facts.election),
        "post": str(post),
        "district": facts.district,
        "checkins": balance.checkins,
        "sheets": {"valid": balance.valid, "invalid": balance.invalid, "double": balance.double},
        "destroyed": box.destroyed,
        "sha256": content,
    }
    await board.append(Kind.PAPER_BATCH, body)


async def content_sha256(box: Box, election: UUID) -> str:
    """SHA-256 over the canonical content of a box: its salt and every read sheet by serial with what it says."""
    row = await PaperBatch.select(PaperBatch.salt).where(PaperBatch.id == box.id).first()
    sheets = [sheet for sheet in await sheets_with(election, (box.id,)) if sheet.entries]
    read: list[Json] = [{"serial": each.serial, "says": each.final.text if each.final else ""} for each in sheets]
    return digest({"election": str(election), "post": str(box.post), "salt": (row or {})["salt"], "sheets": read})


async def overrides_of(post: UUID) -> tuple[int, int]:
    """Check-ins of a post and how many of them replaced an online ballot; asked only after the close."""
    facts = await post_of(post)
    came = await checked_in(facts.election, facts.district, facts.rws)
    return came, await checked_in(facts.election, facts.district, facts.rws, overrides=True)
