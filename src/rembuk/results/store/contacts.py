"""The contact sample: marked residents an auditor asks whether they voted, before the box is opened (trust.md 3).

Somebody who says they did not vote keeps the box shut until two persons decide with a reason (T7).
"""

import hmac
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind
from rembuk.clock import now
from rembuk.cycles.rules import Election, ElectionState
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.people.rules import ADULTS, without_nik
from rembuk.people.tables import Credential, Person, RollEntry
from rembuk.results.rules import Refusal, dice_of
from rembuk.voting.opening import BoxRefusal
from rembuk.voting.tables import ContactSample, RollMark
from rembuk.voting.terms import Level

LEAST, PERCENT = 100, 1
DECISION = "contacts.decide"
SHORTEST_DECISION = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """How far the asking has come: drawn by which dice, how many, what they said, or why nobody is asked."""

    wanted: int
    dice: str = ""
    confirmed: int = 0
    unreached: int = 0
    denied: int = 0
    skipped: str = ""
    decided: str = ""

    @property
    def disputed(self) -> bool:
        """Whether somebody marked as a voter said they did not vote, and nobody decided what follows."""
        return bool(self.denied) and not self.decided

    @property
    def done(self) -> bool:
        """Whether everybody drawn was asked, or a pilot said why not."""
        return bool(self.skipped) or self.confirmed + self.unreached + self.denied == self.wanted


@dataclass(frozen=True, slots=True)
class Contact:
    """One marked resident to ask: where they live, the serial of their code envelope, their name where known."""

    rw: str
    serial: str
    name: str


