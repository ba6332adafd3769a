"""What the offline machine hands back: the ballots of a box, merged and sorted, so that two openings are one file."""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from rembuk.board.rules import canonical
from rembuk.errors import N_, Reason
from rembuk.tally.ballots import BALLOTS
from rembuk.voting.box import Box, Contest, Failure, Opened, chosen_of
from rembuk.voting.seal import Choice

FORMAT = "rembuk-terbuka-1"
LARGEST = 256 * 1024 * 1024
"""Bytes an opened file may have once unpacked."""


class BoxRefusal(Reason):
    """Why the box is not taken out, opened here, or taken back opened."""

    SHARES_OFFLINE = (
        409,
        N_("Kotak ini punya beberapa pemegang kunci. Bukalah di komputer luring, lalu unggah hasilnya."),
    )
    PAPER_WAITS = (409, N_("Suara kertas belum beres: {words}"))
    SAMPLE_FIRST = (409, N_("Auditor belum selesai menghubungi contoh warga yang tercatat memilih."))
    VOUCHED_FIRST = (
        409,
        N_("Satu dari sepuluh warga yang dijamin belum didatangi lagi. Selesaikan dulu di meja jaminan."),
    )
    SAMPLE_DRAWN = (409, N_("Contoh warga sudah diundi dan tidak diundi lagi."))
    SAMPLE_NOT_DRAWN = (409, N_("Contoh warga belum diundi."))
    SAMPLE_COUNT = (422, N_("Jumlah ketiga angka harus {number}, sama dengan contoh yang diundi."))
    AUDITOR_ASKS = (403, N_("Jawaban warga contoh dicatat auditor, bukan petugas yang membuka kotak."))
    SAMPLE_DENIED = (
        409,
        N_("{number} warga yang tercatat memilih mengaku tidak memilih. Dua petugas harus memutuskan dengan alasan."),
    )
    NOTHING_DENIED = (409, N_("Tidak ada warga contoh yang mengaku tidak memilih."))
    DECISION_REASON = (422, N_("Tulis apa yang diperiksa dan mengapa kotak boleh dibuka, paling sedikit 20 huruf."))
    SAMPLE_REASON = (422, N_("Tulis alasan tidak menghubungi contoh warga."))
    NOT_TAKEN = (409, N_("Kotak belum diambil dengan persetujuan dua orang."))
    OTHER_BOX = (409, N_("Isi kotak berubah sejak diambil. Ambil lagi dengan persetujuan dua orang."))
    NOT_FITTING = (422, N_("Berkas ini tidak cocok dengan kotaknya: {words}"))
    OTHER_FINGERPRINT = (422, N_("Sidik ini tidak sama dengan berkas yang diunggah. Baca lagi di komputer luring."))


class NotOpened(ValueError):
    """The file is not an opened box; the text says why."""


@dataclass(frozen=True)
class OpenedFile:
    """An opened box as it comes back: of which election, of which box by its SHA-256, and what lay in it."""

    election: UUID
    box_sha256: str
    opened: Opened
    sha256: str


def opened_file(box: Box, opened: Opened) -> bytes:
    """The file to upload; any quorum that opens this box writes the very same bytes."""
    return canonical(
        {
            "format": FORMAT,
            "election": str(box.election),
            "box_sha256": box.sha256,
            "districts": {code: _merged(ballots) for code, ballots in opened.ballots.items()},
            "failures": [
                {"district": each.district, "sha256": each.sha256, "reason": each.reason}
                for each in sorted(opened.failures, key=lambda each: (each.district, each.sha256))
            ],
        }
    )


def _merged(ballots: tuple[Choice, ...]) -> list[dict[str, Any]]:
    """Equal ballots as one row with their number, in order of their text: nothing is left of the envelopes."""
    rows = []
    for choice, count in sorted(Counter(ballots).items(), key=lambda each: each[0].plain):
        row: dict[str, Any] = {"projects": list(choice.projects), "count": count}
        rows.append(row | {"points": list(choice.points)} if choice.points else row)
    return rows


