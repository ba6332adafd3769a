"""Everything Rembuk publishes of turnout in one random election, as equations over what nobody may work out."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from rembuk.posts.figures import channels, check_ins
from rembuk.voting.daily import published
from rembuk.voting.rules import Turnout, is_safe

Sum = frozenset[str]
"""Names of unknowns that are added up; every coefficient is one."""


@dataclass
class Published:
    """Known sums, known orders, what each unknown can be at most, and its truth (which no reader has)."""

    truth: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)
    """The first is never more than the second: marks only grow."""
    equal: list[tuple[str, Sum]] = field(default_factory=list)
    """The first is the sum of the others: a day's marks are online and paper."""
    secret: list[tuple[str, Sum]] = field(default_factory=list)
    """Cells that break the rule: their own figure must not follow from the rest."""
    shown: int = 0

    def put(self, name: str, value: int, most: int) -> str:
        """One more unknown."""
        self.truth[name], self.most[name] = value, most
        return name

    def publish(self, names: Iterable[str]) -> None:
        """One more figure everybody reads."""
        self.sums.append(frozenset(names))
        self.shown += 1

    def keep(self, label: str, names: Iterable[str], within: Iterable[str] = ()) -> None:
        """Note a cell as secret if it breaks the rule; not one that is all of a kecamatan, or of a silent or full one.

        The kecamatan's own figures are public whatever they are: the rule speaks of what lies below (trust.md 4.7).
        """
        cell = frozenset(names)
        if is_safe(self._turnout(cell)) or not self._turnout(cell).eligible:
            return
        whole = self._turnout(within)
        if not whole.areas or (is_safe(whole) and whole.eligible > self._turnout(cell).eligible):
            self.secret.append((label, cell))

    def _turnout(self, names: Iterable[str]) -> Turnout:
        listed = tuple(names)
        return Turnout(listed, self.value(listed), sum(self.most[name] for name in listed))

    def value(self, cell: Iterable[str]) -> int:
        """What a sum truly is."""
        return sum(self.truth[name] for name in cell)


@dataclass(frozen=True)
class Rw:
    """An RW with its roll and marks of each day and how many of the last ones are on paper."""

    code: str
    village: str
    roll: tuple[int, ...]
    marks: tuple[int, ...]
    paper: int
    post: str

    @property
    def eligible(self) -> int:
        """The roll at the end."""
        return self.roll[-1]


def election(chance: random.Random, careless: bool = False) -> Published:
    """One election: one to three kecamatan with kelurahan and RWs, posts, children, one to five daily versions.

    Careless publishes each day by itself and withholds small posts one by one: the control.
    """
    told = Published()
    days, boxes = chance.randint(1, 5), []
    for nth in range(chance.randint(1, 3)):
        rws = _rws(chance, f"k{nth}", days)
        boxes.append(_kecamatan(told, f"k{nth}", rws, days, careless))
        if chance.random() < 0.6:
            boxes.append(_children(told, f"k{nth}.anak", chance, days))
    if careless:
        return told
    cells = {name: [_cell(told, box, name) for box in boxes] for name in ("online", "paper")}
    for row in channels(cells["online"], cells["paper"]):
        for name in ("online", "paper"):
            told.publish(_last(box, name) for box in row.areas)
    return told


def _last(box: str, channel: str) -> str:
    return f"{box} {channel}"


def _cell(told: Published, box: str, channel: str) -> Turnout:
    name = _last(box, channel)
    return Turnout((box,), told.truth[name], told.most[name])


def _rws(chance: random.Random, district: str, days: int) -> list[Rw]:
    posts = [f"{district} pos {nth}" for nth in range(chance.randint(0, 4))]
    found = []
    for nth in range(chance.randint(2, 9)):
        eligible = chance.choice((chance.randint(0, 12), chance.randint(8, 60), chance.randint(100, 900)))
        late = chance.choice((0, 0, 1, chance.randint(0, 30))) if eligible else 0
        grown = sorted(chance.choice((0, late)) for _ in range(days - 1))
        roll = (*(eligible + more for more in grown), eligible + late)
        end = chance.choice((0, roll[-1], min(1, eligible), chance.randint(0, eligible), chance.randint(0, eligible)))
        marks = sorted(chance.choice((0, end, chance.randint(0, end))) for _ in range(days - 1))
        marks = [min(each, most) for each, most in zip(marks, roll, strict=False)]
        post = chance.choice(posts) if posts else ""
        paper = chance.choice((0, end, chance.randint(0, end), min(end, 1))) if post else 0
        village = f"{district}.{nth % chance.randint(1, 3)}"
        found.append(Rw(f"{district}.{nth}", village, roll, (*marks, end), paper, post))
    return found


