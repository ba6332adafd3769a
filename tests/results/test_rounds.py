"""A whole round: ring-fences, children's ballots, caps, city round, reserve; by hand, by the tally, by the command."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rembuk.clock import now
from rembuk.cycles.shares import Cap, Leftover, Part, SetAside, Shares
from rembuk.cycles.store import Wanted
from rembuk.errors import Refused
from rembuk.proposals import store as proposals
from rembuk.results import store
from rembuk.results.documents import CITY
from rembuk.results.store.ballots import packed_of, parsed
from rembuk.results.store.counting import Counted, all_counted, keep_counts, papers_of
from rembuk.results.tables import BallotsFile, Count, Replacement
from rembuk.tally import command
from rembuk.tally.election import Election, Project
from rembuk.tally.pabulib import write
from rembuk.tally.stages import count_city
from rembuk.tally.types import Ballots
from rembuk.voting.agreement import Agreement, agreed, city_of
from tests.city import City, city
from tests.results.test_counting import digests

MILLION = 1_000_000
SEED = b"31415926535897932384"
OPTIONS = {"order": "votes", "skip": "yes", "threshold": "1", "utility": "cost", "completion": "none", "step": "0"}
SLIP = (
    (40, "flood", "001"),
    (30, "waste", "001"),
    (25, "clean_water", "002"),
    (50, "flood", "002"),
    (20, "waste", "002"),
)
ADULTS = (((0, 1), 5), ((3,), 4), ((2, 4), 3), ((), 2))
"""14 ballots: projects by place on the slip, and how many said so; two are empty."""
KIDS = (((4,), 3), ((1,), 1))


def config(rule: str = "greedy", codes: tuple[str, ...] = ("32.73.02", "32.73.27"), **changes: Any) -> str:
    """Districts of 100 million each: 20 for children, 30 hard for clean water, at most two projects in RW 02."""
    children = [{"code": f"{code}.anak", "district": code, "name": "Suara Anak"} for code in codes]
    body = {
        "city": "32.73",
        "cycle": "siklus",
        "election": "6f2b6a0e-7c80-4cf0-bb42-9e0f4c9f9b11",
        "ballot": {"type": "approval", "most": 0},
        "rule": rule,
        "options": OPTIONS,
        "publication": "full",
        "trustee_key": "",
        "districts": [_district(code) for code in codes],
        "children": children,
        "projects": [_project(code, nth, *facts) for code in codes for nth, facts in enumerate(SLIP)],
        "city_round": "share",
        "city_pot": 10 * MILLION,
    }
    return json.dumps(body | changes)


def _district(code: str) -> dict[str, Any]:
    anak = {
        "name": "Suara Anak",
        "issue": "",
        "areas": [],
        "floor": 20 * MILLION,
        "hard": False,
        "ballots": f"{code}.anak",
    }
    water = {"name": "Air", "issue": "clean_water", "areas": [], "floor": 30 * MILLION, "hard": True, "ballots": ""}
    limit = {"name": "RW 02", "area": f"{code}.1001.002", "issue": "", "number": 2, "money": None}
    return {
        "code": code,
        "name": code,
        "ceiling": 100 * MILLION,
        "contest": f"siklus/{code}",
        "fences": [anak, water],
        "limits": [limit],
    }


def _project(code: str, nth: int, cost: int, issue: str, rw: str) -> dict[str, Any]:
    return {
        "id": f"{int(code[-2:])}{nth}",
        "title": f"Usulan {nth}",
        "issue": issue,
        "area": f"{code}.1001.{rw}",
        "place": "",
        "cost": cost * MILLION,
        "district": code,
    }


def ballots_files(agreement: Agreement, votes: Any = None) -> dict[str, str]:
    """A .pb text for every box: the votes given, or those above."""
    texts = {}
    for box in agreement.boxes:
        chosen = votes(box) if votes else (KIDS if box.parent else ADULTS)
        ids = [project.id for project in box.projects]
        types = [(tuple(ids[at] for at in places), number) for places, number in chosen]
        listed = [Project(p.id, p.cost, p.title, area=p.area, issue=p.issue) for p in box.projects]
        texts[box.code] = write(Election.of(listed, types, box.ceiling, contest=box.contest))
    return texts


def voted(agreement: Agreement, votes: Any = None) -> dict[str, Ballots]:
    """The same as the count takes them."""
    return parsed(agreement, ballots_files(agreement, votes))


def test_a_round_by_hand() -> None:
    """L1, L2: children's 20 buy 4; water takes 25 of 30 and 5 wait; 50 are left, 0 and 1 tie and the cheaper wins.

    20 are left in each district, 10 were kept: of the 50, the dice give 40 to one of the two projects 0, 10 stay.
    """
    agreement = agreed(config())
    papers = papers_of(agreement, voted(agreement), SEED)
    for code, tens in (("32.73.02", "2"), ("32.73.27", "27")):
        body = papers[code].body
        assert body["all_winners"] == [f"{tens}4", f"{tens}2", f"{tens}1"]
        assert (body["budget"], body["spent"], body["waiting"], body["left"]) == (
            50 * MILLION,
            75 * MILLION,
            5 * MILLION,
            20 * MILLION,
        )
        assert [(fence["name"], fence["spent"], fence["waiting"]) for fence in body["fences"]] == [
            ("Suara Anak", 20 * MILLION, 0),
            ("Air", 25 * MILLION, 5 * MILLION),
        ]
        assert body["fences"][0]["result"]["voters"] == 4 and body["fences"][0]["ballots"] == f"{code}.anak"
        held = {step["project"]: step.get("constraint") for step in body["steps"]}
        assert held[f"{tens}3"] == "cap RW 02"
    whole = papers[CITY].body
    assert (whole["pool"], whole["spent"], whole["unspent"]) == (50 * MILLION, 40 * MILLION, 10 * MILLION)
    assert sorted([*whole["funded"], *whole["reserve"]]) == ["20", "270"], "one funded, the other first in reserve"
    assert [str(each["share"]) for each in whole["line"]] == ["5/14", "5/14", "2/7", "2/7"]
    assert whole["spent_in_all"] + whole["unspent"] + sum(whole["waiting"].values()) == 210 * MILLION


def test_few_ballots_leave_no_fingerprint() -> None:
    """trust 4.7: below 200 ballots no hash of the ballots is published, nor one that contains it; above, all are."""
    agreement = agreed(config())
    few = papers_of(agreement, voted(agreement), SEED)["32.73.02"]
    many_types = tuple((places, number * 20) for places, number in ADULTS)
    many = papers_of(agreement, voted(agreement, lambda box: KIDS if box.parent else many_types), SEED)
    assert few.body["ballots_root"] == few.body["fences"][1]["result"]["ballots_root"] == ""
    shown = many["32.73.02"].body
    assert len(shown["ballots_root"]) == len(shown["fences"][1]["result"]["ballots_root"]) == 64
    assert shown["fences"][0]["result"]["ballots_root"] == "", "the children are still few"
    hidden = agreed(config(publication="totals"))
    assert papers_of(hidden, voted(hidden, lambda box: many_types), SEED)["32.73.02"].body["ballots_root"] == ""


def test_without_stages_nothing_changes() -> None:
    """A round without fences, caps and city round gives each district the count of its own ballots."""
    body = json.loads(config(children=[], city_round="none", city_pot=0))
    for district in body["districts"]:
        del district["fences"], district["limits"]
    agreement = agreed(json.dumps(body))
    papers = papers_of(agreement, voted(agreement), SEED)
    assert papers["32.73.02"].body["all_winners"] == papers["32.73.02"].body["winners"] == ["21", "20", "24"]
    assert papers["32.73.02"].digest == papers["32.73.02"].body["digest"]
    assert papers[CITY].body["funded"] == [] and papers[CITY].body["city_round"] == "none"


@pytest.mark.parametrize("seed", range(12))
def test_product_tally_and_command_agree(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """L1, L8: the kept documents, tally.count_city and `rembuk count --config` on the same files say the same."""
    dice = random.Random(seed)
    codes = tuple(f"32.73.{nth:02d}" for nth in range(1, dice.randint(2, 5)))
    rule = dice.choice(["greedy", "equal_shares", "phragmen"])
    agreement = agreed(
        config(
            rule, codes, most_per_district=dice.choice([None, 1]), money_per_district=dice.choice([None, 60 * MILLION])
        )
    )

    def votes(_: Any) -> list[tuple[tuple[int, ...], int]]:
        kinds = {tuple(sorted(dice.sample(range(5), dice.randint(0, 4)))) for _ in range(dice.randint(1, 6))}
        return [(kind, dice.randint(1, 300)) for kind in sorted(kinds)]

    texts = ballots_files(agreement, votes)
    ballots = parsed(agreement, texts)
    papers = papers_of(agreement, ballots, SEED)
    result = count_city(city_of(agreement, ballots, SEED))
    assert papers[CITY].body["winners"] == list(result.winners)
    asked = _as_city_json(agreement, texts, tmp_path)
    assert command.main(["--config", str(asked), "--ballots", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["winners"] == papers[CITY].body["winners"]
    assert {code: list(map(str, paper.body["all_winners"])) for code, paper in papers.items() if code != CITY} == {
        code: list(found.winners) for code, found in result.envelopes.items()
    }


def _as_city_json(agreement: Agreement, texts: dict[str, str], folder: Path) -> Path:
    for code, text in texts.items():
        (folder / f"{code}.pb").write_text(text, "utf-8")
    body = {
        "contest": agreement.cycle,
        "quota": "fixed",
        "total": sum(each.ceiling for each in agreement.districts) + agreement.city_pot,
        "pot": agreement.city_pot,
        "rule": agreement.rule,
        "options": {"threshold": 1},
        "ties": SEED.hex(),
        "leftover": "city_round",
        "most_per_district": agreement.most_per_district,
        "money_per_district": agreement.money_per_district,
        "districts": [_district_json(each) for each in agreement.districts],
    }
    path = folder / "city.json"
    path.write_text(json.dumps(body), "utf-8")
    return path


def _district_json(district: Any) -> dict[str, Any]:
    ids = [project.id for project in district.projects]
    fences = [
        {
            "name": fence.name,
            "floor": fence.floor,
            "issue": fence.issue,
            "hard": fence.hard,
            **({"ballots": f"{fence.ballots}.pb", "projects": ids} if fence.ballots else {}),
        }
        for fence in district.fences
    ]
    limits = [{"name": each.name, "area": each.area, "number": each.number} for each in district.limits]
    return {
        "code": district.code,
        "ceiling": district.ceiling,
        "ballots": f"{district.code}.pb",
        "fences": fences,
        "limits": limits,
    }


def test_money_beyond_32_bits() -> None:
    """L3: with everything a hundred thousand times dearer the same projects win; 21 trillion add up to the rupiah."""
    body = json.loads(config())
    times = 100_000
    for district in body["districts"]:
        district["ceiling"] *= times
        for fence in district["fences"]:
            fence["floor"] *= times
    for project in body["projects"]:
        project["cost"] *= times
    body["city_pot"] *= times
    agreement = agreed(json.dumps(body))
    small = agreed(config())
    whole = papers_of(agreement, voted(agreement), SEED)[CITY].body
    assert whole["winners"] == papers_of(small, voted(small), SEED)[CITY].body["winners"]
    assert whole["spent_in_all"] + whole["unspent"] + sum(whole["waiting"].values()) == 210 * MILLION * times > 2**31


async def test_large_money_is_kept(db: Any) -> None:
    """L3: rows of a count and of a replacement hold rupiah beyond 2^31 on both engines."""
    made = await city(districts=1, proposals=2, voters=1)
    count = Counted("*", True, "greedy", {}, 0, 2**40, 2**41, 0, "d", b"{}")
    await keep_counts(made.cycle.id, [count], made.first)
    row = await Count.select(Count.cost, Count.ceiling).first()
    assert row == {"cost": 2**40, "ceiling": 2**41}
    deed = Replacement(
        cycle=made.cycle.id, number=1, cause="pledge", project="1", freed=2**40, reason="x", created_at=now()
    )
    await Replacement.insert(deed)
    assert (await Replacement.select(Replacement.freed).first()) == {"freed": 2**40}
    await Count.delete(force=True)


def test_every_rule_is_counted_with_all_stages() -> None:
    """L7: each other rule runs S2 to S5 too; reasons are there in three languages for every project."""
    agreement = agreed(config())
    counted = all_counted(agreement, voted(agreement), SEED)
    by_rule = {(each.area, each.rule): json.loads(each.document) for each in counted}
    assert {rule for _, rule in by_rule} == {"greedy", "equal_shares", "phragmen"}
    assert len(by_rule[CITY, "equal_shares"]["funded"]) == 3, "shares of 50/14 buy nothing in the rest, so 110 are left"
    told = by_rule["32.73.02", "greedy"]
    assert set(told["why"]) == {project.id for project in agreement.districts[0].projects}
    assert all(set(why) == {"id", "su", "en"} and all(why.values()) for why in told["why"].values())
    assert told["how"]["24"] == "fence:Suara Anak" and told["how"]["21"] == "rest"
    assert [len(fence["said"]) for fence in told["fences"]] == [len(fence["steps"]) for fence in told["fences"]]


SHARES = Shares(
    fences=(SetAside("Banjir", Part(percent=30), issue="flood", hard=True),),
    children=25,
    rw=Cap(number=4),
    leftover=Leftover.SHARE,
)


async def counted_city(**how: Any) -> City:
    """Two districts of 100 million, six proposals each; children's 25, floods' 30 hard, the rest, the city round."""
    made = await city(districts=2, proposals=12, shares=Wanted(SHARES, 0), children=3, **how)
    for district in made.districts:
        projects = made.projects[district]
        for nth, roll in enumerate(made.rolls[district]):
            await made.cast(roll, projects[: 1 + nth % 3])
        for roll in made.rolls[f"{district}.anak"]:
            await made.cast(roll, projects[4:5])
    return made


async def test_a_published_round(db: Any) -> None:
    """M3, L6: the box with children's ballots is opened, counted, recounted, published; every proposal learns how."""
    made = await counted_city()
    await made.finish()
    assert await store.recount_faults(made.cycle.id) == []
    here = made.districts[0]
    costs = [40, 30, 25, 50, 20, 60]
    document = json.loads(await store.count_document(made.cycle.id, here))
    assert [fence["result"]["voters"] for fence in document["fences"]] == [3, 8]
    children, floods = document["fences"]
    assert children["result"]["winners"] == [made.projects[here][4]], "all three children named the one of 20 million"
    assert floods["result"]["winners"] == [made.projects[here][1]], "the first costs 40, the second fits in 30"
    assert document["winners"] == [made.projects[here][0]], "100 - 20 - 30 leave 50: 40 for the first of eight votes"
    assert document["left"] == 10 * MILLION and costs[2] > 10
    whole = json.loads(await store.count_document(made.cycle.id, CITY))
    assert whole["pool"] == 20 * MILLION and whole["funded"] == [], "25 million do not fit in 20"
    assert len(whole["reserve"]) == 2
    outcomes = [(await proposals.by_number(int(each))).outcome for each in made.projects[here]]
    assert outcomes == ["funded", "funded", "reserve", "not_funded", "funded", "not_funded"]


