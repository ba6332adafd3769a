"""T-WEB: a thousand connections that drip their headers: others are still served, memory stays."""

import asyncio
import time
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.browser.conftest import past
from tests.browser.stage import copied, served
from tests.campaigns.sizes import LARGE, said, sized

__all__ = ["past"]
CONNECTIONS = sized("SLOW_CONNECTIONS", 0, 1_000)
ASKED = sized("LOAD_REQUESTS", 0, 200)
WARM_UP = 30
MEMORY = 200 * 1024


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not LARGE, reason="a thousand connections belong into a campaign")
def test_a_thousand_slow_connections(past: Path, tmp_path: Path) -> None:
    """T-WEB: others' p99 below twice the quiet one, memory below +200 MiB."""
    with served(copied(past, tmp_path)) as demo:
        found = asyncio.run(_besieged(demo.url))
    quiet, loud, grown = found
    others = f"p99 of others {quiet * 1000:.0f} ms before, {loud * 1000:.0f} ms meanwhile"
    said(f"T-WEB: {CONNECTIONS} slow connections: {others}, memory {grown / 1024:+.0f} MiB")
    assert loud < 2 * quiet + 0.05
    assert grown < MEMORY


async def _besieged(url: str) -> tuple[float, float, int]:
    port = int(url.rsplit(":", 1)[1])
    async with httpx.AsyncClient(base_url=url, timeout=60) as others:
        await _p99(others, WARM_UP)
        before, quiet = _memory(port), await _p99(others, ASKED)
        stop = asyncio.Event()
        dripping = [asyncio.create_task(_drip(port, stop)) for _ in range(CONNECTIONS)]
        await asyncio.sleep(3)
        loud, after = await _p99(others, ASKED), _memory(port)
        stop.set()
        await asyncio.gather(*dripping)
    return quiet, loud, after - before


async def _drip(port: int, stop: asyncio.Event) -> None:
    """Headers, one letter a second, for as long as the server lets it; then again."""
    while not stop.is_set():
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
            while not stop.is_set() and not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(1)
            writer.close()
        except OSError:
            await asyncio.sleep(0.2)


async def _p99(others: httpx.AsyncClient, count: int) -> float:
    took = []
    for nth in range(count):
        began = time.perf_counter()
        answer = await others.get(("/usulan", "/", "/papan")[nth % 3])
        assert answer.status_code == 200
        took.append(time.perf_counter() - began)
    return float(np.percentile(took, 99))


def _memory(port: int) -> int:
    """Resident kilobytes of every process of this server: the one with its port on the command line, and children."""
    found: dict[int, tuple[int, int, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_text("utf-8", "replace")
            status = (folder / "status").read_text("utf-8", "replace")
        except OSError:
            continue
        fields = dict(each.split(":\t", 1) for each in status.splitlines() if ":\t" in each)
        resident = int(fields.get("VmRSS", "0 kB").strip().split()[0])
        found[int(folder.name)] = (int(fields["PPid"]), resident, line)
    ours = {pid for pid, (_, _, line) in found.items() if f"--port\0{port}\0" in line and "demo" in line}
    while more := {pid for pid, (parent, _, _) in found.items() if parent in ours} - ours:
        ours |= more
    return sum(found[pid][1] for pid in ours)
