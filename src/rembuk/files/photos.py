"""Photos made harmless: a child process with limits decodes and re-encodes them; the server never does."""

import asyncio
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from rembuk.errors import Refused
from rembuk.files.rules import LARGEST_OUTPUT, MOST_PIXELS, Refusal, why_not_taken

_PROGRAM = Path(__file__).with_name("decoding.py")
_PATIENCE_SECONDS = 20
_AT_ONCE = 1
_WAITING = 20


class _Told(msgspec.Struct):
    width: int = 0
    height: int = 0
    refused: str = ""


@dataclass(frozen=True)
class CleanPhoto:
    """A photo re-encoded: WebP bytes by side, and width and height of the largest, in pixels."""

    forms: dict[int, bytes]
    width: int
    height: int


class _Desk:
    """One decoder at a time; a long queue is refused rather than kept."""

    def __init__(self) -> None:
        self.places = asyncio.Semaphore(_AT_ONCE)
        self.waiting = 0


@cache
def _desk_of(loop: asyncio.AbstractEventLoop) -> _Desk:
    return _Desk()


async def cleaned(content: bytes) -> CleanPhoto:
    """The photo at every size, without metadata; Refused when it is none, too large, or broken."""
    if reason := why_not_taken(content):
        raise Refused(reason)
    desk = _desk_of(asyncio.get_running_loop())
    if desk.waiting >= _WAITING:
        raise Refused(Refusal.BUSY)
    desk.waiting += 1
    try:
        async with desk.places:
            return await _decoded(content)
    finally:
        desk.waiting -= 1


async def _decoded(content: bytes) -> CleanPhoto:
    with TemporaryDirectory(prefix="rembuk-foto-") as folder:
        told = await _asked(content, Path(folder))
        if told.refused:
            raise Refused(Refusal[told.refused])
        forms = {side: (Path(folder) / f"{side}.webp").read_bytes() for side in LARGEST_OUTPUT}
    return CleanPhoto(forms, told.width, told.height)


async def _asked(content: bytes, folder: Path) -> _Told:
    sizes = json.dumps(LARGEST_OUTPUT)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(_PROGRAM), str(folder), sizes, str(MOST_PIXELS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
    )
    try:
        said, _ = await asyncio.wait_for(child.communicate(content), _PATIENCE_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
        return _Told(refused="BROKEN")
    try:
        return msgspec.json.decode(said, type=_Told)
    except msgspec.DecodeError:  # killed by a limit before it could speak
        return _Told(refused="BROKEN")