def read_opened(file: bytes) -> OpenedFile:
    """The opened box in a file, plain or gzipped; raises NotOpened."""
    try:
        plain = unpacked(file)
        body = json.loads(plain)
        if body["format"] != FORMAT:
            raise NotOpened(f"not a file of format {FORMAT}")
        ballots = {str(code): tuple(_choices(rows)) for code, rows in body["districts"].items()}
        failures = tuple(
            Failure(str(row["district"]), str(row["sha256"]), str(row["reason"])) for row in body["failures"]
        )
        return OpenedFile(
            UUID(body["election"]), str(body["box_sha256"]), Opened(ballots, failures), sha256(plain).hexdigest()
        )
    except (KeyError, TypeError, AttributeError, OSError, EOFError, zlib.error, RecursionError) as fault:
        raise NotOpened("the file is damaged") from fault
    except ValueError as fault:
        raise fault if isinstance(fault, NotOpened) else NotOpened("the file is damaged") from fault


def unpacked(file: bytes) -> bytes:
    """The file's plain bytes, gzipped or not; raises NotOpened when they are too many, zlib.error when damaged."""
    if not file.startswith(b"\x1f\x8b"):
        return file
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    plain = unpacking.decompress(file, LARGEST)
    if unpacking.unconsumed_tail:
        raise NotOpened("the file is too large")
    return plain


def packed(file: bytes) -> bytes:
    """The file gzipped, the same bytes every time."""
    return gzip.compress(file, mtime=0)


def _choices(rows: list[dict[str, Any]]) -> list[Choice]:
    found: list[Choice] = []
    for row in rows:
        count, projects, points = row["count"], row["projects"], row.get("points", [])
        texts, numbers = all(type(each) is str for each in projects), all(type(each) is int for each in points)
        if type(count) is not int or not 1 <= count <= 10_000_000 or not texts or not numbers:
            raise NotOpened("a ballot is not written as agreed")
        if len(found) + count > 10_000_000:
            raise NotOpened("more ballots than any city has")
        found += [Choice(tuple(projects), tuple(points))] * count
    return found


def opened_faults(given: OpenedFile, box: Box, contests: Mapping[str, Contest]) -> list[str]:
    """What the server can find wrong without the key: another box, ballots missing or too many, invented failures.

    Whether each ballot is the one in its envelope only the key can tell: a second quorum opens the same box and must
    get the same file (`sha256`), for the file holds neither an order nor anything random.
    """
    if (given.election, given.box_sha256) != (box.election, box.sha256):
        return ["the file belongs to another box"]
    faults = [f"{code}: no such district in the box" for code in given.opened.ballots if code not in box.districts]
    failed = Counter(each.district for each in given.opened.failures)
    known = {(code, sha256(each).hexdigest()) for code, sealed in box.districts.items() for each in sealed}
    named = Counter((each.district, each.sha256) for each in given.opened.failures)
    faults += [f"failure not in the box or named twice: {sha}" for (code, sha), n in named.items()
               if n > 1 or (code, sha) not in known]  # fmt: skip
    for code, sealed in sorted(box.districts.items()):
        ballots = given.opened.ballots.get(code, ())
        if len(ballots) + failed[code] != len(sealed):
            faults.append(f"{code}: {len(sealed)} envelopes, {len(ballots)} ballots, {failed[code]} failures")
        spoiled = sum(_is_spoiled(each, contests.get(code)) for each in set(ballots))
        faults += [f"{code}: {spoiled} ballots that break the rules of the ballot"] * bool(spoiled)
    return faults


def _is_spoiled(choice: Choice, contest: Contest | None) -> bool:
    if contest is None or len(choice.points) != (len(choice.projects) if contest.ballot_type == "points" else 0):
        return True
    return BALLOTS[contest.ballot_type].why_spoiled(chosen_of(choice, contest.ballot_type), contest.slip) is not None
