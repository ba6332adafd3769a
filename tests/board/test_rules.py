"""Canonical JSON, receipts and the rules of two persons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk import jobs
from rembuk.board import rules
from rembuk.board.rules import ActRecord, ActState, AuditRow, Kind, Refusal
from rembuk.board.store import log
from rembuk.errors import Refused

FIRST, SECOND = uuid4(), uuid4()
ACT = ActRecord(uuid4(), "open", "{}", "ab", FIRST, None, ActState.PROPOSED, datetime(2026, 11, 1, tzinfo=UTC))


def test_canonical_json_has_one_form() -> None:
    """Keys sorted, no spaces, NFC; the same value, the same bytes."""
    assert rules.canonical({"b": [1, None, True], "a": "e\u0301"}) == '{"a":"é","b":[1,null,true]}'.encode()


@pytest.mark.parametrize("value", [1.5, {"a": float("nan")}, [b"x"], {"a": {1, 2}}])
def test_floats_and_strange_things_are_refused(value: object) -> None:
    """No float enters a leaf: two machines could write it differently."""
    with pytest.raises(TypeError):
        rules.canonical(value)  # type: ignore[arg-type]


def test_an_envelope_leaf_names_nobody() -> None:
    """S3: the leaf of a ballot holds its election and a digest, nothing else."""
    election = uuid4()
    leaf = rules.envelope_leaf(election, b"sealed")
    assert set(rules.json.loads(leaf.data)) == {"kind", "election", "sha256"}
    assert leaf.kind is Kind.ENVELOPE


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_code_is_the_start_of_the_hash(digest: bytes) -> None:
    """A4: 20 characters, 100 bits, as read back from the code. Sabotage: RFC 4648 letters."""
    code = rules.receipt_of(digest.hex())
    assert len(code) == 20
    assert rules.hash_prefix(code) == digest.hex()[:25]
    typed = rules.grouped(code).lower().replace("0", "o").replace("1", "l")
    assert rules.parsed_receipt(f"  {typed} ") == code


@pytest.mark.parametrize("typed", ["", "7QK4", "7QK4-M2XD-PWH9-3TRA-B6CE-0", "7QK4-M2XD-PWH9-3TRA-B6CU"])
def test_what_is_no_receipt_is_said_so(typed: str) -> None:
    """A code of the wrong length or with a letter no code has is refused with an example."""
    with pytest.raises(Refused) as refused:
        rules.parsed_receipt(typed)
    assert refused.value.reason is Refusal.NOT_A_RECEIPT


def test_the_second_person_is_another_person() -> None:
    """T-AUTHZ: nobody signs twice. Sabotage: compare names instead of ids."""
    assert rules.why_not_second(ACT, FIRST) is Refusal.SAME_PERSON
    assert rules.why_not_second(ACT, SECOND) is None
    assert rules.why_not_second(replace(ACT, state=ActState.SIGNED), SECOND) is Refusal.ALREADY_SIGNED


def test_an_act_covers_one_deed_once() -> None:
    """Two signatures cover exactly the payload that was signed, and only once."""
    signed = replace(ACT, state=ActState.SIGNED)
    assert rules.why_not_use(signed, "open", "ab") is None
    assert rules.why_not_use(ACT, "open", "ab") is Refusal.NOT_SIGNED
    assert rules.why_not_use(signed, "open", "cd") is Refusal.OTHER_PAYLOAD
    assert rules.why_not_use(signed, "close", "ab") is Refusal.OTHER_PAYLOAD
    assert rules.why_not_use(replace(ACT, state=ActState.USED), "open", "ab") is Refusal.ALREADY_SIGNED


def test_an_audit_line_hashes_alike_in_every_zone() -> None:
    """I12: a database that gives times back in another zone does not break the chain."""
    at = datetime(2026, 11, 29, 13, 0, 0, 5, tzinfo=UTC)
    line = AuditRow(0, at, "a", "official", "open", "election", "", "", "", "0" * 64)
    there = replace(line, at=at.astimezone(timezone(timedelta(hours=7))))
    assert line.sha256 == there.sha256 != replace(line, reason="x").sha256


def test_the_board_is_signed_in_time() -> None:
    """4.4: a promised leaf is under a signed checkpoint within ten seconds; sixty are promised. Sabotage: hourly."""
    assert jobs._periods["board.sequence"] <= timedelta(seconds=10)
    assert log.SEALS_THE_CHAIN == (Kind.OPEN, Kind.OPENED, Kind.RESULT)
