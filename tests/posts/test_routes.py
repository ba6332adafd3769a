"""The pages of posts: who may open what, what they say, and that no page names what it should not."""

from typing import Any
from uuid import uuid4

import pytest

from rembuk.posts import store
from rembuk.voting.tables import RollMark
from rembuk.web.viewer import Role
from tests.city import PIN, City, city
from tests.clients import Client
from tests.posts.making import NIK, PostOf, give_nik, officer, on_shift, post_in

pytestmark = pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
"""The pages are alike on both engines; the stores behind them are tested on both."""


async def town(**more: Any) -> tuple[City, PostOf]:
    """A district with codes and a post."""
    made = await city(districts=1, proposals=4, voters=4, with_codes=2, **more)
    return made, await post_in(made)


async def as_officer(client: Client, post: PostOf, number: int = 0) -> None:
    """Sit down at the table."""
    await client.sign_in(post.officers[number], Role.FACILITATOR)


async def test_an_officer_without_a_shift_is_told_so(client: Client) -> None:
    """K3: no shift, no post; the page says so, and the post's pages are not there."""
    _, post = await town()
    stranger = await officer("Tamu", post.district)
    await client.sign_in(stranger, Role.FACILITATOR)
    answer = await client.get("/meja/pos")
    assert answer.status_code == 200 and "Anda tidak bertugas di pos mana pun hari ini" in answer.text
    for path in ("", "/lembar", "/daftar"):
        assert (await client.get(f"/meja/pos/{post.id}{path}")).status_code == 404
    assert (await client.post(f"/meja/pos/{post.id}/kode", {"kode": "X"})).status_code == 404
    assert (await client.post(f"/meja/pos/{post.id}/ktp", {"nik": NIK})).status_code == 404
    assert (await client.post(f"/meja/pos/{post.id}/lembar", {"seri": post.serials[0]})).status_code == 404


async def test_one_post_opens_by_itself_and_several_are_chosen(client: Client) -> None:
    """K3: with one post today it opens, with several one is chosen."""
    made, post = await town()
    await as_officer(client, post)
    assert (await client.get("/meja/pos")).headers["location"] == f"/meja/pos/{post.id}"
    other = await post_in(made, rws=[], name="Pos kedua", sheets=0)
    await on_shift(other.id, post.officers[0], made.first)
    answer = await client.get("/meja/pos")
    assert "Pilih satu" in answer.text and str(other.id) in answer.text


async def test_a_check_in_at_the_table_ends_voting_online(client: Client) -> None:
    """K1, K2: the officer types the code; the resident's page says paper, and the booth says why it is shut."""
    made, post = await town()
    roll = post.rolls[0]
    await as_officer(client, post)
    answer = await client.post(f"/meja/pos/{post.id}/kode", {"kode": made.codes[roll].printed})
    assert answer.status_code == 303
    page = await client.get(f"/meja/pos/{post.id}")
    assert "Sudah dicatat" in page.text and made.codes[roll].printed not in page.text
    again = await client.post(f"/meja/pos/{post.id}/kode", {"kode": made.codes[roll].printed})
    assert again.status_code == 409 and "sudah menerima surat suara kertas" in again.text
    assert made.codes[roll].printed not in again.text
    await client.sign_out()
    await client.post("/kode", {"kode": made.codes[roll].printed, "kedua": PIN})
    assert "Anda sudah memilih dengan surat suara kertas" in (await client.get("/bilik")).text
    assert "kertas" in (await client.get("/status-saya")).text


async def test_two_officers_type_the_same_card(client: Client) -> None:
    """T17: without a code one officer is not enough, and the NIK is never shown back."""
    _, post = await town()
    await give_nik(post.rolls[3])
    await as_officer(client, post)
    await client.post(f"/meja/pos/{post.id}/ktp", {"nik": NIK})
    page = await client.get(f"/meja/pos/{post.id}")
    assert "1 warga menunggu petugas kedua" in page.text and NIK not in page.text
    assert not await RollMark.exists().where(RollMark.roll == post.rolls[3])
    alone = await client.post(f"/meja/pos/{post.id}/ktp", {"nik": NIK})
    assert alone.status_code == 409 and "Petugas lain harus memeriksa" in alone.text and NIK not in alone.text
    await as_officer(client, post, 1)
    assert (await client.post(f"/meja/pos/{post.id}/ktp", {"nik": NIK})).status_code == 303
    row = await RollMark.select().where(RollMark.roll == post.rolls[3]).first()
    assert row and row["channel"] == "paper"


