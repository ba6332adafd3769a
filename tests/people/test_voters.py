"""The city official's page of the roll and the command beside it: the same store, the same two persons."""

from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner

from rembuk import cli as command
from rembuk import clock, jobs
from rembuk.cycles import store as cycles
from rembuk.people import store
from rembuk.people.store import imports
from rembuk.people.store.staff import step_of
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.people.making import PASSWORD, make_cycle
from tests.people.rolls import KELURAHAN, make_areas, nik_of, roll_csv, two_officials

PAGE = "/petugas/pemilih"
RW = f"{KELURAHAN}.005"


async def test_two_officials_and_a_file(client: Client) -> None:
    """trust 3, 7: uploaded by one, looked at and signed by another; faults by line, no number on any page."""
    await make_areas()
    cycle, (first, second) = await make_cycle(), await two_officials()
    await client.sign_in(first, Role.CITY_OFFICIAL)
    assert "Periksa berkas" in (await client.get(PAGE)).text
    body = roll_csv(12) + f"{nik_of(77)};;salah;1985-01-01;\r\n".encode()
    sent = {"berkas": ("daftar.csv", body, "text/csv")}
    up = await client.post(f"{PAGE}/berkas", {}, files=sent)
    here = up.headers["location"]
    page = (await client.get(here)).text
    assert "RW 05 Rancabolang" in page and ">14<" in page and "Petugas lain harus menyetujui" in page
    assert nik_of(77) not in page and nik_of(1) not in page
    assert (await client.post(f"{here}/setujui")).status_code == 409
    await client.sign_in(second, Role.CITY_OFFICIAL)
    assert "Setujui sebagai orang kedua" in (await client.get(here)).text
    assert (await client.post(f"{here}/setujui")).status_code == 303
    assert "0 dari 12 baris" in (await client.get(here)).text
    await jobs.run_due()
    assert "12 warga baru tercatat" in (await client.get(here)).text
    assert await store.roll_counts(cycle) == {RW: 12}
    assert "Gedebage" in (await client.get(PAGE)).text


async def test_what_is_no_file(client: Client) -> None:
    """B1: no file, no CSV, no row: said beside the field; a file may be turned down."""
    await make_areas()
    await make_cycle()
    first, second = await two_officials()
    await client.sign_in(first, Role.CITY_OFFICIAL)
    assert (await client.post(f"{PAGE}/berkas", {})).status_code == 422
    for body in (b"\xff", b"nama\nEuis\n", f"nik,rw,tanggal_lahir\nx,{RW},1985-01-01\n".encode()):
        answer = await client.post(f"{PAGE}/berkas", {}, files={"berkas": ("a.csv", body, "text/csv")})
        assert answer.status_code == 422 and 'id="berkas-keliru"' in answer.text
    up = await client.post(f"{PAGE}/berkas", {}, files={"berkas": ("a.csv", roll_csv(2), "text/csv")})
    await client.sign_in(second, Role.CITY_OFFICIAL)
    assert (await client.post(f"{up.headers['location']}/tolak")).status_code == 303
    assert "Tidak ada baris yang ditulis" in (await client.get(up.headers["location"])).text


async def test_who_may(client: Client) -> None:
    """N3: the page is the city's and the auditor's; the auditor writes nothing."""
    await make_areas()
    auditor = await store.add_resident("Auditor", None)
    await store.grant(auditor, "auditor", "32.73")
    lurah = await store.add_resident("Lurah", None)
    await store.grant(lurah, "official", KELURAHAN)
    await client.sign_in(lurah, Role.OFFICIAL)
    assert (await client.get(PAGE)).status_code == 403
    await client.sign_in(auditor, Role.AUDITOR)
    assert "Belum ada siklus" in (await client.get(PAGE)).text
    await make_cycle()
    assert "Unggah berkas" not in (await client.get(PAGE)).text
    assert (await client.post(f"{PAGE}/berkas", {})).status_code == 403


async def test_the_command(db: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """trust 3: the command asks by a city official's password and step, and lays the same file before a second one."""
    from rembuk import roll_commands

    await make_areas()
    cycle = await make_cycle()
    made = await store.create_staff("Sri", "sri", PASSWORD)
    slug = (await cycles.cycle(cycle)).slug

    def step(moves: int) -> str:
        return pyotp.TOTP(made.totp_secret).at((step_of(clock.now()) + moves) * 30)

    report, path = await roll_commands.import_file(roll_csv(4), slug)
    assert (report.line_count, path) == (4, "")
    with pytest.raises(Exception, match="PASSWORD_WRONG"):
        await roll_commands.import_file(roll_csv(4), slug, "sri", "salah", step(0))
    with pytest.raises(Exception, match="NO_SUCH_STAFF"):
        await roll_commands.import_file(roll_csv(4), slug, "sri", PASSWORD, step(0))
    await store.grant(made.id, "city_official", "32.73")
    report, path = await roll_commands.import_file(roll_csv(4) + b"x;;;;\r\n", slug, "sri", PASSWORD, step(1))
    roll_commands.tell(report)
    told = capsys.readouterr()
    assert f"{RW}  4" in told.out and "line 6: NIK" in told.err and nik_of(1) not in told.out + told.err
    (waiting,) = await imports.imports_of(cycle)
    assert path.endswith(f"/petugas/pemilih/berkas/{waiting.id}") and waiting.first == made.id


def test_the_command_line(tmp_path: Path) -> None:
    """The options are there and a missing cycle is a usage error."""
    file = tmp_path / "a.csv"
    file.write_bytes(roll_csv(1))
    assert CliRunner().invoke(command.cli, ["roll", "import", str(file)]).exit_code == 2
    shown = CliRunner().invoke(command.cli, ["roll", "import", "--help"]).output
    assert "--cycle" in shown and "--official" in shown
