"""A package of voter codes between the print tool and the server: serials and public keys, never a code."""

import re
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rembuk.errors import N_, Reason, Refused

FORMAT = "rembuk-codes-1"
MOST = 5_000
SERIAL = re.compile(r"[0-9A-Z][0-9A-Z\-]{2,29}")


class PackageProblem(Reason):
    """Why a package file is not loaded."""

    BROKEN = (422, N_("Berkas paket tidak terbaca. Muat berkas .json dari alat cetak."))
    TOO_MANY = (422, N_("Satu paket paling banyak 5.000 kode. Cetak beberapa paket."))
    OTHER_CYCLE = (422, N_("Paket ini dibuat untuk siklus lain."))
    NO_AREA = (422, N_("Kelurahan paket ini tidak ada di kota ini."))
    LOADED = (409, N_("Paket ini sudah pernah dimuat. Paket hanya dimuat satu kali."))
    SERIAL_KNOWN = (409, N_("Ada nomor seri di paket ini yang sudah dipakai paket lain."))


class PackageCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One envelope: its serial and the public key (hex) of the code inside."""

    serial: str
    public_key: str


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One package: for which cycle (its id) and kelurahan (its code), under which name."""

    format: str
    cycle: str
    batch: str
    area: str
    codes: list[PackageCode]


def read_package(body: bytes) -> Package:
    """The package in a file; Refused(BROKEN or TOO_MANY) when it is none."""
    try:
        package = msgspec.json.decode(body, type=Package)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Refused(PackageProblem.BROKEN) from fault
    if len(package.codes) > MOST:
        raise Refused(PackageProblem.TOO_MANY)
    serials, keys = ({getattr(code, name) for code in package.codes} for name in ("serial", "public_key"))
    fine = package.format == FORMAT and SERIAL.fullmatch(package.batch) and package.codes
    if not fine or not len(package.codes) == len(serials) == len(keys) or not all(map(_sound, package.codes)):
        raise Refused(PackageProblem.BROKEN)
    return package


def _sound(code: Any) -> bool:
    if not SERIAL.fullmatch(code.serial) or not re.fullmatch(r"[0-9a-f]{64}", code.public_key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(code.public_key))
    except ValueError:
        return False
    return True
