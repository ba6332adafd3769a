"""The board's signing key: where it lies, that it is never replaced silently, and promises it signs."""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from rembuk.board import notes
from rembuk.board.rules import Promise, Refusal
from rembuk.board.tables import Checkpoint
from rembuk.clock import now
from rembuk.errors import Refused
from rembuk.settings import settings

KEY_FILE = "papan.key"


def key_path() -> Path:
    """Where the signing key lies: in the secret folder, outside the data."""
    return settings().secret_folder / KEY_FILE


def origin() -> str:
    """The name this city's board signs under, e.g. rembuk/32.73."""
    return f"rembuk/{settings().city}"


@lru_cache(maxsize=4)
def _signer(path: Path, _written: tuple[int, int]) -> notes.Signer:
    return notes.read_key_file(path)


def signer() -> notes.Signer:
    """The board's signing key; raises Refused(NO_KEY) when it is missing or damaged."""
    try:
        file = key_path().stat()
        return _signer(key_path(), (file.st_ino, file.st_mtime_ns))
    except (FileNotFoundError, notes.BadNote) as fault:
        raise Refused(Refusal.NO_KEY) from fault


async def prepare() -> notes.Verifier:
    """Make the key when there is neither key nor board; otherwise insist on the one the board knows."""
    last = await Checkpoint.select(Checkpoint.note).order_by(Checkpoint.size, ascending=False).first()
    if last is None:
        with suppress(FileExistsError):
            notes.make_key_file(key_path(), origin())
    else:
        insist_on_key(last["note"])
    return signer().verifier


async def ready() -> None:
    """Prepare at the first use of a fresh installation; costs one look at a file afterwards."""
    if not key_path().exists():
        await prepare()


def insist_on_key(note: str) -> None:
    """Raise Refused(NO_KEY) unless our key signed this checkpoint."""
    try:
        notes.open_note(note, signer().verifier)
    except notes.BadNote as fault:
        raise Refused(Refusal.NO_KEY) from fault


def promised(leaf_sha256: str) -> Promise:
    """The server's signed promise for a leaf that is queued or posted already; writes nothing."""
    moment = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return Promise(leaf_sha256, signer().sign(notes.promise_text(origin(), leaf_sha256, moment)))
