"""From envelopes to ballots files: the last one counts, nothing is lost, no order is left, lies are listed."""

import random
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.board.rules import envelope_leaf
from rembuk.people import codes
from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Options, Project
from rembuk.voting import box, keys, seal
from rembuk.voting.box import Contest, OuterEnvelope
from rembuk.voting.seal import Choice, Slot

ELECTION = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
KEY = keys.KeyPair(bytes(range(32)), keys.public_of(bytes(range(32))))
PROJECTS = tuple(Project(str(number), 10_000_000 * number, f"Usulan {number}") for number in range(1, 8))
OPTIONS = Options(threshold=1)
CONTESTS = {
    code: Contest(code, f"2026/{code}", 100_000_000, "approval", 3, "greedy", OPTIONS, PROJECTS)
    for code in ("32.73.26", "32.73.27")
}
LENGTH = seal.ballot_length([project.id for project in PROJECTS], 3)


def sealed(choice: Choice, district: str = "32.73.27", roll: UUID | None = None, seq: int = 1) -> OuterEnvelope:
    """An envelope as the server would keep it."""
    slot = Slot(ELECTION, district, KEY.public, LENGTH)
    nonce = random.randbytes(32)
    return OuterEnvelope(roll or uuid4(), district, seq, seal.seal(choice, nonce, slot).ciphertext)


choices = st.lists(st.sampled_from([p.id for p in PROJECTS]), max_size=3, unique=True).map(Choice.of_set)
votes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(sorted(CONTESTS)), choices), max_size=12)


@settings(max_examples=40, deadline=None)
@given(votes, st.sets(st.integers(0, 5)))
def test_the_last_ballot_of_each_is_counted(cast: list[tuple[int, str, Choice]], paper: set[int]) -> None:
    """P1, H1: exactly the last ballot of everybody who did not vote on paper comes out. Sabotage: keep the first."""
    people = [uuid4() for _ in range(6)]
    homes = {who: district for who, district, _ in reversed(cast)}
    envelopes, last = [], {}
    for seq, (who, _, choice) in enumerate(cast):
        envelopes.append(sealed(choice, homes[who], people[who], seq))
        last[who] = choice
    random.shuffle(envelopes)
    chosen = box.newest(envelopes, {people[who] for who in paper})
    opened = box.open_box(box.read_box(box.boxed(ELECTION, chosen).file), KEY.secret, CONTESTS)
    assert opened.failures == ()
    expected = Counter((homes[who], choice) for who, choice in last.items() if who not in paper)
    assert Counter((code, each) for code, ballots in opened.ballots.items() for each in ballots) == expected


def test_the_order_of_arrival_is_gone() -> None:
    """T-SECRET: neither the box nor the opened ballots keep the order. Sabotage: no shuffle in boxed."""
    envelopes = [sealed(Choice.of_set([str(1 + number % 7)])) for number in range(60)]
    packed = box.boxed(ELECTION, envelopes)
    arrived = [each.ciphertext for each in envelopes]
    assert sorted(packed.districts["32.73.27"]) == sorted(arrived)
    assert list(packed.districts["32.73.27"]) != arrived
    inside = [seal.unseal(each, KEY.secret, Slot(ELECTION, "32.73.27", KEY.public, 0)) for each in arrived]
    assert list(box.open_box(packed, KEY.secret, CONTESTS).ballots["32.73.27"]) != inside


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (Choice.of_set(["99"]), "not_on_ballot"),
        (Choice(("1", "1")), "named_twice"),
        (Choice.of_set(["1", "2", "3", "4"]), "too_many"),
        (Choice(("1",), (3,)), "points do not match"),
    ],
)
def test_a_ballot_that_cannot_stand_is_listed(choice: Choice, reason: str) -> None:
    """Nothing is dropped silently: the failure names the envelope and why."""
    slot = Slot(ELECTION, "32.73.27", KEY.public, 256)
    bad = OuterEnvelope(uuid4(), "32.73.27", 1, seal.seal(choice, bytes(32), slot).ciphertext)
    opened = box.open_box(box.boxed(ELECTION, [bad, sealed(Choice())]), KEY.secret, CONTESTS)
    assert len(opened.ballots["32.73.27"]) == 1
    [failure] = opened.failures
    assert (failure.sha256, failure.reason) == (sha256(bad.ciphertext).hexdigest(), reason)


