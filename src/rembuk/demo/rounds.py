"""Three rounds with the clock set back: one finished, one voting, one collecting proposals."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random

from rembuk import clock
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle, CycleText, Phase, PhaseKind, spread
from rembuk.cycles.shares import ISSUE_NAMES, Cap, Leftover, Part, SetAside, Shares
from rembuk.cycles.store import Deed
from rembuk.demo.finishing import finish
from rembuk.demo.keeping import keep_watch
from rembuk.demo.papering import give_paper_codes, hand_out
from rembuk.demo.people import HOME, Cast, Door
from rembuk.demo.proposing import Wanted, check_all, copies, fill, from_pack
from rembuk.demo.residents import enrol, give_codes, vote_many
from rembuk.demo.talk import report_some, support, talk
from rembuk.proposals import store as proposals
from rembuk.review import store as review
from rembuk.review.rules import Tie
from rembuk.settings import settings
from rembuk.voting import store as voting
from rembuk.voting.rehearsing import rehearse

MIX = {"equal": 30, "population": 40, "poor": 30}
DAY = timedelta(days=1)
MILLIARD = 1_000_000_000
LAST_YEAR = Shares(
    fences=(SetAside(ISSUE_NAMES["clean_water"], Part(percent=20), issue="clean_water"),),
    children=15,
    children_in=(HOME,),
    leftover=Leftover.SHARE,
)
THIS_YEAR = Shares(
    fences=(SetAside(ISSUE_NAMES["clean_water"], Part(percent=25), issue="clean_water"),),
    children=20,
    children_in=(HOME,),
    rw=Cap(number=1),
    leftover=Leftover.SHARE,
    city=Cap(number=2),
)
FINISHED = {"proposals": 60, "debate": 30, "review": 45, "voting": 14, "results": 30, "works": 400}
RUNNING = {"proposals": 60, "debate": 30, "review": 40, "voting": 14, "results": 30, "works": 300}


def evening(at: datetime) -> datetime:
    """20.00 on that day on the city's clock: phases of a real round turn at an hour people can remember."""
    return clock.local(at).replace(hour=20, minute=0, second=0, microsecond=0).astimezone(UTC)


async def build_finished(cast: Cast, rng: Random, today: datetime) -> None:
    """Last year's round: 10 thousand million rupiah, approval ballots of up to five, counted and under way."""
    first = evening(today - 330 * DAY)
    cycle = await _open(cast, first, FINISHED, today.year - 1, 10 * MILLIARD, ballot=("approval", 5), shares=LAST_YEAR)
    await fill(cycle, cast, rng, await copies(cycle, rng, start=0))
    await _to_the_booth(cycle, cast, rng)
    at = (await _phase(cycle, PhaseKind.VOTING)).starts_at
    with clock.frozen(at + timedelta(hours=1)):
        await enrol(cycle, rng, 450)
        given = await give_paper_codes(cycle)
        secret = await _open_booth(cycle, cast)
        await vote_many(cycle, rng, share=0.5)
        table = await hand_out(cycle, cast, given, (await _phase(cycle, PhaseKind.VOTING)).ends_at)
    await finish(cycle, cast, rng, secret, table)


async def build_voting(cast: Cast, rng: Random, today: datetime) -> list[Door]:
    """This year's round: the 64 demo proposals and copies of their kind, knapsack ballots, voting since six days."""
    first = evening(today - 136 * DAY)
    cycle = await _open(cast, first, RUNNING, today.year, 12 * MILLIARD, ballot=("knapsack", 0), shares=THIS_YEAR)
    wanted = await from_pack()
    await fill(cycle, cast, rng, wanted + await copies(cycle, rng, start=len(wanted), beside=wanted))
    await _to_the_booth(cycle, cast, rng)
    at = (await _phase(cycle, PhaseKind.VOTING)).starts_at
    with clock.frozen(at + timedelta(hours=1)):
        await enrol(cycle, rng, 350)
        doors = await give_codes(cycle, rng)
        await _open_booth(cycle, cast, keep_shares=True)
        await vote_many(cycle, rng, share=0.25)
    with clock.frozen(today - timedelta(hours=5)):
        await report_some(cycle, cast, rng, HOME)
    await voting.refresh_turnout((await cycles.election(cycle.id)).id)
    return doors + cast.doors


