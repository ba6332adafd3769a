"""The shelf of languages a count can be told in: each file holds every sentence of one language, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rembuk.shelf import Shelf

Forms = tuple[str, str]
"""A number with its noun: for one, and for any other number; `{n}` is the number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All sentences of one language, each a `str.format` text, and how it writes numbers and rupiah."""

    money: Callable[[int], str]
    number: Callable[[int], str]
    point: str

    votes: Forms
    points: Forms
    people: Forms
    supporters: Forms
    each_person: str
    each_point: str
    quoted: str

    not_counted: str
    won_rank: str
    won_load: str
    won_price: str
    rest: str
    lost: str
    not_yet: str
    held: str
    below_threshold: str
    not_enough: str
    stopped: str
    does_not_fit: str

    more_votes: Forms
    more_served: Forms
    fitting_cost: str
    fitting_tried: str
    even_votes: Forms
    even_cost: str

    tie: str
    keys: Mapping[str, str]
    limits: Mapping[str, str]

    money_same: str
    money_falls: str
    race: str
    race_next: str

    from_fence: str
    fence_rest: str
    won_city: str
    city_begin: str
    city_dear: str
    city_held: str
    city_cap: str
    reserve: str

    def counted(self, number: int, forms: Forms, **facts: str) -> str:
        """A number with its noun: "1 vote", "2,187 votes"; `facts` fill other blanks."""
        return forms[number != 1].format(n=self.number(number), **facts)

    def tenths(self, value: Fraction) -> str:
        """A fraction with one decimal: 7/2 is "3,5" (English "3.5"), a whole number stays whole."""
        size = (value * 20 + 1) // 2
        return self.number(size // 10) + (f"{self.point}{size % 10}" if size % 10 else "")

    def percent(self, value: Fraction | int) -> str:
        """A share as a percentage with one decimal at most: 157/500 is "31,4%"."""
        return self.tenths(Fraction(value) * 100) + "%"

    def named_limit(self, kind: str, what: str) -> str:
        """What holds a project: a cap, a group, the project it requires, or the reason why it is not eligible."""
        return self.limits.get(kind, "{}").format(what)


LANGUAGES: Shelf[Language] = Shelf("rembuk.tally.languages")