def test_rubbish_and_strange_districts_are_listed() -> None:
    """An envelope that does not open, or of no district, is a failure and not a crash."""
    packed = box.boxed(ELECTION, [replace(sealed(Choice()), ciphertext=b"rubbish"), sealed(Choice(), "32.73.99")])
    assert len(box.open_box(packed, KEY.secret, CONTESTS).failures) == 2
    with pytest.raises(ValueError, match="not a box"):
        box.read_box(b'{"format":"other"}')


def test_auditors_find_what_is_wrong_outside() -> None:
    """T1, T7: double envelopes, missing marks, uncommitted or stolen keys, bad signatures are named."""
    code = codes.make_code()
    seed = codes.key_seed(code, ELECTION)
    public = codes.public_key(seed).hex()
    plain = sealed(Choice())
    leaf = envelope_leaf(ELECTION, plain.ciphertext).sha256
    signed = replace(plain, signer_key=public, signature=codes.sign(seed, ELECTION, leaf).hex())
    other = sealed(Choice())
    assert box.outer_faults([signed, other], {"32.73.27": 2}, {public}, ELECTION) == []
    assert box.outer_faults([signed], {"32.73.27": 2}, {public}, ELECTION)
    assert box.outer_faults([signed], {"32.73.27": 1}, set(), ELECTION)
    assert box.outer_faults([other, replace(other, seq=2)], {"32.73.27": 2}, set(), ELECTION)
    stolen = replace(signed, roll=uuid4(), ciphertext=other.ciphertext)
    faults = box.outer_faults([signed, stolen], {"32.73.27": 2}, {public}, ELECTION)
    assert any("twice" in fault for fault in faults) and any("bad signature" in fault for fault in faults)
    unsigned = replace(signed, signature=None)
    assert box.outer_faults([unsigned], {"32.73.27": 1}, {public}, ELECTION)


def test_auditors_find_what_is_wrong_inside() -> None:
    """T-TAMPER: a ciphertext added, doubled or taken away after the close shows against the board."""
    envelopes = [sealed(Choice.of_set(["1"])) for _ in range(3)]
    posted = {sha256(each.ciphertext).hexdigest() for each in envelopes}
    marks = {"32.73.27": 3}
    assert box.inner_faults(box.boxed(ELECTION, envelopes), posted, marks) == []
    assert box.inner_faults(box.boxed(ELECTION, envelopes[:2]), posted, marks)
    swapped = [*envelopes[:2], sealed(Choice())]
    assert box.inner_faults(box.boxed(ELECTION, swapped), posted, marks)
    doubled = [*envelopes[:2], envelopes[0]]
    assert box.inner_faults(box.boxed(ELECTION, doubled), posted, marks)


def test_the_ballots_file_counts_online_and_paper_alike() -> None:
    """K5, P1: one .pb per district, read back by the tally, with a salt, without any order or time."""
    online = [Choice.of_set(["1", "2"]), Choice(), Choice.of_set(["2"])]
    file = box.ballots_file(CONTESTS["32.73.27"], online, [Choice.of_set(["2"])])
    election = pabulib.parse(file.text).election
    assert (election.voters, election.budget, file.online, file.paper) == (4, 100_000_000, 3, 1)
    assert dict(zip([p.id for p in election.projects], election.ballots.approvals.tolist(), strict=True))["2"] == 3
    assert len(dict(election.meta)["salt"]) == 64
    again = box.ballots_file(CONTESTS["32.73.27"], online[::-1], [Choice.of_set(["2"])])
    assert again.sha256 != file.sha256
    assert again.text.partition("PROJECTS")[2] == file.text.partition("PROJECTS")[2]
    body = box.opened_body(ELECTION, [file])
    assert body["counts"] == {"32.73.27": {"online": 3, "paper": 1}}
    assert body["ballots"] == {"32.73.27": file.sha256}


@pytest.mark.parametrize(
    ("kind", "choice"), [("ranked", Choice(("3", "1"))), ("points", Choice.of_points([("1", 2), ("4", 5)]))]
)
def test_other_ballot_types_go_the_same_way(kind: str, choice: Choice) -> None:
    """Ranks and points survive sealing, opening and the file."""
    contest = replace(CONTESTS["32.73.27"], ballot_type=kind, most=7)
    opened = box.open_box(box.boxed(ELECTION, [sealed(choice)]), KEY.secret, {"32.73.27": contest})
    assert opened.ballots["32.73.27"] == (choice,)
    election = pabulib.parse(box.ballots_file(contest, [choice]).text).election
    assert election.ballots.kind == kind
    expected = {"ranked": {"3": 7, "1": 6}, "points": {"1": 2, "4": 5}}[kind]
    scores = count(election).scores
    assert {project: score for project, score in scores.items() if score} == expected
