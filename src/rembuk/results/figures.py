"""What a count's document says beyond winners: figures of representation and the price system. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """Money of the funded projects of one issue or one area, in whole units."""

    name: str
    money: int


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A group whose own shares would have paid for a project on top of all any of them got; money in whole units."""

    title: str
    cost: int
    group: int
    most: int
    entitled: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Who an outcome serves: money per voter in whole units, Gini in hundredths, and the certificate.

    `checked` unfunded projects were tested for a group passed over; None in `passed_over` is the certificate, unless
    `not_applicable` names why there can be none: fences, limits, city.
    """

    share: int
    mean: int
    median: int
    gini: int
    checked: int
    passed_over: PassedOver | None
    not_applicable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase of equal shares: who paid what, and what all purses together held after it, in whole units."""

    title: str
    issue: str
    cost: int
    start: int
    supporters: int
    full_payers: int
    price: int
    rest_payers: int
    rest: int
    left: int

    @property
    def in_full(self) -> int:
        """What those who paid the full price paid together."""
        return self.cost - self.rest


@dataclass(frozen=True, slots=True)
class PriceSystem:
    """How the voters' equal purses bought projects; what completion added without purses is not in it."""

    share: int
    purses: int
    per_point: bool
    purchases: tuple[Purchase, ...]

    @property
    def left(self) -> int:
        """What all purses together still hold."""
        return self.purchases[-1].left if self.purchases else self.purses


def figures_of(document: Mapping[str, Any], titles: Mapping[str, str]) -> Figures | None:
    """The figures kept with a count; None for a count kept before they were."""
    if (seen := document.get("fairness")) is None:
        return None
    lost = seen["overlooked"]
    return Figures(
        share=_whole(seen["share"]),
        mean=_whole(seen["mean"]),
        median=_whole(seen["median"]),
        gini=(_fraction(seen["gini"]) * 200 + 1).__floor__() // 2,
        checked=seen["checked"],
        passed_over=lost
        and PassedOver(titles[lost["project"]], lost["cost"], lost["group"], lost["most"], _whole(lost["entitled"])),
        not_applicable=tuple(seen.get("not_applicable", "").split()),
    )


def parts_of(money: Mapping[str, int]) -> tuple[Part, ...]:
    """Money by name as parts, the largest first; what has no name or no money is left out."""
    parts = [Part(name, amount) for name, amount in money.items() if name and amount]
    return tuple(sorted(parts, key=lambda part: (-part.money, part.name)))


def prices_of(document: Mapping[str, Any], about: Mapping[str, tuple[str, str]]) -> PriceSystem | None:
    """The price system of an equal-shares count from its steps alone; about = title and issue by id."""
    if document["rule"] != "equal_shares" or not document["voters"]:
        return None
    found = document["search"]
    share = _fraction(found["final"]) if found else Fraction(document["budget"], document["voters"])
    purses = share * document["voters"]
    purchases, start = [], 0
    for step in document["steps"]:
        if "price" not in step:
            continue
        title, issue = about[step["project"]]
        left = purses - start - step["cost"]
        purchases.append(
            Purchase(
                title=title,
                issue=issue,
                cost=step["cost"],
                start=start,
                supporters=step["supporters"],
                full_payers=step["full_payers"],
                price=_whole(step["price"]),
                rest_payers=step["rest_payers"],
                rest=_whole(step["rest"]),
                left=left.__floor__(),
            )
        )
        start += step["cost"]
    per_point = document["options"]["utility"] in ("points", "borda")
    return PriceSystem(share.__floor__(), purses.__floor__(), per_point, tuple(purchases))


def _fraction(value: int | str) -> Fraction:
    return Fraction(value)


def _whole(value: int | str) -> int:
    return _fraction(value).__floor__()
