"""The stand-alone tools' own arithmetic against the vectors of the RFCs, and against the product's library."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

import rembuk_challenge as challenge
import rembuk_verify as verify
from rembuk.board import merkle
from rembuk.board.rules import grouped
from rembuk.voting import keys, seal
from rembuk.voting.seal import Choice, Slot

# RFC 8032, 7.1: secret key, public key, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
        "2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
        "d9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_ed25519_vectors(secret: str, public: str, message: str, signature: str) -> None:
    """T-VERIFY: RFC 8032, 7.1. Sabotage: s >= L accepted, or k not reduced."""
    key, text, mark = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).public_key().public_bytes_raw() == key
    assert verify.ed25519_verifies(key, text, mark)
    assert not verify.ed25519_verifies(key, text + b"x", mark)
    high = int.from_bytes(mark[32:], "little") + verify.L
    assert not verify.ed25519_verifies(key, text, mark[:32] + high.to_bytes(32, "little"))
    assert not verify.ed25519_verifies(key, text, mark[:-1])
    assert not verify.ed25519_verifies(key[:-1], text, mark)
    assert not verify.ed25519_verifies(b"\xff" * 32, text, mark)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_ed25519_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    """T-VERIFY: what the server signs, the verifier accepts; one flipped bit, and it does not."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), bytearray(private.sign(message))
    assert verify.ed25519_verifies(public, message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verify.ed25519_verifies(public, message, bytes(signature))


def test_x25519_vectors() -> None:
    """RFC 7748, 5.2; and the library's public keys."""
    scalar = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    shared = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    assert challenge.x25519(scalar, point).hex() == shared
    secret = bytes(range(32))
    assert challenge.x25519(secret, (9).to_bytes(32, "little")) == keys.public_of(secret)


def test_chacha20_poly1305_vector() -> None:
    """RFC 8439, 2.8.2."""
    plain = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
        b"be it."
    )
    aad = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    nonce = bytes.fromhex("070000004041424344454647")
    sealed = challenge.chacha20_poly1305(bytes(range(0x80, 0xA0)), nonce, plain, aad)
    assert sealed[:16].hex() == "d31a8d34648e60db7b86afbc53ef7ec2"
    assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"


def test_hkdf_vector() -> None:
    """RFC 5869, test case 3: no salt, no info."""
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    assert challenge.hkdf(b"\x0b" * 22, b"", 42).hex() == expected


@settings(deadline=None)
@given(st.lists(st.binary(max_size=4), max_size=40))
def test_the_tree_is_the_same_tree(data: list[bytes]) -> None:
    """T-VERIFY: two trees written twice give one root for every size."""
    hashes = [verify.leaf_hash(each) for each in data]
    tree = verify.Tree(b"".join(hashes))
    assert [tree.root(size) for size in range(len(data) + 1)] == [
        merkle.root(hashes[:size]) for size in range(len(data) + 1)
    ]
    assert tree.root(len(data) + 1) is tree.root(-1) is None


ids = st.lists(st.sampled_from([str(number) for number in range(1, 60)]), max_size=5, unique=True)
given_points = st.one_of(st.just(None), st.integers(1, 9))


@settings(max_examples=30, deadline=None)
@given(ids, st.binary(min_size=32, max_size=32), given_points)
def test_a_ballot_opened_to_be_checked_gives_its_code(chosen: list[str], nonce: bytes, points: int | None) -> None:
    """Periksa atau kirim (trust.md 4.5): seed and ballot give the very receipt code the booth had shown."""
    choice = Choice.of_set(chosen) if points is None else Choice.of_points((each, points) for each in chosen)
    election = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
    slot = Slot(election, "32.73.27", keys.public_of(bytes(range(32))), 128)
    sealed = seal.seal(choice, nonce, slot)
    opened = {
        "seed": seal.seed_of(nonce, election).hex(),
        "public_key": slot.public_key.hex(),
        "election": str(election),
        "district": slot.district,
        "length": slot.length,
        "projects": list(choice.projects),
        "points": list(choice.points),
    }
    assert challenge.sealed_code(opened) == grouped(sealed.leaf.receipt)
    assert challenge.sealed_code({**opened, "projects": [*choice.projects, "99"]}) != grouped(sealed.leaf.receipt)


def test_the_command_checks_an_opened_ballot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`rembuk-challenge FILE` prints the code and nothing else; of rubbish it says so and exits 1."""
    election = UUID("3f1d7a52-0d0e-4f6c-9a55-3d1c7ad40001")
    slot = Slot(election, "32.73.27", keys.public_of(bytes(range(32))), 64)
    sealed = seal.seal(Choice(), bytes(32), slot)
    seed, public = seal.seed_of(bytes(32), election).hex(), slot.public_key.hex()
    opened = {"seed": seed, "public_key": public, "election": str(election), "district": "32.73.27"}
    (tmp_path / "uji.json").write_text(json.dumps({**opened, "length": 64, "projects": []}))
    assert challenge.main([str(tmp_path / "uji.json")]) == 0
    assert capsys.readouterr().out == grouped(sealed.leaf.receipt) + "\n"
    assert challenge.main([]) == challenge.main(["--help"]) == 2
    for rubbish in (b"", b"\xff", b"{}", b"[" * 50_000, b'{"seed":"00"}'):
        (tmp_path / "uji.json").write_bytes(rubbish)
        assert challenge.main([str(tmp_path / "uji.json")]) == 1
        assert "cannot be read" in capsys.readouterr().out


def test_the_challenge_stands_alone() -> None:
    """trust.md 4.5: one short file, standard library only, run without our packages."""
    source = Path(challenge.__file__).read_text("utf-8")
    modules = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert source.count("\n") < 130 and modules <= sys.stdlib_module_names
    run = subprocess.run([sys.executable, "-I", "-S", challenge.__file__], capture_output=True, check=False)
    assert run.returncode == 2