def _kecamatan(told: Published, district: str, rws: list[Rw], days: int, careless: bool) -> str:
    by_day = [[Turnout((rw.code,), rw.marks[day], rw.roll[day]) for rw in rws] for day in range(days)]
    for day in range(days):
        names = {rw.code: told.put(f"{rw.code} day {day}", rw.marks[day], rw.roll[day]) for rw in rws}
        told.publish(names.values())  # the kecamatan's own figure of the day
        for cell in published(by_day[day : day + 1] if careless else by_day[: day + 1])[1]:
            if careless or published(by_day[: day + 1])[0] == day:
                told.publish(names[code] for code in cell.areas)
        _keep_places(told, rws, names)
    for rw in rws:
        told.orders += list(pairwise(f"{rw.code} day {day}" for day in range(days)))
    _by_channel(told, district, rws, days - 1)
    _posts(told, district, rws, careless)
    return district


def _keep_places(told: Published, rws: list[Rw], names: dict[str, str]) -> None:
    for rw in rws:
        told.keep(names[rw.code], [names[rw.code]], names.values())
    for village in {rw.village for rw in rws}:
        told.keep(f"kelurahan {village}", [names[rw.code] for rw in rws if rw.village == village], names.values())


def _by_channel(told: Published, district: str, rws: list[Rw], last: int) -> None:
    """The last marks by channel; an RW without a post has no paper, and everybody knows."""
    for rw in rws:
        online = told.put(f"{rw.code} online", rw.marks[last] - rw.paper, rw.eligible)
        paper = told.put(f"{rw.code} paper", rw.paper, rw.eligible if rw.post else 0)
        told.equal.append((f"{rw.code} day {last}", frozenset((online, paper))))
    for rw in (rw for rw in rws if rw.post):
        for channel in ("online", "paper"):
            told.keep(f"{rw.code} {channel}", [f"{rw.code} {channel}"], [f"{each.code} {channel}" for each in rws])
    for channel in ("online", "paper"):
        value, most = sum(told.truth[f"{rw.code} {channel}"] for rw in rws), sum(rw.eligible for rw in rws)
        whole = told.put(_last(district, channel), value, most)
        told.equal.append((whole, frozenset(f"{rw.code} {channel}" for rw in rws)))
        told.publish([whole])  # the board's `opened` leaf says so, whatever the tables leave out


def _posts(told: Published, district: str, rws: list[Rw], careless: bool) -> None:
    by_post: dict[str, list[Rw]] = {}
    for rw in rws:
        by_post.setdefault(rw.post, []).append(rw)
    by_post.pop("", None)
    cells = [
        Turnout((post,), sum(rw.paper for rw in mine), sum(rw.eligible for rw in mine))
        for post, mine in sorted(by_post.items())
    ]
    marks = {post: sum(rw.marks[-1] for rw in mine) for post, mine in by_post.items()}
    shown = {cell.areas[0]: cell.marks for cell in cells if cell.marks >= 10} if careless else check_ins(cells, marks)
    for post, mine in by_post.items():
        paper = [f"{rw.code} paper" for rw in mine]
        if post in shown:
            told.publish(paper)
        else:
            told.keep(post, paper, [f"{rw.code} paper" for rw in rws if rw.post])


def _children(told: Published, box: str, chance: random.Random, days: int) -> str:
    """A children's box: told each day when it is safe by itself; its counts are on the board in the end."""
    eligible = chance.choice((chance.randint(1, 12), chance.randint(8, 80)))
    end = chance.choice((0, eligible, chance.randint(0, eligible)))
    marks = [*sorted(chance.randint(0, end) for _ in range(days - 1)), end]
    for day in range(days - 1):
        name = told.put(f"{box} day {day}", marks[day], eligible)
        if is_safe(Turnout((box,), marks[day], eligible)):
            told.publish([name])
        told.keep(name, [name])
    told.orders += list(pairwise(f"{box} day {day}" for day in range(days - 1)))
    told.put(_last(box, "online"), end, eligible)
    told.put(_last(box, "paper"), 0, eligible)
    return box