def wanted_of(marked: int) -> int:
    """One in a hundred marked residents, a hundred at least, never more than there are."""
    return min(marked, max(LEAST, -(-marked * PERCENT // 100)))


def level_of(election: Election) -> str:
    """The level as it was frozen: the column beside it binds nobody."""
    said: str = json.loads(election.config).get("level", Level.QUORUM) if election.config else election.level
    return said


async def _marked(election: UUID) -> list[UUID]:
    """The grown-ups marked as voters: children are not contacted."""
    rows = await RollMark.select(RollMark.roll).where((RollMark.election == election) & (RollMark.roll.list == ADULTS))
    return [row["roll"] for row in rows]


async def sample_of(election: UUID) -> Sample:
    """The sample of an election; before the dice only how many it will be."""
    row = await ContactSample.select().where(ContactSample.election == election).first()
    if row is None:
        return Sample(wanted_of(len(await _marked(election))))
    return Sample(
        row["wanted"], row["dice"], row["confirmed"], row["unreached"], row["denied"], row["skipped"], row["decided"]
    )


@transaction
async def draw_contacts(election: Election, typed: str, person: UUID) -> int:
    """Draw the sample by public dice, once, after closing; how many are to be asked."""
    if election.state is not ElectionState.CLOSED:
        raise Refused(Refusal.NOT_CLOSED)
    if (await sample_of(election.id)).dice:
        raise Refused(BoxRefusal.SAMPLE_DRAWN)
    try:
        dice = dice_of(typed)
    except ValueError as fault:
        raise Refused(Refusal.NOT_DICE) from fault
    wanted = wanted_of(len(await _marked(election.id)))
    await ContactSample.delete().where(ContactSample.election == election.id)
    await ContactSample.insert(ContactSample(election=election.id, dice=dice, wanted=wanted, person=person, at=now()))
    await board.audit(person, "auditor", "contacts.drawn", str(election.id), after={"dice": dice, "wanted": wanted})
    return wanted


async def contacts(election: UUID) -> list[Contact]:
    """Who was drawn, in the order of the dice: anybody with the marks and the dice finds the same people."""
    sample = await sample_of(election)
    if not sample.dice:
        return []
    seed = sample.dice.encode()
    drawn = sorted(await _marked(election), key=lambda roll: hmac.digest(seed, roll.bytes, "sha256"))
    return [await _contact(roll) for roll in drawn[: sample.wanted]]


async def _contact(roll: UUID) -> Contact:
    entry: Any = await RollEntry.select(RollEntry.rw, RollEntry.person).where(RollEntry.id == roll).first()
    code = await Credential.select(Credential.serial).where(Credential.roll == roll).first()
    person = await Person.select(Person.name).where(Person.id == entry["person"]).first() if entry["person"] else None
    return Contact(entry["rw"], code["serial"] if code else "", person["name"] if person else "")


@transaction
async def record_contacts(election: Election, said: tuple[int, int, int], person: UUID) -> None:
    """Note what the people asked said: voted, not reached, did not vote; together they are the whole sample."""
    sample = await sample_of(election.id)
    if not sample.dice:
        raise Refused(BoxRefusal.SAMPLE_NOT_DRAWN)
    if min(said) < 0 or sum(said) != sample.wanted:
        raise Refused(BoxRefusal.SAMPLE_COUNT, number=sample.wanted)
    row = ContactSample
    values: dict[Any, Any] = dict(zip((row.confirmed, row.unreached, row.denied), said, strict=True))
    await row.update({**values, row.decided: "", row.person: person, row.at: now()}).where(row.election == election.id)
    await _post(election.id)
    await board.audit(person, "auditor", "contacts.recorded", str(election.id), after=list(said))


async def propose_decision(election: Election, reason: str, person: UUID) -> ActRecord:
    """The first person says what was looked into and why the box may be opened although somebody denied voting."""
    sample = await sample_of(election.id)
    if not sample.denied:
        raise Refused(BoxRefusal.NOTHING_DENIED)
    if len(reason.strip()) < SHORTEST_DECISION:
        raise Refused(BoxRefusal.DECISION_REASON)
    for waiting in await waiting_decisions(election):
        await board.withdraw_act(waiting.id, person)
    said = _decision(election, sample, without_nik(reason.strip())[:300])
    return await board.propose_act(DECISION, said, person)


async def waiting_decisions(election: Election) -> list[ActRecord]:
    """Decisions on denied votes of this election that wait for their second person."""
    acts = [(act, json.loads(act.payload)) for act in await board.waiting_acts(DECISION)]
    return [act for act, said in acts if said["election"] == str(election.id)]


@transaction
async def decide_denied(act: UUID, election: Election, person: UUID) -> None:
    """The second person agrees: the box may be opened; the board is told how many denied, and that two decided."""
    signed = await board.second_act(act, person)
    reason = str(json.loads(signed.payload).get("reason", ""))
    said = _decision(election, await sample_of(election.id), reason)
    await board.use_act(act, DECISION, said)
    row = ContactSample
    await row.update({row.decided: reason}).where(row.election == election.id)
    await _post(election.id)
    await board.audit(person, "city_official", "contacts.decided", str(election.id), reason, after=said)


def _decision(election: Election, sample: Sample, reason: str) -> dict[str, Json]:
    """What two persons sign: other answers of the sample are another decision."""
    said = [sample.confirmed, sample.unreached, sample.denied]
    return {"election": str(election.id), "said": [*said], "reason": reason}


async def _post(election: UUID) -> None:
    """Counts only: who was asked stays with the auditor."""
    await board.append(Kind.CONTACTS, {"election": str(election), **await contact_facts(election)})


@transaction
async def skip_contacts(election: Election, reason: str, person: UUID) -> None:
    """A pilot may ask nobody and say why; what was drawn already is kept."""
    if level_of(election) != Level.ONE_HOLDER:
        raise Refused(BoxRefusal.SAMPLE_FIRST)
    if await ContactSample.exists().where(ContactSample.election == election.id):
        return
    if not reason.strip():
        raise Refused(BoxRefusal.SAMPLE_REASON)
    wanted = (await sample_of(election.id)).wanted
    row = ContactSample(election=election.id, wanted=wanted, skipped=reason.strip()[:300], person=person, at=now())
    await ContactSample.insert(row)
    await board.audit(person, "city_official", "contacts.skipped", str(election.id), reason.strip()[:300])


async def insist_contacted(election: Election) -> None:
    """Refused(SAMPLE_FIRST) until the sample was asked, (SAMPLE_DENIED) until two persons decided on denied votes."""
    sample = await sample_of(election.id)
    if not sample.done:
        raise Refused(BoxRefusal.SAMPLE_FIRST)
    if sample.disputed:
        raise Refused(BoxRefusal.SAMPLE_DENIED, number=sample.denied)


async def contact_facts(election: UUID) -> dict[str, Json]:
    """What the `opened` leaf says of the sample: counts alone, or that nobody was asked."""
    sample = await sample_of(election)
    if sample.skipped:
        return {"asked": 0, "skipped": sample.skipped}
    return {
        "asked": sample.wanted,
        "confirmed": sample.confirmed,
        "unreached": sample.unreached,
        "denied": sample.denied,
        "dice": sample.dice,
        **({"decided_by": 2 if sample.decided else 0} if sample.denied else {}),
    }
