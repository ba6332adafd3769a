"""From sealed envelopes to the ballots files, offline (trust.md 4.6): choose, shuffle, open, check, write."""

import base64
import hmac
import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from rembuk.board.rules import canonical, envelope_leaf
from rembuk.people.codes import signed_by
from rembuk.tally.ballots import BALLOTS, Slip
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.pabulib import write
from rembuk.tally.types import Choice as Chosen
from rembuk.voting.keys import public_of
from rembuk.voting.seal import Choice, Slot, Unopened, unseal

FORMAT = "rembuk-kotak-1"
_dice = secrets.SystemRandom()


@dataclass(frozen=True)
class OuterEnvelope:
    """An envelope as the server keeps it, while its link to the roll still exists; keys in hex."""

    roll: UUID
    district: str
    seq: int
    ciphertext: bytes
    signer_key: str | None = None
    signature: str | None = None


@dataclass(frozen=True)
class Box:
    """What leaves the server: ciphertexts by district, in random order, the frozen configuration, nothing else."""

    election: UUID
    districts: Mapping[str, tuple[bytes, ...]]
    config: str = ""

    @property
    def file(self) -> bytes:
        """The box as a file: canonical JSON."""
        rows = {code: [base64.b64encode(each).decode() for each in sealed] for code, sealed in self.districts.items()}
        body: dict[str, Any] = {"format": FORMAT, "election": str(self.election), "districts": rows}
        return canonical(body | {"config": self.config} if self.config else body)

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file, by which two persons know they speak of the same box."""
        return sha256(self.file).hexdigest()

    def ordered(self, salt: bytes) -> "Box":
        """The same box in an order drawn by HMAC with a random salt: random to everybody, yet the same every time."""
        drawn = {
            code: tuple(sorted(sealed, key=lambda each: hmac.digest(salt, each, "sha256")))
            for code, sealed in self.districts.items()
        }
        return replace(self, districts=drawn)


@dataclass(frozen=True)
class Failure:
    """An envelope that gave no ballot: its ciphertext's SHA-256 in hex, and why; never dropped silently."""

    district: str
    sha256: str
    reason: str


@dataclass(frozen=True)
class Contest:
    """What was agreed for one district; `most` bounds the projects, or the points where points are given."""

    district: str
    contest: str
    ceiling: int
    ballot_type: str
    most: int
    rule: str
    options: Options
    projects: tuple[Project, ...]

    @property
    def slip(self) -> Slip:
        """What a ballot of this district is checked against."""
        costs = {project.id: project.cost for project in self.projects}
        if self.ballot_type == "points":
            return Slip(costs, self.ceiling, points=self.most or None)
        return Slip(costs, self.ceiling, most=self.most or None)


@dataclass(frozen=True)
class Opened:
    """The ballots that lay in the box, by district in random order, and the envelopes that gave none."""

    ballots: Mapping[str, tuple[Choice, ...]]
    failures: tuple[Failure, ...] = field(default=())


@dataclass(frozen=True)
class BallotsFile:
    """The ballots of one district as a .pb text, with how many came online and on paper."""

    district: str
    text: str
    online: int
    paper: int

    @property
    def sha256(self) -> str:
        """What the `opened` leaf commits to."""
        return sha256(self.text.encode()).hexdigest()


def newest(envelopes: Iterable[OuterEnvelope], on_paper: Collection[UUID] = ()) -> list[OuterEnvelope]:
    """The last envelope of every roll entry that did not vote on paper afterwards."""
    last: dict[UUID, OuterEnvelope] = {}
    for envelope in envelopes:
        known = last.get(envelope.roll)
        if envelope.roll not in on_paper and (known is None or envelope.seq > known.seq):
            last[envelope.roll] = envelope
    return list(last.values())


def outer_faults(
    chosen: Sequence[OuterEnvelope], marks: Mapping[str, int], keys: Collection[str], election: UUID
) -> list[str]:
    """What auditors find wrong before the link is dropped: two for one person, counts, unknown signers."""
    faults = [f"two envelopes for one roll entry: {n}" for n in Counter(each.roll for each in chosen).values() if n > 1]
    counted = Counter(each.district for each in chosen)
    for district in sorted({*marks, *counted}):
        if counted[district] != marks.get(district, 0):
            faults.append(f"{district}: {counted[district]} envelopes, {marks.get(district, 0)} marks")
    signers = Counter(each.signer_key for each in chosen if each.signer_key)
    faults += [f"key used twice: {key}" for key, times in signers.items() if times > 1]
    faults += [f"key never committed: {key}" for key in signers if key not in keys]
    faults += [f"bad signature: {each.signer_key}" for each in chosen if not _signed(each, election)]
    return faults


def mark_faults(chosen: Sequence[OuterEnvelope], marks: Mapping[UUID, tuple[str, int]]) -> list[str]:
    """What auditors find wrong person by person; `marks` gives district and seq of every online mark.

    Named by district and number only: whose ballot is missing is nobody's business.
    """
    sent = {each.roll: each for each in chosen}
    wrong: Counter[tuple[str, str]] = Counter()
    for roll, (district, seq) in marks.items():
        if roll not in sent:
            wrong[district, "marks without an envelope"] += 1
        elif (sent[roll].district, sent[roll].seq) != (district, seq):
            wrong[district, "envelopes that are not the newest of their mark"] += 1
    for each in chosen:
        if each.roll not in marks:
            wrong[each.district, "envelopes without a mark"] += 1
    return [f"{district}: {number} {what}" for (district, what), number in sorted(wrong.items())]


