"""The verifier's count of whole cities against the product's: fences, limits, groups, children, city round, reserve."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rembuk_verify as verify
from rembuk.errors import Refused
from rembuk.tally.election import District
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.quotas import quotas as product_quotas
from tests.verify.cities import DICE, write_city

CITIES = 500 if os.environ.get("REMBUK_TEST_CAMPAIGN") == "1" else 60


def recounted(
    folder: Path, config: dict[str, Any], opened: dict[str, Any], later: Sequence[dict[str, Any]] = ()
) -> verify.Report:
    """What the verifier says of the count in a folder."""
    report = verify.Report(english=True)
    bundle = verify.Bundle(folder, report)
    bundle.config, bundle.sums = config, {"results/city.json": ""}
    bundle.leaves, bundle.at = {0: opened, 1: {"dice": DICE}}, {"opened": [0], "seed": [1]}
    bundle.leaves |= {10 + nth: leaf for nth, leaf in enumerate(later)}
    bundle.at["replacement"] = [10 + nth for nth in range(len(later))]
    bundle.check_districts()
    return report


@pytest.mark.slow
def test_both_counts_of_a_city_agree(tmp_path: Path) -> None:
    """T-VERIFY, I9: random cities of every rule, ballot, fence, limit and city round. Sabotage: skip `fill`."""
    for seed in range(CITIES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        report = recounted(folder, *write_city(folder, seed))
        assert not report.broken, (seed, report.lines)
        assert any("city round" in line and line.startswith("HOLDS") for line in report.lines)


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


@pytest.mark.slow
def test_who_steps_in_comes_from_the_reserve(tmp_path: Path) -> None:
    """S5: a successor named after the result stands on the reserve list and steps in once."""
    tried = 0
    for seed in range(30):
        folder = tmp_path / str(seed)
        folder.mkdir()
        config, opened = write_city(folder, seed)
        reserve = json.loads((folder / "results/city.json").read_bytes())["reserve"]
        for used, sound in ((reserve, True), (reserve[:1] * 2, len(reserve) < 1), (["nobody"], False), ([""], True)):
            later = [{"kind": "replacement", "successor": each} for each in used]
            assert recounted(folder, config, opened, later).broken == (0 if sound else 1)
        tried += len(reserve)
    assert tried > 10


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
