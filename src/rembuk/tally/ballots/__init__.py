"""The shelf of ballot types: how each is read, and when each is spoiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from rembuk.errors import N_, Reason
from rembuk.shelf import Shelf
from rembuk.tally.types import Choice


class Spoiled(Reason):
    """Why a ballot cannot be counted, in the words shown in the booth."""

    UNREADABLE = (422, N_("Pilihan tidak dapat dibaca."))
    NOT_ON_BALLOT = (422, N_("Ada usulan yang tidak tercantum di surat suara ini."))
    NAMED_TWICE = (422, N_("Ada usulan yang dipilih dua kali."))
    TOO_MANY = (422, N_("Paling banyak {most} usulan boleh dipilih."))
    TOO_FEW = (422, N_("Pilih paling sedikit {least} usulan, atau kirim surat suara kosong."))
    OVER_CEILING = (422, N_("Jumlah biaya pilihan melebihi pagu."))
    TOO_MANY_POINTS = (422, N_("Paling banyak {points} poin boleh dibagikan."))
    BAD_POINTS = (422, N_("Poin harus berupa bilangan bulat, paling sedikit 1."))


@dataclass(frozen=True, slots=True)
class Slip:
    """What a ballot is checked against: the cost of each project on it and the bounds agreed before the vote."""

    costs: Mapping[str, int]
    ceiling: int = 0
    most: int | None = None
    least: int = 0
    points: int | None = None


class BallotType(Protocol):
    """A way to vote: text to choice, and the reason a choice is spoiled (None when it is sound; empty is sound)."""

    def parse(self, text: str) -> Choice:
        """The choice written as `a,b,c` (ranked: best first; points: `a:3,b:2`); ValueError when unreadable."""
        ...

    def why_spoiled(self, choice: Choice, slip: Slip) -> Spoiled | None:
        """The first reason this choice cannot be counted, or None when it can."""
        ...


BALLOTS: Shelf[BallotType] = Shelf("rembuk.tally.ballots")


def names(text: str) -> tuple[str, ...]:
    """Project ids from `a,b,c`, spaces around them dropped; the empty text names none."""
    return tuple(name.strip() for name in text.split(",")) if text.strip() else ()


def why_badly_named(choice: tuple[str, ...], slip: Slip) -> Spoiled | None:
    """What is wrong with the projects named, whatever the ballot type."""
    if any(name not in slip.costs for name in choice):
        return Spoiled.NOT_ON_BALLOT
    if len(set(choice)) != len(choice):
        return Spoiled.NAMED_TWICE
    if slip.most is not None and len(choice) > slip.most:
        return Spoiled.TOO_MANY
    if 0 < len(choice) < slip.least:
        return Spoiled.TOO_FEW
    return None


def ids_of(choice: Choice, slip: Slip) -> tuple[str, ...] | None:
    """The ids of a choice given as ids or as a mask over the slip's order; None when it is neither."""
    if isinstance(choice, int):
        listed = tuple(slip.costs)
        if choice < 0 or choice >> len(listed):
            return None
        return tuple(name for place, name in enumerate(listed) if choice >> place & 1)
    return tuple(item for item in choice if isinstance(item, str)) if _all_text(choice) else None


def _all_text(choice: tuple[object, ...]) -> bool:
    return all(isinstance(item, str) for item in choice)