def _signed(envelope: OuterEnvelope, election: UUID) -> bool:
    if envelope.signer_key is None or envelope.signature is None:
        return envelope.signer_key == envelope.signature
    leaf_sha256 = envelope_leaf(election, envelope.ciphertext).sha256
    public, signature = bytes.fromhex(envelope.signer_key), bytes.fromhex(envelope.signature)
    return signed_by(public, signature, election, leaf_sha256)


def boxed(election: UUID, chosen: Iterable[OuterEnvelope]) -> Box:
    """The chosen envelopes without their outside: grouped by district, shuffled."""
    districts: dict[str, list[bytes]] = {}
    for envelope in chosen:
        districts.setdefault(envelope.district, []).append(envelope.ciphertext)
    for sealed in districts.values():
        _dice.shuffle(sealed)
    return Box(election, {code: tuple(sealed) for code, sealed in sorted(districts.items())})


def read_box(file: bytes) -> Box:
    """The box in a file; raises ValueError when it is not one."""
    try:
        body: Any = json.loads(file)
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise ValueError(f"not a box of format {FORMAT}")
        rows = {
            code: tuple(base64.b64decode(each, validate=True) for each in sealed)
            for code, sealed in body["districts"].items()
        }
        return Box(UUID(body["election"]), rows, body.get("config", ""))
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError("the box is damaged") from fault


def inner_faults(box: Box, posted: Collection[str], marks: Mapping[str, int]) -> list[str]:
    """What auditors find wrong before opening: ciphertexts (SHA-256) twice or not posted, and counts."""
    hashes = [sha256(each).hexdigest() for sealed in box.districts.values() for each in sealed]
    faults = [f"in the box twice: {each}" for each, times in Counter(hashes).items() if times > 1]
    faults += [f"not on the board: {each}" for each in hashes if each not in posted]
    for district in sorted({*marks, *box.districts}):
        found = len(box.districts.get(district, ()))
        if found != marks.get(district, 0):
            faults.append(f"{district}: {found} envelopes, {marks.get(district, 0)} marks")
    return faults


def open_box(box: Box, secret: bytes, contests: Mapping[str, Contest]) -> Opened:
    """Every ballot of the box, shuffled again, and every envelope that gave none."""
    public, failures = public_of(secret), []
    ballots: dict[str, tuple[Choice, ...]] = {}
    for district, sealed in box.districts.items():
        slot, found = Slot(box.election, district, public, 0), []
        for each in sealed:
            try:
                found.append(_sound(unseal(each, secret, slot), contests.get(district)))
            except Unopened as fault:
                failures.append(Failure(district, sha256(each).hexdigest(), str(fault)))
        _dice.shuffle(found)
        ballots[district] = tuple(found)
    return Opened(ballots, tuple(failures))


def _sound(choice: Choice, contest: Contest | None) -> Choice:
    if contest is None:
        raise Unopened("there is no such district")
    if len(choice.points) != (len(choice.projects) if contest.ballot_type == "points" else 0):
        raise Unopened("points do not match")
    given = chosen_of(choice, contest.ballot_type)
    if spoiled := BALLOTS[contest.ballot_type].why_spoiled(given, contest.slip):
        raise Unopened(spoiled.name.lower())
    return choice


def chosen_of(choice: Choice, ballot_type: str) -> Chosen:
    """A choice as the tally takes it: ids, or pairs of id and points."""
    if ballot_type == "points":
        return tuple(zip(choice.projects, choice.points, strict=True))
    return choice.projects


def ballots_file(contest: Contest, online: Sequence[Choice], paper: Sequence[Choice] = ()) -> BallotsFile:
    """The ballots of a district, online and paper; equal ones side by side, so that no order is left.

    A random salt in META keeps the committed hash of a small district from being guessed (trust.md 4.7).
    """
    types = Counter(chosen_of(choice, contest.ballot_type) for choice in (*online, *paper))
    election = Election.of(
        contest.projects,
        types.items(),
        contest.ceiling,
        kind=contest.ballot_type,
        rule=contest.rule,
        options=contest.options,
        contest=contest.contest,
    )
    if contest.ballot_type == "ranked" and contest.most:
        election = replace(election, ballots=replace(election.ballots, most=contest.most))
    text = write(election, about={"currency": "IDR", "salt": secrets.token_hex(32)}, rule=contest.rule)
    return BallotsFile(contest.district, text, len(online), len(paper))


def opened_body(election: UUID, files: Iterable[BallotsFile], failures: Iterable[Failure] = ()) -> dict[str, Any]:
    """The body of the `opened` leaf: counts and the hash of every ballots file, and envelopes that failed."""
    listed = sorted(files, key=lambda file: file.district)
    return {
        "election": str(election),
        "counts": {file.district: {"online": file.online, "paper": file.paper} for file in listed},
        "ballots": {file.district: file.sha256 for file in listed},
        "failures": sorted(failure.sha256 for failure in failures),
    }
