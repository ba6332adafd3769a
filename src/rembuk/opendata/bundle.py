"""The bundle of a finished cycle (docs/bundle.md): everything a stranger needs to check it with rembuk-verify."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from rembuk.board import store as board
from rembuk.board.rules import Json, canonical
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.errors import N_, Reason, Refused
from rembuk.results import store as results
from rembuk.results.store.publishing import file_name, official_counts, projects_json
from rembuk.settings import settings

FORMAT = "rembuk-bundle-1"
CHUNK = 2_000
README = """\
{name}

Berkas ini cukup untuk memeriksa hasil tanpa percaya kepada siapa pun. Unduh rembuk_verify.py dari
{address}/papan/rembuk_verify.py (cukup Python, SHA-256 di bawah), lalu jalankan:

    python rembuk_verify.py --key "{key}" FOLDER

Cocokkan kunci itu dengan yang ditempel di kantor kelurahan, bukan dengan berkas ini. COCOK berarti sudah dihitung
ulang. TIDAK COCOK berarti ada yang diubah atau belum lengkap. TIDAK DIPERIKSA berarti berkas ini tidak cukup untuk itu.

These files are enough to check the result without trusting anybody. Download rembuk_verify.py from the address above
(Python is all it needs) and run the command. Compare the key with the one on the notice board of the kelurahan, not
with this file. HOLDS: counted again. DOES NOT HOLD: changed, or not complete yet. NOT CHECKED: these files are not
enough to tell. The witnesses of the vote must sign the board once more after publication: before they did, the verifier
says that it does not hold. The format is described in docs/bundle.md of the program.

rembuk_verify.py SHA-256: {verifier}
"""


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
        "BACA-SAYA.txt": _readme(cycle),
    }
    for row in await official_counts(cycle.id):
        files[file_name(row["area"])] = row["document"].encode()
    for box in await results.published_boxes(cycle.id):
        files[f"ballots/{box}.pb"] = (await results.ballots_text(cycle.id, box)).encode()
    return files


def _readme(cycle: Cycle) -> bytes:
    """What to do with the folder, in two languages; the verifier names it as a file it does not check."""
    found = find_spec("rembuk_verify")
    code = Path(found.origin).read_bytes() if found and found.origin else b""
    facts = {"name": cycle.name, "address": settings().base_url, "key": board.signer().verifier.text}
    return README.format(**facts, verifier=sha256(code).hexdigest()).encode()


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
