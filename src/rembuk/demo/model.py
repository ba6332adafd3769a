"""The documented model that draws the demo's residents, proposals and ballots (docs/demo.md); nobody real votes here.

Every draw comes from one seeded generator, so the same seed gives the same city.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from rembuk.demo.kinds import KINDS, Kind

ISSUES = ("waste", "clean_water", "flood")
NEAR = {"rw": 3.0, "kelurahan": 1.6, "kecamatan": 1.0}


@dataclass(frozen=True)
class Line:
    """One cost line: catalogue key and volume in whole units."""

    key: str
    volume: int


@dataclass(frozen=True)
class Invented:
    """A proposal that was made up: texts filled in, cost lines drawn."""

    issue: str
    title: str
    problem: str
    proposed: str
    rw: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Option:
    """What a simulated resident sees of a project: id, issue, RW code, cost in rupiah, and how convincing it is."""

    id: str
    issue: str
    rw: str
    cost: int
    appeal: float


def invented(rng: Random, rw: str, kelurahan: str, taken: set[str]) -> Invented:
    """A proposal for an RW, of a kind that RW does not have yet (its titles are in `taken`)."""
    number = rw.rsplit(".", 1)[1][1:]
    fresh = [kind for kind in KINDS if f"{_title(kind, number)} {kelurahan}" not in taken] or list(KINDS)
    kind = rng.choice(fresh)
    fill = {"rw": number, "kelurahan": kelurahan}
    lines = tuple(Line(key, rng.randint(least, most)) for key, least, most in kind.lines)
    title = f"{_title(kind, number)} {kelurahan}"
    taken.add(title)
    return Invented(kind.issue, title, kind.problem.format(**fill), kind.proposed.format(**fill), rw, lines)


def _title(kind: Kind, number: str) -> str:
    return kind.title.format(rw=number)


def tastes(rng: Random, kelurahan: Sequence[str]) -> dict[str, dict[str, float]]:
    """How much each kelurahan cares about each issue: three gamma draws (shape 2), scaled to sum to 3."""
    drawn = {}
    for code in kelurahan:
        weights = [rng.gammavariate(2.0, 1.0) for _ in ISSUES]
        drawn[code] = {issue: 3 * weight / sum(weights) for issue, weight in zip(ISSUES, weights, strict=True)}
    return drawn


def ballot(
    rng: Random, rw: str, taste: Mapping[str, float], options: Sequence[Option], *, ceiling: int | None, most: int
) -> tuple[str, ...]:
    """The ids one resident picks: the best by taste, nearness, appeal and chance, while they fit and up to `most`.

    One in fifty sends a blank ballot. With a ceiling the ballot is a knapsack, without one an approval.
    """
    if rng.random() < 0.02:
        return ()
    ranked = sorted(options, key=lambda option: _utility(rng, rw, taste, option), reverse=True)
    wanted = min(most, 1 + min(rng.randint(0, most), rng.randint(1, most)))
    picked: list[str] = []
    left = ceiling if ceiling is not None else sum(option.cost for option in options)
    for option in ranked:
        if len(picked) < wanted and option.cost <= left:
            picked.append(option.id)
            left -= option.cost
    return tuple(sorted(picked))


def _utility(rng: Random, rw: str, taste: Mapping[str, float], option: Option) -> float:
    return taste[option.issue] * option.appeal * NEAR[nearness(rw, option.rw)] * rng.lognormvariate(0.0, 0.6)


def nearness(home: str, other: str) -> str:
    """Whether two RW codes are the same RW, in the same kelurahan, or only in the same kecamatan."""
    if home == other:
        return "rw"
    return "kelurahan" if home.rsplit(".", 1)[0] == other.rsplit(".", 1)[0] else "kecamatan"


def headcount(ceiling: int, average_cost: int, boost: int = 0) -> int:
    """How many proposals a district gets: enough that about six in ten rupiah asked for can be funded."""
    return boost or max(6, min(14, round(ceiling * 1.7 / average_cost)))
