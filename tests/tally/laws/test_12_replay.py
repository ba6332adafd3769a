"""Law 12: the record can be redone: each number of each step follows from the ballots and the steps before it.

The design lists eleven laws; this is the one that its sections 4 and 5 ask for beside them (what a citizen can redo
with a calculator; publish only what an exact replay confirmed). All here is plain fractions, apart from the code that
counted; the ties are looked up in a chain of its own.
"""

import hmac
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.city import City
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Order, Utility
from rembuk.tally.result import Decision, Result, Step, Tie
from tests.strategies import KINDS, cities, elections
from tests.tally import naive
from tests.tally.laws.counted import counted

MANY = settings(max_examples=80, deadline=None)


def chain(election: Election) -> dict[str, tuple[object, ...]]:
    """What each project is compared by when the rule cannot tell: by id, or approvals, cost and the lot."""
    if election.seed is None:
        return {p.id: (p.id,) for p in election.projects}
    lots = {p.id: hmac.new(election.seed, f"{election.contest}|{p.id}".encode(), "sha256") for p in election.projects}
    return {
        p.id: (-int(votes), p.cost, lots[p.id].digest())
        for p, votes in zip(election.projects, election.ballots.approvals, strict=True)
    }


def tie(election: Election, project: str, tied: list[str]) -> Tie | None:
    """The tie of a step: with whom, nearest first, and what sets the nearest apart."""
    order = chain(election)
    others = sorted((each for each in tied if each != project), key=order.__getitem__)
    if not others:
        return None
    pairs = zip(order[project], order[others[0]], strict=True)
    names = ("id",) if election.seed is None else ("approvals", "cost", "seed")
    return Tie(tuple(others), next(n for n, (a, b) in zip(names, pairs, strict=True) if a != b))


def in_line(election: Election, steps: list[Step], order: Order) -> None:
    """Greedy steps: the score of each, its rank, what was decided and with whom it was tied."""
    scores = {p.id: int(s) for p, s in zip(election.projects, election.ballots.scores, strict=True)}
    worth = {p.id: Fraction(scores[p.id], p.cost if order is Order.VOTES_PER_COST else 1) for p in election.projects}
    keys = chain(election)
    expected = sorted((step.project for step in steps), key=lambda name: (-worth[name], *keys[name]))
    assert [step.project for step in steps] == expected
    stopped = False
    for rank, step in enumerate(steps, start=1):
        assert (step.rank, step.score) == (rank, worth[step.project])
        fits = step.cost <= step.money_before
        if scores[step.project] < election.options.threshold:
            assert step.decision is Decision.BELOW_THRESHOLD
            assert step.constraint == f"threshold {election.options.threshold}"
        else:
            decided = Decision.STOPPED if stopped else Decision.FUNDED if fits else Decision.DOES_NOT_FIT
            assert (step.decision, step.constraint) == (decided, None)
            stopped |= decided is Decision.DOES_NOT_FIT and not election.options.skip
    for _, group in groupby(steps, key=lambda step: step.score):
        same = list(group)
        decided_alike = len({step.decision for step in same}) == 1
        for step in same:
            assert step.tie == (None if decided_alike else tie(election, step.project, [s.project for s in same]))


@given(elections(kinds=KINDS, rule="greedy"))
@MANY
def test_greedy(election: Election) -> None:
    """Rank, score, decision and tie of every project, in line."""
    in_line(election, list(count(election).steps), election.options.order)


@given(elections(kinds=KINDS, rule="equal_shares"))
@MANY
def test_equal_shares(election: Election) -> None:
    """Price, payers in full and of the rest of a purse, effective votes, runner-up, ties; then what the lost lacked."""
    if not election.voters:
        return
    result = count(election)
    share = Fraction(election.budget, election.voters) if result.search is None else result.search.final
    bought = [step for step in result.steps if step.part == "rule" and step.is_funded]
    purses = buy(election, bought, share)
    left = [step for step in result.steps if step.part == "rule" and not step.is_funded]
    dropped(election, left, {p.id for p in election.projects} - {step.project for step in bought}, purses)
    completed = [step for step in result.steps if step.part == "completion"]
    skipping = replace(election, options=replace(election.options, skip=True))
    in_line(skipping, completed, election.options.order)
    asked = election.options.completion
    assert bool(completed) == (asked in (Completion.GREEDY, Completion.ADD1U) and bool(left))


