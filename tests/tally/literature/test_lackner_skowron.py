"""Lackner, Skowron, Multi-Winner Voting with Approval Preferences (2023): the running example, every cost 1."""

from fractions import Fraction

from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project

BALLOTS = [("ab", 3), ("ac", 3), ("ad", 2), ("bcf", 1), ("e", 1), ("f", 1), ("g", 1)]


def example(rule: str, options: Options | None = None) -> Election:
    """Example 2.1: twelve voters, seven projects, money for four."""
    listed = [Project(name, 1) for name in "abcdefg"]
    return Election.of(listed, [(tuple(names), n) for names, n in BALLOTS], 4, rule=rule, options=options)


def test_example_2_9() -> None:
    """Sequential Phragmén elects a, b, c, d with largest loads 1/8, 11/32, 55/128, 5/8."""
    result = count(example("phragmen"))
    assert result.winners == ("a", "b", "c", "d")
    loads = [step.load_after for step in result.steps if step.is_funded]
    assert loads == [Fraction(1, 8), Fraction(11, 32), Fraction(55, 128), Fraction(5, 8)]


def test_example_2_11() -> None:
    """Equal shares: of 1/3 each, eight voters pay 1/8 for a; the supporters of b then hold 23/24, not 1."""
    result = count(example("equal_shares"))
    assert result.winners == ("a",)
    assert result.steps[0].price == Fraction(1, 8)
    assert {step.project: step.behind for step in result.steps[1:3]} == {"b": Fraction(23, 24), "c": Fraction(23, 24)}


def test_example_2_11_completed() -> None:
    """Completed by approvals the committee of the book comes out: a, b, c, d."""
    result = count(example("equal_shares", Options(completion=Completion.GREEDY)))
    assert result.winners == ("a", "b", "c", "d")


def test_example_2_1_by_approvals() -> None:
    """Approvals alone: a 8, b 4, c 4, then d and f tie at 2 and the id decides."""
    result = count(example("greedy"))
    assert result.winners == ("a", "b", "c", "d")
    step = result.step_of("d")
    assert step is not None
    assert step.tie is not None
    assert step.tie.rivals == ("f",)
