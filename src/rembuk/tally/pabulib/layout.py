"""What a .pb file is made of: its parts, vote types, amounts, and the error that says where one is wrong."""

import re

KINDS = {
    "approval": "approval",
    "choose-1": "approval",
    "cumulative": "points",
    "scoring": "points",
    "ordinal": "ranked",
}
PARTS = ("META", "PROJECTS", "VOTES")
NUMBER = re.compile(r"(\d{1,18})(?:[.,](\d{1,6}))?", re.ASCII)
MOST_MONEY = 2**62
MOST_PROJECTS = 20_000  # forty times the longest published slip; more is a mistake, and is refused while it is read
PLACES = 3  # an ordinal file without max_length: the reference outcomes score it as a ballot of three places
OUR_COLUMNS = ("area", "group", "requires", "refusal")


class BadFile(ValueError):
    """A file that is refused: which one, at which line, and why."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
        self.name = name
        self.line = line
        self.reason = reason


def amount(money: int, unit: int) -> str:
    """Money in currency units: 12345 at 100 per unit as "123.45", whole amounts without a point."""
    whole, part = divmod(money, unit)
    return str(whole) if part == 0 else f"{whole}.{part:0{len(str(unit)) - 1}d}".rstrip("0")
