"""Archived rounds: real .pb files of elsewhere, counted by us, shown on the same pages in their own currency."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rembuk.cycles import store as cycles
from rembuk.errors import Refused
from rembuk.results import store
from rembuk.results.archive import import_files
from rembuk.results.rules import Refusal
from tests.clients import Client
from tests.results.test_counting import refused

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"
TOULOUSE = sorted(SHARED.glob("France_Toulouse_2022_*.pb"))
LODZ = SHARED / "Poland_Lodz_2022.pb"
needs_shared = pytest.mark.skipif(not LODZ.exists(), reason="../shared/data/pabulib is not beside the repository")

SMALL = """META
key;value
description;Kampung contoh
country;Indonesia
unit;Contoh
subunit;{name}
instance;2023
num_projects;3
num_votes;4
budget;100
vote_type;approval
rule;greedy
currency;{currency}
PROJECTS
project_id;cost;votes;name;selected
1;60;3;Taman <b>kota</b>;1
2;50;2;Jalan setapak;0
3;40;1;=Lampu;1
VOTES
voter_id;vote
1;1,2
2;1
3;1,3
4;2
"""


def small(folder: Path, name: str = "Utara", currency: str = "EUR") -> Path:
    """A small file of our own."""
    path = folder / f"{name}.pb"
    path.write_text(SMALL.format(name=name, currency=currency), "utf-8")
    return path


async def test_an_imported_round_is_shown_in_its_currency(client: Client, tmp_path: Path) -> None:
    """M1, L7: overview, district, replay, table, files and API of an archive; markup in names stays text."""
    slug = await import_files([small(tmp_path), small(tmp_path, "Selatan")], "Kampung Contoh")
    assert slug == "kampung-contoh-2023"
    overview = (await client.get(f"/hasil?siklus={slug}")).text.split("<main")[1]
    assert "Utara" in overview and "Selatan" in overview
    page = await client.get(f"/hasil/utara?siklus={slug}")
    main = page.text.split("<main")[1]
    assert "EUR\xa060" in main and "Rp" not in main.replace("Rp/", "")
    assert "&lt;b&gt;kota&lt;/b&gt;" in main and "<b>kota</b>" not in main
    assert "Arsip" in main
    for at in (f"/hasil/utara?siklus={slug}&langkah=3", f"/hasil/utara/langkah.json?siklus={slug}"):
        assert (await client.get(at)).status_code == 200
    table = (await client.get(f"/hasil/utara/hasil.csv?siklus={slug}")).text
    assert "'=Lampu" in table
    assert (await client.get(f"/hasil/utara/suara.pb?siklus={slug}")).status_code == 404
    assert (await client.get(f"/api/v1/results/{slug}/utara")).json()["winners"] == ["1", "3"]
    assert (await client.get("/hasil")).status_code == 200


async def test_the_rupiah_is_rupiah(client: Client, tmp_path: Path) -> None:
    """M1: a file in IDR is shown as ours."""
    slug = await import_files([small(tmp_path, currency="IDR")], "Kota Lain")
    assert "Rp\xa060" in (await client.get(f"/hasil/utara?siklus={slug}")).text


async def test_a_round_has_no_booth(client: Client, tmp_path: Path) -> None:
    """A9: an archive is read only, and its name is taken."""
    slug = await import_files([small(tmp_path)], "Kampung Contoh")
    assert (await cycles.by_slug(slug)).kind == "archive"
    with pytest.raises(Refused):
        await import_files([small(tmp_path)], "Kampung Contoh")
    assert len(await store.finished_cycles()) == 1


@pytest.mark.parametrize("broken", ["", "META\nkey;value\n", SMALL.replace("budget;100", "budget;abc"), "\x00\x01"])
async def test_a_malformed_file_is_refused_in_words(db: Any, tmp_path: Path, broken: str) -> None:
    """tally 6: nothing of the whole import is kept."""
    bad = tmp_path / "rusak.pb"
    bad.write_text(broken, "utf-8")
    with refused(Refusal.NO_FILES):
        await import_files([small(tmp_path), bad], "Rusak")
    assert await store.finished_cycles() == []


async def command(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run `rembuk …` over a data folder; exit code, output, errors."""
    environment = {**os.environ, "REMBUK_DATA": str(folder / "data"), "REMBUK_SECRETS": str(folder / "secrets")}
    program = "from rembuk.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 170)
    return process.returncode or 0, out.decode(), err.decode()


async def test_the_command_says_one_line_and_exits_2(tmp_path: Path) -> None:
    """tally 6: a malformed file is one line on the error output and exit code 2; a good one tells its address."""
    assert (await command(tmp_path, "migrate"))[0] == 0
    bad = tmp_path / "rusak.pb"
    bad.write_text(SMALL.replace("PROJECTS", "PROYEK"), "utf-8")
    code, out, err = await command(tmp_path, "import", "pabulib", str(bad), "--name", "Rusak")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and "rusak.pb" in err and "Traceback" not in err
    code, out, err = await command(tmp_path, "import", "pabulib", str(small(tmp_path)), "--name", "Baik")
    assert (code, err) == (0, "")
    assert "/hasil?siklus=baik-2023" in out


def expected(name: str, rule: str) -> list[str]:
    """Winners that other tools found."""
    instances = json.loads((SHARED / "expected.json").read_text())["instances"]
    found: list[str] = instances[name]["expected"][rule]["winners"]
    return found


@needs_shared
async def test_toulouse_and_lodz(client: Client, request: pytest.FixtureRequest) -> None:
    """Issue 2, item 9: 20 districts and 90,494 voters within 120 s; greedy as expected.json; every page renders."""
    if "postgres" in request.node.name:
        pytest.skip("once is enough")
    began = time.monotonic()
    toulouse = await import_files(TOULOUSE, "Toulouse 2022")
    lodz = await import_files([LODZ], "Łódź 2022")
    assert time.monotonic() - began < 120
    assert (toulouse, lodz) == ("toulouse-2022", "lodz-2022")
    files = {path.stem: path.name for path in TOULOUSE}
    listed = (await client.get(f"/api/v1/results/{toulouse}")).json()["districts"]
    assert len(listed) == 20
    for line in listed:
        assert (await client.get(f"/hasil/{line['slug']}?siklus={toulouse}")).status_code == 200
        count = (await client.get(f"/api/v1/results/{toulouse}/{line['slug']}")).json()
        assert sorted(count["winners"]) == expected(files[count["contest"]], "greedy_cost")
    line = (await client.get(f"/api/v1/results/{lodz}")).json()["districts"][0]
    page = await client.get(f"/hasil/{line['slug']}?siklus={lodz}")
    assert "PLN\xa0" in page.text
    assert line["ballots"] == 90_494
    count = (await client.get(f"/api/v1/results/{lodz}/{line['slug']}")).json()
    assert sorted(count["winners"]) == expected(LODZ.name, "official")
    assert (await client.get(f"/hasil?siklus={toulouse}")).text.count("EUR") > 20
