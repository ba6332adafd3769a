"""The wizard's five steps as a resident walks them."""

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

PROBLEM = "Setiap hujan deras air setinggi lutut masuk ke dua belas rumah, karena saluran penuh endapan."
PROPOSED = "Mengganti saluran sepanjang 24 meter dengan U-ditch dan membuat dua bak kontrol."


def photo() -> FilePayload:
    """A photo as a phone takes it, with a place in its metadata."""
    taken = Image.effect_noise((1800, 1200), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Ponsel Rahasia"
    kept = BytesIO()
    taken.save(kept, "JPEG", quality=80, exif=exif)
    return {"name": "saluran.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def onward(page: Page, words: str = "Lanjut") -> None:
    """Press the button of the step."""
    page.get_by_role("button", name=words, exact=True).click()


def problem(page: Page, title: str) -> None:
    """Step 1: issue, title, text."""
    page.get_by_role("radio", name=re.compile("Banjir")).check()
    page.get_by_label("Judul").fill(title)
    page.get_by_label("Uraian masalah").fill(PROBLEM)
    onward(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Di mana?")


def place(page: Page) -> None:
    """Step 2: the RW of the resident is there already; a landmark."""
    expect(page.get_by_label("RW", exact=True)).to_have_value("32.73.27.1003.005")
    page.get_by_label("Patokan").fill("Depan balai RW")
    onward(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada fotonya?")


def pictures(page: Page, *, script: bool) -> None:
    """Step 3: one photo, shrunk first where there is script."""
    page.locator("input[type=file]").set_input_files(photo())
    if script:
        expect(page.locator("[data-kecilkan-kata]")).to_contain_text("siap dikirim")
    page.get_by_label("Keterangan foto").fill("Saluran penuh endapan di depan balai RW")
    onward(page, "Kirim foto")
    expect(page.locator("figure img")).to_have_count(1)
    onward(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("berapa biayanya")


def costs(page: Page) -> None:
    """Step 4: one line of the catalogue, filled by the server, and the sum."""
    page.get_by_label("Yang diusulkan").fill(PROPOSED)
    name = page.locator("#kamus option").first.get_attribute("value")
    assert name
    page.get_by_label("Uraian 1").fill(name)
    page.get_by_label("Volume").first.fill("24")
    onward(page, "Hitung dan tambah baris")
    expect(page.get_by_label("Harga satuan").first).not_to_have_value("")
    expect(page.get_by_label("Satuan", exact=True).first).not_to_have_value("")
    onward(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa dan kirim")


def send(page: Page) -> int:
    """Step 5: the statement, the button, the number."""
    page.get_by_role("checkbox", name=re.compile("Isi usulan ini benar")).check()
    onward(page, "Kirim usulan")
    expect(page.get_by_text("Usulan Anda sudah terkirim")).to_be_visible()
    said = page.get_by_role("heading", level=1).text_content() or ""
    return int(said.replace(".", "").removeprefix("Nomor").strip())


def propose(page: Page, title: str) -> int:
    """The whole wizard without a photo; the new proposal's number."""
    page.goto("/usulan/baru")
    problem(page, title)
    place(page)
    onward(page)
    costs(page)
    return send(page)
