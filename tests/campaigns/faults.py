"""Faults to plant: for each promise the safeguard taken away by exact words, and a test that must turn red."""

from dataclasses import dataclass

VOTING, BOARD, PEOPLE, TALLY = "src/rembuk/voting", "src/rembuk/board", "src/rembuk/people", "src/rembuk/tally"
LOG, BOX, CASTING = f"{BOARD}/store/log.py", f"{VOTING}/box.py", f"{VOTING}/store/casting.py"
LITE, POSTGRES = "src/rembuk/database/sqlite.py", "src/rembuk/database/postgres.py"


@dataclass(frozen=True)
class Fault:
    """One fault: the promise it breaks, what it is, where which words stand, what is put there, which test sees it."""

    promise: str
    what: str
    file: str
    old: str
    new: str
    test: str


FAULTS = (
    Fault(
        "P1",
        "answer before COMMIT returned",
        "src/rembuk/database/writer.py",
        "        turn.finish()\n        await self._sure(turn.committed)\n\n",
        "        turn.finish()\n\n",
        "tests/campaigns/test_power.py::test_a_power_cut_loses_no_ballot",
    ),
    Fault(
        "P1",
        "SQLite flushes at checkpoints only",
        LITE,
        '"synchronous=FULL"',
        '"synchronous=NORMAL"',
        "tests/campaigns/test_power.py::test_a_power_cut_loses_no_ballot",
    ),
    Fault(
        "P1",
        "PostgreSQL: a COMMIT whose answer never came is taken for done",
        POSTGRES,
        "        raise Refused(Trouble.UNSURE) from fault\n    finally:",
        "        return\n    finally:",
        "tests/floor/test_database_postgres.py::test_a_connection_lost_at_commit_is_unsure",
    ),
    Fault(
        "P1",
        "a part of a transaction is not undone when it fails",
        "src/rembuk/database/writer.py",
        '        connection.execute(f"ROLLBACK TO {savepoint}")\n',
        "",
        "tests/board/test_store.py::test_a_refused_transaction_promises_nothing",
    ),
    Fault(
        "P1",
        "a form sent again is a new ballot",
        CASTING,
        '    if row["leaf_sha256"]:\n        return _sent_before(row, envelope)\n',
        "",
        "tests/voting/test_store.py::test_the_same_form_sent_again_gets_the_same_receipt",
    ),
    Fault(
        "P1",
        "a form may carry another ballot the second time",
        CASTING,
        '    if row["leaf_sha256"] != envelope.leaf_sha256:\n',
        "    if False:\n",
        "tests/voting/test_store.py::test_the_same_form_sent_again_gets_the_same_receipt",
    ),
    Fault(
        "P1",
        "a sealing opened for checking can be cast",
        CASTING,
        '    if row["burned"]:\n        raise Refused(Refusal.BURNED)\n    envelope',
        "    envelope",
        "tests/voting/test_store.py::test_a_burned_sealing_can_never_be_cast",
    ),
    Fault(
        "P1",
        "unique index on the mark dropped",
        f"{VOTING}/tables.py",
        '    roll_mark_once = Unique([election, roll], name="roll_mark_once")\n',
        "",
        "tests/voting/test_store.py::test_a_cast_writes_mark_envelope_and_leaf",
    ),
    Fault(
        "P1",
        "unique index on the leaf dropped: somebody else's ciphertext can be copied",
        f"{VOTING}/tables.py",
        '    envelope_leaf_once = Unique([election, leaf_sha256], name="envelope_leaf_once")\n',
        "",
        "tests/voting/test_store.py::test_somebody_elses_ciphertext_cannot_be_copied",
    ),
    Fault(
        "P1",
        "a ballot is taken after closing",
        f"{VOTING}/rules.py",
        "    if poll.state is not State.OPEN:\n        return Refusal.NOT_OPEN\n",
        "",
        "tests/voting/test_store.py::test_only_the_last_ballot_counts_and_none_after_closing",
    ),
    Fault(
        "P1",
        "the leaf is not queued with the envelope",
        LOG,
        "    _dice.shuffle(queued)\n    await _post([",
        "    queued = queued[1:]\n    await _post([",
        "tests/board/test_store.py::test_a_promise_is_kept",
    ),
    Fault(
        "P1",
        "newcomers and their totals are two transactions",
        f"{PEOPLE}/store/roll.py",
        "        await post_again(cycle)  # together",
        "        pass  # together",
        "tests/results/test_sabotage.py::test_who_comes_on_the_roll_late_is_told_to_everybody",
    ),
    Fault(
        "P1",
        "a clock that was set ends the vote",
        "src/rembuk/cycles/store/turns.py",
        "    if clock.moved():",
        "    if False:",
        "tests/campaigns/test_clock.py::test_a_jump_neither_closes_nor_reopens",
    ),
    Fault(
        "P1",
        "time steps back with the wall clock",
        "src/rembuk/clock.py",
        "max(_wall(), _steady())",
        "_wall()",
        "tests/campaigns/test_clock.py::test_nothing_lives_longer_by_a_step_back",
    ),
    Fault(
        "P2",
        "padding off",
        f"{VOTING}/seal.py",
        "plain.ljust(slot.length)",
        "plain",
        "tests/voting/test_seal.py::test_every_envelope_has_one_length",
    ),
    Fault(
        "P2",
        "the envelope is not bound to its election and district",
        f"{VOTING}/seal.py",
        "public + slot.bound)\n    return public + sealed",
        "public)\n    return public + sealed",
        "tests/voting/test_seal.py::test_what_is_sealed_is_what_is_opened",
    ),
    Fault(
        "P2",
        "the box is sorted instead of shuffled",
        BOX,
        "    for sealed in districts.values():\n        _dice.shuffle(sealed)\n",
        "",
        "tests/voting/test_box.py::test_the_order_of_arrival_is_gone",
    ),
    Fault(
        "P2",
        "the board keeps the order of arrival",
        LOG,
        "    _dice.shuffle(queued)\n",
        "",
        "tests/campaigns/test_secret.py::test_the_order_in_the_box_says_nothing",
    ),
    Fault(
        "P2",
        "the choice reaches the table of envelopes",
        CASTING,
        "        envelope.idem_key,\n        envelope.ciphertext,",
        "        envelope.idem_key,\n        envelope.ciphertext + bytes([len(voter.district) + mark.seq % 2]),",
        "tests/voting/test_city.py::test_a_whole_city_from_proposal_to_result",
    ),
    Fault(
        "P2",
        "hidden rowid keeps the order of envelopes",
        "src/rembuk/database/ddl.py",
        'KEYED = frozenset({"envelope", "roll_mark"})',
        'KEYED = frozenset({"roll_mark"})',
        "tests/checkup/test_checkup.py::test_a_sound_installation_passes",
    ),
    Fault(
        "P2",
        "NIK kept in clear",
        f"{PEOPLE}/pepper.py",
        '    return _mac("nik", nik)',
        "    return nik",
        "tests/checkup/test_traces.py::test_a_number_in_the_database_is_found",
    ),
    Fault(
        "P3",
        "leaf prefix removed",
        f"{BOARD}/merkle.py",
        r'sha256(b"\x00" + data)',
        "sha256(data)",
        "tests/board/test_merkle.py::test_reference_roots",
    ),
    Fault(
        "P3",
        "a code's signature is always right",
        f"{PEOPLE}/codes.py",
        "        Ed25519PublicKey.from_public_bytes(public).verify(signature, _message(election, leaf_sha256))\n",
        "        pass\n",
        "tests/voting/test_box.py::test_auditors_find_what_is_wrong_outside",
    ),
    Fault(
        "P3",
        "a checkpoint's signature is always right",
        f"{BOARD}/notes.py",
        "            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)\n",
        "            pass\n",
        "tests/board/test_notes.py::test_any_changed_character_is_found",
    ),
    Fault(
        "P3",
        "one person may sign twice",
        f"{BOARD}/store/acts.py",
        "    if reason := rules.why_not_second(record, person):",
        "    if reason := None:",
        "tests/board/test_store.py::test_two_persons_sign_one_deed_once",
    ),
    Fault(
        "P3",
        "a code voter need not sign",
        CASTING,
        "        raise Refused(Refusal.NOT_SIGNED)\n",
        "        pass\n",
        "tests/voting/test_store.py::test_a_code_voter_signs_every_ballot",
    ),
    Fault(
        "P3",
        "five wrong second factors do not lock a code",
        f"{PEOPLE}/store/voter_codes.py",
        "    locked = failures >= WRONG_SECOND_FACTORS\n",
        "    locked = False\n",
        "tests/people/test_store.py::test_five_wrong_second_factors_lock",
    ),
    Fault(
        "P3",
        "guards let everybody pass",
        "src/rembuk/web/guards.py",
        "            raise Refused(Web.NOT_YOURS)\n        if self.scope is None:",
        "            pass\n        if self.scope is None:",
        "tests/campaigns/test_authz.py::test_every_route_answers_every_role_as_stated",
    ),
    Fault(
        "P3",
        "a guard forgets the area",
        "src/rembuk/web/guards.py",
        "        if not area or not who.has_any(self.roles, area):",
        "        if not area or not who.has_any(self.roles):",
        "tests/campaigns/test_authz.py::test_every_route_answers_every_role_as_stated",
    ),
    Fault(
        "P3",
        "the doctor does not look at paper",
        "src/rembuk/invariants.py",
        "    return await paper_faults()\n",
        "    return []\n",
        "tests/campaigns/test_faults.py::test_paper_beyond_the_check_ins_is_found",
    ),
    Fault(
        "P4",
        "ties go by id",
        f"{TALLY}/ties.py",
        "        if self.election.seed is None:\n            return [(project.id,) for",
        "        if True:\n            return [(project.id,) for",
        "tests/verify/test_count.py",
    ),
    Fault(
        "P5",
        "turnout of very small cells is shown",
        f"{VOTING}/rules.py",
        "    return cell.eligible >= SMALL_CELL and 0 < cell.marks < cell.eligible",
        "    return True",
        "tests/voting/test_rules.py::test_what_a_small_cell_is",
    ),
)
