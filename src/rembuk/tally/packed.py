"""Merged ballots as bytes, to keep beside the ballots file and count from: masks of bits, no row per ballot.

pack(ballots) -> bytes         the same bytes for the same ballots, whatever machine
unpack(data) -> Ballots        exactly what was packed; BadPack when the bytes are not what `pack` gives

Version 1, all numbers little-endian: `RBKP`, version, kind, flags, five widths in bytes (counts, lengths, chosen,
points, repeats); projects, types, entries, most as 8 bytes each; counts; masks of (projects + 7) // 8 bytes per type,
or lengths and chosen where the order on a ballot matters; points; repeats; CRC-32 of all before.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rembuk.tally.types import KINDS, Ballots, Ints

MAGIC = b"RBKP"
VERSION = 1
MASKS, POINTS, REPEATS = 1, 2, 4
_HEAD = struct.Struct("<4s8B4Q")
_WIDTHS = (1, 2, 4, 8)
_CHUNK = 1 << 16
_LARGEST = 2**62


class BadPack(ValueError):
    """Bytes that are no packed ballots: the sentence says what is wrong with them."""


def pack(ballots: Ballots) -> bytes:
    """The ballots as bytes, types in the same order."""
    masks = ballots.kind in KINDS[:2] and _rising(ballots)
    flags = MASKS * masks | POINTS * (ballots.points is not None) | REPEATS * (ballots.repeats is not None)
    parts = [
        _narrow(ballots.counts),
        _narrow(ballots.lengths if not masks else None),
        _narrow(ballots.chosen if not masks else None),
        _narrow(ballots.points),
        _narrow(ballots.repeats),
    ]
    sizes = (ballots.projects, len(ballots.counts), len(ballots.chosen), ballots.most)
    head = _HEAD.pack(MAGIC, VERSION, KINDS.index(ballots.kind), flags, *(width for width, _ in parts), *sizes)
    body = [head, parts[0][1], _masks_of(ballots) if masks else b"", *(data for _, data in parts[1:])]
    whole = b"".join(body)
    return whole + zlib.crc32(whole).to_bytes(4, "little")


def unpack(data: bytes) -> Ballots:
    """The ballots that were packed; BadPack for anything else."""
    if len(data) < _HEAD.size + 4:
        raise BadPack("packed ballots are cut short")
    magic, version, kind, flags, *rest = _HEAD.unpack_from(data)
    if magic != MAGIC:
        raise BadPack("these bytes are no packed ballots")
    if version != VERSION:
        raise BadPack(f"packed ballots of version {version}; this program reads version {VERSION}")
    if zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise BadPack("packed ballots are damaged: their checksum does not match")
    if kind >= len(KINDS) or flags > MASKS | POINTS | REPEATS or any(width not in (0, *_WIDTHS) for width in rest[:5]):
        raise BadPack("packed ballots have a head that cannot be")
    found = _Pack(data, KINDS[kind], flags, *rest).ballots()
    if reason := _why_bad(found):
        raise BadPack(f"packed ballots cannot stand: {reason}")
    return found


@dataclass(slots=True)
class _Pack:
    """The bytes while they are read from front to back."""

    data: bytes
    kind: str
    flags: int
    counts: int
    lengths: int
    chosen: int
    points: int
    repeats: int
    projects: int
    types: int
    entries: int
    most: int
    at: int = _HEAD.size

    def ballots(self) -> Ballots:
        if max(self.projects, self.types, self.entries) > len(self.data) * 8 or self.most > _LARGEST:
            raise BadPack("packed ballots are cut short")
        counts = self.numbers(self.types, self.counts)
        if self.flags & MASKS:
            starts, chosen = self.from_masks()
        else:
            starts = np.concatenate(([0], np.cumsum(self.numbers(self.types, self.lengths))))
            chosen = self.numbers(self.entries, self.chosen)
        points = self.numbers(self.entries, self.points) if self.flags & POINTS else None
        repeats = self.numbers(self.projects, self.repeats) if self.flags & REPEATS else None
        if self.at != len(self.data) - 4 or starts[-1] != self.entries or len(chosen) != self.entries:
            raise BadPack("packed ballots have more or fewer bytes than their head says")
        return Ballots(self.kind, self.projects, counts, starts, chosen, points, self.most, repeats)

    def taken(self, size: int) -> bytes:
        self.at += size
        if self.at > len(self.data) - 4:
            raise BadPack("packed ballots are cut short")
        return self.data[self.at - size : self.at]

    def numbers(self, many: int, width: int) -> Ints:
        if not width:
            raise BadPack("packed ballots have a head that cannot be")
        return np.frombuffer(self.taken(many * width), dtype=f"<u{width}").astype(np.int64)

    def from_masks(self) -> tuple[Ints, Ints]:
        width = (self.projects + 7) // 8
        rows = np.frombuffer(self.taken(self.types * width), dtype=np.uint8).reshape(self.types, width)
        lengths, chosen = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for first in range(0, self.types, _CHUNK):
            bits = np.unpackbits(rows[first : first + _CHUNK], axis=1, bitorder="little")
            lengths.append(bits.sum(axis=1, dtype=np.int64))
            chosen.append(np.nonzero(bits)[1])
        return np.cumsum(np.concatenate(lengths)), np.concatenate(chosen)


def _rising(ballots: Ballots) -> bool:
    rises = np.diff(ballots.chosen) > 0
    inner = np.diff(ballots.owners) == 0
    return bool(rises[inner].all())


def _masks_of(ballots: Ballots) -> bytes:
    width = (ballots.projects + 7) // 8
    whole = []
    for first in range(0, len(ballots.counts), _CHUNK):
        last = min(first + _CHUNK, len(ballots.counts))
        inside = slice(int(ballots.starts[first]), int(ballots.starts[last]))
        bits = np.zeros((last - first, width * 8), dtype=np.uint8)
        bits[ballots.owners[inside] - first, ballots.chosen[inside]] = 1
        whole.append(np.packbits(bits, axis=1, bitorder="little").tobytes())
    return b"".join(whole)


def _narrow(values: NDArray[np.int64] | None) -> tuple[int, bytes]:
    if values is None:
        return 0, b""
    largest = int(values.max()) if len(values) else 0
    width = next(width for width in _WIDTHS if largest < 1 << 8 * width)
    return width, values.astype(f"<u{width}").tobytes()


def _why_bad(ballots: Ballots) -> str:
    arrays = [ballots.counts, ballots.chosen, ballots.lengths]
    arrays += [each for each in (ballots.points, ballots.repeats) if each is not None]
    if any((values < 0).any() for values in arrays):
        return "a number is too large"
    if len(ballots.chosen) and int(ballots.chosen.max()) >= ballots.projects:
        return "a ballot names a project that is not there"
    if (ballots.kind == "points") != (ballots.points is not None):
        return "points are missing, or not asked for"
    keys = np.sort(ballots.owners * max(ballots.projects, 1) + ballots.chosen)
    return "a ballot names a project twice" if (keys[1:] == keys[:-1]).any() else ""
