"""Asking for a place on the roll and the kelurahan's desk: one answer for all, decided with the KTP, logged."""

import json
import os
from bisect import bisect_left, bisect_right
from datetime import date
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.board.rules import Refusal as BoardRefusal
from rembuk.cycles.store import MAIN_ELECTION
from rembuk.cycles.tables import Cycle, Election
from rembuk.errors import Refused
from rembuk.people import store
from rembuk.people.casework import CaseKind, Outcome, Refusal, Request
from rembuk.people.rules import NewEntry
from rembuk.people.store import cases
from rembuk.people.tables import RollCase, RollEntry
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import NIK, PHONE, make_cycle, make_entry
from tests.people.rolls import KELURAHAN, OTHER, make_areas, nik_of, two_officials

RW = f"{KELURAHAN}.005"
KTP = "Bertemu orangnya, KTP cocok."
BORN = date(1985, 8, 5)
FORM = {
    "nama": "Euis",
    "nik": NIK,
    "lahir": "05-08-1985",
    "kelurahan": KELURAHAN,
    "rw": "5",
    "hp": PHONE,
    "kk": "",
    "setuju": "1",
}


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


async def booth(cycle: UUID, state: str) -> UUID:
    """The vote of a cycle, in a state."""
    row = Election(cycle=cycle, name=MAIN_ELECTION, state=state)
    await Election.insert(row)
    return UUID(str(row.id))


async def ask(cycle: UUID, nik: str = NIK, rw: str = RW, name: str = "Euis") -> UUID:
    """A resident asks; the case it opened."""
    await cases.ask_entry(cycle, Request(name, nik, rw, BORN, phone="+6281234567890"))
    (found,) = [each for each in await cases.cases([""]) if each.rw == rw]
    return found.id


async def test_asked_looked_at_and_put_on_the_roll(db: Any) -> None:
    """J1, trust 3: the official types the NIK from the KTP; another NIK adds nobody; the name is gone afterwards."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    case = await ask(cycle)
    assert (await cases.case(case)).name == "Euis"
    other = cases.decide_case(case, Outcome.ADDED, KTP, official, nik=nik_of(3))
    assert await refused(other) is Refusal.OTHER_NIK
    assert await refused(cases.decide_case(case, Outcome.ADDED, "ya", official, nik=NIK)) is Refusal.NO_REASON
    assert await refused(cases.decide_case(case, Outcome.MOVED, KTP, official)) is Refusal.NO_OUTCOME
    assert await cases.decide_case(case, Outcome.ADDED, f"{KTP} {NIK}", official, nik=NIK)
    entry = await store.entry_of_nik(cycle, NIK)
    assert entry and (entry.rw, entry.status) == (RW, "active")
    kept = await RollCase.select().first()
    assert kept and (kept["name"], kept["phone_mac"], kept["state"]) == ("", None, "closed")
    assert NIK not in repr(kept) and "[nomor]" in kept["reason"]
    again = cases.decide_case(case, Outcome.REFUSED, KTP, official)
    assert await refused(again) is Refusal.CASE_CLOSED


async def test_a_refused_request_leaves_no_digest(db: Any) -> None:
    """PDP: what was not needed is forgotten: name, phone, NIK and birth month."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    case = await ask(cycle)
    await cases.decide_case(case, Outcome.REFUSED, "Tinggal di kota lain.", official)
    row = await RollCase.select().where(RollCase.id == case).first()
    assert row and [row[name] for name in ("name", "nik_mac", "kk_mac", "phone_mac", "eligible_from")] == [
        "",
        None,
        None,
        None,
        None,
    ]
    assert not await RollEntry.exists()


async def test_a_second_request_is_no_second_case(db: Any) -> None:
    """T3: asking again counts, and a NIK on the roll opens a case of its own kind for the kelurahan asked."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    case = await ask(cycle)
    assert await ask(cycle) == case
    assert (await cases.case(case)).asked_count == 2
    await cases.decide_case(case, Outcome.ADDED, KTP, official, nik=NIK)
    double = await cases.case(await ask(cycle, rw=f"{OTHER}.001"))
    assert (double.kind, double.area, double.roll_rw) == (CaseKind.DUPLICATE, OTHER, RW)


async def test_a_double_is_moved_kept_or_taken_off(db: Any) -> None:
    """T3: somebody who moved votes where they live now, once."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    line = await make_entry(cycle, nik=NIK)
    person = await store.person_for(line)
    await cases.decide_case(await ask(cycle, rw=f"{OTHER}.001"), Outcome.MOVED, KTP, official)
    assert await store.roll_counts(cycle) == {f"{OTHER}.001": 1}
    facts = await store.person_of(person)
    assert facts and facts.rw == f"{OTHER}.001"
    await cases.decide_case(await ask(cycle, rw=RW), Outcome.KEPT, KTP, official)
    assert await store.roll_counts(cycle) == {f"{OTHER}.001": 1}
    await cases.decide_case(await ask(cycle, rw=RW), Outcome.REMOVED, KTP, official)
    assert await store.roll_counts(cycle) == {}


