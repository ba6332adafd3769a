"""Every rule, quota and stage has a page with a picture, and the example on it comes out as the page says."""

import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest

from rembuk.tally import pabulib
from rembuk.tally.city_file import read_city
from rembuk.tally.count import count
from rembuk.tally.election import District
from rembuk.tally.quotas import QUOTAS, QuotaPlan, quotas
from rembuk.tally.rules import RULES
from rembuk.tally.stages import count_city, successor
from rembuk.tally.ties import draw

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"


@pytest.mark.parametrize("rule", RULES.names())
def test_rule_page(rule: str) -> None:
    """The worked example of a rule is what the rule does."""
    page = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
    example = re.search(r"```pb\n(.*?)```", page, re.DOTALL)
    told = re.search(rf"Result of `{rule}`: (.+)", page)
    assert example
    assert told
    election = pabulib.parse(example[1]).election.with_rule(rule)
    assert list(count(election).winners) == told[1].split(", ")


@pytest.mark.parametrize("rule", QUOTAS.names())
def test_quota_page(rule: str) -> None:
    """The worked example of a quota rule is what the rule gives."""
    page = (PAGES / f"{rule}.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\S+) \| (\S+) \|$", page, re.MULTILINE)
    total = re.search(r"Total (\d+), city pot (\d+)", page)
    told = re.search(rf"Ceilings of `{rule}`: (.+)", page)
    assert total
    assert told
    districts = tuple(
        District(code, "", int(people), int(poor), int(low), number(high), number(ceiling))
        for code, people, poor, low, high, ceiling in rows
    )
    split = quotas(rule, QuotaPlan(int(total[1]), districts, int(total[2])))
    assert ", ".join(f"{code} = {money}" for code, money in split.ceilings.items()) == told[1]


STAGES = ("ring_fence", "city_round", "reserve", "caps", "suara_anak", "pledges")


@pytest.mark.parametrize("stage", STAGES)
def test_stage_page(stage: str, tmp_path: Path) -> None:
    """The worked example of a stage is a small city, counted from the files on the page."""
    page = (PAGES / f"{stage}.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"```(?:pb|json) (\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = count_city(read_city(tmp_path / "city.json", tmp_path))
    reserves = ", ".join(entry.project for entry in result.reserve)
    said = (
        f"winners {', '.join(result.winners)}; reserve {reserves}; unspent {result.unspent}; waiting {result.waiting}."
    )
    assert f"Result: {said}" in page
    for gone, next_in in re.findall(r"^In for (\w+) when it is .*: (\w+)$", page, re.MULTILINE):
        assert successor(result, gone) == next_in


def test_ties_page() -> None:
    """The draw of the page on ties, with the beginnings of both lots."""
    page = (PAGES / "ties.md").read_text(encoding="utf-8")
    example, told = re.search(r"```pb\n(.*?)```", page, re.DOTALL), re.search(r"Result of the draw: (.+)", page)
    assert example
    assert told
    election = replace(pabulib.parse(example[1]).election, seed=b"dice")
    assert list(count(election).winners) == told[1].split(", ")
    for name in "ab":
        assert draw(b"dice", "", name).hex()[:6] in page


def test_every_page_has_its_picture() -> None:
    """Each page shows a picture, each picture is the one that draw.py draws, and the contents name each page."""
    drawing = runpy.run_path(str(PAGES / "draw.py"))
    contents = (PAGES / "README.md").read_text(encoding="utf-8")
    for page in (path for path in PAGES.glob("*.md") if path.name != "README.md"):
        kept = PAGES / "pictures" / f"{page.stem}.svg"
        assert f"(pictures/{kept.name})" in page.read_text(encoding="utf-8")
        assert kept.read_text(encoding="utf-8") == drawing["svg"](page.stem)
        assert f"({page.name})" in contents
    assert {path.stem for path in (PAGES / "pictures").iterdir()} == set(drawing["PICTURES"])
    assert {*RULES.names(), *QUOTAS.names(), *STAGES, "ties"} <= {path.stem for path in PAGES.glob("*.md")}


def number(text: str) -> int | None:
    """A bound, or none where the page has a dash."""
    return None if text == "-" else int(text)