async def test_the_keyboard_takes_sheets_one_by_one(client: Client) -> None:
    """K4: serial, numbers, Enter; faults beside their field; my own sheets are shown with their time, no others."""
    made, post = await town()
    await store.check_in_by_code(post.id, made.codes[post.rolls[0]].printed, post.officers[0])
    at = f"/meja/pos/{post.id}/lembar"
    await as_officer(client, post)
    early = await client.post(at, {"seri": post.serials[0], "nomor": "1 2"})
    assert early.status_code == 409 and "setelah pemungutan suara ditutup" in early.text
    await made.close()
    bare = await client.post(at, {"seri": post.serials[0], "nomor": ""})
    assert bare.status_code == 422 and "Tulis nomor yang dicentang" in bare.text and post.serials[0] in bare.text
    strange = await client.post(at, {"seri": post.serials[0], "nomor": "9"})
    assert strange.status_code == 422 and "Nomor terakhir 4" in strange.text
    assert (await client.post(at, {"seri": post.serials[0].lower(), "nomor": "1 2"})).status_code == 303
    mine = await client.get(at)
    assert post.serials[0] in mine.text and "sah, 2 pilihan" in mine.text and "WIB" in mine.text
    await as_officer(client, post, 1)
    assert post.serials[0] not in (await client.get(at)).text
    many = await client.post(f"{at}/csv", {"baris": f"{post.serials[0]};1 2\n0000000000;1\n{post.serials[1]};marked"})
    assert "2 lembar sudah masuk" in many.text and "Baris 2" in many.text


async def test_the_other_two_numbers_meet_a_third_person(client: Client) -> None:
    """K4: two readings that differ are settled by a third, who is shown serials only."""
    made, post = await town()
    await made.close()
    await post.enter(post.serials[0], "1", by=(0,))
    await post.enter(post.serials[0], "2", by=(1,))
    await as_officer(client, post, 0)
    assert "Perlu Anda sebagai orang ketiga" not in (await client.get(f"/meja/pos/{post.id}/lembar")).text
    await as_officer(client, post, 2)
    page = await client.get(f"/meja/pos/{post.id}/lembar")
    assert "Perlu Anda sebagai orang ketiga" in page.text and post.serials[0] in page.text
    await client.post(f"/meja/pos/{post.id}/lembar", {"seri": post.serials[0], "nomor": "2"})
    assert (await store.balance_of(post.id)).valid == 1


async def test_a_list_from_paper_needs_two_and_tells_conflicts(client: Client) -> None:
    """An offline post: the list is entered by one, confirmed by another, and what does not fit is told."""
    made, post = await town()
    at = f"/meja/pos/{post.id}/daftar"
    lines = await store.check_in_list(await store.post_of(post.id))
    await store.check_in_by_code(post.id, made.codes[post.rolls[0]].printed, post.officers[0])
    typed = "\n".join([*(line.serial or line.number for line in lines), "ASING-1"])
    await as_officer(client, post)
    assert (await client.post(at, {"nomor": typed})).status_code == 303
    waiting = await client.get(at)
    assert "Minta petugas lain mencocokkan" in waiting.text and "Cocok, catat hadir" not in waiting.text
    [(act, _)] = await store.waiting_lists(post.id)
    own = await client.post(f"{at}/{act.id}", {})
    assert own.status_code == 409
    await as_officer(client, post, 1)
    done = await client.post(f"{at}/{act.id}", {})
    assert "3 warga dicatat hadir" in done.text and "2 nomor tidak cocok" in done.text and "ASING-1" in done.text


async def test_an_official_sets_a_post_up(client: Client) -> None:
    """A post from its first word to its printed sheets; an RW has one post, and those without are told."""
    made, post = await town()
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    slug = made.cycle.slug
    at = f"/petugas/siklus/{slug}/pos"
    short = await client.post(at, {"kecamatan": post.district, "nama": "", "tempat": "Balai", "jam": "08.00"})
    assert short.status_code == 422
    words = {"kecamatan": post.district, "nama": "Pos dua", "tempat": "Masjid", "jam": "Sabtu", "sambungan": "tidak"}
    new = (await client.post(at, words)).headers["location"]
    assert (await client.post(at, words)).status_code == 409
    village = f"{post.district}.1001"
    taken = await client.post(f"{new}/rw", {"kelurahan": village, "rw": f"{village}.001"})
    assert taken.status_code == 422 and f"sudah masuk Pos {post.district}" in taken.text
    await client.post(f"/petugas/pos/{post.id}/rw", {"kelurahan": village, "rw": f"{village}.002"})
    assert "1 RW belum punya pos" in (await client.get(at)).text
    assert (await client.post(f"{new}/rw", {"kelurahan": village, "rw": f"{village}.001"})).status_code == 303
    assert "RW belum punya pos" not in (await client.get(at)).text
    shift = {"petugas": str(post.officers[0]), "hari": "2030-01-02"}
    assert (await client.post(f"{new}/jadwal", shift)).status_code == 303
    assert "Petugas 0" in (await client.get(new)).text
    await client.post(f"{new}/jadwal", {**shift, "lepas": "1"})
    resident = {**shift, "petugas": str(post.rolls[0])}
    assert (await client.post(f"{new}/jadwal", resident)).status_code == 422
    assert (await client.post(f"{new}/bundel", {"lembar": "101"})).status_code == 422
    assert (await client.post(f"{new}/bundel", {"lembar": "3"})).status_code == 303


