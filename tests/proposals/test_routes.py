"""Pages of proposals as a browser meets them, on both engines."""

import csv
import io
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
import pytest
from PIL import Image

from rembuk.catalogue import store as catalogue
from rembuk.catalogue.rules import Item
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import PhaseKind
from rembuk.proposals import store
from rembuk.proposals.routes.browsing import neutral
from rembuk.proposals.rules import Place, State, Verdict
from rembuk.proposals.tables import Proposal
from rembuk.settings import settings
from tests.clients import Client, open_client
from tests.proposals import scene
from tests.proposals.scene import KECAMATAN, OTHER_RW, PROBLEM, RW


@pytest.fixture
async def cycle(db: object) -> UUID:
    """A cycle that takes proposals."""
    await scene.lay_out()
    return await scene.cycle(PhaseKind.PROPOSALS)


@pytest.fixture
async def client(cycle: UUID) -> AsyncIterator[Client]:
    """A browser."""
    async with open_client() as made:
        yield made


async def test_list_filters_by_address(client: Client, cycle: UUID) -> None:
    """C4: a state of the list is an address; the page shows what it asks for and its counts."""
    person = await scene.resident()
    await scene.proposal(cycle, person, "Bank sampah di gang", issue="waste")
    await scene.proposal(cycle, person, "Sumur resapan di gang", issue="flood")
    await scene.proposal(cycle, person, "Tandon air di gang", issue="clean_water", rw=OTHER_RW)
    page = (await client.get("/usulan?isu=sampah&isu=air&kec=gedebage")).text
    assert "Bank sampah di gang" in page
    assert "Sumur resapan" not in page
    assert "Tandon air" not in page
    assert "1 usulan" in page
    everything = (await client.get("/usulan")).text
    assert all(title in everything for title in ("Bank sampah", "Sumur resapan", "Tandon air"))


async def test_list_says_why_it_is_empty(client: Client) -> None:
    """C5: an empty answer helps on, and strange words in the address do no harm."""
    answer = await client.get("/usulan?q=tidak-ada&isu=emas&urut=x&halaman=-4&dari=murah&kec=atlantis")
    assert answer.status_code == 200
    assert "Hapus saringan" in answer.text
    assert "Biaya harus angka" in answer.text


@pytest.mark.parametrize("count", [11, 12, 13])
async def test_page_size(client: Client, cycle: UUID, count: int) -> None:
    """C1: fewer, equal and more than one page of twelve."""
    person = await scene.resident()
    for nth in range(count):
        await scene.proposal(cycle, person, f"Usulan ke {nth} di gang")
    first, second = (await client.get("/usulan")).text, (await client.get("/usulan?halaman=2")).text
    assert first.count('class="kartu usul') == min(count, 12)
    assert ("halaman=2" in first) is (count > 12)
    assert second.count('class="kartu usul') == (1 if count > 12 else count)


async def test_fair_order_is_kept_for_a_visitor(client: Client, cycle: UUID) -> None:
    """C2: the same visitor meets the same order again, by a cookie that says nothing else."""
    person = await scene.resident()
    for nth in range(8):
        await scene.proposal(cycle, person, f"Usulan ke {nth} di gang")

    async def titles() -> list[str]:
        page = (await client.get("/usulan?urut=acak")).text
        return [part.split("<")[0] for part in page.split('class="judul-usul"><a href="')[1:]]

    first = await titles()
    assert client.cookie("undian")
    assert await titles() == first


async def test_formulas_are_neutralised(client: Client, cycle: UUID) -> None:
    """P2: a title that a spreadsheet would take for a formula gets an apostrophe; JSON stays as it is."""
    person = await scene.resident()
    await scene.proposal(cycle, person, "=HYPERLINK(1) di gang")
    text = (await client.get("/usulan/unduh/usulan.csv")).content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert row["title"] == "'=HYPERLINK(1) di gang"
    assert (row["cost"], row["area"]) == ("1000000", RW)
    answer = msgspec.json.decode((await client.get("/usulan/unduh/usulan.json")).content)
    assert answer["proposals"][0]["title"] == "=HYPERLINK(1) di gang"
    assert [neutral(cell) for cell in ("+1", "-1", "@x", "a=b", 5)] == ["'+1", "'-1", "'@x", "a=b", "5"]


async def test_two_rounds_at_once(client: Client, cycle: UUID) -> None:
    """While one round votes, the next one takes proposals: each has its own list, by its short address."""
    person = await scene.resident()
    await scene.proposal(cycle, person, "Usulan putaran lama")
    await scene.open_only(cycle, PhaseKind.VOTING)
    newer = await scene.cycle(PhaseKind.PROPOSALS)
    await scene.proposal(newer, person, "Usulan putaran baru")
    slugs = {each.id: each.slug for each in await cycles.cycles(kind="round")}
    old, new = [(await client.get(f"/usulan?siklus={slugs[each]}")).text for each in (cycle, newer)]
    assert ("Usulan putaran lama" in old, "Usulan putaran baru" in old) == (True, False)
    assert ("Usulan putaran lama" in new, "Usulan putaran baru" in new) == (False, True)
    assert (await client.get("/usulan?siklus=tidak-ada")).status_code == 200


