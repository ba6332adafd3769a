"""What the form of a proposal's ties shows: an exclusive group, or another proposal that this one requires."""

from collections.abc import Mapping
from typing import Any

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import ElectionState
from rembuk.proposals.rules import Detail
from rembuk.review import store
from rembuk.review.rules import Tie


async def shown(detail: Detail, typed: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a proposal's ties needs: what is set, what others use, and whether it may still change."""
    known = await store.ties(detail.cycle, detail.place.kecamatan)
    mine = known.get(str(detail.number), Tie())
    vote = await cycles.find_election(detail.cycle)
    return {
        "tie": {"group": typed.get("group", mine.group), "requires": typed.get("requires", mine.requires)},
        "groups": sorted({each.group for each in known.values() if each.group}),
        "tie_words": await store.tie_words(detail),
        "may_tie": vote is not None and vote.state is ElectionState.DRAFT,
    }
