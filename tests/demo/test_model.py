"""The model that draws the demo: the same seed gives the same city, and every ballot it draws is a lawful one."""

from random import Random

from rembuk.demo import model
from rembuk.demo.kinds import KINDS
from rembuk.demo.model import Option

HOME = "32.73.27.1003.005"
OPTIONS = [Option(str(n), model.ISSUES[n % 3], f"32.73.27.100{n % 4}.00{n}", 10 * n + 10, 1.0) for n in range(9)]
TASTE = dict.fromkeys(model.ISSUES, 1.0)


def test_the_same_seed_gives_the_same_ballots() -> None:
    """Demo: repeatable."""
    drawn = [
        [model.ballot(Random(7 + n), HOME, TASTE, OPTIONS, ceiling=100, most=6) for n in range(30)] for _ in range(2)
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 10


def test_every_ballot_drawn_is_lawful() -> None:
    """G1, G2: knapsacks fit, approvals keep their limit, some are blank, nothing is chosen twice."""
    rng, costs = Random(1), {option.id: option.cost for option in OPTIONS}
    sacks = [model.ballot(rng, HOME, TASTE, OPTIONS, ceiling=100, most=6) for _ in range(500)]
    approvals = [model.ballot(rng, HOME, TASTE, OPTIONS, ceiling=None, most=5) for _ in range(500)]
    assert all(sum(costs[each] for each in sack) <= 100 for sack in sacks)
    assert all(len(each) <= 5 for each in approvals)
    assert all(len(set(each)) == len(each) for each in sacks + approvals)
    assert 0 < sum(not each for each in approvals) < 30


def test_near_projects_are_chosen_more_often() -> None:
    """Demo: a resident's own RW weighs three times a far one."""
    pair = [Option("near", "flood", HOME, 10, 1.0), Option("far", "flood", "32.73.27.1001.001", 10, 1.0)]
    rng = Random(2)
    drawn = [model.ballot(rng, HOME, TASTE, pair, ceiling=10, most=1) for _ in range(400)]
    assert drawn.count(("near",)) > 2 * drawn.count(("far",))
    assert [model.nearness(HOME, other) for other in (HOME, "32.73.27.1003.001", "32.73.27.1001.005")] == [
        *("rw", "kelurahan", "kecamatan")
    ]


def test_invented_proposals_differ_within_an_rw() -> None:
    """Demo: an RW gets each kind of work once before any repeats, with volumes inside their bounds."""
    rng, taken = Random(3), set[str]()
    made = [model.invented(rng, HOME, "Rancabolang", taken) for _ in range(len(KINDS))]
    assert len({each.title for each in made}) == len(KINDS)
    bounds = {key: (least, most) for kind in KINDS for key, least, most in kind.lines}
    widest = dict.fromkeys(bounds, (0, 1000))
    assert all(widest[line.key][0] < line.volume <= widest[line.key][1] for each in made for line in each.lines)
    assert all("{" not in text for each in made for text in (each.title, each.problem, each.proposed))
