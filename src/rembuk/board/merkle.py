"""RFC 6962 Merkle trees: roots, inclusion proofs and consistency proofs. Pure; hashes are 32 raw bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf: SHA-256 of 0x00 and the data (RFC 6962, 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 of 0x01 and both children (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree: enough to append leaves and to know the root, in log2(size) hashes."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def appended(self, leaves: Iterable[bytes]) -> Frontier:
        """The edge after these leaf hashes were appended in order."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            node, merges = leaf, size
            # every trailing one-bit of the size is a finished subtree as tall as the node: merge them
            while merges & 1:
                node, merges = node_hash(peaks.pop(), node), merges >> 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root hash of the whole tree; SHA-256 of nothing when it is empty."""
        return _fold(self.peaks)


class Tree:
    """A growing tree that keeps every finished subtree, so that any proof costs log2(size) hashes."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves the tree holds."""
        return len(self._levels[0]) // HASH_BYTES

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right edge."""
        level, node = 0, leaf
        while True:
            if level == len(self._levels):
                self._levels.append(bytearray())
            row = self._levels[level]
            row += node
            if (len(row) // HASH_BYTES) % 2:
                return
            node, level = node_hash(bytes(row[-2 * HASH_BYTES : -HASH_BYTES]), node), level + 1

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves (all of them when not given)."""
        size = self.size if size is None else size
        self._need(0 <= size <= self.size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1)."""
        self._need(0 <= index < size <= self.size)
        return self._path(index, 0, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the tree of `first` leaves is a prefix of the one of `second` (RFC 6962, 2.1.2)."""
        self._need(0 < first <= second <= self.size)
        return self._subproof(first, 0, second, True)

    def _need(self, within: bool) -> None:
        if not within:
            raise ValueError("outside the tree")

    def _range(self, start: int, stop: int) -> bytes:
        """The hash over leaves start..stop, where start is a multiple of the tree's own split."""
        width = stop - start
        if width & (width - 1) == 0 and start % width == 0:
            at = start // width * HASH_BYTES
            return bytes(self._levels[width.bit_length() - 1][at : at + HASH_BYTES])
        split = start + _split(width)
        return node_hash(self._range(start, split), self._range(split, stop))

    def _path(self, index: int, start: int, stop: int) -> list[bytes]:
        if stop - start == 1:
            return []
        split = start + _split(stop - start)
        if index < split:
            return [*self._path(index, start, split), self._range(split, stop)]
        return [*self._path(index, split, stop), self._range(start, split)]

    def _subproof(self, first: int, start: int, stop: int, whole: bool) -> list[bytes]:
        """SUBPROOF of RFC 6962, 2.1.2; `first` counts from the log's beginning, `whole` is its flag b."""
        if first == stop:
            return [] if whole else [self._range(start, stop)]
        split = start + _split(stop - start)
        if first <= split:
            return [*self._subproof(first, start, split, whole), self._range(split, stop)]
        return [*self._subproof(first, split, stop, False), self._range(start, split)]


def root(leaves: Sequence[bytes]) -> bytes:
    """The root hash over these leaf hashes."""
    return Frontier().appended(leaves).root


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the audit path leads from this leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, at = leaf, size - 1, index
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def consistent(first: int, second: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows the older tree to be a prefix of the newer (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not path and old_root == new_root
    steps = list(path) if first & (first - 1) else [old_root, *path]
    if not steps:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    return _climb(steps, at, last) == (old_root, new_root)


def _climb(steps: Sequence[bytes], at: int, last: int) -> tuple[bytes, bytes] | None:
    """The two roots a consistency proof leads to, or None when it has the wrong length."""
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << (width - 1).bit_length() - 1


def _fold(peaks: Sequence[bytes]) -> bytes:
    """Join the peaks from right to left."""
    if not peaks:
        return EMPTY_ROOT
    node = peaks[-1]
    for peak in reversed(peaks[:-1]):
        node = node_hash(peak, node)
    return node
