"""What a vote is, in under sixty lines: no database, no sealing, no web. The product must never answer otherwise."""

from dataclasses import dataclass, field

MOST = 3
WRONG_FACTORS = 5
ASKED_AN_HOUR = 3
Picks = tuple[int, ...]
"""Numbers of projects, sorted."""


@dataclass
class Person:
    """One resident: the code, what was sent by which form, and whether paper was chosen."""

    code: str = "issued"
    wrong: int = 0
    asked: int = 0
    paper: bool = False
    sent: dict[int, Picks] = field(default_factory=dict)
    burned: set[int] = field(default_factory=set)


@dataclass
class Vote:
    """The booth with everybody in it."""

    people: list[Person]
    state: str = "open"
    sheets: list[Picks] = field(default_factory=list)

    def why_not(self, who: Person, form: int, picks: Picks, by_code: bool) -> str:
        """The reason a ballot is refused, "" when it is taken or was taken before."""
        if form in who.burned:
            return "BURNED"
        if form in who.sent:
            return "" if who.sent[form] == picks else "OTHER_BALLOT"
        if who.paper:
            return "CAST_ON_PAPER"
        if self.state != "open":
            return "NOT_OPEN"
        if len(picks) > MOST:
            return "TOO_MANY"
        return "NOT_SIGNED" if by_code and who.code != "issued" else ""

    def enters(self, who: Person, right: bool) -> bool:
        """Whether a code and its second factor open the door; five wrong ones in a row lock it."""
        if who.code != "issued":
            return False
        who.wrong = 0 if right else who.wrong + 1
        who.code = "locked" if who.wrong >= WRONG_FACTORS else "issued"
        return right

    def ballots(self) -> tuple[list[Picks], list[Picks]]:
        """What lies in the box: the last online ballot of whoever did not choose paper, and the sheets."""
        online = [list(each.sent.values())[-1] for each in self.people if each.sent and not each.paper]
        return sorted(online), sorted(self.sheets)
