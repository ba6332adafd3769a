"""Every rule and quota on its shelf has a page, and the example on it comes out as the page says."""

import re
from pathlib import Path

import pytest

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import District
from rembuk.tally.quotas import QUOTAS, QuotaPlan, quotas
from rembuk.tally.rules import RULES

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


def number(text: str) -> int | None:
    """A bound, or none where the page has a dash."""
    return None if text == "-" else int(text)
