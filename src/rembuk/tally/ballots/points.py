"""Points: share out a fixed number of points (cumulative voting, arXiv 2009.02690)."""

from rembuk.tally.ballots import BALLOTS, Slip, Spoiled, why_badly_named
from rembuk.tally.types import Choice


class Points:
    """Spoiled when badly named, when a project has no whole points above 0, or when the points exceed the allowance."""

    def parse(self, text: str) -> Choice:
        """Pairs from `a:3,b:2`; ValueError when a part is not a name, a colon and a whole number."""
        if not text.strip():
            return ()
        pairs = []
        for part in text.split(","):
            name, _, points = part.rpartition(":")
            pairs.append((name.strip(), int(points)))
        return tuple(pairs)

    def why_spoiled(self, choice: Choice, slip: Slip) -> Spoiled | None:
        """The first reason this choice cannot be counted, or None when it can."""
        if isinstance(choice, int) or any(isinstance(item, str) for item in choice):
            return Spoiled.UNREADABLE
        pairs = [item for item in choice if not isinstance(item, str)]
        if reason := why_badly_named(tuple(name for name, _ in pairs), slip):
            return reason
        if any(type(points) is not int or points < 1 for _, points in pairs):
            return Spoiled.BAD_POINTS
        over = slip.points is not None and sum(points for _, points in pairs) > slip.points
        return Spoiled.TOO_MANY_POINTS if over else None


BALLOTS.put("points")(Points())
