"""Ceilings by a published formula, with the arithmetic that gave them. Pure."""

from dataclasses import dataclass


class BadFormula(ValueError):
    """A formula that cannot be followed; the text says why, in words for the page."""


@dataclass(frozen=True, slots=True)
class Need:
    """A district with the figures a formula may use."""

    area: str
    name: str
    residents: int
    poor_families: int


@dataclass(frozen=True, slots=True)
class Line:
    """A district's ceiling in whole rupiah; weight, exact share and remainder are exact fractions as text."""

    area: str
    name: str
    amount: int
    weight: str = ""
    exact: str = ""
    remainder: str = ""
    rank: int = 0
