"""Photos kept: bytes in the data folder under random names; the row is written when the bytes are safe."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

from rembuk import clock
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.files import tables
from rembuk.files.photos import CleanPhoto, cleaned
from rembuk.files.rules import SIZES, Refusal, StoredFile
from rembuk.settings import settings

MEDIA_TYPE = "image/webp"


class Sent(Protocol):
    """A file as it came with a form: only its bytes are believed."""

    @property
    def body(self) -> bytes:
        """The bytes as they came."""


async def keep_photo(owner: UUID, upload: "Sent | bytes") -> StoredFile:
    """Check, re-encode and keep a photo; Refused when it is none. Not inside a transaction."""
    content = upload if isinstance(upload, bytes) else upload.body
    photo = await cleaned(content)
    kept = uuid4()
    digest = await asyncio.to_thread(_write, kept, photo)
    file = StoredFile(kept, owner, photo.width, photo.height, digest)
    await _note(file, sum(map(len, photo.forms.values())))
    return file


async def stored_file(file: UUID) -> StoredFile | None:
    """The facts of one kept photo, or None."""
    row = await tables.StoredFile.select().where(tables.StoredFile.id == file).first()
    if row is None:
        return None
    return StoredFile(row["id"], row["owner"], row["width"], row["height"], row["sha256"])


async def photo_bytes(file: UUID, side: int) -> bytes:
    """The WebP bytes of a kept photo at one side length; Refused(NO_SUCH_FILE) when there is none."""
    if side not in SIZES or await stored_file(file) is None:
        raise Refused(Refusal.NO_SUCH_FILE)
    path = _path(file, side)
    try:
        return await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError as gone:
        raise Refused(Refusal.NO_SUCH_FILE) from gone


async def delete_photo(file: UUID, owner: UUID) -> None:
    """Remove a photo of this owner, row first; nothing when it is not theirs."""
    if await _forget(file, owner):
        await asyncio.to_thread(_remove, file)


@transaction
async def _note(file: StoredFile, byte_count: int) -> None:
    row = tables.StoredFile(
        id=file.id,
        owner=file.owner,
        media_type=MEDIA_TYPE,
        width=file.width,
        height=file.height,
        byte_count=byte_count,
        sha256=file.sha256,
        created_at=clock.now(),
    )
    await tables.StoredFile.insert(row)


@transaction
async def _forget(file: UUID, owner: UUID) -> bool:
    theirs = (tables.StoredFile.id == file) & (tables.StoredFile.owner == owner)
    gone = await tables.StoredFile.delete().where(theirs).returning(tables.StoredFile.id)
    return bool(gone)


def _write(file: UUID, photo: CleanPhoto) -> str:
    """Every size on disk and synced before the row may speak of it; gives the SHA-256 of the largest."""
    for side, content in photo.forms.items():
        path = _path(file, side)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    return hashlib.sha256(photo.forms[max(photo.forms)]).hexdigest()


def _remove(file: UUID) -> None:
    for side in SIZES:
        _path(file, side).unlink(missing_ok=True)


def _path(file: UUID, side: int) -> Path:
    return settings().data / "photos" / file.hex[:2] / f"{file.hex}-{side}.webp"