async def test_a_crowded_family_card_is_cleared(db: Any) -> None:
    """trust 3: only lines of that card can be taken off, and only those that were chosen."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    lines = [await make_entry(cycle, kk="3273270508850009", nik=nik_of(n)) for n in range(1, 4)]
    stranger = await make_entry(cycle, nik=nik_of(9))
    await Cycle.update({Cycle.kk_cap: 2}).where(Cycle.id == cycle)
    await cases.open_families(cycle)
    await cases.open_families(cycle)
    (case,) = await cases.cases([KELURAHAN])
    assert await refused(cases.decide_case(case.id, Outcome.REMOVED, KTP, official)) is Refusal.NO_OUTCOME
    await cases.decide_case(case.id, Outcome.REMOVED, KTP, official, lines=[lines[0], stranger])
    states = {row["id"]: row["status"] for row in await RollEntry.select()}
    assert [states[line] for line in (*lines, stranger)] == ["removed", "active", "active", "active"]


async def test_added_while_people_vote(db: Any) -> None:
    """I14, T-ROLL: after opening two officials add somebody and the totals are posted again."""
    cycle, (first, second) = await make_cycle(), await two_officials()
    election = await booth(cycle, "open")
    case = await ask(cycle)
    assert not await cases.decide_case(case, Outcome.ADDED, KTP, first, nik=NIK)
    assert not await RollEntry.exists()
    assert await refused(cases.confirm_addition(case, first)) is BoardRefusal.SAME_PERSON
    await cases.withdraw_addition(case, second)
    assert not await cases.decide_case(case, Outcome.ADDED, KTP, first, nik=NIK)
    await cases.confirm_addition(case, second)
    assert await store.entry_of_nik(cycle, NIK)
    bodies = [json.loads(leaf.body) for leaf in await board.leaves_of(Kind.ROLL_TOTALS)]
    assert bodies[-1]["election"] == str(election) and bodies[-1]["totals"] == {RW: 1}
    double = await ask(cycle, rw=f"{OTHER}.001")
    for outcome in (Outcome.MOVED, Outcome.REMOVED):
        assert await refused(cases.decide_case(double, outcome, KTP, first)) is Refusal.ONLY_KEPT
    acts = [row.action for row in await _audit_rows()]
    assert {"act.propose.roll.addition", "act.sign.roll.addition", "roll case added"} <= set(acts)


async def _audit_rows() -> list[Any]:
    await board.drain()
    await board.append_audit_head()
    count, _ = await board.audit_head()
    return list(await board.audit_rows(0, count))


async def test_nobody_after_the_close(db: Any) -> None:
    """I14: when the booth is closed the roll changes no more."""
    cycle, (official, _) = await make_cycle(), await two_officials()
    case = await ask(cycle)
    await booth(cycle, "closed")
    assert await refused(cases.decide_case(case, Outcome.ADDED, KTP, official, nik=NIK)) is Refusal.VOTE_OVER


async def test_what_nobody_decided_is_forgotten(db: Any) -> None:
    """PDP: a request still open when the vote is over is closed by itself, and its name and digests go."""
    cycle = await make_cycle()
    case = await ask(cycle)
    election = await booth(cycle, "open")
    await cases.forget_requests()
    assert (await cases.case(case)).name == "Euis"
    await Election.update({Election.state: "closed"}).where(Election.id == election)
    await cases.forget_requests()
    row = await RollCase.select().where(RollCase.id == case).first()
    assert row and [row[name] for name in ("state", "name", "nik_mac", "phone_mac")] == ["closed", "", None, None]


async def test_one_answer_for_all(client: Client) -> None:
    """trust 3, 8: known, unknown and repeated NIK: the same status, place, headers and body."""
    await make_areas()
    cycle = await make_cycle()
    await make_entry(cycle, nik=NIK)
    answers = []
    for nik in (NIK, nik_of(4), nik_of(4), NIK):
        first = await client.post("/daftar", {**FORM, "nik": nik})
        page = await client.get(first.headers["location"])
        heads = {name: text for name, text in first.headers.items() if name not in ("date", "x-request-id")}
        answers.append((first.status_code, heads, first.content, page.status_code, page.content))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 303 and b"Permintaan diterima" in answers[0][4]
    assert [each.kind for each in await cases.cases([""])] == [CaseKind.DUPLICATE, CaseKind.REQUEST]
    assert NIK not in repr(await RollCase.select())


async def test_a_nik_is_asked_for_three_times_a_day(client: Client) -> None:
    """T-LIMIT: the fourth request for one NIK waits, whether it stands on the roll or not."""
    await make_areas()
    cycle = await make_cycle()
    await make_entry(cycle, nik=NIK)
    for nik in (NIK, nik_of(4)):
        answers = [(await client.post("/daftar", {**FORM, "nik": nik})).status_code for _ in range(4)]
        assert answers == [303, 303, 303, 429]


async def test_faults_stand_beside_their_fields(client: Client) -> None:
    """B1, I10: what is wrong is said beside the field; the NIK is not shown again."""
    await make_areas()
    await make_cycle()
    wrong = {"nama": "", "nik": "3273279908850001", "lahir": "x", "kelurahan": "x", "rw": "99", "hp": "1", "kk": "12"}
    answer = await client.post("/daftar", wrong)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') >= 6
    assert "3273279908850001" not in answer.text
    unasked = await client.post("/daftar", {**FORM, "setuju": ""})
    assert unasked.status_code == 422 and "boleh dipakai untuk daftar pemilih" in unasked.text
    nowhere = await client.post("/daftar", {**FORM, "rw": "99"})
    assert "Nomor RW ini tidak ada" in nowhere.text and NIK not in nowhere.text


async def test_the_desk(client: Client) -> None:
    """N3, trust 7: the lurah of the kelurahan decides; another's case is not found; a resident sees nothing."""
    await make_areas()
    cycle = await make_cycle()
    case = await ask(cycle)
    lurah = await store.add_resident("Lurah", None)
    await store.grant(lurah, "official", KELURAHAN)
    stranger = await store.add_resident("Lurah lain", None)
    await store.grant(stranger, "official", OTHER)
    page = f"/meja/pendaftaran/{case}"
    await client.sign_in(await store.add_resident("Warga", RW))
    assert (await client.get("/meja/pendaftaran")).status_code == 403
    await client.sign_in(stranger, Role.OFFICIAL)
    assert (await client.get(page)).status_code == 404
    assert "Euis" not in (await client.get("/meja/pendaftaran")).text
    await client.sign_in(lurah, Role.OFFICIAL)
    assert "Euis" in (await client.get("/meja/pendaftaran")).text
    assert "RW 05" in (await client.get(page)).text
    form = {"putusan": "added", "nik": nik_of(3), "alasan": KTP}
    for change in ({}, {"nik": "1"}, {"putusan": "x"}, {"nik": NIK, "alasan": ""}):
        answer = await client.post(page, {**form, **change})
        assert answer.status_code == 422 and nik_of(3) not in answer.text
    assert (await client.post(page, {**form, "nik": NIK})).status_code == 303
    assert await store.entry_of_nik(cycle, NIK)
    assert "Catat di daftar pemilih" in (await client.get(page)).text


