"""The worked example of equalshares.net (page "explanation"): eleven voters, 1,100; ballots as in pabutools' tests."""

from fractions import Fraction

from rembuk.tally.election import Utility
from rembuk.tally.fairness import overlooked
from tests.tally.literature.contest import contest, greedy, shares

COSTS = {"bike": 700, "gym": 400, "library": 100, "park": 250, "playground": 200}
BALLOTS = [
    (("bike", "gym"), 3),
    (("bike", "gym", "park"), 3),
    (("park", "playground", "library"), 2),
    (("playground",), 1),
    (("playground", "library"), 1),
    (("bike",), 1),
]


def test_approvals_serve_one_side() -> None:
    """The two with most votes take everything: seven voters see both of theirs funded, four see nothing."""
    assert greedy(COSTS, BALLOTS, 1100).winners == ("bike", "gym")


def test_counting_projects() -> None:
    """Utility count: everything but the path, the set that pabutools finds to have a stable price system."""
    result = shares(COSTS, BALLOTS, 1100, Utility.COUNT)
    assert set(result.winners) == {"library", "park", "gym", "playground"}
    library, park, gym, playground = result.steps[:4]
    assert (library.price, park.price) == (Fraction(100, 3), 50)
    # three have paid 50 for the park: they give the other 50, three pay the rest of 400
    assert (gym.price, gym.full_payers, gym.rest_payers, gym.rest) == (Fraction(250, 3), 3, 3, 150)
    # all four purses together hold exactly the cost
    assert (playground.price, playground.full_payers, playground.rest_payers, playground.rest) == (100, 1, 3, 100)
    assert result.steps[4].behind == 150


def test_counting_money() -> None:
    """Utility cost: seven buy the path with all they have, the other four two of theirs; nobody is passed over."""
    result = shares(COSTS, BALLOTS, 1100)
    assert result.winners == ("bike", "playground", "library")
    assert [step.effective_votes for step in result.steps[:3]] == [7, 4, 3]
    assert overlooked(contest(COSTS, BALLOTS, 1100, "equal_shares"), result) is None
