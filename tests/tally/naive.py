"""A second, slow and plain tally in fractions, written apart from the real one: what the rules say, word for word."""

from fractions import Fraction

from rembuk.tally.election import Election, Order, Utility
from rembuk.tally.result import Result
from rembuk.tally.ties import TieBreak


def ballots(election: Election) -> list[tuple[dict[int, int], int]]:
    """Each ballot type as ({project: utility units}, count)."""
    merged, listed = election.ballots, []
    utility = election.options.utility
    for row, count in enumerate(merged.counts.tolist()):
        part = slice(int(merged.starts[row]), int(merged.starts[row + 1]))
        chosen = merged.chosen[part].tolist()
        if utility is Utility.POINTS:
            units = merged.points[part].tolist()
        elif utility is Utility.BORDA:
            units = [len(chosen) - 1 - place for place in range(len(chosen))]
        else:
            units = [1] * len(chosen)
        listed.append((dict(zip(chosen, units, strict=True)), count))
    return listed


def greedy(election: Election) -> list[str]:
    """Winners of greedy without limits, one comparison at a time."""
    scores = [int(score) for score in election.ballots.scores]
    rank = TieBreak(election).rank
    per_cost = election.options.order is Order.VOTES_PER_COST

    def key(index: int) -> tuple[Fraction, int]:
        cost = election.projects[index].cost if per_cost else 1
        return (-Fraction(scores[index], cost), rank[index])

    left, winners = election.budget, []
    for index in sorted(range(len(scores)), key=key):
        if scores[index] < election.options.threshold:
            continue
        if election.projects[index].cost <= left:
            left -= election.projects[index].cost
            winners.append(election.projects[index].id)
        elif not election.options.skip:
            break
    return winners


def equal_shares(election: Election, share: Fraction) -> list[str]:
    """Winners of equal shares at this share, in order, without completion."""
    types = ballots(election)
    purses = [share] * len(types)
    least = max(1, election.options.threshold)
    rank = TieBreak(election).rank
    left = {i for i in range(len(election.projects)) if int(election.ballots.scores[i]) >= least}
    winners = []
    while True:
        offers = {}
        for index in left:
            price = price_of(election.projects[index].cost, index, types, purses)
            if price is not None:
                worth = election.projects[index].cost if election.options.utility is Utility.COST else 1
                offers[index] = (price / worth, rank[index], price)
        if not offers:
            return winners
        best = min(offers, key=lambda index: offers[index][:2])
        for place, (units, _) in enumerate(types):
            purses[place] -= min(purses[place], offers[best][2] * units.get(best, 0))
        left.remove(best)
        winners.append(election.projects[best].id)


def price_of(cost: int, index: int, types: list[tuple[dict[int, int], int]], purses: list[Fraction]) -> Fraction | None:
    """The least price per unit at which the supporters pay the cost, by trying every order of running out."""
    payers = [
        (purse / units[index], units[index], purse, count)
        for (units, count), purse in zip(types, purses, strict=True)
        if units.get(index)
    ]
    if sum(purse * count for _, _, purse, count in payers) < cost:
        return None
    payers.sort()
    spent, weight = Fraction(0), sum(units * count for _, units, _, count in payers)
    for worth, units, purse, count in payers:
        if spent + worth * weight >= cost:
            return (cost - spent) / weight
        spent += purse * count
        weight -= units * count
    return None


def phragmen(election: Election) -> list[str]:
    """Winners of sequential Phragmén, in order."""
    types = ballots(election)
    loads = [Fraction(0)] * len(types)
    least = max(1, election.options.threshold)
    rank = TieBreak(election).rank
    left = {
        i
        for i, project in enumerate(election.projects)
        if int(election.ballots.scores[i]) >= least
        and project.cost <= election.budget
        and election.ballots.approvals[i]
    }
    money, winners = election.budget, []
    while left:
        new = {}
        for index in left:
            carried = sum(load * count for (units, count), load in zip(types, loads, strict=True) if index in units)
            new[index] = (election.projects[index].cost + carried) / Fraction(int(election.ballots.approvals[index]))
        lowest = min(new.values())
        tied = [index for index in left if new[index] == lowest]
        if any(election.projects[index].cost > money for index in tied):
            break
        best = min(tied, key=lambda index: rank[index])
        loads = [lowest if best in units else load for (units, _), load in zip(types, loads, strict=True)]
        money -= election.projects[best].cost
        left.remove(best)
        winners.append(election.projects[best].id)
    return winners


def people(election: Election) -> list[frozenset[int]]:
    """The ballots one by one, as sets of indexes."""
    ballots = election.ballots
    rows = [
        frozenset(ballots.chosen[ballots.starts[row] : ballots.starts[row + 1]].tolist())
        for row in range(len(ballots.counts))
    ]
    return [row for row, number in zip(rows, ballots.counts.tolist(), strict=True) for _ in range(number)]


def worth(election: Election, result: Result, voter: frozenset[int]) -> int:
    """What a voter sees funded, one project at a time."""
    return sum(election.projects[i].cost for i in voter if election.projects[i].id in result.winners)
