"""The bundle of a finished cycle (docs/bundle.md): everything a stranger needs to check it with rembuk-verify."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from rembuk.board import store as board
from rembuk.board.rules import Json, canonical
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Reason, Refused
from rembuk.results import store as results
from rembuk.results.store.publishing import file_name, official_counts, projects_json

FORMAT = "rembuk-bundle-1"
CHUNK = 2_000


class Refusal(Reason):
    """Why a bundle is not written."""

    NOT_FINISHED = (404, N_("Siklus ini belum punya hasil yang diumumkan, atau tidak ada."))
    NOT_EMPTY = (409, N_("Folder tujuan sudah berisi. Pilih folder kosong."))


async def exportable() -> list[str]:
    """The ids (short addresses) of cycles whose bundle can be written: our own, with a published result."""
    published = set(await results.finished_cycles())
    return sorted(cycle.slug for cycle in await cycles.cycles(kind="round") if cycle.id in published)


def is_used(folder: Path) -> bool:
    """Whether a folder is there and holds something."""
    return folder.exists() and any(folder.iterdir())


async def write_bundle(slug: str, folder: Path) -> int:
    """Write the bundle into an empty folder; how many files. Refused when the cycle is not finished."""
    if slug not in await exportable():
        raise Refused(Refusal.NOT_FINISHED)
    if is_used(folder):
        raise Refused(Refusal.NOT_EMPTY)
    cycle = await cycles.by_slug(slug)
    files = await _files(cycle)
    election = await cycles.election(cycle.id)
    manifest: dict[str, Json] = {
        "format": FORMAT,
        "city": cycle.city,
        "cycle": cycle.slug,
        "election": str(election.id),
        "files": {name: sha256(content).hexdigest() for name, content in files.items()},
    }
    write_files(folder, {**files, "manifest.json": canonical(manifest)})
    return len(files) + 1


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their name below a folder, making the folders they need."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


async def _files(cycle: Cycle) -> dict[str, bytes]:
    election = await cycles.election(cycle.id)
    signed = await board.checkpoints(None)
    files = {
        "config.json": election.config.encode(),
        "projects.json": projects_json(election.config),
        "board.jsonl": await _board(signed[0].size if signed else 0),
        "checkpoints.txt": "".join(checkpoint.note for checkpoint in reversed(signed)).encode(),
        "keys.json": await _keys(),
        "audit.jsonl": await _audit(),
    }
    for row in await official_counts(cycle.id):
        files[file_name(row["area"])] = row["document"].encode()
    for box in await results.published_boxes(cycle.id):
        files[f"ballots/{box}.pb"] = (await results.ballots_text(cycle.id, box)).encode()
    return files


async def _board(size: int) -> bytes:
    """Leaves up to the checkpoint that was read: the board may grow while we write."""
    lines: list[str] = []
    while len(lines) < size and (leaves := await board.leaves(len(lines), min(CHUNK, size - len(lines)))):
        lines += [leaf.body for leaf in leaves]
    return "".join(f"{line}\n" for line in lines).encode()


async def _keys() -> bytes:
    return canonical(
        {
            "origin": board.origin(),
            "board": board.signer().verifier.text,
            "witnesses": [witness.text for witness in await board.witnesses()],
        }
    )


async def _audit() -> bytes:
    lines: list[bytes] = []
    while rows := await board.audit_rows(len(lines), CHUNK):
        lines += [row.line for row in rows]
    return b"".join(line + b"\n" for line in lines)
