"""The queue of password hashes, also in the worker a server forks after it built the demo."""

import subprocess
import sys

FORKED = """
import asyncio, os, sys, time
from rembuk.people.passwords import queue

async def hashed():
    async with asyncio.timeout(10):
        return await queue().hash("a long enough password")

asyncio.run(hashed())
time.sleep(0.3)  # until the pool counts its thread as idle
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
kept = asyncio.run(hashed())
os._exit(0 if asyncio.run(queue().verify(kept, "a long enough password")) else 3)
"""


def test_a_forked_worker_hashes() -> None:
    """The first sign-in of a fresh demo once waited for a thread that had stayed in the parent."""
    done = subprocess.run([sys.executable, "-c", FORKED], timeout=60, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
