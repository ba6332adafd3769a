"""The demo as `make demo` builds it: once, whole, for this machine only, and the same again at the second start."""

import asyncio
import json
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.database import close_database, open_database
from rembuk.invariants import counts_repeat, leaves_equal_envelopes, one_mark, opened_equals_marks, seq_is_the_newest
from rembuk.moderation import store as moderation
from rembuk.notices.tables import Notice
from rembuk.posts import store as posts
from rembuk.proposals.tables import Proposal
from rembuk.results import store as results
from rembuk.settings import Settings
from tests.browser.conftest import past
from tests.browser.stage import copied

__all__ = ["past"]

PROGRAM = "from rembuk.cli import main; main()"
pytestmark = pytest.mark.slow


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a demo in this folder."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith("REMBUK_")}
    return {**ours, "REMBUK_DATA": str(folder), **more}


async def rembuk(folder: Path, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run `rembuk …`; exit code, output, errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *arguments),
        env=environment(folder, **more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 170)
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture(scope="module")
def demo(past: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo of our own: a copy of the one that was built for all rooms."""
    return copied(past, tmp_path_factory.mktemp("demo"))


def doors(folder: Path) -> dict[str, Any]:
    """demo.json."""
    found: dict[str, Any] = json.loads((folder / "demo.json").read_text("utf-8"))
    return found


async def test_it_tells_one_sign_in_per_role(demo: Path) -> None:
    """Issue 2: demo.json names the address and the people with role, name, area and how to sign in."""
    said = doors(demo)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", said["url"]), "for this machine only; the port is told below"
    assert {person["role"] for person in said["people"]} >= {
        *("resident", "facilitator", "official", "auditor", "admin", "trustee")
    }
    assert all(set(person) == {"role", "name", "area", "sign_in"} for person in said["people"])
    assert all("simulasi" in person["name"] for person in said["people"])
    assert sum(person["role"] == "official" for person in said["people"]) >= 2


async def test_three_rounds_stand(demo: Path) -> None:
    """Issue 2: one finished with published results and works, one voting, one proposing; invariants hold."""
    await open_database(Settings(data=demo))
    try:
        rounds = {cycle.year: cycle for cycle in await cycles.cycles(kind="round")}
        last, this, following = (rounds[year] for year in sorted(rounds))
        assert await results.finished_cycles() == [last.id]
        assert await cycles.is_open(last.id, PhaseKind.WORKS)
        assert await cycles.is_open(this.id, PhaseKind.VOTING)
        assert await cycles.is_open(following.id, PhaseKind.PROPOSALS)
        assert await Proposal.count().where(Proposal.cycle == this.id) >= 64
        assert all(cycle.simulated for cycle in rounds.values())
        assert await Notice.count().where(Notice.sent_at.is_null()) == 0
        assert "num_votes;" in await results.ballots_text(last.id, "32.73.27"), "Gedebage has ballots enough"
        decided, number = await moderation.published("32.73.27")
        assert number >= 4 and {each.action.value for each in decided} >= {"hide", "keep", "reply"}
        [box] = await posts.boxes_of((await cycles.election(last.id)).id)
        assert (box.state, box.checkins, box.sheets, box.destroyed) == ("closed", 10, 10, 2), "K5: paper in the count"
        lines = await results.districts(last.id, await results.named(last))
        assert len(lines) == 30
        assert next(line for line in lines if line.area == "32.73.27").ballots >= 250
        for holds in (one_mark, seq_is_the_newest, leaves_equal_envelopes, opened_equals_marks, counts_repeat):
            assert await holds() == []
    finally:
        await close_database()


async def test_the_finished_round_verifies(demo: Path, tmp_path: Path) -> None:
    """T-VERIFY: what the demo exports, the stand-alone verifier finds in order."""
    code, listed, err = await rembuk(demo, "export", "cycle", "--list", REMBUK_DEMO="true")
    assert code == 0, err
    slug = listed.split()[0]
    code, _, err = await rembuk(demo, "export", "cycle", slug, str(tmp_path / "bundle"), REMBUK_DEMO="true")
    assert code == 0, err
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rembuk_verify", str(tmp_path / "bundle")), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 170)
    assert process.returncode == 0, out.decode()[-2000:]


async def test_the_second_start_keeps_data_and_doors(demo: Path) -> None:
    """Issue 2: nothing is built twice; every page says demo; the doctor finds no fault."""
    before = doors(demo)["people"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, "demo", "--data", str(demo), "--port", str(port)),
        env=environment(demo),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        page = await _served(f"http://127.0.0.1:{port}/")
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)
    assert "demo" in page.lower() and "simulasi" in page.lower()
    assert doors(demo) == {"url": f"http://127.0.0.1:{port}", "people": before}
    code, out, err = await rembuk(demo, "doctor", "--invariants", REMBUK_DEMO="true")
    assert code == 0, out + err


async def _served(address: str) -> str:
    async with httpx.AsyncClient(timeout=5) as client:
        for _ in range(120):
            try:
                answer = await client.get(address)
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            assert answer.status_code == 200
            return answer.text
    raise AssertionError("the demo never answered")


async def test_demo_mode_listens_on_this_machine_only(tmp_path: Path) -> None:
    """Issue 2: `rembuk serve` in demo mode refuses any other address, in one line."""
    code, out, err = await rembuk(tmp_path, "serve", "--host", "0.0.0.0", REMBUK_DEMO="true")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and "127.0.0.1" in err


async def test_a_demo_is_not_served_as_a_city(tmp_path: Path) -> None:
    """Issue 2: demo sign-ins exist in demo mode only: without it the folder of a demo is not served at all."""
    (tmp_path / "demo.json").write_text("{}")
    code, out, err = await rembuk(tmp_path, "serve")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and "rembuk demo" in err