async def test_the_desk_while_people_vote(client: Client) -> None:
    """I14: the second official signs on the page of the case."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    await booth(cycle, "open")
    case = await ask(cycle)
    page = f"/meja/pendaftaran/{case}"
    await client.sign_in(first, Role.CITY_OFFICIAL)
    form = {"putusan": "added", "nik": NIK, "alasan": KTP}
    assert (await client.post(page, form)).headers["location"] == page
    assert (await client.post(f"{page}/setujui")).status_code == 409
    assert (await client.post(f"{page}/batalkan")).status_code == 303
    assert (await client.post(page, form)).status_code == 303
    await client.sign_in(second, Role.CITY_OFFICIAL)
    assert "Setujui sebagai orang kedua" in (await client.get(page)).text
    assert (await client.post(f"{page}/setujui")).status_code == 303
    assert await store.entry_of_nik(cycle, NIK)


CAMPAIGN = bool(os.environ.get("REMBUK_TEST_CAMPAIGN"))
SAMPLES, FAR = (1_000, 0.05) if CAMPAIGN else (40, 0.3)


async def test_time_says_nothing(db: Any) -> None:
    """T-LIMIT: known and unknown NIK take the same time; area under the curve, 2,000 samples in the campaign."""
    cycle = await make_cycle()
    await store.add_roll_entries(cycle, [NewEntry(RW, nik=nik_of(n + 1)) for n in range(SAMPLES)])
    took: dict[bool, list[float]] = {True: [], False: []}
    for n in range(2 * SAMPLES):
        known = bool(n % 2)
        asked = Request("Euis", nik_of(n // 2 + 1 if known else n // 2 + 5_000), RW, BORN)
        began = perf_counter()
        await cases.ask_entry(cycle, asked)
        took[known].append(perf_counter() - began)
    unknown = sorted(took[False])
    ranks = [(bisect_left(unknown, each) + bisect_right(unknown, each)) / 2 for each in took[True]]
    area = sum(ranks) / (SAMPLES * SAMPLES)
    assert abs(area - 0.5) < FAR, area
