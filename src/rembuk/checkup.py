"""What `rembuk doctor` asks: the settings a vote rests on, read from the running database, and the invariants."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rembuk.board import notes
from rembuk.board import store as board
from rembuk.board.store.key import insist_on_key
from rembuk.board.tables import Checkpoint
from rembuk.cycles.tables import Election
from rembuk.database import behind, engine, on_postgres, transaction
from rembuk.errors import Refused
from rembuk.invariants import faults
from rembuk.people import pepper
from rembuk.people.tables import PepperMark
from rembuk.settings import settings
from rembuk.traces import in_files
from rembuk.voting.store import beyond_the_roll
from rembuk.voting.tables import Destruction

SQLITE = {
    "journal_mode": ("wal",),
    "synchronous": (2, 3),
    "foreign_keys": (1,),
    "recursive_triggers": (1,),
    "cell_size_check": (1,),
    "secure_delete": (1,),
}
"""Values of a PRAGMA a vote may rest on (trust.md 5); 2 is FULL, 3 EXTRA."""
BUSY_MILLISECONDS = 5_000
POSTGRES = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "data_checksums": ("on",),
}
APPEND_ONLY = ("envelope", "board_leaf", "checkpoint", "audit", "paper_entry", "paper_check")
WITHOUT_ROWID = ("envelope", "roll_mark")
FAR_FILES = ("nfs", "cifs", "smb", "9p", "fuse", "afs", "ceph", "gluster")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, what was found, whether a vote may rest on it."""

    name: str
    value: str
    holds: bool


async def examine(
    *, with_invariants: bool = False, search: Sequence[Path] = (), seen: Sequence[Path] = ()
) -> list[Finding]:
    """Everything a vote rests on; with the invariants when asked, which reads the whole vote.

    `search` names dumps, logs, exports and backups to look through for NIK (I10), `seen` checkpoints that somebody
    outside kept: a board that is older, or another one, was put back from a backup or forked.
    """
    found = [finding async for finding in _settings()]
    if not found[-1].holds:  # without its tables nothing further can be asked
        return found
    found += [
        await _append_only(),
        await _pepper(),
        await _board_key(),
        _address(),
        await _destroyed(),
        await _turnout(),
    ]
    if with_invariants:
        told = await faults()
        found += [Finding(name, "; ".join(said[:3]) or "holds", not said) for name, said in told.items()]
    found += [Finding(f"no NIK in {path}", "; ".join(said[:3]) or "none", not said) for path, said in _searched(search)]
    return found + [await _not_older(path) for path in seen]


