"""Points, places, one choice and repeats in a .pb: read, written and read again, quoted or not, blank lines between."""

import pytest

from rembuk.tally import pabulib
from rembuk.tally.election import BadElection, Election, Project
from rembuk.tally.pabulib import BadFile

HEAD = "META\nkey;value\nbudget;10\nvote_type;{kind}\nPROJECTS\nproject_id;cost\na;4\nb;5\nVOTES\n"


def read(kind: str, votes: str) -> Election:
    """The election of these rows."""
    return pabulib.parse(HEAD.format(kind=kind) + votes, "x.pb").election


@pytest.mark.parametrize(
    ("kind", "votes", "scores"),
    [
        ("cumulative", 'voter_id;vote;points\n1;a,b;3,2\n\n2;"b,a";"1,1.0"\n3;;\n', [4, 3]),
        ("cumulative", "voter_id;vote;points\n1;a,b;3,2\n\n2;b;1\n3\n", [3, 3]),
        ("scoring", "voter_id;vote;points\n1;b;0\n", [0, 0]),
        ("ordinal", "voter_id;vote\n1;b,a\n2;a\n", [5, 3]),
        ("choose-1", "voter_id;vote\n1;b\n2; a \n3;\n", [1, 1]),
        ("approval", "voter_id;vote\n1;a,a\n2;a,b\n", [3, 1]),
    ],
)
def test_scores(kind: str, votes: str, scores: list[int]) -> None:
    """Scores by kind; what is read is written and read again to the same election (repeats are written once)."""
    election = read(kind, votes)
    assert election.ballots.scores.tolist() == scores
    again = pabulib.parse(pabulib.write(election)).election
    assert again.ballots.approvals.tolist() == election.ballots.approvals.tolist()
    assert again.voters == election.voters


@pytest.mark.parametrize(
    ("kind", "votes", "line", "reason"),
    [
        ("ordinal", "voter_id;vote\n1;b,a\n2;a,a\n", 12, "names a project twice"),
        ("cumulative", "voter_id;vote;points\n1;c;1\n", 11, "not in PROJECTS"),
        ("cumulative", "voter_id;vote;points\n1;a;half\n", 11, "not whole numbers"),
        ("choose-1", "voter_id;vote\n1;a\n2;a,b\n", 12, "more than one project"),
        ("approval", 'voter_id;vote\n1;"a"\n2;b;c;d\n', 12, "4 fields"),
    ],
)
def test_refused(kind: str, votes: str, line: int, reason: str) -> None:
    """Each at its line."""
    with pytest.raises(BadFile, match=reason) as bad:
        read(kind, votes)
    assert bad.value.line == line


def test_an_id_that_cannot_be_written() -> None:
    """An id with a comma would be two ids when read: it is not written."""
    election = Election.of([Project("a,b", 1)], [], 1)
    with pytest.raises((BadElection, BadFile)):
        pabulib.write(election)
