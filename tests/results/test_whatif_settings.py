"""What-if settings as the form takes them: the round's own give the official outcome, and each field reaches it."""

import json
import random
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import pytest

from rembuk.cycles.formula import Need
from rembuk.cycles.shares import (
    Cap,
    IssueCap,
    Leftover,
    Part,
    SetAside,
    Shares,
    children_box,
    frozen_fences,
    frozen_limits,
)
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Area, Level
from rembuk.results import possible
from rembuk.results.documents import CITY
from rembuk.results.possible import Known
from rembuk.results.routes import whatif_form
from rembuk.results.routes.whatif_form import Asked
from rembuk.results.store.counting import papers_of
from rembuk.results.store.trying import base_of, cases_of
from rembuk.results.whatif import AREA, Base, Case, Quota, Setting, tried
from rembuk.tally.city import City
from rembuk.tally.city import Leftover as CityLeftover
from rembuk.tally.election import Election
from rembuk.tally.types import Ballots
from rembuk.voting.agreement import Agreement, agreed, city_of
from rembuk.web.forms import Form
from tests.results.test_rounds import MILLION, SEED, config, voted

CODES = ("32.73.02", "32.73.27")
NAMES = dict(zip(CODES, ("Coblong", "Gedebage"), strict=True))
ISSUES = ("waste", "clean_water", "flood")
CEILING = 150 * MILLION


@dataclass
class Made:
    """A small counted round: what was agreed, its ballots, and the same as what-if takes it."""

    agreement: Agreement
    ballots: dict[str, Ballots]
    shares: Shares

    @cached_property
    def city(self) -> City:
        """The round for the official count."""
        return city_of(self.agreement, self.ballots, SEED)

    @cached_property
    def cases(self) -> list[Case]:
        """Its districts."""
        return cases_of(self.agreement, self.city, set(self.ballots), NAMES)

    @property
    def base(self) -> Base:
        """What it agreed beside them."""
        return base_of(self.shares, self.agreement)


def made(dice: random.Random, shares: Shares, rule: str = "greedy", kind: str = "approval", **options: str) -> Made:
    """Two districts of 150 million with six projects each in four RW, children with a box of their own."""
    body = json.loads(config(rule, CODES))
    body["options"] |= options
    body["ballot"]["type"] = kind
    body["projects"] = [_project(dice, code, nth) for code in CODES for nth in range(6)]
    body["districts"] = [_district(code, shares, body["projects"]) for code in CODES]
    body["children"] = body["children"] if shares.children else []
    has_round = shares.leftover is Leftover.SHARE
    body |= {"city_round": shares.leftover.value, "city_pot": 10 * MILLION if has_round else 0}
    body |= {"most_per_district": shares.city.number, "money_per_district": shares.city.money}
    agreement = agreed(json.dumps(body))
    return Made(agreement, voted_of(agreement, dice, kind), shares)


def _project(dice: random.Random, code: str, nth: int) -> dict[str, Any]:
    return {
        "id": f"{int(code[-2:])}{nth}",
        "title": f"Usulan {nth}",
        "issue": ISSUES[nth % 3],
        "area": f"{code}.{dice.choice((1001, 1002))}.{dice.choice(('001', '002'))}",
        "place": "",
        "cost": dice.randint(10, 50) * MILLION,
        "district": code,
    }


def _district(code: str, shares: Shares, projects: list[dict[str, Any]]) -> dict[str, Any]:
    rws = [each["area"] for each in projects if each["district"] == code]
    return {
        "code": code,
        "name": NAMES[code],
        "ceiling": CEILING,
        "contest": f"siklus/{code}",
        "fences": frozen_fences(shares, code, CEILING),
        "limits": frozen_limits(shares, CEILING, rws, {}),
    }


def voted_of(agreement: Agreement, dice: random.Random, kind: str = "approval") -> dict[str, Ballots]:
    """Random ballots for every box."""
    if kind == "approval":

        def votes(_: Any) -> list[tuple[tuple[int, ...], int]]:
            chosen = {tuple(sorted(dice.sample(range(6), dice.randint(1, 4)))) for _ in range(6)}
            return [(each, dice.randint(1, 9)) for each in sorted(chosen)]

        return voted(agreement, votes)
    return {
        box.code: Election.of(
            city_of(agreement, {}, SEED).envelopes[box.code].election.projects,
            [(_scored(dice, [p.id for p in box.projects], kind), dice.randint(1, 9)) for _ in range(6)],
            box.ceiling,
            kind=kind,
        ).ballots
        for box in agreement.districts
    }


