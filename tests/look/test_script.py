"""rembuk.js in a real browser: the ballot counts, drafts stay, photos shrink; and nothing of it breaks the policy."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from rembuk.web.static import static_files
from rembuk.web.templates import environment
from tests.look.booth import browser, served

pytestmark = pytest.mark.browser

HEAD = '{%- from "components/ballot.html" import pilihan, pilihan_poin, pilihan_urut, dompet, simpan_suara -%}'
PROPOSALS = [
    {"id": "a", "title": "Bank sampah", "issue": "waste", "place": "RW 05", "cost": 60_000_000},
    {"id": "b", "title": "Sumur resapan", "issue": "flood", "place": "RW 08", "cost": 50_000_000},
    {"id": "c", "title": "Pipa air", "issue": "clean_water", "place": "RW 04", "cost": 30_000_000},
]
FORM = (
    '<a href="/lain" data-keluar="Keluar dari bilik?">Keluar bilik</a>'
    '<form class="suara" action="/lain" data-suara="%s" data-jenis="%s" data-pagu="100000000" data-maks="%d">'
    "{{ dompet('%s', 0, %d) }}{%% for p in proposals %%}{{ %s }}{%% endfor %%}{{ simpan_suara() }}</form>"
)
PAGES = {
    "/keranjang": FORM % ("k", "knapsack", 0, "knapsack", 100_000_000, "pilihan(p)"),
    "/poin": FORM % ("p", "points", 10, "points", 10, "pilihan_poin(p, 0, 10)"),
    "/urut": FORM % ("u", "ranked", 3, "ranked", 3, "pilihan_urut(p, 3)"),
    "/draf": '<form data-draf="d"><input name="judul"><input type="password" name="sandi">'
    "<p data-draf-kata></p></form>",
    "/terkirim": '<p data-draf-selesai="d">Terkirim</p>',
    "/rab": '<div data-rab><p data-baris><input data-volume value="2,5"><input data-harga value="1.000.000">'
    "<output data-baris-jumlah></output></p></div><b data-rab-total></b>",
    "/foto": '<input type="file" name="foto" data-kecilkan="1600"><p data-kecilkan-kata="foto"></p>',
    "/meja": '<input name="catatan"><a href="/lain" data-pintas="s">Setujui</a>'
    '<input type="checkbox" data-pintas-mati>',
    "/kirim": '<form action="/lain" data-kirim><button>Kirim suara</button></form>',
    "/kode": '<input name="kode" data-dari-pagar>',
    "/lain": "<p>Halaman lain</p>",
}


def written(source: str) -> str:
    """A bare page with the style sheet, the script and this body."""
    body = environment().from_string(HEAD + source).render(proposals=PROPOSALS)
    style, script = static_files().url("rembuk.css"), static_files().url("rembuk.js")
    head = f'<link rel="stylesheet" href="{style}"><script src="{script}" type="module"></script>'
    return f'<!doctype html><html lang="id"><meta charset="utf-8"><title>Uji</title>{head}<body>{body}</body></html>'


@pytest.fixture(scope="module")
def room() -> Iterator[tuple[Any, str]]:
    """A browser and the address of the pages."""
    with served({path: written(body) for path, body in PAGES.items()}) as address, browser() as opened:
        yield opened, address


@pytest.fixture
def visit(room: tuple[Any, str]) -> Iterator[Any]:
    """A fresh tab that fails the test on any script error or policy violation."""
    opened, address = room
    context = opened.new_context(base_url=address, viewport={"width": 360, "height": 800}, locale="id-ID")
    page = context.new_page()
    page.set_default_timeout(5_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [text for text in complaints if "404" not in text and "ERR_INTERNET" not in text] == []


def text(page: Any, selector: str) -> str:
    """What an element says, with plain spaces."""
    return str(page.locator(selector).first.text_content()).replace("\xa0", " ")


def test_the_basket_counts(visit: Any) -> None:
    """pages.md 5.5: spent and left follow each tick; what no longer fits is marked, and the way out is named."""
    visit.goto("/keranjang")
    visit.check("#u-a")
    assert (text(visit, "[data-terpakai]"), text(visit, "[data-sisa]")) == ("Rp 60.000.000", "Rp 40.000.000")
    assert visit.locator(".pilihan.mahal").count() == 1
    assert visit.locator(".dompet .pita rect").get_attribute("width") == "600"
    visit.check("#u-b")
    assert text(visit, "[data-ucap]") == "Pilihan Anda Rp 10.000.000 di atas batas. Lepas misalnya Sumur resapan."
    assert text(visit, ".simpan [data-jumlah]") == "2 usulan"


def test_picks_live_in_the_tab_only(visit: Any) -> None:
    """pages.md 5.5: picks come back after reading a proposal, and no other tab or store ever holds them."""
    visit.goto("/keranjang")
    visit.check("#u-c")
    visit.goto("/lain")
    visit.goto("/keranjang")
    assert visit.is_checked("#u-c")
    assert visit.evaluate("localStorage.length") == 0
    other = visit.context.new_page()
    other.goto("/keranjang")
    assert not other.is_checked("#u-c")


def test_leaving_with_picks_asks_once(visit: Any) -> None:
    """pages.md 5.5: leaving the booth with picks asks once; without picks it does not."""
    asked: list[str] = []
    visit.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    visit.goto("/keranjang")
    visit.check("#u-a")
    visit.click("text=Keluar bilik")
    assert asked == ["Keluar dari bilik?"]
    assert visit.url.endswith("/keranjang")
    visit.click("text=Keluar bilik")
    visit.wait_for_url("**/lain")
    assert len(asked) == 1


def test_points_are_stepped(visit: Any) -> None:
    """pages.md 5.5: minus and plus appear with script, stop at zero, and the points left are told."""
    visit.goto("/poin")
    plus = visit.locator('[data-langkah="1"]').first
    for _ in range(3):
        plus.click()
    assert text(visit, "[data-sisa]") == "7"
    minus = visit.locator('[data-langkah="-1"]').first
    for _ in range(5):
        minus.click()
    assert visit.input_value("#u-a") == "0"


def test_a_place_holds_one_proposal(visit: Any) -> None:
    """pages.md 5.5: giving a place to another proposal takes it from the first."""
    visit.goto("/urut")
    visit.locator('[name="rank-a"][value="1"]').check(force=True)
    visit.locator('[name="rank-b"][value="1"]').check(force=True)
    assert visit.locator('[name="rank-a"]:checked').get_attribute("value") == ""
    assert visit.locator('[name="rank-b"]:checked').get_attribute("value") == "1"
    assert text(visit, "[data-terpakai]") == "1"


def test_a_broken_line_is_told_and_tried_again(visit: Any) -> None:
    """pages.md 5.5: without network the page says the vote is not sent and keeps the button; with it, it goes."""
    visit.goto("/kirim")
    visit.context.set_offline(True)
    visit.click("button")
    visit.locator("[role=alert]", has_text="Suara BELUM terkirim. Sambungan terputus.").wait_for()
    assert visit.url.endswith("/kirim")
    visit.context.set_offline(False)
    visit.click("button")
    visit.wait_for_url("**/lain**")


def test_drafts_stay_on_the_device_until_sent(visit: Any) -> None:
    """pages.md 5.4: typed text returns and says it is not sent; a password is never kept; sending forgets the draft."""
    visit.goto("/draf")
    visit.fill('[name="judul"]', "Saluran mampet")
    visit.fill('[name="sandi"]', "rahasia")
    visit.goto("/draf")
    assert visit.input_value('[name="judul"]') == "Saluran mampet"
    assert visit.input_value('[name="sandi"]') == ""
    assert text(visit, "[data-draf-kata]") == "Tersimpan di ponsel ini, belum dikirim"
    visit.goto("/terkirim")
    visit.goto("/draf")
    assert visit.input_value('[name="judul"]') == ""


def test_a_scanned_code_fills_its_field(visit: Any) -> None:
    """trust.md 3: the code of a QR sits behind "#", fills the field, and leaves the address."""
    visit.goto("/kode#7QK4M2XDPWH93TRA")
    assert visit.input_value("input") == "7QK4M2XDPWH93TRA"
    assert visit.url.endswith("/kode")


def test_cost_lines_add_up(visit: Any) -> None:
    """pages.md 5.4: volume times price is the line, and the lines are the total."""
    visit.goto("/rab")
    assert text(visit, "[data-baris-jumlah]") == "Rp 2.500.000"
    visit.fill("[data-volume]", "3")
    assert text(visit, "[data-rab-total]") == "Rp 3.000.000"


def test_photos_shrink_before_they_travel(visit: Any) -> None:
    """pages.md 5.4: a large photo becomes at most 1600 px wide before it is sent."""
    picture = BytesIO()
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(picture, "JPEG", quality=95)
    visit.goto("/foto")
    visit.set_input_files("input", {"name": "kali.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()})
    visit.locator("[data-kecilkan-kata]", has_text="siap dikirim").wait_for()
    size = visit.evaluate(
        "createImageBitmap(document.querySelector('input').files[0]).then(image => [image.width, image.height])"
    )
    assert size == [1600, 1200]
    assert visit.evaluate("document.querySelector('input').files[0].size") < len(picture.getvalue())


def test_keys_work_only_outside_fields_and_can_be_off(visit: Any) -> None:
    """pages.md 5.11: one key acts, never while typing, and not after it is turned off (WCAG 2.1.4)."""
    visit.goto("/meja")
    visit.locator('[name="catatan"]').press("s")
    assert visit.url.endswith("/meja")
    visit.locator("[data-pintas-mati]").check()
    visit.locator("body").press("s")
    assert visit.url.endswith("/meja")
    visit.locator("[data-pintas-mati]").uncheck()
    visit.locator("[data-pintas-mati]").blur()
    visit.locator("body").press("s")
    visit.wait_for_url("**/lain")
