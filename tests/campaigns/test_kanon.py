"""T-KANON: everything published of turnout, taken together, as equations: no small cell can be worked out."""

import random
import warnings

import numpy as np
import pulp
import pytest

from rembuk.posts.figures import check_ins
from rembuk.voting.daily import published
from rembuk.voting.rules import Turnout
from tests.campaigns.publishing import Published, Sum, election
from tests.campaigns.sizes import bounded, said, sized

ELECTIONS = sized("KANON", 40, 2_000)
SOLVED = sized("KANON_SOLVED", 1, 2_000)
"""Of these elections the bounds are used, too: what marks can be, and that they only grow."""


def worked_out(told: Published) -> list[str]:
    """Secret cells that follow from the published sums alone: they add nothing to the rank of the equations."""
    if not told.secret:
        return []
    names = {name: nth for nth, name in enumerate(told.truth)}

    def row(cell: Sum, less: str = "") -> list[int]:
        found = [0] * len(names)
        for name in cell:
            found[names[name]] += 1
        if less:
            found[names[less]] -= 1
        return found

    known = [row(cell) for cell in told.sums] + [row(parts, whole) for whole, parts in told.equal]
    known += [row(frozenset([name])) for name, most in told.most.items() if most == 0]
    matrix = np.array(known, dtype=float)
    _, sizes, basis = np.linalg.svd(matrix, full_matrices=False)
    basis = basis[sizes > 1e-9]
    wanted = np.array([row(cell) for _, cell in told.secret], dtype=float)
    left = np.abs(wanted - wanted @ basis.T @ basis).max(axis=1)
    return [label for (label, _), rest in zip(told.secret, left, strict=True) if rest < 1e-6]


def pinned(told: Published) -> list[str]:
    """Secret cells that have one value only in every city that fits all that is published, bounds and days included."""
    waiting = list(told.secret)
    while waiting:
        other = _elsewhere(told, waiting)
        left = [(label, cell) for label, cell in waiting if sum(other[name] for name in cell) == told.value(cell)]
        if len(left) == len(waiting):  # each by itself cannot be otherwise, or the solver would have found it
            return [label for label, _ in left]
        waiting = left
    return []


def _elsewhere(told: Published, cells: list[tuple[str, Sum]]) -> dict[str, int]:
    """A city that looks the same from outside and differs in as many of these cells as can be."""
    model = pulp.LpProblem("another", pulp.LpMaximize)
    names = {name: f"x{nth}" for nth, name in enumerate(told.truth)}
    unknown = {name: model.add_variable(names[name], 0, most, "Integer") for name, most in told.most.items()}
    differs = []
    for nth, (_, cell) in enumerate(cells):
        here, full = told.value(cell), sum(told.most[name] for name in cell)
        total, more, less = (
            pulp.lpSum(unknown[name] for name in cell),
            *(model.add_variable(f"{way}{nth}", cat="Binary") for way in ("more", "less")),
        )
        model += total >= (here + 1) * more
        model += total <= full - (full - here + 1) * less
        model += more + less <= 1
        differs += [more, less]
    model += pulp.lpSum(differs)
    for known in told.sums:
        model += pulp.lpSum(unknown[name] for name in known) == told.value(known)
    for whole, parts in told.equal:
        model += unknown[whole] == pulp.lpSum(unknown[name] for name in parts)
    for first, second in told.orders:
        model += unknown[first] <= unknown[second]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the solver pulp brings; its successor is a package more
        assert model.solve(pulp.PULP_CBC_CMD(msg=0, timeLimit=20)) == pulp.LpStatusOptimal
    return {name: round(variable.value() or 0) for name, variable in unknown.items()}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_small_cell_follows_from_all_that_is_published() -> None:
    """T-KANON, P5: RW tables of every day, totals, children, channels and posts leave every small cell open."""
    chance, shown, secret, found, tried, done = random.Random(4), 0, 0, [], 0, 0
    for nth in bounded(ELECTIONS, 900):
        told = election(chance)
        shown, secret, done = shown + told.shown, secret + len(told.secret), done + 1
        found += worked_out(told)
        if nth < SOLVED:
            tried += 1
            found += pinned(told)
    said(f"T-KANON: {done} elections ({tried} with bounds), {shown} figures, {secret} small cells, {len(found)} told")
    assert shown and secret
    assert found == []


def test_the_attack_would_find_careless_tables() -> None:
    """T-KANON: the control. Small posts left out one by one follow by subtraction from the votes on paper."""
    chance = random.Random(4)
    assert any(worked_out(election(chance, careless=True)) for _ in range(60))


def test_a_silent_neighbour_is_not_told_by_yesterdays_table() -> None:
    """T-KANON, 4.7: B alone on Monday (5) and with A on Tuesday (still 5) would tell that A is silent."""
    monday = [Turnout(("a",), 0, 50), Turnout(("b",), 5, 20), Turnout(("c",), 3, 9)]
    tuesday = [Turnout(("a",), 0, 50), Turnout(("b",), 5, 20), Turnout(("c",), 3, 30)]
    assert [(cell.areas, cell.marks) for cell in published([monday])[1]] == [(("a", "c"), 3), (("b",), 5)]
    assert [(cell.areas, cell.marks) for cell in published([tuesday])[1]] == [(("a", "b"), 5), (("c",), 3)]
    assert [(cell.areas, cell.marks) for cell in published([monday, tuesday])[1]] == [(("a", "c"), 3), (("b",), 5)]


def test_an_rw_that_was_small_stays_small() -> None:
    """T-KANON, 4.7: one of one on Monday, still one on Tuesday but of 22: telling Tuesday's would tell Monday's."""
    others = [Turnout(("b",), 30, 90), Turnout(("c",), 4, 40)]
    days = [[Turnout(("a",), 1, 1), *others], [Turnout(("a",), 1, 22), *others]]
    assert [(cell.areas, cell.marks, cell.eligible) for cell in published(days)[1]] == [
        (("a", "c"), 5, 62),
        (("b",), 30, 90),
    ]


def test_a_day_that_would_have_to_merge_keeps_the_day_before() -> None:
    """T-KANON, S2: once told apart an RW is never merged again; the table then stays with its date."""
    monday = [Turnout(("a",), 9, 10), Turnout(("b",), 5, 60)]
    tuesday = [Turnout(("a",), 10, 10), Turnout(("b",), 6, 60)]
    wednesday = [Turnout(("a",), 10, 10), Turnout(("b",), 6, 60), Turnout(("c",), 4, 20)]
    assert published([monday, tuesday]) == published([monday]) == (0, monday)
    assert published([monday, tuesday, wednesday])[0] == 0
    assert published([]) == (0, [])


def test_a_small_post_is_not_told_by_subtraction() -> None:
    """T-KANON, T17: 25 and 3 came, and the board says 28 on paper: then neither is told; with a third post one is."""
    posts = [Turnout(("p",), 25, 200), Turnout(("q",), 3, 150)]
    voted = {"p": 90, "q": 60, "r": 80}
    assert check_ins(posts, voted) == {}
    assert check_ins([*posts, Turnout(("r",), 12, 100)], voted) == {"p": 25}
    assert check_ins([Turnout(("p",), 25, 200)], {"p": 25}) == {}  # nobody there by phone
    assert check_ins([Turnout(("p",), 25, 200)], {"p": 26}) == {"p": 25}