def _scored(dice: random.Random, ids: list[str], kind: str) -> Any:
    chosen = dice.sample(ids, dice.randint(1, 4))
    return tuple((each, dice.randint(1, 9)) for each in chosen) if kind == "points" else tuple(chosen)


def any_shares(dice: random.Random) -> Shares:
    """Anything an official may set that two districts of 150 million can keep."""
    floors = [Part(percent=dice.randint(5, 20)), Part(20 * MILLION)]
    fences = [SetAside(issue, dice.choice(floors), issue, (), dice.random() < 0.5) for issue in ISSUES]
    areas = ("32.73.02.1001", "32.73.27.1002.001")
    fences = [each for each in fences if dice.random() < 0.5]
    if dice.random() < 0.5:
        fences.append(SetAside("RW rawan", dice.choice(floors), areas=areas, hard=dice.random() < 0.5))
    caps = [Cap(), Cap(number=dice.randint(1, 2)), Cap(money=dice.randint(30, 90) * MILLION)]
    leftover = dice.choice(list(Leftover))
    return Shares(
        fences=tuple(fences),
        children=dice.choice([0, 10, 20]),
        rw=dice.choice(caps),
        kelurahan=dice.choice(caps),
        issues=tuple(IssueCap(issue, Part(percent=40)) for issue in ISSUES if dice.random() < 0.3),
        leftover=leftover,
        city=dice.choice(caps) if leftover is Leftover.SHARE else Cap(),
    )


def official(round_: Made) -> list[list[str]]:
    """Who won in each district by the documents of the official count, the city round's last."""
    papers = papers_of(round_.agreement, round_.ballots, SEED)
    given = papers[CITY].body["funded"]
    found = []
    for district in round_.agreement.districts:
        here = {project.id for project in district.projects}
        found.append([*papers[district.code].body["all_winners"], *(each for each in given if each in here)])
    return found


def winners(round_: Made, setting: Setting, ceilings: dict[str, int] | None = None) -> list[list[str]]:
    """The same under a setting."""
    outcome = tried(round_.cases, round_.base, setting, ceilings or {})
    return [list(each.result.winners) for each in outcome.districts]


def spelled_out(round_: Made) -> Setting:
    """The round's own settings, every one of them said."""
    shares, one = round_.shares, next(iter(round_.city.envelopes.values())).election
    floors = {each.issue or AREA: each for each in shares.fences}
    caps = {"rw": shares.rw, "kelurahan": shares.kelurahan, "city": shares.city}
    numbers = {f"{name}_number": cap.number or 0 for name, cap in caps.items()}
    most = {each.issue: each.most for each in shares.issues}
    return Setting(
        rule=one.rule,
        options=one.options,
        quota=Quota("fixed", ceilings=dict.fromkeys(CODES, CEILING)),
        floors={key: floors[key].floor if key in floors else Part() for key in (*ISSUES, AREA)},
        hard={key: each.hard for key, each in floors.items()},
        areas=floors[AREA].areas if AREA in floors else (),
        children=shares.children,
        caps=numbers | {f"{name}_money": cap.money or 0 for name, cap in caps.items()},
        most={issue: most.get(issue, Part()) for issue in ISSUES},
        leftover=shares.leftover.value,
        pot=round_.agreement.city_pot,
    )


@pytest.mark.parametrize("seed", range(24))
def test_the_rounds_own_settings_give_the_official_outcome(seed: int) -> None:
    """L9: untouched or spelled out field by field, and built anew: the winners of the published documents, in order."""
    dice = random.Random(seed)
    rule = dice.choice(["greedy", "equal_shares", "phragmen"])
    round_ = made(dice, any_shares(dice), rule, completion=dice.choice(["none", "greedy", "add1u"]))
    expected = official(round_)
    assert winners(round_, Setting()) == expected
    said = spelled_out(round_)
    assert winners(round_, said) == expected
    assert said.is_as_used(replace(round_.base)) is False, "a rule is named"
    assert replace(said, rule="", quota=Quota()).is_as_used(round_.base)
    # built anew from the shares, not taken from the frozen fences and caps: a ceiling of one rupiah more changes none
    moved = winners(round_, said, dict.fromkeys(CODES, CEILING + 1))
    assert moved == expected


