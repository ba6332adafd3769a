"""Every night a process of its own asks the invariants (trust.md 5); what does not hold is logged and audited."""

import asyncio
import logging
import sys

from rembuk import clock
from rembuk.board.store import append_audit_head, audit
from rembuk.jobs import every

HOUR = 2
"""On the city's clock; nobody votes then."""
COMMAND = (sys.executable, "-c", "from rembuk.cli import main; main()", "doctor", "--invariants")

log = logging.getLogger(__name__)


@every(3600, "invariants")
async def at_night() -> None:
    """Once a night; the hours of the day pass by."""
    if clock.local(clock.now()).hour == HOUR:
        await ask()


async def ask() -> list[str]:
    """What the doctor finds wrong, by name, in a process of its own; then the audit chain is sealed on the board."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await process.communicate()
    lines = [line for line in out.decode().splitlines() if line.startswith("FAIL ")]
    broken = [line.removeprefix("FAIL ").partition(":")[0] for line in lines]
    if process.returncode and not broken:
        broken = ["the doctor itself"]
    for name in broken:
        log.error("the nightly doctor: %s does not hold", name)
    await audit("system", "system", "invariants.asked", ", ".join(broken) or "all hold")
    await append_audit_head()
    return broken
