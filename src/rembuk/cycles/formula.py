"""Ceilings by a published formula, with the arithmetic that gave them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rembuk.errors import N_, Refused
from rembuk.money import thousands
from rembuk.tally.election import District
from rembuk.tally.quotas import QuotaPlan, quotas

MILLION = 1_000_000
MIX = ("equal", "population", "poor")
MIX_NAMES = {"equal": N_("Sama rata"), "population": N_("Jumlah penduduk"), "poor": N_("Keluarga miskin")}
RULE_NAMES = {
    "equal": N_("Merata: setiap kecamatan sama"),
    "per_capita": N_("Per penduduk: makin banyak warga, makin besar"),
    "need_weighted": N_("Campuran: sama rata, penduduk, keluarga miskin"),
    "fixed": N_("Diketik sendiri per kecamatan"),
}


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


def shares(budget: int, rule: str, options: Mapping[str, int], needs: Iterable[Need]) -> list[Line]:
    """The ceilings a formula gives, in order of area code; they sum to the budget less the city pot.

    Options, whole numbers: the parts of the mix (equal, population, poor), unit (default Rp1 million), lowest,
    highest, pot; for "fixed" a ceiling by area code. Refused (tally.apportion) says in words what cannot be.
    """
    listed = list(needs)
    plan = QuotaPlan(
        total=budget,
        districts=tuple(_district(need, options) for need in listed),
        pot=options.get("pot", 0),
        unit=options.get("unit", MILLION),
        mix={figure: options.get(figure, 0) for figure in MIX},
    )
    names = {need.area: need.name for need in listed}
    try:
        split = quotas(rule, plan)
    except Refused as no:
        raise Refused(no.reason, **{fact: _said(said, names) for fact, said in no.facts.items()}) from no
    return [
        Line(
            area=share.code,
            name=names[share.code],
            amount=share.result,
            weight=str(share.weight),
            exact=str(share.exact),
            remainder=str(share.remainder),
            rank=share.rank,
        )
        for share in split.shares
    ]


def _said(fact: object, names: Mapping[str, str]) -> object:
    """A fact of a refusal as people read it: rupiah with dots, an area by its name."""
    if isinstance(fact, int):
        return thousands(fact)
    return names.get(fact, fact) if isinstance(fact, str) else fact


def _district(need: Need, options: Mapping[str, int]) -> District:
    return District(
        code=need.area,
        name=need.name,
        residents=need.residents,
        poor_families=need.poor_families,
        lowest=options.get("lowest", 0),
        highest=options.get("highest") or None,
        ceiling=options.get(need.area),
    )
