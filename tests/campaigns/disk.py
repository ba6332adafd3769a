"""A disk that loses its power: what reached it since the last sync is there, gone, torn or garbage, by chance.

`watch()` listens to SQLite's own VFS in this process (ctypes, the same library the product uses, every setting as it
is): each write, truncation, sync, creation and deletion goes into a list. `Disk` replays that list and cuts the power
anywhere. Sectors have 512 bytes; a creation lasts once the new file was synced, a deletion without a directory sync
may come undone; bytes nobody wrote to do not change (SQLite's powersafe overwrite).
"""

import ctypes
import ctypes.util
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
Op = tuple[Any, ...]
"""("write", name, offset, bytes), ("cut", name, size), ("sync" or "new", name), ("gone", name, synced), ("said", x)."""

_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, _P)  # the name as SQLite's own pointer: the file keeps it
_DELETE = ctypes.CFUNCTYPE(_I, _P, ctypes.c_char_p, _I)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_CUT = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _I),
        ("file_size", _I),
        ("longest_path", _I),
        ("following", _P),
        ("name", ctypes.c_char_p),
        ("data", _P),
        ("open", _P),
        ("delete", _P),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [("version", _I), *((f"m{nth}", _P) for nth in range(18))]


class _File(ctypes.Structure):
    _fields_ = [("methods", ctypes.POINTER(_Methods))]


_kept: list[Any] = []
"""What SQLite holds pointers to must never be collected."""


def library() -> ctypes.CDLL | None:
    """The SQLite library Python's own module uses, or None where it is built into that module."""
    name = ctypes.util.find_library("sqlite3")
    found = ctypes.CDLL(name) if name else None
    maps = Path("/proc/self/maps")
    import sqlite3  # noqa: F401 - loads the library

    linked = maps.exists() and "libsqlite3" in maps.read_text()
    return found if linked else None


def watch(log: list[Op]) -> None:
    """From now on every file SQLite opens in this process tells the log what happens to it; cannot be undone."""
    lite = library()
    assert lite is not None
    lite.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs = lite.sqlite3_vfs_find(None).contents
    stock_open, stock_delete = _OPEN(vfs.open), _DELETE(vfs.delete)
    names: dict[int, str] = {}

    def opened(this: int, path: int | None, file: int, flags: int, out: int) -> int:
        name = ctypes.string_at(path).decode() if path else ""
        fresh = not Path(name).exists()
        code = stock_open(this, path, file, flags, out)
        if code == 0 and name:
            names[file] = name
            if fresh:
                log.append(("new", names[file]))
            _listen(ctypes.cast(file, ctypes.POINTER(_File)).contents, names, log)
        return code

    def deleted(this: int, path: bytes, directory: int) -> int:
        code = stock_delete(this, path, directory)
        if code == 0:
            log.append(("gone", path.decode(), bool(directory)))
        return code

    hooks = (_OPEN(opened), _DELETE(deleted))
    _kept.extend((*hooks, stock_open, stock_delete, lite))
    vfs.open = ctypes.cast(hooks[0], _P).value
    vfs.delete = ctypes.cast(hooks[1], _P).value


def _listen(file: _File, names: dict[int, str], log: list[Op]) -> None:
    """Give an open file methods that tell the log, then do what the stock ones do."""
    stock, ours = file.methods.contents, _Methods()
    ctypes.pointer(ours)[0] = stock
    write, cut, sync = _WRITE(stock.m2), _CUT(stock.m3), _SYNC(stock.m4)

    def written(this: int, data: int, size: int, offset: int) -> int:
        log.append(("write", names[this], offset, ctypes.string_at(data, size)))
        return write(this, data, size, offset)

    def shortened(this: int, size: int) -> int:
        log.append(("cut", names[this], size))
        return cut(this, size)

    def synced(this: int, flags: int) -> int:
        code = sync(this, flags)
        log.append(("sync", names[this]))
        return code

    hooks: list[Any] = [_WRITE(written), _CUT(shortened), _SYNC(synced)]
    ours.m2, ours.m3, ours.m4 = (ctypes.cast(hook, _P).value for hook in hooks)
    _kept.extend((*hooks, ours, write, cut, sync))
    file.methods = ctypes.pointer(ours)


@dataclass(eq=False)
class Stored:
    """One file: what surely is on the disk, and what was written since its last sync."""

    sure: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        """Everything pending is sure."""
        self.sure = self._with(lambda offset, data: data)
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytearray:
        """The file after the power went: every pending sector there or not, sometimes garbage; not to be changed."""
        if not self.pending:
            return self.sure
        share = 1.0 if chance.random() < 0.05 else chance.choice((0.0, 0.05, 0.2, 0.5, 0.8, 0.9, 0.99))
        garbage = chance.random() < 0.2

        def torn(offset: int, data: bytes) -> bytes | None:
            if chance.random() < share:
                return data
            return chance.randbytes(len(data)) if garbage and chance.random() < 0.5 else None

        return self._with(torn)

    def _with(self, kept: Callable[[int, bytes], bytes | None]) -> bytearray:
        image = bytearray(self.sure)
        for offset, data in self.pending:
            if data is None:
                if kept(offset, b"") is not None:
                    del image[offset:]
                continue
            for start, part in _sectors(offset, data):
                there = kept(start, part)
                if there is not None:
                    if len(image) < start + len(part):
                        image.extend(bytes(start + len(part) - len(image)))
                    image[start : start + len(part)] = there
        return image


def put(path: Path, data: bytearray, old: bytearray | None, page: int = 4096) -> None:
    """Make the file hold these bytes; of a file that holds `old` only the pages that differ are written."""
    if old is None:
        path.write_bytes(data)
        return
    if data is old:
        return
    with path.open("r+b", buffering=0) as file:
        if len(old) != len(data):
            file.truncate(len(data))
        for large in range(0, len(data), 64 * page):
            end = large + 64 * page
            if data[large:end] == old[large:end]:  # a memoryview would compare byte by byte
                continue
            for at in range(large, min(end, len(data)), page):
                if data[at : at + page] != old[at : at + page]:
                    file.seek(at)
                    file.write(data[at : at + page])


def _sectors(offset: int, data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
        found.append((offset + at, data[at:end]))
        at = end
    return found


class Disk:
    """Files by name as the directory surely has them, and as the running system sees them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.sure: dict[str, Stored] = {name: Stored(bytearray(data)) for name, data in files.items()}
        self.seen = dict(self.sure)

    def take(self, op: Op) -> None:
        """One operation of the log."""
        kind, name = op[0], op[1]
        if kind == "new":
            self.seen[name] = Stored()
        elif kind == "gone":
            self.seen.pop(name, None)
            if op[2]:
                self.sure.pop(name, None)
        elif kind == "write":
            self.seen[name].pending.append((op[2], op[3]))
        elif kind == "cut":
            self.seen[name].pending.append((op[2], None))
        elif kind == "sync":
            self.seen[name].sync()
            self.sure[name] = self.seen[name]  # a new file's first sync flushes its directory, too

    def after_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """The files that are there when the power is back; not to be changed."""
        found: dict[str, bytearray] = {}
        for name in self.sure.keys() | self.seen.keys():
            sure, seen = self.sure.get(name), self.seen.get(name)
            file = sure if sure is seen else chance.choice((sure, seen))
            if file is not None:
                found[name] = file.after_cut(chance)
        return found
