"""Forms: text as text, lists as lists, faults beside their fields."""

from datetime import date

import pytest

from rembuk.web.forms import Form, Upload, cleaned
from tests.clients import Client


def form(**fields: str | list[str]) -> Form:
    """A posted form."""
    return Form({name: text if isinstance(text, list) else [text] for name, text in fields.items()})


def test_text_is_cleaned() -> None:
    """NFC, plain line ends, no control characters, nothing that turns the direction of text."""
    assert cleaned("  Cafe\u0301\r\nsatu\rdua\x00\x1b[31m \u202egnp.exe\ufeff ") == "Café\nsatu\ndua[31m gnp.exe"
    assert form(a=" x\n\n y ").lines("a") == ["x", "y"]
    assert form(a="satu\n dua").line("a") == "satu dua"
    assert form().text("tidak_ada") == "" and not form().has("a")


def test_one_ticked_box_is_a_list_of_one() -> None:
    """Lists stay lists."""
    assert form(pilihan="a").list("pilihan") == ["a"]
    assert form(pilihan=["a", "", "b"]).list("pilihan") == ["a", "b"]
    assert form().list("pilihan") == [] and not form().ticked("setuju") and form(setuju="on").ticked("setuju")


def test_faults_gather_by_field() -> None:
    """B1: too short, too long, missing; the first fault of a field stays; typed text is kept."""
    sent = form(judul="ab", uraian="x" * 30, kosong=" ")
    sent.text("judul", least=3)
    sent.text("judul", required=True, most=1)
    sent.text("uraian", most=20)
    sent.text("kosong", required=True, empty="Judul masih kosong.")
    assert sent.errors == {
        "judul": "Terlalu pendek. Paling sedikit 3 huruf.",
        "uraian": "Terlalu panjang. Paling banyak 20 huruf.",
        "kosong": "Judul masih kosong.",
    }
    assert not sent.valid and sent.values["judul"] == "ab"


@pytest.mark.parametrize(
    ("typed", "number", "fault"),
    [
        ("12", 12, False),
        ("1.250", 1250, False),
        ("-3", -3, False),
        ("", None, False),
        ("dua", None, True),
        ("1e5", None, True),
        ("٣", None, True),
        ("9" * 30, None, True),
        ("99", None, True),
        ("--3", None, True),
    ],
)
def test_integers(typed: str, number: int | None, fault: bool) -> None:
    """Digits as people type them; nothing a database would refuse."""
    sent = form(volume=typed)
    most = 98 if typed == "99" else None
    assert sent.integer("volume", most=most) == number and bool(sent.errors) is fault


def test_rupiah_dates_choices() -> None:
    """Money by the one parser; days as date fields send them; one of a list."""
    sent = form(biaya="Rp 96.500.000", salah="banyak", hari="2026-11-29", lupa="29-11", isu="waste", lain="api")
    assert sent.rupiah("biaya") == 96_500_000 and sent.rupiah("salah") is None
    assert sent.rupiah("biaya", most=1) is None
    assert sent.date("hari") == date(2026, 11, 29) and sent.date("lupa") is None
    assert sent.choice("isu", ["waste", "flood"]) == "waste" and sent.choice("lain", ["waste"]) is None
    assert sent.choice("tidak_ada", ["a"], required=False) is None
    assert sent.errors.keys() == {"salah", "lupa", "lain", "biaya"}
    sent.integer("tidak_ada", required=True)
    assert sent.errors["tidak_ada"] == "Bagian ini masih kosong."


def test_empty_file_fields_are_no_files() -> None:
    """A browser sends an empty part for a file field nobody used."""
    sent = Form({}, {"foto": [Upload("", "application/octet-stream", b""), Upload("a.jpg", "image/jpeg", b"x")]})
    photo = sent.file("foto")
    assert photo and photo.name == "a.jpg" and len(sent.files("foto")) == 1 and sent.file("lain") is None


async def test_a_faulty_form_comes_back_with_422_and_the_typed_text(site: Client) -> None:
    """B1: the fault beside the field, the text kept and escaped."""
    answer = await site.post("/contoh/isian", {"judul": "<script>" + "x" * 80})
    assert answer.status_code == 422 and 'id="judul-keliru"' in answer.text
    assert "&lt;script&gt;xxx" in answer.text and "<script>" not in answer.text