async def test_printed_pages_hold_no_name(client: Client) -> None:
    """Sheets with serial and QR, the list with lines to write on, the minutes; serials and people never meet."""
    made, post = await town()
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    [pad] = await store.pads_of(post.id)
    sheets = await client.post(f"/petugas/pos/{post.id}/bundel/{pad.id}/cetak", {})
    assert sheets.text.count('class="kertas"') == 6 and sheets.text.count("data:image/svg+xml") == 6
    assert "style=" not in sheets.text and "Centang paling banyak 3 usulan" in sheets.text
    listed = await client.get(f"/petugas/pos/{post.id}/daftar-hadir")
    assert "UJI-0001" in listed.text and not [serial for serial in post.serials if serial in listed.text]
    for path in ("contoh", "berita-acara"):
        assert (await client.get(f"/petugas/pos/{post.id}/{path}")).status_code == 200
    assert "Cetak lagi" in (await client.get(f"/petugas/pos/{post.id}")).text
    assert (await client.post(f"/petugas/pos/{post.id}/bundel/{uuid4()}/cetak", {})).status_code == 404


async def test_officials_elsewhere_find_nothing(client: Client) -> None:
    """trust 7: another kecamatan's official, a facilitator and a resident do not open a post's set-up."""
    made, post = await town()
    elsewhere = await officer("Camat lain", "32.73.01", role="official")
    await client.sign_in(elsewhere, Role.OFFICIAL)
    for path in ("", "/contoh", "/daftar-hadir", "/berita-acara"):
        assert (await client.get(f"/petugas/pos/{post.id}{path}")).status_code == 404
    for path in ("/rw", "/jadwal", "/bundel", "/tutup", "/kasus", ""):
        assert (await client.post(f"/petugas/pos/{post.id}{path}", {})).status_code == 404
    wrong = {"kecamatan": post.district, "nama": "Pos gelap", "tempat": "Balai", "jam": "08.00"}
    assert (await client.post(f"/petugas/siklus/{made.cycle.slug}/pos", wrong)).status_code == 404
    await as_officer(client, post)
    assert (await client.get(f"/petugas/pos/{post.id}")).status_code == 403
    assert (await client.get(f"/petugas/siklus/{made.cycle.slug}/kertas")).status_code == 403
    await client.sign_out()
    assert (await client.get(f"/petugas/pos/{uuid4()}")).status_code == 303


async def test_the_paper_of_a_cycle_from_box_to_audit(client: Client) -> None:
    """Two close the box, dice are thrown in public, drawn sheets are compared; one difference means all of them."""
    made, post = await town()
    for roll in post.rolls[:2]:
        await store.check_in_by_code(post.id, made.codes[roll].printed, post.officers[0])
    await made.close()
    await post.enter(post.serials[0], "1 2")
    at, paper = f"/petugas/pos/{post.id}", f"/petugas/siklus/{made.cycle.slug}/kertas"
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    silent = await client.post(f"{at}/tutup", {"alasan": ""})
    assert silent.status_code == 422 and "Selisih 1 lembar belum dijelaskan" in silent.text
    assert (await client.post(f"{paper}/dadu", {"dadu": "1" * 20})).status_code == 409
    await client.post(f"{at}/tutup", {"alasan": "Satu warga membawa pulang lembarnya."})
    [(act, _)] = await store.waiting_closes(post.id)
    assert (await client.post(f"{at}/tutup/{act.id}", {})).status_code == 422
    await client.sign_in(made.second, Role.CITY_OFFICIAL)
    assert (await client.post(f"{at}/tutup/{act.id}", {})).status_code == 303
    assert "membawa pulang" in (await client.get(f"{at}/berita-acara")).text
    assert (await client.post(f"{paper}/dadu", {"dadu": "12"})).status_code == 422
    await client.post(f"{paper}/dadu", {"dadu": "1" * 20})
    assert post.serials[0] in (await client.get(paper)).text
    await client.post(f"{paper}/periksa", {"seri": post.serials[0], "nomor": "1 3"})
    told = await client.get(paper)
    assert "Tidak cocok" in told.text and "perlu pemeriksa kedua" in told.text
    assert "Dimasukkan Petugas 0" in told.text and "WIB" in told.text
    await client.sign_in(made.first, Role.CITY_OFFICIAL)
    await client.post(f"{paper}/periksa", {"seri": post.serials[0], "nomor": "1 2"})
    assert "Semua lembar kertas sudah selesai" in (await client.get(paper)).text


async def test_everybody_sees_where_posts_are(client: Client) -> None:
    """K5, T17: place and hours for all; figures of a small post are not shown."""
    made, post = await town()
    before = await client.get("/pos")
    assert "Balai RW" in before.text and "warga hadir" not in before.text
    await store.check_in_by_code(post.id, made.codes[post.rolls[0]].printed, post.officers[0])
    await made.close()
    await as_officer(client, post)
    assert "Warga hadir terlalu sedikit untuk ditampilkan" in (await client.get("/pos")).text
