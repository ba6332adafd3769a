"""The tree against RFC 6962's own vectors, against a slow definition, and against lies."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rembuk.board import merkle

# Certificate Transparency's reference inputs and roots (google/certificate-transparency, merkle tree tests)
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(data) for data in INPUTS]


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_reference_roots(size: int) -> None:
    """T-TAMPER: our roots are those of the reference log. Sabotage: leaf prefix 0x01 instead of 0x00."""
    assert merkle.root(HASHES[:size]).hex() == ROOTS[size - 1]
    assert merkle.Tree(HASHES).root(size).hex() == ROOTS[size - 1]


def test_reference_paths() -> None:
    """T-TAMPER: audit paths and consistency proofs of the reference log."""
    tree = merkle.Tree(HASHES)
    assert [step.hex() for step in tree.inclusion(0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in tree.consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_the_empty_tree() -> None:
    """The root of nothing is SHA-256 of nothing."""
    assert merkle.root([]) == merkle.Tree().root() == merkle.EMPTY_ROOT == slow_root([])


leaves = st.lists(st.binary(max_size=3).map(merkle.leaf_hash), min_size=1, max_size=40)


@settings(deadline=None)
@given(leaves, st.data())
def test_every_proof_holds_and_no_other_does(hashes: list[bytes], data: st.DataObject) -> None:
    """T-TAMPER: a proof proves its leaf, place and size. Sabotage: `at & 1` alone."""
    tree = merkle.Tree(hashes)
    size = data.draw(st.integers(1, len(hashes)))
    index = data.draw(st.integers(0, size - 1))
    assert tree.root(size) == slow_root(hashes[:size])
    path, root = tree.inclusion(index, size), tree.root(size)
    assert merkle.included(hashes[index], index, size, path, root)
    assert not merkle.included(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.included(hashes[index], index, size, [*path, root], root)
    assert not merkle.included(hashes[index], size, size, path, root)
    if path:
        assert not merkle.included(hashes[index], index, size, path[:-1], root)


@settings(deadline=None)
@given(leaves, st.data())
def test_a_log_that_was_rewritten_has_no_consistency_proof(hashes: list[bytes], data: st.DataObject) -> None:
    """T-TAMPER: a changed old leaf shows. Sabotage: compare the new root only."""
    first = data.draw(st.integers(1, len(hashes)))
    changed = data.draw(st.integers(0, first - 1))
    tree = merkle.Tree(hashes)
    path = tree.consistency(first, len(hashes))
    assert merkle.consistent(first, len(hashes), path, tree.root(first), tree.root())
    forged = merkle.Tree([*hashes[:changed], merkle.leaf_hash(b"forged"), *hashes[changed + 1 :]])
    forged_path = forged.consistency(first, len(hashes))
    assert not merkle.consistent(first, len(hashes), forged_path, tree.root(first), forged.root())
    assert not merkle.consistent(first, len(hashes), path, tree.root(first), forged.root())


@settings(deadline=None)
@given(leaves, leaves)
def test_the_edge_grows_into_the_same_tree(before: list[bytes], after: list[bytes]) -> None:
    """I5: appending batch by batch gives the root of all. Sabotage: forget to merge one peak."""
    edge = merkle.Frontier().appended(before).appended(after)
    assert edge.root == slow_root([*before, *after])
    assert edge.size == len(before) + len(after)
    assert len(edge.peaks) == edge.size.bit_count()


@pytest.mark.parametrize("wrong", [(-1, 1), (1, 1), (0, 9)])
def test_questions_outside_the_tree_are_refused(wrong: tuple[int, int]) -> None:
    """A proof that cannot exist is refused, not invented."""
    with pytest.raises(ValueError, match="outside"):
        merkle.Tree(HASHES).inclusion(*wrong)
    with pytest.raises(ValueError, match="outside"):
        merkle.Tree(HASHES).consistency(0, 3)
    with pytest.raises(ValueError, match="outside"):
        merkle.Tree(HASHES).root(9)
