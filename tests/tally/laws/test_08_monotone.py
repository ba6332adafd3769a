"""Law 8: under greedy one more approval never unfunds a funded project; ties are settled and shown.

Budget monotonicity holds for no rule (`literature/test_budgeting_axioms.py`), so it is not tested.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.ties import draw
from tests.strategies import elections

MANY = settings(max_examples=100, deadline=None)


@given(elections(rule="greedy"), st.data())
@MANY
def test_monotone(election: Election, data: st.DataObject) -> None:
    """One voter who did not name a funded project names it too: it stays funded."""
    result = count(election)
    ids = [project.id for project in election.projects]
    ballots = election.ballots
    rows = [ballots.chosen[ballots.starts[i] : ballots.starts[i + 1]].tolist() for i in range(len(ballots.counts))]
    for winner in result.winners:
        place = ids.index(winner)
        missing = [row for row, named in enumerate(rows) if place not in named]
        if not missing:
            continue
        row = data.draw(st.sampled_from(missing))
        types = [(tuple(ids[i] for i in named), int(n)) for named, n in zip(rows, ballots.counts, strict=True)]
        types[row] = (types[row][0], types[row][1] - 1)
        types.append((tuple(ids[i] for i in [*rows[row], place]), 1))
        fuller = Election.of(
            election.projects, types, election.budget, options=election.options, seed=election.seed, contest="c"
        )
        assert winner in count(fuller).winners


def test_tie_chain() -> None:
    """L4: more approvals, lower cost, then the public seed; the record says with whom and by which key."""
    listed = [Project("a", 10), Project("b", 9), Project("c", 9)]
    election = Election.of(listed, [(("a", "b", "c"), 5)], 9, seed=b"\x01", contest="x")
    first, second = sorted(["b", "c"], key=lambda name: draw(b"\x01", "x", name))
    result = count(election)
    assert result.winners == (first,)
    step = result.step_of(first)
    assert step is not None
    assert step.tie is not None
    assert (step.tie.rivals, step.tie.key) == ((second, "a"), "seed")


def test_more_approvals_win_a_tie() -> None:
    """L4: as many points from more people come first, though the other project is cheaper."""
    listed = [Project("few", 8), Project("many", 9)]
    points = [((("few", 4),), 1), ((("many", 2),), 2)]
    result = count(Election.of(listed, points, 9, kind="points", seed=b"\x01", contest="x"))
    assert result.scores == {"few": 4, "many": 4}
    assert result.winners == ("many",)


def test_seed_by_hand() -> None:
    """The lot is HMAC-SHA-256 of "contest|id", so that anybody can redo it."""
    assert draw(b"key", "c", "1").hex() == "7d1e0c5170d6b1a61daa06ba8754feedb9aaf1038148c5f8b608794bf140a944"


def test_ids_are_text() -> None:
    """L4: `--ties id` compares ids as text: "10" before "9", and "07" is not "7"."""
    listed = [Project("9", 1), Project("10", 1), Project("07", 1), Project("7", 1)]
    election = Election.of(listed, [(0b1111, 1)], 3)
    assert count(election).winners == ("07", "10", "7")


@given(elections(rule="greedy"))
@MANY
def test_no_tie_without_equal_scores(election: Election) -> None:
    """L4: a tie in the record is a tie in the score."""
    result = count(replace(election, options=Options()))
    votes = dict(zip([p.id for p in election.projects], map(int, np.asarray(election.ballots.scores)), strict=True))
    for step in result.steps:
        assert step.score == Fraction(votes[step.project])
        assert step.tie is None or all(votes[rival] == votes[step.project] for rival in step.tie.rivals)
