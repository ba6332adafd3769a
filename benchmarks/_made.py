"""Made-up cities for the benchmarks: ballots as masks drawn from one seed, merged, packed, kept in a SQLite file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.city import City, Envelope
from rembuk.tally.election import Completion, District, Election, Options, Project
from rembuk.tally.merge import approved
from rembuk.tally.packed import pack, unpack
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.types import Ballots

CEILING = 1_000_000_000
ADD1U = Options(threshold=1, completion=Completion.ADD1U)


def masks(made: np.random.Generator, voters: int, projects: int, *, even: bool = False) -> NDArray[np.int64]:
    """One mask per voter: each project by its popularity; `even`: all alike, so that few ballots are equal."""
    liked = np.full(projects, 4 / projects) if even else (made.random(projects) ** 2 * 8 / projects).clip(0, 0.9)
    bits = np.zeros(voters, dtype=np.int64)
    for place in range(projects):
        bits |= (made.random(voters) < liked[place]).astype(np.int64) << place
    return bits


def merged(mask: NDArray[np.int64], projects: int) -> Ballots:
    """Equal masks once, with how many cast each."""
    kinds, counts = np.unique(mask, return_counts=True)
    owners, chosen = np.nonzero(kinds[:, None] >> np.arange(projects) & 1)
    return approved(projects, owners, chosen, counts)


def listed(made: np.random.Generator, code: str, projects: int) -> tuple[Project, ...]:
    """Projects of Rp 50 to 400 million."""
    costs = made.integers(50, 400, projects) * 1_000_000
    return tuple(Project(f"{code}-{n:02d}", int(cost)) for n, cost in enumerate(costs))


def contest(code: str, voters: int, projects: int, *, even: bool = False) -> Election:
    """One district."""
    made = np.random.default_rng([1, int(code)])
    slip = listed(made, code, projects)
    ballots = merged(masks(made, voters, projects, even=even), projects)
    return Election(slip, ballots, CEILING, seed=b"dice", contest=code)


def kept(path: Path, districts: int, voters: int, projects: int, *, even: bool = False) -> None:
    """A city in a database: one row of packed ballots per district, beside its projects."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE ballots_file (area TEXT PRIMARY KEY, costs TEXT, packed BLOB)")
        for code in (f"{n:02d}" for n in range(districts)):
            made = contest(code, voters // districts + (int(code) < voters % districts), projects, even=even)
            costs = ",".join(str(project.cost) for project in made.projects)
            base.execute("INSERT INTO ballots_file VALUES (?, ?, ?)", (code, costs, pack(made.ballots)))


def from_database(path: Path, rule: str = "equal_shares", options: Options = ADD1U) -> City:
    """The city as the count takes it out of the database: no row per ballot anywhere."""
    with closing(sqlite3.connect(path)) as base:
        rows = base.execute("SELECT area, costs, packed FROM ballots_file ORDER BY area").fetchall()
    envelopes = {}
    for code, costs, data in rows:
        slip = tuple(Project(f"{code}-{n:02d}", int(cost)) for n, cost in enumerate(costs.split(",")))
        envelopes[code] = Envelope(Election(slip, unpack(data), CEILING, rule, options, b"dice", code))
    plan = QuotaPlan(CEILING * len(rows), tuple(District(code) for code in envelopes))
    return City("2026", plan, "equal", envelopes, seed=b"dice")
