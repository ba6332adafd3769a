"""The fingerprint of the ballots: one hash over the sorted lines `choice;count`, whatever order they came in."""

import hashlib

from rembuk.tally.election import Election


def ballots_root(election: Election) -> str:
    """SHA-256 over the ballot types as sorted lines (see `ballot_lines`), each ended by a newline."""
    return hashlib.sha256("".join(line + "\n" for line in ballot_lines(election)).encode()).hexdigest()


def ballot_lines(election: Election) -> list[str]:
    """Each ballot type as `ids joined by commas;count` (points as `id:points`), sorted as text."""
    ballots = election.ballots
    ids = [project.id for project in election.projects]
    names = [ids[index] for index in ballots.chosen.tolist()]
    if ballots.points is not None:
        names = [f"{name}:{points}" for name, points in zip(names, ballots.points.tolist(), strict=True)]
    in_order = ballots.kind == "ranked"
    starts = ballots.starts.tolist()
    lines = []
    for row, count in enumerate(ballots.counts.tolist()):
        named = names[starts[row] : starts[row + 1]]
        lines.append(f"{','.join(named if in_order else sorted(named))};{count}")
    return sorted(lines)