def _searched(paths: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    for path in paths:
        yield path, in_files(path)


async def _not_older(path: Path) -> Finding:
    """The board still holds what a kept checkpoint says: as many leaves at least, and the same root over them."""
    name = f"checkpoint {path.name}"
    try:
        kept = notes.parse_checkpoint(notes.open_note(_text_of(path), board.signer().verifier))
        proof = await board.consistency_proof(kept.size)
    except (notes.BadNote, UnicodeDecodeError):
        return Finding(name, "not a checkpoint of this board", False)
    except Refused:
        return Finding(name, f"older: {await board.size()} leaves, {kept.size} were seen", False)
    same = proof.old_root == kept.root.hex()
    return Finding(name, f"{kept.size} leaves are still there" if same else "another root over the same leaves", same)


def _text_of(path: Path) -> str:
    return path.read_bytes().decode()


async def _settings() -> AsyncIterator[Finding]:
    if on_postgres():
        for name, good in POSTGRES.items():
            value = (await engine().run(f"SHOW {name}"))[0][name]
            yield Finding(name, str(value), value in good)
    else:
        for finding in await _pragmas():
            yield finding
        yield _file_system(settings().database_file)
        yield await _without_rowid()
    count = await behind()
    yield Finding("migrations", f"{count} missing" if count else "current", not count)


@transaction  # inside a transaction the answers are those of the connection that writes
async def _pragmas() -> list[Finding]:
    found = []
    for name, good in SQLITE.items():
        value = (await engine().run(f"PRAGMA {name}"))[0][name]
        found.append(Finding(name, str(value), value in good))
    wait = (await engine().run("PRAGMA busy_timeout"))[0]["timeout"]
    found.append(Finding("busy_timeout", str(wait), wait >= BUSY_MILLISECONDS))
    said = (await engine().run("PRAGMA quick_check(1)"))[0]["quick_check"]
    return [*found, Finding("quick_check", str(said), said == "ok")]


def _file_system(file: Path) -> Finding:
    """SQLite's locks and flushes hold on a local file system only."""
    kind, mounts = "unknown", Path("/proc/self/mounts")
    lines = mounts.read_text().splitlines() if mounts.exists() else []
    for point, name in sorted((line.split()[1], line.split()[2]) for line in lines):
        if file.resolve().is_relative_to(point):
            kind = name  # sorted: the longest mount point that fits comes last
    return Finding("file system", kind, not kind.startswith(FAR_FILES))


async def _without_rowid() -> Finding:
    """The order of rows must not tell who voted when."""
    rows = await engine().run("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    texts = {row["name"]: row["sql"] for row in rows}
    missing = [name for name in WITHOUT_ROWID if "WITHOUT ROWID" not in texts.get(name, "")]
    return Finding("without rowid", ", ".join(WITHOUT_ROWID) if not missing else f"not {missing}", not missing)


async def _append_only() -> Finding:
    sql = "SELECT tbl_name AS name FROM sqlite_master WHERE type = 'trigger'"
    if on_postgres():
        sql = "SELECT event_object_table AS name FROM information_schema.triggers"
    guarded = {row["name"] for row in await engine().run(sql)}
    open_ones = [name for name in APPEND_ONLY if name not in guarded]
    return Finding("append-only", f"not {open_ones}" if open_ones else ", ".join(APPEND_ONLY), not open_ones)


async def _turnout() -> Finding:
    """No RW of a vote that is not counted yet has more marks than people on its roll (T1)."""
    states = Election.state.is_in(["open", "closed", "opened"])
    more = [await beyond_the_roll(row["id"]) for row in await Election.select(Election.id).where(states)]
    places = [place for each in more for place in each]
    return Finding("turnout", f"above the roll in {', '.join(places[:3])}" if places else "within the roll", not places)


async def _destroyed() -> Finding:
    """No box was destroyed whose rows may still lie in the database's files."""
    waiting = await Destruction.count().where(Destruction.rewritten_at.is_null())
    return Finding("destroyed boxes", f"{waiting} wait to be written anew" if waiting else "none waits", not waiting)


async def _pepper() -> Finding:
    try:
        pepper.check_secrets()
        row = await PepperMark.select().where(PepperMark.version == 1).first()
        if row is not None and not pepper.same(row["fingerprint"], pepper.fingerprint()):
            return Finding("pepper", "not the one this database was made with", False)
    except pepper.BadSecret as fault:
        return Finding("pepper", str(fault), False)
    return Finding("pepper", "there, private, outside the data folder", True)


async def _board_key() -> Finding:
    path = board.key_path()
    if not path.exists():
        none = await Checkpoint.exists()
        return Finding("board key", "missing" if none else "not made yet", not none)
    if path.resolve().is_relative_to(settings().data.resolve()):
        return Finding("board key", "lies inside the data folder", False)
    if path.stat().st_mode & 0o077:
        return Finding("board key", "can be read by others", False)
    last = await Checkpoint.select(Checkpoint.note).order_by(Checkpoint.size, ascending=False).first()
    try:
        if last is not None:
            insist_on_key(last["note"])
    except Refused as refused:
        return Finding("board key", refused.sentence(), False)
    return Finding("board key", board.signer().verifier.text, True)


def _address() -> Finding:
    """People vote over HTTPS; plain HTTP is for this machine only."""
    address = settings().base_url
    return Finding("address", address, settings().https or urlsplit(address).hostname in LOOPBACK)