async def test_points_for_maps(client: Client, cycle: UUID) -> None:
    """The proposals that have a point go out as GeoJSON, longitude first."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person)
    detail = await store.detail(number)
    await store.save_place(detail.id, person, Place(RW, "", -6_945_120, 107_692_130))
    answer = msgspec.json.decode((await client.get("/usulan/unduh/usulan.geojson")).content)
    assert [each["geometry"]["coordinates"] for each in answer["features"]] == [[107.69213, -6.94512]]
    assert (await client.get("/usulan/unduh/usulan.exe")).status_code == 404


async def test_htmx_gets_a_clean_address(client: Client) -> None:
    """C4: what htmx puts into the address bar is the shareable address, without empty fields."""
    answer = await client.htmx("/usulan?q=&kec=gedebage&isu=sampah&dari=&urut=termahal")
    assert answer.headers["hx-push-url"] == "/usulan?isu=sampah&kec=gedebage&urut=termahal"


async def test_photos_of_a_draft(client: Client, cycle: UUID) -> None:
    """A photo is re-encoded and hung on the draft; what is no photo is refused beside the field; it can go again."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    await client.sign_in(person)
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "PNG")
    step = f"/usulan/draf/{made}/3"
    sent = await client.post(step, {"alt": "Gang yang tergenang"}, files={"photo": ("a.png", out.getvalue())})
    assert (sent.status_code, sent.headers["location"]) == (303, step)
    page = (await client.get(step)).text
    assert "Gang yang tergenang" in page
    photo = (await store.own_draft(made, person)).photos[0]
    assert (await client.get(f"/berkas/{photo.file}/320.webp")).headers["content-type"] == "image/webp"
    wrong = await client.post(step, {"alt": ""}, files={"photo": ("a.png", b"GIF89a....")})
    assert wrong.status_code == 422
    assert "Gambar bergerak" in wrong.text
    assert (await client.post(step, {"buang": str(photo.nth)})).status_code == 303
    assert (await store.own_draft(made, person)).photos == ()


async def test_hidden_is_absent_from_pages_and_downloads(client: Client, cycle: UUID) -> None:
    """N2, B4: hidden is gone for others on every address, its author still reads it with the reason."""
    author = await scene.resident()
    number = await scene.proposal(cycle, author, "Judul yang rahasia")
    await store.hide((await store.detail(number)).id, author, "moderator", "Menyebut nama orang.")
    for path in ("/usulan", "/usulan/peta?kec=gedebage", "/usulan/unduh/usulan.csv", "/api/v1/proposals"):
        assert "rahasia" not in (await client.get(path)).text, path
    assert (await client.get(f"/usulan/{number}")).status_code == 404
    assert (await client.get(f"/api/v1/proposals/{number}")).status_code == 404
    await client.sign_in(author)
    own = await client.get(f"/usulan/{number}")
    assert "Menyebut nama orang." in own.text


async def test_own_proposals_with_reasons(client: Client, cycle: UUID) -> None:
    """B4: one's own list holds drafts, hidden and refused ones, each with the reason."""
    author = await scene.resident()
    await scene.draft(cycle, author, "Masih ditulis saja")
    hidden = await scene.proposal(cycle, author, "Judul yang rahasia")
    refused = await scene.proposal(cycle, author, "Jalan di lahan orang")
    await store.hide((await store.detail(hidden)).id, author, "moderator", "Menyebut nama orang.")
    await store.judge(refused, Verdict(State.INFEASIBLE, "Lahan bukan milik kota."), author, "official")
    await client.sign_in(author)
    page = (await client.get("/usulan/saya")).text
    for words in ("Masih ditulis saja", "Menyebut nama orang.", "Lahan bukan milik kota.", "Tidak lolos"):
        assert words in page, words
    await client.sign_in(await scene.resident())
    assert "Anda belum punya usulan" in (await client.get("/usulan/saya")).text


async def test_page_of_a_proposal(client: Client, cycle: UUID) -> None:
    """The page tells problem, plan, cost, place and way; another title in the address is put right."""
    number = await scene.proposal(cycle, await scene.resident())
    answer = await client.get(f"/usulan/{number}")
    assert answer.status_code == 200
    for words in (PROBLEM, "Mengganti saluran", "Rp\xa01.000.000", "RW 05 Rancabolang", "Dikirim", "depan masjid"):
        assert words in answer.text, words
    moved = await client.get(f"/usulan/{number}-judul-lama")
    assert (moved.status_code, moved.headers["location"]) == (303, f"/usulan/{number}-saluran-mampet-di-gang")
    for path in ("/usulan/999999", "/usulan/abc", "/usulan/0x1", f"/usulan/{'9' * 40}"):
        assert (await client.get(path)).status_code == 404, path


