"""Random small cities, agreed as the product freezes them and counted by it, laid out as a bundle lays them out."""

import random
from hashlib import sha256
from pathlib import Path
from typing import Any

from rembuk.board.rules import canonical
from rembuk.results.documents import CITY, documents_of
from rembuk.tally import pabulib
from rembuk.tally.result import canonical as tally_canonical
from rembuk.tally.stages import count_city
from rembuk.voting.agreement import Agreement, FrozenDistrict, agreed, city_of, options_of, projects_of
from rembuk.voting.box import Contest, ballots_file
from rembuk.voting.seal import Choice

DICE = "46135520917764823051"
ISSUES = ("waste", "clean_water", "flood")
UTILITIES = {"points": ("cost", "count", "points"), "ranked": ("cost", "count", "borda")}


def config_of(dice: random.Random) -> dict[str, Any]:
    """Any agreement: districts with fences and limits, groups, requirements, refusals, a city round, children."""
    kind = dice.choice(("approval", "knapsack", "ranked", "points"))
    codes = [f"32.73.{number}" for number in range(1, dice.randint(2, 4))]
    children = [f"{code}.anak" for code in codes if dice.random() < 0.4]
    city_round = dice.choice(("none", "share", "share", "next_year"))
    options = {
        "order": dice.choice(("votes", "votes_per_cost")),
        "skip": dice.choice(("yes", "no")),
        "threshold": str(dice.randint(0, 3)),
        "utility": dice.choice(UTILITIES.get(kind, ("cost", "count"))),
        "completion": dice.choice(("none", "greedy", "add1", "add1u")),
        "step": str(dice.randint(0, 5)),
    }
    return {
        "format": "rembuk-config-1",
        "city": "32.73",
        "cycle": "2027",
        "election": "3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001",
        "ballot": {"type": kind, "most": {"points": 20, "ranked": 11}.get(kind, dice.randint(0, 4))},
        "rule": dice.choice(("greedy", "equal_shares", "phragmen")),
        "options": options,
        "publication": "full",
        "smallest_full": dice.choice((0, 0, 9)),
        "trustee_key": "",
        "districts": [district_of(code, f"{code}.anak" in children, dice) for code in codes],
        "projects": [project for code in codes for project in slip_of(code, dice)],
        "children": [{"code": box, "district": box.removesuffix(".anak"), "name": box} for box in children],
        "city_pot": dice.choice((0, 40)) if city_round == "share" else 0,
        "city_round": city_round,
        "most_per_district": dice.choice((None, None, 0, 1, 2)),
        "money_per_district": dice.choice((None, None, 30, 60)),
    }


def slip_of(code: str, dice: random.Random) -> list[dict[str, Any]]:
    """The projects of one district; their ids would sort otherwise as numbers than as text."""
    ids = [f"{code.rpartition('.')[2]}{number}" for number in range(8, 8 + dice.randint(1, 11))]
    return [
        {
            "id": each,
            "title": f"Usulan {each}",
            "issue": dice.choice(ISSUES),
            "area": f"{code}.{dice.choice((1001, 1002))}.{dice.choice(('001', '002'))}",
            "place": "",
            "cost": dice.choice((10, 20, 30, dice.randint(1, 60))),
            "district": code,
            "withdrawn": dice.random() < 0.05,
            "group": dice.choice(("", "", "", "g", "h")),
            "requires": dice.choice([other for other in ids if other != each] or [""]) if dice.random() < 0.2 else "",
            "refusal": "terlalu mahal" if dice.random() < 0.1 else "",
        }
        for each in ids
    ]


def district_of(code: str, has_children: bool, dice: random.Random) -> dict[str, Any]:
    """A district with its fences (the children's first) and limits."""
    fences = [fence_of(code, nth, dice) for nth in range(dice.choice((0, 0, 1, 2)))]
    if has_children:
        fences.insert(0, {**fence_of(code, 9, dice), "issue": "", "areas": [], "ballots": f"{code}.anak"})
        if dice.random() < 0.3:
            fences[0]["issue"] = dice.choice(ISSUES)
    limits = [
        {
            "name": f"batas {nth}",
            "area": dice.choice(("", f"{code}.1001", f"{code}.1002.001")),
            "issue": dice.choice(("", *ISSUES)),
            "number": dice.choice((None, 0, 1, 2)),
            "money": dice.choice((None, 20, 50)),
        }
        for nth in range(dice.choice((0, 0, 1, 2)))
    ]
    floors = sum(fence["floor"] for fence in fences)
    named = {"code": code, "name": f"Kecamatan {code}", "contest": f"2027/{code}"}
    return {**named, "ceiling": floors + dice.randint(0, 120), "fences": fences, "limits": limits}


def fence_of(code: str, nth: int, dice: random.Random) -> dict[str, Any]:
    """Money set aside for an issue, or for some areas."""
    by_area = dice.random() < 0.4
    return {
        "name": f"pagar {nth}",
        "issue": "" if by_area else dice.choice(ISSUES),
        "areas": [f"{code}.1001", f"{code}.1002.002"][: dice.randint(1, 2)] if by_area else [],
        "floor": dice.randint(0, 45),
        "hard": dice.random() < 0.5,
        "ballots": "",
    }


def ballot_of(box: FrozenDistrict, kind: str, most: int, dice: random.Random) -> Choice:
    """One sound ballot of this kind."""
    ids = [project.id for project in box.projects]
    named = dice.sample(ids, dice.randint(0, min(len(ids), most or len(ids), 4)))
    if kind == "points":
        return Choice.of_points((each, dice.randint(1, 5)) for each in named)
    costs = {project.id: project.cost for project in box.projects}
    while kind == "knapsack" and sum(costs[each] for each in named) > box.ceiling:
        named.pop()
    return Choice(tuple(named)) if kind == "ranked" else Choice.of_set(named)


def boxes_of(agreement: Agreement, dice: random.Random) -> dict[str, str]:
    """The ballots file of every box."""
    found = {}
    for box in agreement.boxes:
        home = agreement.district(box.parent) if box.parent else box
        assert home is not None
        contest = Contest(
            box.code,
            box.contest,
            box.ceiling,
            agreement.ballot_type,
            agreement.most,
            agreement.rule,
            options_of(agreement.options),
            projects_of(home),
        )
        chosen = [ballot_of(box, agreement.ballot_type, agreement.most, dice) for _ in range(dice.randint(0, 25))]
        found[box.code] = ballots_file(contest, chosen).text
    return found


def write_city(folder: Path, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A random city's results and ballots in a folder; its configuration and the body of its `opened` leaf."""
    dice = random.Random(seed)
    config = config_of(dice)
    agreement = agreed(canonical({**config}).decode())
    texts = boxes_of(agreement, dice)
    ballots = {code: pabulib.parse(text).election.ballots for code, text in texts.items()}
    city = city_of(agreement, ballots, DICE.encode())
    shown = [code for code, each in ballots.items() if each.voters >= config["smallest_full"]]
    papers = documents_of(city, count_city(city), shown)
    for name in ("ballots", "results"):
        (folder / name).mkdir(exist_ok=True)
    for code, paper in papers.items():
        name = "city" if code == CITY else code
        (folder / f"results/{name}.json").write_bytes(tally_canonical(paper.body))
    for code in shown:
        (folder / f"ballots/{code}.pb").write_text(texts[code])
    opened = {
        "counts": {code: {"online": each.voters, "paper": 0} for code, each in ballots.items()},
        "ballots": {code: sha256(text.encode()).hexdigest() for code, text in texts.items()},
    }
    return config, opened
