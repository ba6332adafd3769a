"""Packed ballots: exactly what was packed comes back, the bytes never differ, and damage is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.tally.count import count
from rembuk.tally.election import Election
from rembuk.tally.merge import merged
from rembuk.tally.packed import BadPack, pack, unpack
from rembuk.tally.types import Ballots
from tests.strategies import KINDS, elections

SMALL = merged(["a", "b", "c"], [(("a", "c"), 3), ((), 2), (("b",), 70_000)])


def same(one: Ballots, other: Ballots) -> bool:
    """Whether two ballots hold the same numbers in the same order."""
    arrays = ("counts", "starts", "chosen", "points", "repeats")
    pairs = [(getattr(one, name), getattr(other, name)) for name in arrays]
    equal = all((a is None and b is None) or np.array_equal(a, b) for a, b in pairs)
    return equal and (one.kind, one.projects, one.most) == (other.kind, other.projects, other.most)


@given(elections(kinds=KINDS))
@settings(max_examples=150, deadline=None)
def test_round_trip(election: Election) -> None:
    """Every ballot type comes back exactly, packs to the same bytes again, and is counted to the same digest."""
    data = pack(election.ballots)
    back = unpack(data)
    assert same(back, election.ballots)
    assert pack(back) == data
    assert count(replace(election, ballots=back)).digest == count(election).digest


@pytest.mark.parametrize("projects", [0, 1, 8, 9, 64, 65, 200])
def test_many_projects(projects: int) -> None:
    """Masks of any width, more types than one piece of work, counts beyond 32 bits."""
    made = np.random.default_rng(projects)
    ids = [f"{n:03d}" for n in range(projects)]
    types = [(tuple(name for name in ids if made.random() < 0.2), int(made.integers(1, 2**40))) for _ in range(50)]
    ballots = merged(ids, types)
    assert same(unpack(pack(ballots)), ballots)


def test_more_than_a_chunk() -> None:
    """100,000 different ballots of 20 projects take 3 + 1 bytes each."""
    masks = np.arange(100_000)
    owners, chosen = np.nonzero(masks[:, None] >> np.arange(20) & 1)
    starts = np.searchsorted(owners, np.arange(100_001))
    ballots = Ballots("approval", 20, np.ones(100_000, dtype=np.int64), starts, chosen)
    data = pack(ballots)
    assert same(unpack(data), ballots)
    assert len(data) < 400_100


def test_unmerged_order_is_kept() -> None:
    """A ballot that names projects out of order is kept as it stands; repeats and places too."""
    ballots = Ballots("approval", 3, np.array([5]), np.array([0, 2]), np.array([2, 0]), None, 2, np.array([0, 0, 7]))
    assert same(unpack(pack(ballots)), ballots)


def test_same_bytes_everywhere() -> None:
    """Version 1 of a small example, byte by byte: a stored pack stays readable."""
    written = (
        "52424b50 01 00 01 04 00 00 00 00"
        "0300000000000000 0300000000000000 0300000000000000 0000000000000000"
        "02000000 70110100 03000000 00 02 05 a464f7f7"
    )
    assert pack(SMALL) == bytes.fromhex(written)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda data: b"", "cut short"),
        (lambda data: data[:-5], "damaged"),
        (lambda data: data[:20], "cut short"),
        (lambda data: b"META" + data[4:], "no packed ballots"),
        (lambda data: data[:4] + b"\x02" + data[5:], "version 2"),
        (lambda data: data[:50] + bytes([data[50] ^ 1]) + data[51:], "damaged"),
        (lambda data: data + b"\0", "damaged"),
    ],
)
def test_damage_is_refused(damage: object, reason: str) -> None:
    """Bytes cut, changed or of another version are refused with the reason."""
    with pytest.raises(BadPack, match=reason):
        unpack(damage(pack(SMALL)))  # type: ignore[operator]


@given(st.integers(0, 200), st.binary(max_size=4), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_bytes(at: int, put: bytes, seal: bool) -> None:
    """Whatever stands in the bytes, even under a right checksum: ballots or BadPack, nothing else."""
    import zlib

    data = pack(SMALL)[:-4]
    data = data[:at] + put + data[at + len(put) :]
    data += zlib.crc32(data).to_bytes(4, "little") if seal else b"1234"
    try:
        unpack(data)
    except BadPack as bad:
        assert str(bad)
