"""The verifier's count of whole cities against the product's: fences, limits, groups, children, city round, reserve."""

import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rembuk_verify as verify
from rembuk.board.rules import canonical
from rembuk.errors import Refused
from rembuk.results.succession import Cause, Deed, book_of
from rembuk.tally.election import District
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.quotas import quotas as product_quotas
from rembuk.voting.agreement import agreed
from tests.verify.cities import DICE, write_city

CITIES = 500 if os.environ.get("REMBUK_TEST_CAMPAIGN") == "1" else 60


def recounted(
    folder: Path, config: dict[str, Any], opened: dict[str, Any], later: Sequence[dict[str, Any]] = ()
) -> verify.Report:
    """What the verifier says of the count in a folder, and of what happened after the result."""
    report = verify.Report(english=True)
    bundle = verify.Bundle(folder, report)
    bundle.config, bundle.sums = config, {"results/city.json": ""}
    bundle.leaves, bundle.at = {0: opened, 1: {"dice": DICE}}, {"opened": [0], "seed": [1]}
    for nth, leaf in enumerate(later, 10):
        bundle.leaves[nth] = leaf
        bundle.at.setdefault(leaf["kind"], []).append(nth)
    report.section(bundle.check_districts, "the recount")
    return report


@pytest.mark.slow
def test_both_counts_of_a_city_agree(tmp_path: Path) -> None:
    """T-VERIFY, I9, S5: random cities of every rule, ballot, fence, limit and city round, and who stepped in later.

    The deeds after the result are those of the product's own book. Sabotage: skip `fill`; take the money of hard fences
    twice; ask no limit of a successor; let a withdrawn project return.
    """
    stepped, refused = 0, 0
    for seed in range(CITIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        config, opened = write_city(folder, seed)
        leaves = deeds_after(folder, config, random.Random(seed))
        report = recounted(folder, config, opened, leaves)
        assert not report.broken, (seed, leaves, report.lines)
        assert any("city round" in line and line.startswith("HOLDS") for line in report.lines)
        stepped += sum(bool(leaf["successor"]) for leaf in leaves)
        for wrong in other_deeds(leaves, folder) if seed % 10 == 0 else ():
            assert recounted(folder, config, opened, wrong).broken == 1, (seed, wrong)
            refused += 1
    assert stepped > CITIES // 8 and refused > CITIES // 20


@pytest.mark.slow
def test_another_outcome_of_a_city_is_found(tmp_path: Path) -> None:
    """T-VERIFY: a winner, an amount or an order changed in any result document of a city."""
    found = 0
    for seed in range(CITIES // 4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        config, opened = write_city(folder, seed)
        for path in sorted((folder / "results").iterdir()):
            sound = json.loads(path.read_bytes())
            for changed in changes(sound):
                path.write_text(json.dumps(changed))
                assert recounted(folder, config, opened).broken, (seed, path.name, changed)
                found += 1
            path.write_text(json.dumps(sound))
    assert found > CITIES


def changes(sound: dict[str, Any]) -> list[dict[str, Any]]:
    """The document with one fact changed."""
    made = []
    for key in ("winners", "all_winners", "funded", "reserve"):
        if "city_round" in sound and key == "winners":
            continue
        if len(sound.get(key, [])) > 1:
            made.append({**sound, key: sound[key][::-1]})
        if sound.get(key):
            made.append({**sound, key: sound[key][1:]})
    made += [{**sound, key: sound[key] + 1} for key in ("left", "pool", "unspent", "cost", "spent") if key in sound
             and isinstance(sound[key], int)]  # fmt: skip
    if sound.get("fences"):
        made.append({**sound, "fences": [{**sound["fences"][0], "waiting": -1}, *sound["fences"][1:]]})
        made.append({**sound, "fences": sound["fences"][1:]})
    return made


def test_a_successor_pays_once_and_within_limits() -> None:
    """S5: money of a hard fence is gone when used; a limit shuts a reserve out. Sabotage: either forgotten."""
    rows = [
        {"id": each, "cost": cost, "district": "d"} for each, cost in zip("abcde", (10, 10, 20, 20, 5), strict=True)
    ]
    agreed = {"options": {"threshold": "1"}, "type": "approval", "most": 0, "seed": b"1"}
    limits = [(frozenset("ae"), 1, None)]

    def book() -> verify.Reserve:
        return verify.Reserve(
            verify.Contest(agreed, rows, 0, "c", limits=limits), list("ecd"), "ab", {"": 0}, [(list("cd"), 10)]
        )

    def gone(project: str) -> dict[str, str]:
        return {"kind": "replacement", "withdrawn": project}

    first = book()
    assert [first.follow(gone("b")), first.follow(gone("a"))] == ["c", "e"]
    second = book()
    assert [second.follow(gone("a")), second.waits_for("d")] == ["e", 10]
    third = book()
    assert [third.follow(gone("b")), third.waits_for("d"), third.follow(gone("c"))] == ["c", 0, "d"]
    with pytest.raises(ValueError, match="money"):
        third.follow(gone("c"))


def deeds_after(folder: Path, config: dict[str, Any], dice: random.Random) -> list[dict[str, Any]]:
    """The leaves of some withdrawals and pledges, each with the successor the product's own book gives."""
    documents = {path.stem: json.loads(path.read_bytes()) for path in (folder / "results").iterdir()}
    codes = [each["code"] for each in config["districts"]]
    districts = {code: json.loads((folder / f"results/{code}.json").read_bytes()) for code in codes}
    book = book_of(agreed(canonical(config).decode()), documents["city"], districts, ())
    leaves: list[dict[str, Any]] = []
    pledged = Counter[str]()
    for number in range(1, 1 + dice.randint(0, 9)):
        standing = sorted(book.standing)
        if not standing:
            break
        followed = [each for each in standing if book.successor(Cause.WITHDRAWAL, each, book.cost(each))]
        project = dice.choice(followed if followed and dice.random() < 0.8 else standing)
        open_cost = book.cost(project) - pledged[project]
        cause = Cause.WITHDRAWAL if dice.random() < 0.7 or open_cost < 1 else Cause.PLEDGE
        freed = book.cost(project) if cause is Cause.WITHDRAWAL else dice.randint(1, open_cost)
        successor = book.successor(cause, project, freed)
        book = book.after(Deed(cause, project, freed, successor))
        said = {"withdrawn": project} if cause is Cause.WITHDRAWAL else {"project": project, "amount": freed}
        pledged[project] += freed if cause is Cause.PLEDGE else 0
        kind = "replacement" if cause is Cause.WITHDRAWAL else "pledge"
        leaves.append({"kind": kind, "number": number, "successor": successor, **said})
    return leaves


def other_deeds(leaves: list[dict[str, Any]], folder: Path) -> list[list[dict[str, Any]]]:
    """The same history with the last deed told otherwise."""
    if not leaves:
        return []
    last, reserve = leaves[-1], json.loads((folder / "results/city.json").read_bytes())["reserve"]
    others = [each for each in ["", "nobody", *reserve] if each != last["successor"]]
    made = [{**last, "successor": each} for each in others]
    made += [{**last, "number": last["number"] + 1}]
    made += [{**last, "amount": 10**12}] if last["kind"] == "pledge" else [{**last, "withdrawn": "nobody"}]
    return [[*leaves[:-1], each] for each in made]


districts = st.lists(
    st.builds(lambda residents, poor: (residents, poor), st.integers(0, 50_000), st.integers(0, 900)),
    min_size=1,
    max_size=6,
)
options = st.fixed_dictionaries(
    {name: st.integers(0, 3) for name in ("equal", "population", "poor")},
    optional={
        "unit": st.sampled_from([1, 1_000, 1_000_000]),
        "lowest": st.integers(0, 60_000_000),
        "highest": st.integers(0, 900_000_000),
        "pot": st.integers(0, 9).map(lambda millions: millions * 1_000_000),
    },
)


@settings(max_examples=CITIES, deadline=None)
@given(districts, options, st.integers(100, 1_000), st.sampled_from(["equal", "per_capita", "need_weighted"]))
def test_quotas_agree(figures: list[tuple[int, int]], asked: dict[str, int], millions: int, rule: str) -> None:
    """T-VERIFY: ceilings follow from formula and figures, to the rupiah. Sabotage: remainders ranked by code only."""
    total, listed = millions * 1_000_000, [(f"32.73.{nth:02}", *each) for nth, each in enumerate(figures)]
    plan = QuotaPlan(
        total,
        tuple(
            District(code, "", residents, poor, asked.get("lowest", 0), asked.get("highest") or None)
            for code, residents, poor in listed
        ),
        asked.get("pot", 0),
        asked.get("unit", 1_000_000),
        {name: asked.get(name, 0) for name in ("equal", "population", "poor")},
    )
    config = {
        "budget": total,
        "city_pot": asked.get("pot", 0),
        "quota": {"rule": rule, "options": asked},
        "districts": [{"code": code, "residents": people, "poor_families": poor} for code, people, poor in listed],
    }
    try:
        expected = product_quotas(rule, plan).ceilings
    except Refused:
        return
    assert verify.quotas(config) == expected
    del config["districts"][0]["residents"], config["districts"][0]["poor_families"]
    assert rule == "equal" or asked == {"equal": asked["equal"]} or verify.quotas(config) in (None, expected)
