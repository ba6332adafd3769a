"""Every outcome of ../shared/data/pabulib/expected.json: real elections, every rule, ties and order included."""

import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Options, Order, Utility

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "pabulib"
EXPECTED = FOLDER / "expected.json"
INSTANCES = json.loads(EXPECTED.read_text())["instances"] if EXPECTED.exists() else {}

pytestmark = pytest.mark.skipif(not INSTANCES, reason="../shared/data/pabulib is not beside the repository")

ADD1 = {"mes_cost_add1": Completion.ADD1, "mes_cost_add1u": Completion.ADD1U}
PLAIN = {
    "greedy_cost": ("greedy", Options()),
    "greedy_card": ("greedy", Options(order=Order.VOTES_PER_COST)),
    "mes_cost": ("equal_shares", Options()),
    "mes_card": ("equal_shares", Options(utility=Utility.COUNT)),
    "mes_points": ("equal_shares", Options(utility=Utility.POINTS)),
    "mes_borda_pabutools": ("equal_shares", Options(utility=Utility.BORDA)),
    "phragmen": ("phragmen", Options()),
    "official": ("official", Options()),
    "caps_greedy_noleftover": ("official", Options()),
}


def asked(rule: str, unit: int) -> tuple[str, Options]:
    """Our rule and options for a name of the README."""
    name, _, step = rule.partition("_inc")
    if name in ADD1:
        return "equal_shares", Options(completion=ADD1[name], step=unit * int(step or 1))
    return PLAIN[rule]


@cache
def file(name: str) -> pabulib.Pabulib:
    """A file, read once for all its rules."""
    return pabulib.read(FOLDER / name)


CASES = [(name, rule) for name, instance in INSTANCES.items() for rule in instance["expected"] if rule != "score"]


@pytest.mark.parametrize(("name", "rule"), CASES)
def test_outcome(name: str, rule: str) -> None:
    """L1, L7: the winners (and their order and cost, where given) that other tools found."""
    expected, election = INSTANCES[name]["expected"][rule], file(name).election
    ours, options = asked(rule, election.unit)
    result = count(election.with_rule(ours, options))
    assert sorted(result.winners) == expected["winners"]
    if "order" in expected:
        assert list(result.winners) == expected["order"]
    if "cost" in expected:
        assert pabulib.amount(result.cost, election.unit) == expected["cost"]


@pytest.mark.parametrize("name", list(INSTANCES))
def test_scores(name: str) -> None:
    """Scores by the README's definition, number of votes and projects, vote type and budget."""
    expected, election = INSTANCES[name], file(name).election
    totals = {project: int(total) for project, total in expected["expected"]["score"]["totals"].items()}
    scores = (int(score) for score in election.ballots.scores)
    assert dict(zip((project.id for project in election.projects), scores, strict=True)) == totals
    assert (election.voters, len(election.projects)) == (expected["votes"], expected["projects"])
    assert Fraction(election.budget, election.unit) == Fraction(expected["budget"])


@pytest.mark.parametrize("name", [name for name, x in INSTANCES.items() if "official" in x["expected"]])
def test_selected_column(name: str) -> None:
    """The official outcomes are also what the files themselves mark as selected."""
    assert sorted(file(name).selected) == INSTANCES[name]["expected"]["official"]["winners"]


@pytest.mark.parametrize("name", list(INSTANCES)[::6])
def test_written_again(name: str) -> None:
    """P1: a file written from what was read gives the same election back, names, columns and winners included."""
    read = file(name)
    again = pabulib.parse(pabulib.write(read.election, selected=read.selected))
    assert again.selected == read.selected
    assert [p.name.split() for p in again.election.projects] == [p.name.split() for p in read.election.projects]
    assert set(read.project_columns) <= set(again.project_columns)
    counted = [dict(count(file.election).scores) for file in (read, again)]
    repeats = read.election.ballots.repeats
    assert counted[0] == counted[1] or repeats is not None
