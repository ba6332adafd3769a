"""Voter codes from the offline tool to the desk: printed, loaded once, handed out, lost, destroyed."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner

from rembuk.board import store as board
from rembuk.board.rules import Kind
from rembuk.cli import cli
from rembuk.errors import Refused
from rembuk.people import codes, store
from rembuk.people.package import Package, PackageProblem, read_package
from rembuk.people.printing import Order, print_codes
from rembuk.people.rules import Refusal
from rembuk.people.store import batches
from rembuk.people.tables import CodeEvent, Credential
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import make_cycle, make_entry
from tests.people.rolls import KELURAHAN, make_areas, two_officials

SITE = "https://rembuk.example.id"


def printed(cycle: UUID, folder: Path, count: int = 10, package: str = "A") -> tuple[str, bytes]:
    """The slips and the file of one package."""
    slips, file = print_codes(Order(cycle, KELURAHAN, package, count, SITE), folder)
    return slips.read_text(), file.read_bytes()


def codes_on(slips: str) -> list[str]:
    """The codes a person reads off the slips."""
    return ["".join(pair) for pair in re.findall(r"<code>([0-9A-Z-]{9})</code><code>([0-9A-Z-]{9})</code>", slips)]


async def refused(work: Any) -> Any:
    """The reason a store gave."""
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason


def test_the_tool_needs_no_server(tmp_path: Path) -> None:
    """I1: codes are made offline; slips show serial, code and QR; the file for the server holds no code."""
    cycle = uuid4()
    asked = ["codes", "print", str(tmp_path), "--cycle", str(cycle), "--kelurahan", KELURAHAN, "--count", "9"]
    ran = CliRunner().invoke(cli, [*asked, "--site", SITE])
    assert ran.exit_code == 0, ran.output
    slips, body = (tmp_path / "271003-A.html").read_text(), (tmp_path / "271003-A.json").read_bytes()
    package = read_package(body)
    found = [codes.parse_code(text) for text in codes_on(slips)]
    keys = [codes.public_key(codes.key_seed(code, cycle)).hex() for code in found]
    assert [code.public_key for code in package.codes] == keys and len(set(keys)) == 9
    assert slips.count("<svg") == slips.count("<article>") == 9
    assert "No. 271003-A-0009" in slips and f"{SITE}/kode" in slips
    assert "http" not in slips.replace(SITE, "").replace("http://www.w3.org/", "")
    assert not [code for code in found if code.text in body.decode() or code.printed in body.decode()]
    assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0, 0]
    again = CliRunner().invoke(cli, [*asked, "--site", SITE])
    assert again.exit_code == 2


@pytest.mark.parametrize(
    ("kelurahan", "count", "package"),
    [("32.73.27", 5, "A"), (KELURAHAN, 0, "A"), (KELURAHAN, 5001, "A"), (KELURAHAN, 5, "../x")],
)
def test_what_the_tool_refuses(tmp_path: Path, kelurahan: str, count: int, package: str) -> None:
    """I5: a package has a stated maximum and belongs to a kelurahan."""
    asked = ["codes", "print", str(tmp_path), "--cycle", str(uuid4()), "--kelurahan", kelurahan, "--count", str(count)]
    ran = CliRunner().invoke(cli, [*asked, "--package", package, "--site", SITE])
    assert ran.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_broken_source_of_chance_is_noticed(tmp_path: Path) -> None:
    """I1: two equal codes are never printed."""
    same = codes.make_code()
    with pytest.raises(ValueError, match="chance"):
        print_codes(Order(uuid4(), KELURAHAN, "A", 2, SITE), tmp_path, lambda: same)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"codes": []},
        {"batch": "<b>"},
        {"codes": [{"serial": "A-1", "public_key": "00"}]},
        {"codes": [{"serial": "A-1", "public_key": "ab" * 32}, {"serial": "A-1", "public_key": "cd" * 32}]},
        {"more": 1},
    ],
)
def test_a_strange_package(change: dict[str, Any]) -> None:
    """T-FUZZ: a file that is no package of ours is refused in words."""
    good = {"format": "rembuk-codes-1", "cycle": str(uuid4()), "batch": "B-1", "area": KELURAHAN, "codes": []}
    with pytest.raises(Refused) as caught:
        read_package(json.dumps({**good, **change}).encode())
    assert caught.value.reason is PackageProblem.BROKEN


async def test_loaded_exactly_once(db: Any, tmp_path: Path) -> None:
    """I5: the file, the name and every serial once; each package commits its keys; an old one stays good."""
    await make_areas()
    cycle, (first, _) = await make_cycle(), await two_officials()
    _, body = printed(cycle, tmp_path / "one")
    assert isinstance(await batches.load_package(cycle, body, first), Package)
    assert await refused(batches.load_package(cycle, body, first)) in (PackageProblem.LOADED, Refusal.BATCH_LOADED)
    _, same_name = printed(cycle, tmp_path / "two")
    assert await refused(batches.load_package(cycle, same_name, first)) is Refusal.BATCH_LOADED
    renamed = same_name.replace(b'"batch": "271003-A"', b'"batch": "271003-B"')
    assert await refused(batches.load_package(cycle, renamed, first)) is PackageProblem.SERIAL_KNOWN
    other = await make_cycle(2027)
    assert await refused(batches.load_package(other, body, first)) is PackageProblem.OTHER_CYCLE
    _, more = printed(cycle, tmp_path / "three", package="C")
    await batches.load_package(cycle, more, first)
    assert [(each.name, each.states) for each in await batches.batches(cycle)] == [
        ("271003-A", {"printed": 10}),
        ("271003-C", {"printed": 10}),
    ]
    assert len(await board.leaves_of(Kind.ROLL_KEYS)) == 2


async def test_a_code_lost_and_replaced(db: Any, tmp_path: Path) -> None:
    """T15: a lost code is voided and a fresh envelope handed to the same line; the log tells both by serial."""
    await make_areas()
    cycle, (first, _) = await make_cycle(), await two_officials()
    slips, body = printed(cycle, tmp_path)
    await batches.load_package(cycle, body, first)
    held, roll = codes_on(slips), await make_entry(cycle)
    await store.hand_out(cycle, "271003-A-0001", roll, "08 1985", first)
    assert (await store.sign_in_with_code(held[0], "08 1985")).roll == roll
    assert (await store.roll_of_code(cycle, held[0])).id == roll
    assert await batches.change_code(cycle, "271003-A-0001", "271003-A-0002", "2468", reason="hilang", by=first)
    assert await refused(store.sign_in_with_code(held[0], "08 1985")) is Refusal.CODE_WRONG
    assert await refused(store.roll_of_code(cycle, held[0])) is Refusal.CODE_WRONG
    assert (await store.sign_in_with_code(held[1], "2468")).roll == roll
    assert await refused(store.roll_of_code(cycle, codes.make_code().text)) is Refusal.CODE_WRONG
    acts = [(row["serial"], row["act"]) for row in await CodeEvent.select().order_by(CodeEvent.act)]
    assert sorted(acts) == [("271003-A-0001", "issue"), ("271003-A-0001", "reissue"), ("271003-A-0002", "issue")]
    key = codes.public_key(codes.key_seed(codes.parse_code(held[1]), cycle)).hex()
    assert await store.code_keys(roll) == {key}


async def test_what_is_left_is_destroyed(db: Any, tmp_path: Path) -> None:
    """I5, T1: envelopes nobody took are destroyed by serial and open nothing; those handed out stay good."""
    await make_areas()
    cycle, (first, _) = await make_cycle(), await two_officials()
    slips, body = printed(cycle, tmp_path)
    await batches.load_package(cycle, body, first)
    await store.hand_out(cycle, "271003-A-0003", await make_entry(cycle), "1234", first)
    assert await batches.destroy_rest(cycle, "271003-A", "Lurah dan dua warga", first) == 9
    assert await Credential.count().where(Credential.state == "void") == 9
    assert await refused(store.hand_out(cycle, "271003-A-0001", await make_entry(cycle), "1234", first))
    assert (await store.sign_in_with_code(codes_on(slips)[2], "1234")).roll
    assert len([each for each in await batches.code_events(cycle) if each.act == "destroy"]) == 9


async def test_the_page_of_packages(client: Client, tmp_path: Path) -> None:
    """I5: a city official loads the file on a page; a second time it says so; nobody else may."""
    await make_areas()
    cycle, (first, _) = await make_cycle(), await two_officials()
    _, body = printed(cycle, tmp_path)
    page = "/petugas/pemilih/kode"
    await client.sign_in(await store.add_resident("Warga", f"{KELURAHAN}.005"))
    assert (await client.get(page)).status_code == 403
    await client.sign_in(first, Role.CITY_OFFICIAL)
    assert f"--cycle {cycle}" in (await client.get(page)).text
    sent = {"paket": ("paket.json", body, "application/json")}
    assert (await client.post(f"{page}/muat", {}, files=sent)).status_code == 303
    again = await client.post(f"{page}/muat", {}, files=sent)
    assert again.status_code == 409 and "sudah pernah dimuat" in again.text
    assert (await client.post(f"{page}/muat", {})).status_code == 422
    assert (await client.post(f"{page}/musnah", {"paket": "271003-A", "saksi": "x"})).status_code == 422
    gone = await client.post(f"{page}/musnah", {"paket": "271003-A", "saksi": "Lurah dan dua warga"})
    assert gone.status_code == 303
    assert "dimusnahkan" in (await client.get(page)).text
