"""The list of faults stays true: every fault can still be planted, its test is there; one is planted here."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rembuk import invariants
from rembuk.database import engine
from rembuk.posts import store as posts
from tests.campaigns.faults import FAULTS, Fault
from tests.city import city
from tests.posts.making import post_in

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_can_be_planted(fault: Fault) -> None:
    """Sabotage: the safeguard stands there in exactly these words, and the test that sees it gone exists."""
    assert (ROOT / fault.file).read_text("utf-8").count(fault.old) == 1
    file, _, name = fault.test.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not name or name in names


def test_every_promise_has_faults() -> None:
    """Sabotage: none of the five promises is left out, and no fault changes nothing."""
    assert {fault.promise for fault in FAULTS} == {"P1", "P2", "P3", "P4", "P5"}
    assert all(fault.old != fault.new for fault in FAULTS)
    assert len({fault.what for fault in FAULTS}) == len(FAULTS)


@pytest.mark.slow
def test_a_planted_fault_turns_its_test_red() -> None:
    """Sabotage: one fault, planted as `make sabotage` plants them all."""
    command = [sys.executable, "-m", "tests.campaigns.sabotage", "leaf prefix removed"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 faults planted, 1 found" in done.stdout


async def test_paper_beyond_the_check_ins_is_found(db: Any, tampering: None) -> None:
    """I8: a check-in taken out of the count behind our back is told."""
    made = await city(districts=1, proposals=2, voters=2, with_codes=2)
    post = await post_in(made)
    await posts.check_in_by_code(post.id, made.codes[post.rolls[0]].printed, post.officers[0])
    assert await invariants.INVARIANTS["I8"]() == []
    await engine().run("DELETE FROM check_in_count")
    assert await invariants.INVARIANTS["I8"]()