async def build_proposing(cast: Cast, rng: Random, today: datetime) -> None:
    """Next year's round: proposals are open since ten days, a few are there."""
    days = {**RUNNING, "proposals": 75}
    cycle = await _open(cast, evening(today - 10 * DAY), days, today.year + 1, 12 * MILLIARD, ballot=("knapsack", 0))
    wanted: list[Wanted] = (await copies(cycle, rng, start=500))[::17]
    with clock.frozen(today - 3 * DAY):
        await fill(cycle, cast, rng, wanted)
    await support(cycle, cast, rng)


async def _open(
    cast: Cast,
    first: datetime,
    days: Mapping[str, int],
    year: int,
    budget: int,
    *,
    ballot: tuple[str, int],
    shares: Shares | None = None,
) -> Cycle:
    """A published round with its calendar, ceilings and shares, in its proposal phase."""
    text = CycleText(
        name=f"Siklus {year}",
        year=year,
        budget=budget,
        quota_rule="need_weighted",
        quota_options=MIX,
        tally_rule="equal_shares",
        tally_options={"completion": "greedy"},
        ballot_type=ballot[0],
        max_choices=ballot[1],
    )
    calendar = spread(first, {PhaseKind(kind): length for kind, length in days.items()})
    with clock.frozen(first - 20 * DAY):
        cycle = await cycles.create(text, settings().city, cast.official, simulated=True)
        await cycles.set_phases(cycle.id, calendar, cast.official)
        await cycles.set_ceilings(cycle.id, cast.official)
        await cycles.set_shares(cycle.id, cycles.Wanted(shares or Shares()), (), cast.official)
        await cycles.publish(cycle.id, cast.official)
    with clock.frozen(first + timedelta(minutes=1)):
        await cycles.open_phase(cycle.id, PhaseKind.PROPOSALS, cast.official)
    return await cycles.cycle(cycle.id)


async def _phase(cycle: Cycle, kind: PhaseKind) -> Phase:
    return next(phase for phase in await cycles.phases(cycle.id) if phase.kind is kind)


async def _to_the_booth(cycle: Cycle, cast: Cast, rng: Random) -> None:
    """Debate and review, each closed at its end."""
    debate, checking = await _phase(cycle, PhaseKind.DEBATE), await _phase(cycle, PhaseKind.REVIEW)
    with clock.frozen(debate.starts_at):
        await cycles.close_phase(cycle.id, PhaseKind.PROPOSALS, cast.official)
        await cycles.open_phase(cycle.id, PhaseKind.DEBATE, cast.official)
    with clock.frozen(debate.starts_at + 9 * DAY):
        await support(cycle, cast, rng)
        await talk(cycle, cast, rng)
        await keep_watch(cycle, cast)
    with clock.frozen(checking.starts_at):
        await cycles.close_phase(cycle.id, PhaseKind.DEBATE, cast.official)
        await cycles.open_phase(cycle.id, PhaseKind.REVIEW, cast.official)
    with clock.frozen(checking.starts_at + 20 * DAY):
        await check_all(cycle, cast, rng)
        await _tie(cycle, cast)
    with clock.frozen(checking.ends_at):
        await cycles.close_phase(cycle.id, PhaseKind.REVIEW, cast.official)
        await proposals.put_on_ballot(cycle.id, cast.official)


async def _tie(cycle: Cycle, cast: Cast) -> None:
    """Two waste proposals of the home kecamatan of which at most one wins, where the round caps its RW."""
    waste = [each for each in await review.frozen_projects(cycle.id) if each.district == HOME and each.issue == "waste"]
    if cycle.shares.rw and len(waste) > 1:
        for each in waste[:2]:
            await review.set_tie(int(each.id), Tie("Bank sampah (contoh)"), cast.official, "city_official")


async def _open_booth(cycle: Cycle, cast: Cast, *, keep_shares: bool = False) -> str:
    """Hold the key ceremony, freeze and open, each by two persons; the share that opens the box (1 of 1)."""
    shares = await rehearse(cycle.id, cast.official, cast.second)
    slip = await review.frozen_projects(cycle.id)
    asked = await cycles.propose(Deed.FREEZE, cycle.id, cast.official, slip)
    await cycles.confirm(asked.id, cast.second, slip)
    asked = await cycles.propose(Deed.OPEN, cycle.id, cast.official)
    await cycles.confirm(asked.id, cast.second)
    if keep_shares:
        area = settings().city
        cast.doors.append(Door("trustee", "Pemegang kunci (simulasi)", area, {"share": shares[0]}))
    return shares[0]