RICH = Shares(
    fences=(
        SetAside("Air bersih", Part(percent=20), "clean_water"),
        SetAside("RW rawan", Part(percent=20), areas=("32.73.02.1001", "32.73.27.1002.001")),
    ),
    children=20,
    rw=Cap(number=2),
    leftover=Leftover.SHARE,
    city=Cap(number=1),
)
ATLAS = Atlas.of([Area(f"32.73.02.{nth}", Level.KELURAHAN, f"Kampung {nth}", "x") for nth in (1001, 1002)])
NEEDS = [Need("32.73.02", "Coblong", 90_000, 5_000), Need("32.73.27", "Gedebage", 30_000, 9_000)]
AS_USED: dict[str, str] = {}
EQUAL = {"rule": "equal_shares"}
ADD1 = EQUAL | {"completion": "add1"}
GREEDY = {"rule": "greedy"}
NEED = {"quota": "need_weighted", "equal": "1"}
ROUND = {"leftover": "share"}
REACHES = [
    (AS_USED, EQUAL),
    (AS_USED, {"rule": "phragmen"}),
    (GREEDY, GREEDY | {"order": "votes_per_cost"}),
    (GREEDY | {"leftover": "none"}, GREEDY | {"leftover": "none", "skip": "no"}),
    (GREEDY, GREEDY | {"threshold": "25"}),
    (EQUAL, EQUAL | {"utility": "count"}),
    *((EQUAL, EQUAL | {"completion": each}) for each in ("greedy", "add1", "add1u")),
    (ADD1, ADD1 | {"step": "4.000.000"}),
    (AS_USED, {"quota": "per_capita"}),
    (AS_USED, {"quota": "equal", "total": "200.000.000"}),
    (AS_USED, {"quota": "fixed", "ceilings": "Gedebage: 80.000.000"}),
    *((NEED, NEED | {each: "9"}) for each in ("population", "poor")),
    (NEED | {"poor": "1"}, NEED | {"poor": "1", "equal": "20"}),
    ({"quota": "per_capita"}, {"quota": "per_capita", "lowest": "140.000.000"}),
    ({"quota": "per_capita"}, {"quota": "per_capita", "highest": "180.000.000"}),
    ({"quota": "per_capita"}, {"quota": "per_capita", "unit": "50.000.000"}),
    *((AS_USED, {f"floor_{each}": "35%"}) for each in ("waste", "clean_water", "flood", "area")),
    (AS_USED, {"floor_waste": "60.000.000"}),
    ({"floor_flood": "30%"}, {"floor_flood": "30%", "hard_flood": "hard"}),
    *((AS_USED, {f"hard_{each}": "hard"}) for each in ("clean_water", "area")),
    (AS_USED, {"area_list": "Kampung 1002"}),
    (AS_USED, {"children": "0"}),
    (AS_USED, {"children": "45"}),
    (AS_USED, {"rw_number": "0"}),
    (AS_USED, {"rw_number": "1"}),
    (AS_USED, {"rw_money": "60.000.000"}),
    (AS_USED, {"kelurahan_number": "1"}),
    (AS_USED, {"kelurahan_money": "60.000.000"}),
    *((AS_USED, {f"most_{each}": "45.000.000", "floor_clean_water": "0"}) for each in ISSUES),
    (AS_USED, {"leftover": "none"}),
    (AS_USED, {"pot": "60.000.000"}),
    (ROUND | {"pot": "90.000.000"}, ROUND | {"pot": "90.000.000", "city_number": "0"}),
    (ROUND | {"pot": "90.000.000"}, ROUND | {"pot": "90.000.000", "city_money": "40.000.000"}),
]


def asked(fields: dict[str, str], round_: Made) -> list[list[str]] | None:
    """The winners under the settings typed in these fields; None when they are refused."""
    form = Form({f"b_{name}": [text] for name, text in ({"rule": ""} | fields).items()})
    about = Asked(districts=NAMES, issues=round_.base.issues, areas=True)
    setting = whatif_form.setting_of(form, "b", about, ATLAS)
    assert setting is not None and form.valid, form.errors
    known = Known(dict.fromkeys(CODES, CEILING), NEEDS)
    ceilings, faults = possible.divided(setting, round_.base, known)
    if faults or possible.faults(setting, round_.base, round_.cases, ceilings, known):
        return None
    return winners(round_, setting, ceilings)


@cache
def rich(seed: int) -> Made:
    """One of the small rounds that the fields are tried on."""
    return made(random.Random(seed), RICH)


