"""The pepper: outside the data, readable by nobody else, never replaced; digests that need it."""

from pathlib import Path

import pytest

from rembuk.people import pepper
from rembuk.people.pepper import BadSecret


def test_made_once_and_private(tmp_path: Path) -> None:
    """trust 3: set-up makes 32 random bytes, mode 0600, and a second set-up leaves them alone."""
    made = pepper.make_secrets(tmp_path)
    assert [path.stat().st_mode & 0o777 for path in made] == [0o600, 0o600]
    before = made[0].read_text()
    assert len(bytes.fromhex(before)) == 32
    assert pepper.make_secrets(tmp_path) == []
    assert made[0].read_text() == before
    assert not list(tmp_path.glob(".*"))


def test_refuses_a_readable_or_missing_one(tmp_path: Path) -> None:
    """trust 5: start-up refuses a secret others can read, an empty one and a missing one."""
    path = pepper.make_secrets(tmp_path)[0]
    path.chmod(0o644)
    with pytest.raises(BadSecret, match="0600"):
        pepper._secret(path)
    with pytest.raises(BadSecret, match="missing"):
        pepper._secret(tmp_path / "pepper-2")
    short = tmp_path / "short"
    short.write_text("00ff")
    short.chmod(0o600)
    with pytest.raises(BadSecret, match="32 bytes"):
        pepper._secret(short)


def test_refuses_one_inside_the_data() -> None:
    """trust 3: a pepper in the data folder travels with its backups; start-up refuses it."""
    from rembuk.settings import settings

    with pytest.raises(BadSecret, match="inside the data folder"):
        pepper._secret(settings().data / "pepper-1")


def test_digests_tell_kinds_apart() -> None:
    """The same digits as NIK, family card and phone give three digests, none of them a plain hash."""
    digits = "3273270508850001"
    macs = {pepper.nik_mac(digits), pepper.kk_mac(digits), pepper.phone_mac(digits)}
    assert len(macs) == 3
    assert all(len(mac) == 64 for mac in macs)
    assert pepper.nik_mac(digits) == pepper.nik_mac(digits)
    assert pepper.second_factor_mac("A-1", "1234") != pepper.second_factor_mac("A-2", "1234")


def test_cookies_are_sealed_for_one_purpose() -> None:
    """A sealed cookie opens for its own purpose only, and not at all when one digit was changed."""
    sealed = pepper.seal_cookie("kunci", b"seed")
    assert pepper.open_cookie("kunci", sealed) == b"seed"
    assert pepper.open_cookie("lain", sealed) is None
    changed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")
    assert pepper.open_cookie("kunci", changed) is None
    assert pepper.open_cookie("kunci", "zz") is None
    assert pepper.open_cookie("kunci", "") is None
    assert b"seed".hex() not in sealed
