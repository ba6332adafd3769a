"""The Method of Equal Shares (Peters, Pierczyński, Skowron 2021, arXiv 2008.13276), with its completions."""

from fractions import Fraction

from rembuk.tally.add1 import search
from rembuk.tally.election import Completion, Election
from rembuk.tally.market import Market
from rembuk.tally.purses import Choice, Run
from rembuk.tally.record import Record
from rembuk.tally.result import Decision
from rembuk.tally.rules import RULES, Outcome
from rembuk.tally.rules.greedy import take

ADD1 = (Completion.ADD1, Completion.ADD1U)
GREEDY = (Completion.GREEDY, Completion.ADD1U)


@RULES.put("equal_shares")
def equal_shares(election: Election) -> Outcome:
    """Every voter gets the same share; supporters buy a project at the lowest price per unit of utility."""
    record = Record.fresh(election)
    found = None
    if election.voters:
        market = Market(election)
        found = search(market) if election.options.completion in ADD1 else None
        buy(record, market, found.final if found else Fraction(election.budget, election.voters))
    if not election.voters or election.options.completion in GREEDY:
        record.part = "completion"
        take(record, [i for i in range(len(election.projects)) if i not in record.funded])
    return Outcome(record.winners, tuple(record.steps), found)


def buy(record: Record, market: Market, share: Fraction) -> None:
    """Buy at this share, every price exact: one step per purchase, then one for each project left."""
    run = Run(market, share, record.election.watch(), with_runner_up=True)
    while choice := run.choice():
        _note(record, run, choice)
    _note_left(record, run)


def _note(record: Record, run: Run, choice: Choice) -> None:
    stall, exact = choice.offer.stall, run.exact(choice.offer)
    price = run.price(exact)
    rest_payers = int(stall.counts[exact.poor].sum())
    second = choice.runner_up and run.price(run.exact(choice.runner_up))
    run.buy(choice.offer)
    record.note(
        stall.index,
        Decision.FUNDED,
        supporters=int(record.election.ballots.approvals[stall.index]),
        price=price,
        full_payers=int(stall.counts.sum()) - rest_payers,
        rest_payers=rest_payers,
        rest=stall.cost - price * exact.rich,
        effective_votes=stall.cost / price,
        runner_up=record.project(choice.runner_up.stall.index).id if choice.runner_up else None,
        runner_up_votes=choice.runner_up.stall.cost / second if choice.runner_up and second else None,
        tie=run.market.ties.tie(stall.index, choice.tied) if choice.tied else None,
    )


def _note_left(record: Record, run: Run) -> None:
    left = [index for index in range(len(record.election.projects)) if index not in record.funded]
    held = run.behind()
    behind = {index: held[index] for index in left if index in held}
    ties = run.market.ties.rank
    left.sort(key=lambda index: (-behind.get(index, Fraction(0)) / record.project(index).cost, ties[index]))
    for index in left:
        project, threshold = record.project(index), max(1, record.election.options.threshold)
        reason = record.watch.why_never(project) or record.watch.why_not_yet(project)
        supporters = int(record.election.ballots.approvals[index])
        if reason:
            record.note(index, Decision.HELD, supporters=supporters, constraint=reason)
        elif index not in behind:
            record.note(index, Decision.BELOW_THRESHOLD, supporters=supporters, constraint=f"threshold {threshold}")
        else:
            record.note(index, Decision.NOT_ENOUGH_SUPPORT, supporters=supporters, behind=behind[index])