@cache
def outcome(fields: tuple[tuple[str, str], ...], seed: int) -> list[list[str]] | None:
    """What these fields do in one of them."""
    return asked(dict(fields), rich(seed))


@pytest.mark.parametrize(("before", "after"), REACHES, ids=[str(each) for _, each in REACHES])
def test_every_field_reaches_the_count(before: dict[str, str], after: dict[str, str]) -> None:
    """L9: changing one field changes who wins in one of thirty small rounds, none of them refused for it."""
    outcomes = ((outcome(tuple(before.items()), seed), outcome(tuple(after.items()), seed)) for seed in range(30))
    assert any(one and other and one != other for one, other in outcomes)


@pytest.mark.parametrize(("kind", "utility"), [("points", "points"), ("ranked", "borda")])
def test_utilities_of_points_and_places_reach_the_count(kind: str, utility: str) -> None:
    """L9: what a voter gave counts, where ballots say it."""
    plain = replace(RICH, children=0)
    rounds = [made(random.Random(seed), plain, kind=kind) for seed in range(30)]
    assert any(asked(EQUAL, one) != asked(EQUAL | {"utility": utility}, one) for one in rounds)


def test_next_year_keeps_what_the_city_round_would_give() -> None:
    """L9: nothing goes on to other districts, and the round's own pot has nobody to spend it."""
    round_ = rich(1)
    setting = Setting(leftover="next_year")
    assert setting.shares(round_.base).leftover is Leftover.NEXT_YEAR and setting.pot_of(round_.base) == 0
    assert winners(round_, setting) == winners(round_, Setting(leftover="none"))
    assert setting.shares(round_.base).leftover.value == CityLeftover.NEXT_YEAR


INFEASIBLE = [
    ({"quota": "equal", "lowest": "200.000.000"}, "b_lowest", "Batas bawah seluruh wilayah berjumlah"),
    ({"quota": "per_capita", "highest": "100.000.000"}, "b_highest", "Naikkan sebesar"),
    ({"quota": "equal", "pot": "900.000.000"}, "b_pot", "melebihi seluruh dana"),
    ({"quota": "equal", "total": "100.500.000"}, "b_total", "bukan kelipatan"),
    ({"quota": "fixed", "total": "100.000.000"}, "b_ceilings", "Selisihnya"),
    ({"floor_waste": "60%", "floor_flood": "60%"}, "b_floor_waste", "paling banyak 100%"),
    ({"floor_waste": "140.000.000"}, "b_floor_waste", "melebihi pagunya"),
    ({"rw_money": "1.000.000"}, "b_rw_money", "lebih kecil daripada usulan termurah"),
    ({"most_clean_water": "10%"}, "b_most_clean_water", "lebih kecil daripada"),
    ({"leftover": "none", "pot": "5.000.000"}, "b_pot", "belum punya putaran kota"),
    ({"leftover": "none", "city_number": "1"}, "b_city_number", "hanya berlaku dalam putaran kota"),
    ({"rule": "greedy", "threshold": "5000"}, "b_threshold", "melebihi 40 pemilih"),
    ({"children": "1"}, "b_children", "tidak cukup untuk usulan termurah"),
]


@pytest.mark.parametrize(("fields", "field", "words"), INFEASIBLE, ids=[field for _, field, _ in INFEASIBLE])
def test_what_cannot_be_kept_is_said_beside_its_field(fields: dict[str, str], field: str, words: str) -> None:
    """Q4: the bound that fails and what would mend it, as the set-up says it."""
    round_ = rich(2)
    form = Form({f"b_{name}": [text] for name, text in ({"rule": ""} | fields).items()})
    about = Asked(districts=NAMES, issues=round_.base.issues, areas=True)
    setting = whatif_form.setting_of(form, "b", about, ATLAS)
    assert setting is not None and form.valid, form.errors
    known = Known(dict.fromkeys(CODES, CEILING), NEEDS, dict.fromkeys(CODES, 40))
    ceilings, faults = possible.divided(setting, round_.base, known)
    faults = faults or possible.faults(setting, round_.base, round_.cases, ceilings, known)
    said = {f"b_{about.field_of(each.field)}": each.words for each in faults}
    assert words in said.get(field, ""), said


def test_children_who_did_not_vote_get_no_share() -> None:
    """L9: a children's share over a round without children's ballots leaves the money to everybody."""
    round_ = made(random.Random(3), replace(RICH, children=0))
    assert winners(round_, Setting(children=30)) == official(round_)
    assert children_box(CODES[0]) not in round_.ballots