def buy(election: Election, steps: list[Step], share: Fraction) -> list[Fraction]:
    """Redo the purchases; what is left in the purse of each ballot type."""
    types, keys = naive.ballots(election), chain(election)
    place = {project.id: index for index, project in enumerate(election.projects)}
    purses, bought = [share] * len(types), set()
    for number, step in enumerate(steps, start=1):
        offers = {
            name: price
            for name in enough_votes(election) - bought
            if (price := naive.price_of(election.projects[place[name]].cost, place[name], types, purses)) is not None
        }
        worth = {name: election.projects[place[name]].cost if by_cost(election) else 1 for name in offers}
        line = sorted(offers, key=lambda name: (offers[name] / worth[name], *keys[name]))
        price = offers[step.project]
        pays = [price * units.get(place[step.project], 0) for units, _ in types]
        payers = [(purse, pay, n) for purse, pay, (_, n) in zip(purses, pays, types, strict=True) if pay and purse]
        assert (step.number, step.project, step.price) == (number, line[0], price)
        assert step.supporters == int(election.ballots.approvals[place[step.project]])
        assert step.full_payers == sum(n for purse, pay, n in payers if purse >= pay)
        assert step.rest_payers == sum(n for purse, pay, n in payers if purse < pay)
        assert step.rest == sum(purse * n for purse, pay, n in payers if purse < pay)
        assert step.effective_votes == step.cost / price
        second = line[1] if len(line) > 1 else None
        assert step.runner_up == second
        assert step.runner_up_votes == (election.projects[place[second]].cost / offers[second] if second else None)
        alike = [name for name in line if offers[name] / worth[name] == price / worth[step.project]]
        assert step.tie == tie(election, step.project, alike)
        purses = [purse - min(purse, pay) for purse, pay in zip(purses, pays, strict=True)]
        bought.add(step.project)
    for name in enough_votes(election) - bought:
        assert naive.price_of(election.projects[place[name]].cost, place[name], types, purses) is None
    return purses


def dropped(election: Election, steps: list[Step], names: set[str], purses: list[Fraction]) -> None:
    """Every project not bought: the money behind it over its cost, largest first, or that it had too few votes."""
    types, keys = naive.ballots(election), chain(election)
    place = {project.id: index for index, project in enumerate(election.projects)}
    able = enough_votes(election)
    behind = {
        name: sum(purse * n for purse, (units, n) in zip(purses, types, strict=True) if units.get(place[name]))
        for name in names
    }
    cost = {project.id: project.cost for project in election.projects}
    shown = {name: Fraction(behind[name]) if name in able else Fraction(0) for name in names}
    assert [step.project for step in steps] == sorted(names, key=lambda name: (-shown[name] / cost[name], *keys[name]))
    for step in steps:
        assert step.supporters == int(election.ballots.approvals[place[step.project]])
        if step.project in able:
            assert (step.decision, step.behind) == (Decision.NOT_ENOUGH_SUPPORT, behind[step.project])
        else:
            assert (step.decision, step.behind) == (Decision.BELOW_THRESHOLD, None)
            assert step.constraint == f"threshold {max(1, election.options.threshold)}"


def enough_votes(election: Election) -> set[str]:
    """Projects that equal shares may buy: at or above the threshold (1 at least), and of use to somebody."""
    types, least = naive.ballots(election), max(1, election.options.threshold)
    return {
        project.id
        for index, project in enumerate(election.projects)
        if election.ballots.scores[index] >= least and any(units.get(index) for units, _ in types)
    }


def by_cost(election: Election) -> bool:
    """Whether a project is worth its cost to those who name it."""
    return election.options.utility is Utility.COST


