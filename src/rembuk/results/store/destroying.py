"""Destruction after the objections (trust.md 4.6 step 7): envelopes, links of code keys, salts; minutes on the board.

What stays proves the vote and links nobody: marks, leaves, ballots files, the keys of codes without their owners,
the state of every sheet of paper. First the rows go, in one transaction with the minutes; then the files are written
anew, until no byte of the rows is left in them. The second half is begun again as often as it breaks off.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind
from rembuk.clock import long_date, now
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState, PhaseKind
from rembuk.database import transaction
from rembuk.database.sealing import rewritten, unsealed
from rembuk.errors import N_, Reason, Refused
from rembuk.jobs import enqueue, every, job
from rembuk.people.tables import Credential
from rembuk.posts.store.forgetting import PURGED as PURGED_PAPER
from rembuk.posts.store.forgetting import forget_paper, paper_kept
from rembuk.settings import settings
from rembuk.voting.tables import (
    BoothVisit,
    BoxExport,
    Burned,
    Destruction,
    Envelope,
    KeyCeremony,
    TrialRecord,
)

DESTROYING = "box.destroy"
REWRITING = "box.rewrite"
PURGED = ("envelope", "burned", "booth_visit", "box_export", "credential", "trial_record", "key_ceremony")
"""Tables that lose rows or words, besides those of paper."""
_OVER = (ElectionState.COUNTED, ElectionState.CERTIFIED)


class Kept(Reason):
    """Why the envelopes are not destroyed."""

    NOT_COUNTED = (409, N_("Hasil belum diumumkan. Amplop belum boleh dimusnahkan."))
    OBJECTIONS = (409, N_("Masa keberatan sampai {day}. Amplop belum boleh dimusnahkan."))
    GONE = (409, N_("Amplop siklus ini sudah dimusnahkan."))
    NO_MINUTES = (404, N_("Belum ada berita acara pemusnahan untuk siklus ini."))
    SAY_WHERE = (422, N_("Isi tempat, lembaga yang menyaksikan, dan jumlah bagian kunci yang dimusnahkan."))
    EVERY_SHARE = (422, N_("Semua {number} bagian kunci harus dimusnahkan di depan saksi."))


@dataclass(frozen=True, slots=True)
class Plan:
    """What two persons sign before the destruction: where, who watched, how many word shares the trustees destroyed."""

    place: str
    witnesses: str
    shares: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of a destruction, as they were hashed."""

    text: str
    sha256: str
    at: datetime


async def free_from(cycle: UUID) -> datetime | None:
    """When the objection window ends, counted from the opening of the results; None before they are open."""
    opened = next((each.opened_at for each in await cycles.phases(cycle) if each.kind is PhaseKind.RESULTS), None)
    return opened + timedelta(days=settings().objection_days) if opened else None


async def propose_destruction(cycle: UUID, plan: Plan, person: UUID) -> ActRecord:
    """The first person asks to destroy; an earlier request that nobody signed is taken back."""
    election = await _free(cycle)
    if not plan.place.strip() or not plan.witnesses.strip():
        raise Refused(Kept.SAY_WHERE)
    if plan.shares != (trustees := await _trustees(election.id)):
        raise Refused(Kept.EVERY_SHARE, number=trustees)
    if waiting := await waiting_destruction(cycle):
        await board.withdraw_act(waiting[0].id, person)
    return await board.propose_act(DESTROYING, await _payload(election, plan), person)


async def waiting_destruction(cycle: UUID) -> tuple[ActRecord, Plan] | None:
    """The request that waits for its second person, if any."""
    election = await cycles.election(cycle)
    for act in await board.waiting_acts(DESTROYING):
        body = json.loads(act.payload)
        if body["election"] == str(election.id):
            return act, Plan(body["place"], body["witnesses"], body["shares"])
    return None


@transaction
async def destroy(act: UUID, cycle: UUID, person: UUID) -> str:
    """The second person signs and it is done, whole or not at all; the SHA-256 of the minutes."""
    signed = await board.second_act(act, person)
    body = json.loads(signed.payload)
    election = await _free(cycle)
    plan = Plan(body["place"], body["witnesses"], body["shares"])
    payload = await _payload(election, plan)
    await board.use_act(act, DESTROYING, payload)
    await _delete(election)
    minutes = await _minutes(election, payload)
    digest = sha256(minutes.encode()).hexdigest()
    envelopes, keys = int(str(payload["envelopes"])), int(str(payload["code_keys"]))
    row = Destruction(
        election=election.id,
        envelopes=envelopes,
        code_keys=keys,
        readings=int(str(payload["readings"])),
        lists=int(str(payload["lists"])),
        shares=plan.shares,
        place=plan.place,
        witnesses=plan.witnesses,
        minutes=minutes,
        sha256=digest,
        at=now(),
    )
    await Destruction.insert(row)
    told = {name: payload[name] for name in ("readings", "lists")}
    said: dict[str, Json] = {"envelopes": envelopes, "code_keys": keys, **told, "minutes_sha256": digest}
    await board.append(Kind.DESTROYED, {"election": str(election.id), **said})
    await board.audit(person, "city_official", "box.destroyed", str(election.id), before=payload, after=said)
    await enqueue(REWRITING)
    return digest


