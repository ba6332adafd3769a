"""T-SECRET: somebody with dump, WAL, logs and backup, who saw everybody arrive, guesses choices; and after opening."""

import logging
import random
import secrets
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from math import comb
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from rembuk.board.store import drain
from rembuk.database import close_database, engine, open_database
from rembuk.results.store import box as opening
from rembuk.settings import Settings
from rembuk.voting import box as sealed_box
from tests.campaigns.sizes import said, sized
from tests.city import City, city

VOTES = sized("SECRET_VOTES", 90, 1_000)
BOXES = sized("SECRET_BOXES", 20, 400)
"""So often the same envelopes are put into a box, to see whether every place is as likely for everybody."""
ALPHA = 1e-6
"""One false alarm in a million runs."""
Guess = tuple[str, float]


async def voted(made: City, votes: int, chance: random.Random) -> tuple[list[UUID], list[int]]:
    """Everybody votes for one of two projects, in an order of arrival the attacker noted; rolls and choices in it."""
    rolls = list(made.rolls[made.districts[0]])
    chance.shuffle(rolls)
    choices = [chance.randrange(2) for _ in rolls[:votes]]
    for roll, choice in zip(rolls, choices, strict=False):
        await made.cast(roll, [made.projects[made.districts[0]][choice]])
    return rolls[:votes], choices


def right_by_chance(number: int, of: int) -> float:
    """The chance that a coin is right at least so often, both ways: exact, two-sided."""
    far = max(number, of - number)
    return min(1.0, 2 * sum(comb(of, n) for n in range(far, of + 1)) / 2**of)


def bits(rows: dict[UUID, Any], rolls: Sequence[UUID], rule: Callable[[Any], int]) -> list[int]:
    """A guess for every voter, in the order of arrival."""
    return [rule(rows[roll]) % 2 for roll in rolls]


GUESSES: dict[str, Callable[[Any], int]] = {
    "parity of the ciphertext": lambda row: sum(row["ciphertext"]),
    "first bit of the ephemeral key": lambda row: row["ciphertext"][0] & 1,
    "last bit of the seal": lambda row: row["ciphertext"][-1] & 1,
    "length of the ciphertext": lambda row: len(row["ciphertext"]),
    "first bit of the leaf": lambda row: int(row["leaf_sha256"][0], 16),
    "parity of the form's key": lambda row: int(row["idem_key"], 16),
    "random id": lambda row: int(row["id"].replace("-", ""), 16),
    "place in the table": lambda row: row["place"],
    "place on the board": lambda row: row["posted"],
}


