"""T-FUZZ, long: atheris beside every reader of strangers' input, one process a reader, guided by coverage.

`python -m tests.campaigns.fuzz --seconds 60` plays all, one after another, and tells executions, crashes and the
slowest input; `python -m tests.campaigns.fuzz --one NAME` plays one. Needs the optional extra `fuzz`.
"""

import argparse
import contextlib
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.campaigns.sizes import said

RUNS = 10_000_000
SLOW = 1.0
"""Seconds of the processor one input may take."""
LONGEST = 4096
"""Bytes of an input; the seeds' own mutations in test_fuzz.py go to 200,000."""
DONE = re.compile(r"Done (\d+) runs|^#(\d+)\s", re.MULTILINE)


class Slow(Exception):
    """An input took longer than a second of the processor."""


def play(name: str, seconds: int, corpus: Path) -> None:
    """Fuzz one reader in this process until the time or the runs are over; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["rembuk", "rembuk_verify", "markdown_it"]):
        from tests.campaigns.readers import PICTURES, READERS

    reader = (READERS | PICTURES)[name]
    allowed = reader.refusals
    if name in PICTURES:  # what decoding.py reports as BROKEN, and the bomb it names
        from PIL import Image, UnidentifiedImageError

        broken = (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError, IndexError, EOFError)
        allowed = (*broken, Image.DecompressionBombError, Image.DecompressionBombWarning)

    def one(data: bytes) -> None:
        began = time.thread_time()
        with contextlib.suppress(allowed):
            reader.read(data)
        if (took := time.thread_time() - began) > SLOW:
            raise Slow(f"{took:.2f} s on {data[:300]!r}")

    for nth, seed in enumerate(reader.seeds):
        (corpus / f"seed-{nth}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-runs={RUNS}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus}/", str(corpus)], one)
    atheris.Fuzz()


def played(name: str, seconds: int) -> bool:
    """Fuzz one reader in a process of its own and tell the figure; whether nothing was found."""
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "tests.campaigns.fuzz", "--one", name, "--seconds", str(seconds)]
        command += ["--corpus", corpus]
        told = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
        runs = max((int(done or later) for done, later in DONE.findall(told.stderr)), default=0)
        fine = told.returncode == 0
        said(f"T-FUZZ atheris: {name}: {runs} executions, {'0 crashes' if fine else 'FOUND something'}")
        if not fine:
            print(told.stderr[-4000:], flush=True)
            for kept in [*Path(corpus).glob("crash-*"), *Path(corpus).glob("timeout-*"), *Path(corpus).glob("oom-*")]:
                print(f"input: {kept.read_bytes()[:2000]!r}", flush=True)
    return fine


def main() -> None:
    """Play one reader, or all of them in turn; exit status 1 when something was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--one", help="the name of one reader")
    asked.add_argument("--seconds", type=int, default=60, help="for each reader")
    asked.add_argument("--corpus", type=Path, help="where --one keeps its inputs")
    given = asked.parse_args()
    if given.one:
        play(given.one, given.seconds, given.corpus or Path(tempfile.mkdtemp()))
        return
    from tests.campaigns.readers import PICTURES, READERS

    found = [name for name in READERS | PICTURES if not played(name, given.seconds)]
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