@given(elections(kinds=KINDS, rule="phragmen"))
@MANY
def test_phragmen(election: Election) -> None:
    """Loads before and after of every purchase, ties, and the load each of the others would have made."""
    types, loads = naive.ballots(election), {}
    place = {project.id: index for index, project in enumerate(election.projects)}
    result, keys = count(election), chain(election)

    def held(name: str) -> Fraction:
        named = [loads.get(row, Fraction(0)) * n for row, (units, n) in enumerate(types) if place[name] in units]
        return sum(named, Fraction(0))

    def after(name: str) -> Fraction | None:
        votes = int(election.ballots.approvals[place[name]])
        return (result.costs[name] + held(name)) / votes if votes else None

    least = max(1, election.options.threshold)
    open_to = {
        n for n in place if result.scores[n] >= least and result.approvals[n] and result.costs[n] <= election.budget
    }
    for step in (step for step in result.steps if step.is_funded):
        best = min(load for name in open_to if (load := after(name)) is not None)
        tied = [name for name in open_to if after(name) == best]
        assert (step.load_before, step.load_after) == (held(step.project), best)
        assert step.project == min(tied, key=keys.__getitem__)
        assert step.tie == tie(election, step.project, tied)
        loads |= {row: best for row, (units, _) in enumerate(types) if place[step.project] in units}
        open_to.remove(step.project)
    rest = [step for step in result.steps if not step.is_funded]
    line = [(after(s.project) is None, after(s.project) or Fraction(0), *keys[s.project]) for s in rest]
    assert line == sorted(line)
    for step in rest:
        assert step.load_after == after(step.project)
        few = result.scores[step.project] < least
        stopped = Decision.DOES_NOT_FIT if step.cost > result.left else Decision.STOPPED
        assert step.decision is (Decision.BELOW_THRESHOLD if few else stopped)


@given(elections(rule="equal_shares", voters=6), st.sampled_from([Completion.ADD1, Completion.ADD1U]))
@settings(max_examples=60, deadline=None)
def test_add1(election: Election, completion: Completion) -> None:
    """Start share, step, final share and number of raises agree, and the reason why it stopped is true."""
    if not election.voters:
        return
    asked = replace(election, options=replace(election.options, completion=completion))
    result = count(asked)
    search = result.search
    assert search is not None
    assert search.start == Fraction(asked.budget, asked.voters)
    assert search.step == asked.options.step
    assert search.final == search.start + search.raises * search.step
    plain = replace(asked, options=replace(asked.options, completion=Completion.NONE))
    bought = naive.equal_shares(plain, search.final)
    assert bought == [step.project for step in result.steps if step.part == "rule" and step.is_funded]
    left = asked.budget - sum(result.costs[name] for name in bought)
    fitting = [n for n in enough_votes(plain) - set(bought) if result.costs[n] <= left]
    if search.stopped == "nothing more fits":
        assert not fitting
    else:
        assert search.stopped == "the next share would overspend"
        assert fitting
        ahead = naive.equal_shares(plain, search.final + search.step)
        assert sum(result.costs[name] for name in ahead) > asked.budget


@given(cities())
@settings(max_examples=30, deadline=None)
def test_city_round(city: City) -> None:
    """S4: the score of each project is its approvals over the ballots of its envelope, and the line goes by it."""
    if (result := counted(city)) is None:
        return
    shares = {
        project.id: Fraction(int(votes), each.election.voters)
        for each in city.every().values()
        for project, votes in zip(each.election.projects, each.election.ballots.approvals, strict=True)
        if each.election.voters
    }
    in_order = sorted(result.city.steps, key=lambda step: step.rank or 0)
    assert [step.score for step in in_order] == sorted((shares[step.project] for step in in_order), reverse=True)
    assert all(step.score == shares[step.project] for step in in_order)
    assert all(step.part == "city" for step in in_order)
    assert result.reserve == tuple(sorted(result.reserve, key=lambda entry: -entry.share))


def test_what_is_hashed_is_what_is_said() -> None:
    """A changed number anywhere in the steps changes the head of the chain, and so the digest."""
    election = Election.of([], [((), 1)], 5, options=Options())
    assert count(election).digest == count(election).digest
    base: Result = count(next_election())
    for number, step in enumerate(base.steps):
        for name, value in (("money_after", step.money_after + 1), ("cost", step.cost + 1), ("project", "z")):
            steps = (*base.steps[:number], replace(step, **{name: value}), *base.steps[number + 1 :])
            assert replace(base, steps=steps).digest != base.digest


def next_election() -> Election:
    """Two projects, of which one is bought and the other lacks money."""
    from rembuk.tally.election import Project

    listed = [Project("a", 10), Project("b", 30)]
    return Election.of(listed, [(("a", "b"), 1), (("b",), 2)], 30, rule="equal_shares")
