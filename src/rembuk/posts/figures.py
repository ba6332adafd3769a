"""What everybody may know of paper and phones in figures, as far as nobody is singled out; decides, reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rembuk.posts.rules import SMALL_POST
from rembuk.voting.rules import Turnout, is_safe, merged, publishable


@dataclass(frozen=True)
class ChannelTurnout:
    """Turnout of one or several districts by channel, as far as it may be shown (K5)."""

    areas: tuple[str, ...]
    online: int
    paper: int
    eligible: int


def channels(online: Sequence[Turnout], paper: Sequence[Turnout]) -> list[ChannelTurnout]:
    """Turnout per channel of the boxes; small cells are merged until both channels are safe (trust.md 4.7)."""
    by_area = {cell.areas[0]: cell for cell in online}

    def together(cell: Turnout) -> Turnout:
        return merged([by_area[area] for area in cell.areas])

    told = publishable(paper, lambda cell: is_safe(cell) and is_safe(together(cell)))
    return [ChannelTurnout(cell.areas, together(cell).marks, cell.marks, cell.eligible) for cell in told]


def check_ins(posts: Sequence[Turnout], marks: Mapping[str, int]) -> dict[str, int]:
    """Check-ins of the posts of one box that may be told; `marks` are all votes of each post's people.

    Everybody knows how many of a box voted on paper, so a post is told only where taking the told ones from that
    sum leaves the others together safe, on paper and online.
    """

    def safe(cell: Turnout) -> bool:
        online = Turnout(cell.areas, sum(marks[post] for post in cell.areas) - cell.marks, cell.eligible)
        return cell.marks >= SMALL_POST and is_safe(cell) and is_safe(online)

    return {cell.areas[0]: cell.marks for cell in publishable(posts, safe) if len(cell.areas) == 1}
