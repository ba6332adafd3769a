"""The first page and the small ones, on both engines."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import pytest

from rembuk import clock
from rembuk.cycles.rules import PhaseKind
from rembuk.cycles.shares import Shares
from rembuk.cycles.store import Wanted
from rembuk.cycles.tables import Ceiling, Election
from rembuk.people.tables import RollEntry
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import State, Verdict
from rembuk.voting import store as voting
from rembuk.voting.tables import RollMark
from rembuk.works import store as works
from rembuk.works.rules import Expense, Milestone, WorkStatus
from tests.city import city
from tests.clients import Client, open_client
from tests.proposals import scene
from tests.proposals.scene import KECAMATAN, RW


def today() -> date:
    """The day in the city."""
    return clock.local(clock.now()).date()


@pytest.fixture
async def cycle(db: object) -> UUID:
    """A cycle with three proposals in Gedebage and its ceiling."""
    await scene.lay_out()
    cycle = await scene.cycle(PhaseKind.PROPOSALS)
    await Ceiling.insert(Ceiling(cycle=cycle, area=KECAMATAN, name="Gedebage", amount=1_200_000_000))
    person = await scene.resident()
    for nth in range(3):
        await scene.proposal(cycle, person, f"Usulan ke {nth} di gang", cost=500_000_000)
    return cycle


@pytest.fixture
async def client(cycle: UUID) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PhaseKind.PROPOSALS, "Apa yang perlu dibenahi di RW Anda?"),
        (PhaseKind.DEBATE, "Beri pendapat sebelum usulan dikunci"),
        (PhaseKind.REVIEW, "Petugas sedang memeriksa usulan"),
        (PhaseKind.VOTING, "Saatnya memilih usulan untuk lingkungan kita"),
        (PhaseKind.RESULTS, "Hasil pemungutan suara"),
        (PhaseKind.WORKS, "Pekerjaan segera dimulai"),
    ],
)
async def test_first_page_per_phase(client: Client, cycle: UUID, kind: PhaseKind, words: str) -> None:
    """A11, A5: the stage follows the phase; the booth is offered only while people vote."""
    await scene.open_only(cycle, kind)
    client.set_cookie("kecamatan", "gedebage")
    page = (await client.get("/")).text
    main = page.split("<main")[1].split("</main")[0]
    assert words in main
    assert "Rp\xa01.200.000.000" in main
    assert ('href="/bilik"' in main) is (kind is PhaseKind.VOTING)


async def test_chooser_remembers(client: Client) -> None:
    """A signed-out visitor chooses once; the choice lives in a cookie of this device."""
    assert "Di kecamatan mana Anda tinggal?" in (await client.get("/")).text
    assert (await client.get("/kecamatan?nama=Gedebage")).status_code == 303
    page = (await client.get("/")).text
    assert "Kecamatan Gedebage" in page
    assert "Di kecamatan mana" not in page
    assert "Tidak ada kecamatan bernama" in (await client.get("/kecamatan?nama=Atlantis")).text
    assert (await client.get("/kecamatan/atlantis")).status_code == 404


async def test_own_rw_comes_first(client: Client) -> None:
    """A resident sees the proposals around the own RW, and the pagu of the own kecamatan."""
    await client.sign_in(await scene.resident())
    page = (await client.get("/")).text
    assert "Di sekitar RW 05 Rancabolang" in page
    assert "Pagu hanya cukup untuk sebagian" in page
    assert "Semua usulan bernilai Rp\xa01.500.000.000" in page


async def test_turnout_is_a_daily_figure_and_votes_stay_hidden(client: Client, cycle: UUID) -> None:
    """A7, S2: turnout says its day and merges small RW; no count of any proposal is on the page."""
    person = await scene.resident()
    for number in (1, 2, 3):
        await proposals.judge(number, Verdict(State.FEASIBLE, "Sesuai."), person, "official")
    await scene.open_only(cycle, PhaseKind.VOTING)
    election = Election(id=uuid4(), cycle=cycle, name="utama", state="open")
    await Election.insert(election)
    entries = [
        RollEntry(
            id=uuid4(),
            cycle=cycle,
            kecamatan=KECAMATAN,
            rw=rw,
            person=person if nth == 0 and rw == RW else None,
            status="active",
            source="simulated",
        )
        for rw in (RW, f"{scene.KELURAHAN}.006")
        for nth in range(12)
    ]
    await RollEntry.insert(*entries)
    marks = [
        RollMark(election=election.id, roll=entry.id, channel="paper", seq=0)
        for entry in (entries[0], entries[1], entries[12])
    ]
    await RollMark.insert(*marks)
    await voting.refresh_turnout(UUID(str(election.id)))
    await client.sign_in(person)
    page = (await client.get("/")).text
    assert "3 warga" in page
    assert "2 dari 12 pemilih" in page
    assert "(RW Anda)" in page
    assert "Suara Anda sudah masuk" in page


async def test_the_next_round_is_named(client: Client, cycle: UUID) -> None:
    """While this round votes, the first page says which other round takes proposals."""
    assert "sedang menerima usulan" not in (await client.get("/")).text
    await scene.open_only(cycle, PhaseKind.VOTING)
    await scene.cycle(PhaseKind.PROPOSALS)
    assert "sedang menerima usulan" in (await client.get("/?lagi")).text


async def test_works_are_shown(client: Client, cycle: UUID) -> None:
    """Works under way of the own kecamatan stand on the first page with their money."""
    person = await scene.resident()
    await proposals.write_outcomes(cycle, {1: "funded"}, {1: "Didanai."}, person)
    await works.plan(1, "Kelompok warga", (Milestone(1, "Gali", today()),), person)
    await works.spend(1, Expense(today(), "Semen", 148_000_000), person)
    await works.report(1, WorkStatus.BUILDING, person)
    client.set_cookie("kecamatan", "gedebage")
    page = (await client.get("/")).text
    assert "Sedang dikerjakan" in page
    assert "Rp\xa0148.000.000" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/aman", "Yang tidak dijanjikan"),
        ("/istilah", "Papan bukti"),
        ("/privasi", "Undang-Undang Nomor 27 Tahun 2022"),
        ("/data", "/usulan/unduh/usulan.csv"),
    ],
)
async def test_small_pages(client: Client, path: str, words: str) -> None:
    """S3: what is promised, and what is not, is written down for everybody."""
    answer = await client.get(path)
    assert answer.status_code == 200
    assert words in answer.text


async def test_suara_anak_has_a_page(db: object) -> None:
    """pages 5.17, P5: where children decide and on how much; how many have voted once that tells on nobody."""
    made = await city(2, 4, voters=3, shares=Wanted(Shares(children=40, children_in=(KECAMATAN,))), children=12)
    async with open_client() as client:
        page = (await client.get("/anak")).text.split("<main")[1]
        assert "Anak 10 sampai 16 tahun" in page and "Masuk dengan kode Suara Anak" in page
        assert "Rp\u00a040.000.000" in page and "Coblong" not in page
        assert "dari 12 anak" not in page, "nobody has voted: a figure that tells on everybody"
        for child in made.rolls[f"{KECAMATAN}.anak"][:4]:
            await made.cast(child)
        await voting.refresh_turnout(made.election)
    async with open_client() as client:
        assert "4 dari 12 anak" in (await client.get("/anak")).text


async def test_the_three_not_promised(client: Client) -> None:
    """S3: the page on safety says the three things that are not promised."""
    page = (await client.get("/aman")).text
    for words in ("Server yang jahat", "bersekongkol", "melihat layar Anda"):
        assert words in page, words


async def test_without_a_cycle(db: object) -> None:
    """An empty installation has a first page too."""
    async with open_client() as client:
        assert "Belum ada siklus" in (await client.get("/")).text
        assert (await client.get("/usulan")).status_code == 200
        assert (await client.get("/pelaksanaan")).status_code == 200
        assert (await client.get("/pengaduan")).status_code == 200