async def test_packs_and_files_say_the_same(db: Any, tampering: None) -> None:
    """L8: the count reads the packs of the opening; a pack that is not its file is found before anything goes out."""
    made = await counted_city()
    await made.close()
    await made.open_box()
    here = BallotsFile.area == made.districts[0]
    row = await BallotsFile.select(BallotsFile.content, BallotsFile.packed).where(here).first()
    assert bytes(row["packed"]) == packed_of(row["content"])
    await BallotsFile.update({BallotsFile.packed: None}).where(here)
    await made.count()
    before = await digests(made)
    await BallotsFile.update({BallotsFile.packed: packed_of(row["content"])}).where(here)
    await store.count_cycle(made.cycle.id, made.first)
    assert await digests(made) == before
    other = row["content"].replace(f";{made.projects[made.districts[0]][0]}\n", ";\n", 1)
    assert other != row["content"]
    await BallotsFile.update({BallotsFile.packed: packed_of(other)}).where(here)
    await store.count_cycle(made.cycle.id, made.first)
    act = await store.propose_publication(made.cycle.id, made.first)
    with pytest.raises(Refused, match=r"^OTHER_BALLOTS$"):
        await store.publish(act.id, made.cycle.id, made.second)
    await BallotsFile.update({BallotsFile.packed: b"RBKP nothing"}).where(here)
    with pytest.raises(Refused, match=r"^OTHER_BALLOTS$"):
        await store.count_cycle(made.cycle.id, made.first)
    await BallotsFile.update({BallotsFile.packed: row["packed"]}).where(here)
    await store.count_cycle(made.cycle.id, made.first)