def stolen(folder: Path) -> dict[UUID, Any]:
    """What a copy of the database holds of each voter, with the places of the rows."""
    with closing(sqlite3.connect(folder / "rembuk.sqlite3")) as copy:
        copy.row_factory = sqlite3.Row
        rows = [dict(row) for row in copy.execute("SELECT * FROM envelope")]
        posted = {row[0]: row[1] for row in copy.execute("SELECT leaf_sha256, idx FROM board_leaf")}
    found = {}
    for place, row in enumerate(rows):
        found[UUID(row["roll"])] = {**row, "place": place, "posted": posted[row["leaf_sha256"]]}
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_a_thief_guesses_no_better_than_a_coin(
    sqlite_settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """T-SECRET, P2: dump, WAL, log and backup, arrival known: no rule beats the prior, no choice is read."""
    caplog.set_level(logging.DEBUG)
    await open_database(sqlite_settings)
    try:
        made = await city(districts=1, proposals=2, voters=VOTES, ballot=("approval", 1))
        rolls, choices = await voted(made, VOTES, random.Random(7))
        await drain()
        shutil.copytree(sqlite_settings.data, tmp_path / "live")
        await engine().copy_to(tmp_path / "backup.sqlite3")
    finally:
        await close_database()
    rows = stolen(tmp_path / "live")
    worst, (name, right, of) = _worst(rows, rolls, choices), held_out(rows, rolls, choices)
    low, high = interval(right, of)
    said(
        f"T-SECRET: {VOTES} votes, the best of {len(GUESSES)} rules guesses {worst[0]}: p = {worst[1]:.3g} for all"
        f" together; chosen by the first half ({name}), in the other half {right} of {of} right,"
        f" 95 % interval {low:.1%} to {high:.1%}"
    )
    assert worst[1] > ALPHA, worst
    assert right_by_chance(right, of) > ALPHA, name
    everything = b"".join(path.read_bytes() for path in [*(tmp_path / "live").iterdir(), tmp_path / "backup.sqlite3"])
    for project in made.projects[made.districts[0]]:
        assert f'"projects":["{project}"]'.encode() not in everything + caplog.text.encode()


def _worst(rows: dict[UUID, Any], rolls: Sequence[UUID], choices: Sequence[int]) -> Guess:
    """The rule that is furthest from a coin; its p is that of trying all of them (Bonferroni)."""
    found = []
    for name, rule in GUESSES.items():
        right = sum(a == b for a, b in zip(bits(rows, rolls, rule), choices, strict=True))
        p = min(1.0, len(GUESSES) * right_by_chance(right, len(rolls)))
        found.append((f"{name} {right}/{len(rolls)}", p))
    return min(found, key=lambda guess: guess[1])


def held_out(rows: dict[UUID, Any], rolls: Sequence[UUID], choices: Sequence[int]) -> tuple[str, int, int]:
    """The thief learns rule and direction from every second voter and is judged by the others: name, right, of."""
    learnt, judged = slice(0, None, 2), slice(1, None, 2)
    best: tuple[int, str, int] = (-1, "", 0)
    for name, rule in GUESSES.items():
        hits = [a == b for a, b in zip(bits(rows, rolls, rule), choices, strict=True)]
        for turned in (False, True):
            score, right = sum(hits[learnt]), sum(hits[judged])
            size, rest = len(hits[learnt]), len(hits[judged])
            best = max(best, (size - score, name, rest - right) if turned else (score, name, right))
    return best[1], best[2], len(choices[judged])


def interval(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share."""
    share, extra = right / of, z * z / of
    middle, half = (
        (share + extra / 2) / (1 + extra),
        z * (share * (1 - share) / of + extra / of / 4) ** 0.5 / (1 + extra),
    )
    return middle - half, middle + half


@pytest.mark.slow
async def test_the_thief_would_notice_a_leak(sqlite_settings: Settings, tmp_path: Path) -> None:
    """T-SECRET: the control. Were a choice to reach one byte of the envelope, the same thief would win."""
    await open_database(sqlite_settings)
    try:
        made = await city(districts=1, proposals=2, voters=60, ballot=("approval", 1))
        rolls, choices = await voted(made, 60, random.Random(7))
        await drain()
        shutil.copytree(sqlite_settings.data, tmp_path / "live")
    finally:
        await close_database()
    rows = stolen(tmp_path / "live")
    for roll, choice in zip(rolls, choices, strict=True):
        sealed = rows[roll]["ciphertext"]
        rows[roll]["ciphertext"] = sealed[:-1] + bytes([sealed[-1] & 0xFE | choice])
    assert _worst(rows, rolls, choices)[1] < ALPHA
    assert held_out(rows, rolls, choices) == ("last bit of the seal", 30, 30)


def order_is_random(arrival: Sequence[int], chance: random.Random, rounds: int = 4_000) -> tuple[float, float]:
    """|rank correlation| of what came out with what went in, and how often chance alone gives as much."""
    size = len(arrival)
    seen = abs(_correlation(arrival))
    other = list(range(size))
    as_far = 0
    for _ in range(rounds):
        chance.shuffle(other)
        as_far += abs(_correlation(other)) >= seen
    return seen, as_far / rounds


def _correlation(ranks: Sequence[int]) -> float:
    size = len(ranks)
    squares = sum((place - rank) ** 2 for place, rank in enumerate(ranks))
    return 1 - 6 * squares / (size * (size * size - 1))


async def arrivals(made: City, rolls: Sequence[UUID]) -> dict[bytes, int]:
    """The number of arrival of every ciphertext."""
    number = {roll: nth for nth, roll in enumerate(rolls)}
    return {each.ciphertext: number[each.roll] for each in await opening.outer_envelopes(made.election)}


def unevenness(orders: Sequence[Sequence[int]], parts: int = 10) -> float:
    """How many standard deviations arrival and place, in tenths, are from being independent (chi-square, 81 free)."""
    size, free = len(orders[0]), (parts - 1) ** 2
    table = Counter((place * parts // size, rank * parts // size) for each in orders for place, rank in enumerate(each))
    sides = Counter(place * parts // size for place in range(size))
    wanted = {(a, b): len(orders) * sides[a] * sides[b] / size for a in sides for b in sides}
    square = sum((table[cell] - number) ** 2 / number for cell, number in wanted.items())
    return float((square * (size - 1) / size - free) / (2 * free) ** 0.5)


async def places_in_the_box(made: City, rolls: Sequence[UUID], salt: bytes = b"") -> list[int]:
    """The order in which the voters' envelopes lie in the box that leaves the server, as numbers of arrival."""
    arrived = await arrivals(made, rolls)
    box = sealed_box.boxed(made.election, await opening.outer_envelopes(made.election))
    if salt:
        box = box.ordered(salt)
    return [arrived[each] for each in box.districts[made.districts[0]]]


@pytest.mark.slow
async def test_the_order_in_the_box_says_nothing(sqlite_settings: Settings) -> None:
    """T-SECRET, P2: the box is as far from the order of arrival as chance would have it; a sorted one is not."""
    await open_database(sqlite_settings)
    try:
        made = await city(districts=1, proposals=2, voters=VOTES, ballot=("approval", 1))
        rolls, _ = await voted(made, VOTES, random.Random(11))
        await made.close()
        seen, share = order_is_random(await places_in_the_box(made, rolls), random.Random(1))
        limit = 5.2 / (VOTES - 1) ** 0.5  # a normal quantile for about two in ten million
        said(f"T-SECRET: order in the box, |rank correlation| {seen:.3f}, chance gives as much in {share:.0%}")
        assert seen < limit, "the box keeps the order of arrival"
        boxes = [await places_in_the_box(made, rolls) for _ in range(BOXES)]
        apart = unevenness(boxes)
        said(
            f"T-SECRET: {BOXES} boxes of {VOTES}, arrival against place: {apart:+.2f} standard deviations from uniform"
        )
        assert apart < 8, "some places in the box are likelier for some arrivals"
        assert unevenness([sorted(box[: VOTES // 2]) + box[VOTES // 2 :] for box in boxes]) > 8
        salted = await places_in_the_box(made, rolls, secrets.token_bytes(32))
        assert abs(_correlation(salted)) < limit, "the box to be taken away keeps the order of arrival"
        leaves = await engine().run("SELECT leaf_sha256 FROM board_leaf WHERE kind = 'envelope' ORDER BY idx")
        owner = {row["leaf_sha256"]: row["roll"] for row in await engine().run("SELECT * FROM envelope")}
        number = {str(roll): nth for nth, roll in enumerate(rolls)}
        posted = [number[str(owner[row["leaf_sha256"]])] for row in leaves]
        assert abs(_correlation(posted)) < limit, "the board keeps the order of arrival inside a batch"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sealed_box, "_dice", _Sorting(await arrivals(made, rolls)))
            broken = await places_in_the_box(made, rolls)
        assert abs(_correlation(broken)) > limit, "with the shuffle replaced by a sort the attack must win"
    finally:
        await close_database()


class _Sorting:
    """The sabotage: a shuffle that sorts by arrival."""

    def __init__(self, arrived: dict[bytes, int]) -> None:
        self.arrived = arrived

    def shuffle(self, envelopes: list[bytes]) -> None:
        """Put in the order of arrival."""
        envelopes.sort(key=self.arrived.__getitem__)


def test_the_rows_of_the_ballots_file_do_not_follow_the_envelopes() -> None:
    """T-SECRET: equal ballots stand side by side, most frequent patterns merged: a row has no place of its own."""
    from rembuk.tally.election import Options, Project
    from rembuk.voting.box import Contest, ballots_file
    from rembuk.voting.seal import Choice

    projects = tuple(Project(f"p{nth}", 10) for nth in range(2))
    contest = Contest("x", "x", 20, "approval", 0, "greedy", Options(), projects)
    choices = [Choice((f"p{nth % 2}",)) for nth in range(40)]
    one = ballots_file(contest, choices).text.split("VOTES", 1)[1]
    random.Random(3).shuffle(choices)
    other = ballots_file(contest, choices).text.split("VOTES", 1)[1]
    assert one == other
    assert Counter(line.split(";")[-1] for line in one.strip().splitlines()[1:]) == {"p0": 20, "p1": 20}