@every(600, "write anew what destroyed boxes left")
async def rewrite() -> None:
    """Write anew the files of every destruction whose rows may still lie in them; a broken one is begun again."""
    waiting = await Destruction.select(Destruction.id, Destruction.election).where(Destruction.rewritten_at.is_null())
    if not waiting or not await rewritten((*PURGED, *PURGED_PAPER)):
        return
    for row in waiting:
        await Destruction.update({Destruction.rewritten_at: now()}).where(Destruction.id == row["id"])
        await board.audit(None, "system", "box.rewritten", str(row["election"]))


@job(REWRITING)
async def _rewrite_now(_: dict[str, object]) -> None:
    await rewrite()


async def rewritten_at(election: UUID) -> datetime | None:
    """When the files of a destroyed box were written anew, or None while that waits."""
    row = await Destruction.select(Destruction.rewritten_at).where(Destruction.election == election).first()
    return row["rewritten_at"] if row else None


async def _delete(election: Election) -> None:
    """The one lawful deletion; everything else that asks for it meets the triggers."""
    async with unsealed("envelope"):
        await Envelope.delete().where(Envelope.election == election.id)
    await forget_paper(election.id)
    await Burned.delete().where(Burned.election == election.id)
    await BoothVisit.delete().where(BoothVisit.election == election.id)
    await BoxExport.delete().where(BoxExport.election == election.id)
    await Credential.update({Credential.roll: None, Credential.second_factor_mac: ""}).where(
        Credential.cycle == election.cycle
    )
    await TrialRecord.delete().where(TrialRecord.election == election.id)
    await KeyCeremony.update({KeyCeremony.trial: b"", KeyCeremony.answer: ""}).where(
        KeyCeremony.election == election.id
    )


async def minutes_of(cycle: UUID) -> Minutes:
    """The minutes for everybody; Refused(NO_MINUTES) before the destruction."""
    election = await cycles.election(cycle)
    row = await Destruction.select().where(Destruction.election == election.id).first()
    if row is None:
        raise Refused(Kept.NO_MINUTES)
    return Minutes(row["minutes"], row["sha256"], row["at"])


async def is_destroyed(election: UUID) -> bool:
    """Whether the envelopes of an election are gone."""
    return await Destruction.exists().where(Destruction.election == election)


async def _free(cycle: UUID) -> Election:
    election, free = await cycles.election(cycle), await free_from(cycle)
    if await is_destroyed(election.id):
        raise Refused(Kept.GONE)
    if election.state not in _OVER or free is None:
        raise Refused(Kept.NOT_COUNTED)
    if now() < free:
        raise Refused(Kept.OBJECTIONS, day=long_date(free))
    return election


async def _trustees(election: UUID) -> int:
    row = await KeyCeremony.select(KeyCeremony.trustees).where(KeyCeremony.election == election).first()
    return row["trustees"] if row else 1


async def _payload(election: Election, plan: Plan) -> dict[str, Json]:
    """Exactly what is destroyed; another number of envelopes is another act."""
    paper = await paper_kept(election.id)
    return {
        "election": str(election.id),
        "config_sha256": election.config_sha256,
        "envelopes": await Envelope.count().where(Envelope.election == election.id),
        "code_keys": await Credential.count().where(Credential.cycle == election.cycle),
        "readings": paper.readings,
        "lists": paper.lists,
        "place": plan.place,
        "witnesses": plan.witnesses,
        "shares": plan.shares,
    }


async def _minutes(election: Election, payload: dict[str, Json]) -> str:
    """The minutes in Indonesian: the language of the signatures under them."""
    cycle = await cycles.cycle(election.cycle)
    return "\n".join(
        (
            "BERITA ACARA PEMUSNAHAN AMPLOP SUARA",
            f"Siklus: {cycle.name} ({cycle.slug})",
            f"Tanggal: {long_date(now())}",
            f"Tempat: {payload['place']}",
            f"Disaksikan: {payload['witnesses']}",
            f"Sidik aturan yang dibekukan: {election.config_sha256}",
            f"Amplop tersegel yang dihapus: {payload['envelopes']}",
            f"Kunci kode pemilih yang dilepas dari pemiliknya: {payload['code_keys']}",
            f"Bagian kata kunci yang dimusnahkan pemegangnya: {payload['shares']}",
            f"Bacaan lembar kertas yang dihapus: {payload['readings']}",
            f"Daftar hadir pos yang dikosongkan: {payload['lists']}",
            "Garam pengacak kotak, garam kotak kertas, amplop uji, dan faktor kedua kode ikut dihapus.",
            "Tanda memilih, papan bukti, dan berkas suara tetap ada. Tidak ada yang menghubungkan warga dan pilihan.",
            "Sesudah itu berkas basis data ditulis ulang, sehingga baris yang dihapus tidak tersisa di dalamnya.",
            "Cadangan basis data lama harus dihapus menurut jadwalnya oleh pengelola sistem.",
            "",
        )
    )