async def test_reviewed_cost_is_shown_with_its_reason(client: Client, cycle: UUID) -> None:
    """The page shows the checked sum beside the proposed one, and why they differ."""
    person = await scene.resident()
    number = await scene.proposal(cycle, person, cost=110_000_000)
    verdict = Verdict(State.FEASIBLE_CHANGED, "Harga disesuaikan dengan standar kota.", 96_500_000)
    await store.judge(number, verdict, person, "official")
    page = (await client.get(f"/usulan/{number}")).text
    for words in ("Rp\xa096.500.000", "semula", "Rp\xa0110.000.000", "Harga disesuaikan"):
        assert words in page, words


async def test_script_in_a_proposal_stays_text(client: Client, cycle: UUID) -> None:
    """B5: markup typed into a proposal reaches the page as letters only."""
    await scene.proposal(cycle, await scene.resident(), "<script>alert(1)</script>")
    for path in ("/usulan", "/usulan/1"):
        page = (await client.get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


async def test_support_from_the_page(client: Client, cycle: UUID) -> None:
    """E1: one tap supports, a second address does not add; signed out leads to sign-in."""
    number = await scene.proposal(cycle, await scene.resident())
    refused = await client.post(f"/usulan/{number}/dukung")
    assert refused.status_code == 303
    assert refused.headers["location"].startswith("/masuk")
    await client.sign_in(await scene.resident())
    assert (await client.post(f"/usulan/{number}/dukung")).status_code == 303
    part = await client.htmx(f"/usulan/{number}/dukung", {})
    assert "1 dukungan" in part.text
    assert "<html" not in part.text
    assert "0 dukungan" in (await client.htmx(f"/usulan/{number}/batal-dukung", {})).text


async def test_signed_out_comes_back_to_write(client: Client) -> None:
    """A2: an anonymous visitor is sent to sign in, with the way back."""
    answer = await client.get("/usulan/baru")
    assert (answer.status_code, answer.headers["location"]) == (303, "/masuk?kembali=/usulan/baru")


async def test_direct_address_is_refused_after_the_phase(client: Client, cycle: UUID) -> None:
    """A3: after the phase the form's address, the post and an old draft are all refused."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    await client.sign_in(person)
    await scene.open_only(cycle, PhaseKind.VOTING)
    typed = {"issue": "flood", "title": "Saluran mampet", "problem": PROBLEM}
    assert (await client.get("/usulan/baru")).status_code == 403
    assert (await client.post("/usulan/baru", typed)).status_code == 403
    assert (await client.get(f"/usulan/draf/{made}/1")).status_code == 403
    assert (await client.post(f"/usulan/draf/{made}/5", {"statement": "1"})).status_code == 403
    assert "/usulan/baru" not in (await client.get("/usulan")).text.split("<main")[1].split("</main")[0]


async def test_writing_in_five_steps(client: Client, cycle: UUID) -> None:
    """A2, B1: five posts make a proposal; each step is an address that keeps what was typed."""
    await catalogue.take_in(settings().city, (Item("u34", "U-ditch 30×40 terpasang", "m", 485_000, 2025),))
    person = await scene.resident()
    await client.sign_in(person)
    typed = {"issue": "flood", "title": "Saluran mampet di RW 05", "problem": PROBLEM}
    answer = await client.post("/usulan/baru", typed)
    assert answer.status_code == 303
    base = answer.headers["location"].rpartition("/")[0]
    place = {"rw": RW, "landmark": "depan masjid", "latitude": "", "longitude": ""}
    assert (await client.post(f"{base}/2", place)).headers["location"] == f"{base}/3"
    assert (await client.post(f"{base}/3", {"lanjut": "ya"})).headers["location"] == f"{base}/4"
    costs = {"proposed": "Mengganti saluran sepanjang gang.", "name-1": "u-ditch 30×40 terpasang", "volume-1": "12,5"}
    counted = await client.post(f"{base}/4", {**costs, "lanjut": "hitung"})
    assert "Rp\xa06.062.500" in counted.text
    assert (await client.post(f"{base}/4", costs)).headers["location"] == f"{base}/5"
    check = (await client.get(f"{base}/5")).text
    assert "Rp\xa06.062.500" in check
    unsaid = await client.post(f"{base}/5", {})
    assert unsaid.status_code == 422
    assert "Centang pernyataan" in unsaid.text
    sent = await client.post(f"{base}/5", {"statement": "1"})
    assert sent.headers["location"] == "/usulan/1/terkirim"
    assert "Nomor 1" in (await client.get("/usulan/1/terkirim")).text
    detail = await store.detail(1)
    assert (detail.lines[0].catalogue_key, detail.cost, detail.place.kecamatan) == ("u34", 6_062_500, KECAMATAN)
    assert (await client.post(f"{base}/5", {"statement": "1"})).status_code == 303
    assert await Proposal.count() == 1


@pytest.mark.parametrize(
    ("step", "typed", "said"),
    [
        (1, {"title": "", "problem": PROBLEM, "issue": "flood"}, "Judul masih kosong"),
        (1, {"title": "Judul baik sekali", "problem": "pendek", "issue": ""}, "Isu belum dipilih"),
        (2, {"rw": OTHER_RW}, "RW belum dipilih"),
        (2, {"rw": RW, "latitude": "utara", "longitude": "timur"}, "Titik harus angka"),
        (4, {"proposed": "Judul baik", "name-1": "Pasir", "volume-1": "dua", "price-1": "1000"}, "Baris 1"),
        (4, {"proposed": "Mengganti saluran lama.", "rough": "banyak"}, "Biaya harus angka"),
        (3, {}, ""),
    ],
)
async def test_faults_stand_beside_their_fields(
    client: Client, cycle: UUID, step: int, typed: dict[str, str], said: str
) -> None:
    """B1, B2: what is wrong is said beside the field, and everything typed is still there."""
    person = await scene.resident()
    made = await scene.draft(cycle, person)
    await client.sign_in(person)
    answer = await client.post(f"/usulan/draf/{made}/{step}", typed)
    if not said:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert said in answer.text
    assert 'class="keliru"' in answer.text
    for name, text in typed.items():
        assert not text or name == "rw" or text in answer.text, name


async def test_later_keeps_a_half_written_step(client: Client, cycle: UUID) -> None:
    """B1: "Simpan dan lanjut nanti" keeps text that is not complete yet; the draft is offered next time."""
    await client.sign_in(await scene.resident())
    typed = {"issue": "", "title": "Baru judul", "problem": "", "lanjut": "nanti"}
    assert (await client.post("/usulan/baru", typed)).status_code == 303
    assert "Baru judul" in (await client.get("/usulan/baru")).text


async def test_nobody_reads_anothers_draft(client: Client, cycle: UUID) -> None:
    """A4: a different resident may neither open nor change a draft."""
    made = await scene.draft(cycle, await scene.resident())
    await client.sign_in(await scene.resident())
    assert (await client.get(f"/usulan/draf/{made}/1")).status_code == 404
    assert (await client.post(f"/usulan/draf/{made}/5", {"statement": "1"})).status_code == 404
    assert (await client.get(f"/usulan/draf/{made}/9")).status_code == 404


async def test_facilitator_writes_for_a_resident(client: Client, cycle: UUID) -> None:
    """J3: a facilitator writes for somebody without a phone; consent is asked, and only the act is public."""
    helper = await scene.resident(role="facilitator")
    await client.sign_in(helper)
    typed = {"issue": "flood", "title": "Saluran mampet di RW 05", "problem": PROBLEM, "helper": "1"}
    base = (await client.post("/usulan/baru", typed)).headers["location"].rpartition("/")[0]
    await client.post(f"{base}/2", {"rw": RW})
    await client.post(f"{base}/4", {"proposed": "Mengganti saluran lama.", "rough": "5.000.000"})
    assert (await client.post(f"{base}/5", {"statement": "1"})).status_code == 422
    sent = await client.post(f"{base}/5", {"statement": "1", "consent": "Ibu Imas, lisan di balai RW"})
    assert sent.headers["location"] == "/usulan/1/terkirim"
    page = (await client.get("/usulan/1")).text
    assert "atas nama warga" in page
    assert "Ibu Imas" not in page


async def test_programs_read_the_list(client: Client, cycle: UUID) -> None:
    """The same question, for programs: typed, paged, filtered, hidden ones absent."""
    person = await scene.resident()
    for nth in range(3):
        await scene.proposal(cycle, person, f"Usulan ke {nth} di gang", issue="waste" if nth else "flood")
    answer = msgspec.json.decode((await client.get("/api/v1/proposals?isu=sampah")).content)
    assert (answer["total"], [each["number"] for each in answer["proposals"]]) == (2, [3, 2])
    one = msgspec.json.decode((await client.get("/api/v1/proposals/1")).content)
    assert (one["title"], one["cost_lines"][0]["amount"]) == ("Usulan ke 0 di gang", 1_000_000)


async def test_map_has_a_table_twin(client: Client, cycle: UUID) -> None:
    """C6: districts first, with their counts, as links."""
    await scene.proposal(cycle, await scene.resident())
    page = (await client.get("/usulan/peta")).text
    assert "/usulan?kec=gedebage" in page
    assert "Gedebage" in page
