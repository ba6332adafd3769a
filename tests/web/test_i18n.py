"""Languages: compiled in memory, the source where a text is missing, numbers and dates that follow."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from rembuk.errors import Said
from rembuk.web import catalogues, i18n
from rembuk.web.reasons import Web
from rembuk.web.templates import FORMATS, environment, rw_number

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Beranda"
msgstr "Tepas"

msgid "Belum"
msgstr ""
"""


def test_a_catalogue_is_compiled_in_memory(tmp_path: Path) -> None:
    """No .mo file is needed; an untranslated text shows Indonesian, never nothing."""
    (tmp_path / "su.po").write_text(PO)
    texts = i18n.compiled(tmp_path / "su.po")
    assert texts.gettext("Beranda") == "Tepas"
    assert texts.gettext("Belum") == "Belum" and texts.gettext("Tidak ada di sana") == "Tidak ada di sana"
    assert list(tmp_path.iterdir()) == [tmp_path / "su.po"]


def test_languages() -> None:
    """The source first; an unknown language becomes the source."""
    assert i18n.languages()[0] == "id" and set(i18n.languages()) == {"id", "su", "en"}
    assert i18n.speak("xx") == "id" and i18n.speak(None) == "id" and i18n.speak("../su") == "id"


def test_numbers_and_dates_follow_the_language() -> None:
    """Dots and commas change places in English; Sundanese days are Sundanese."""
    noon = datetime(2026, 8, 17, 5, tzinfo=UTC)
    try:
        assert FORMATS["rp"](125_000_000) == "Rp\u00a0125.000.000"
        assert FORMATS["long_date"](noon) == "Senin, 17 Agustus 2026"
        i18n.speak("su")
        assert FORMATS["long_date"](noon) == "Senén, 17 Agustus 2026"
        i18n.speak("en")
        assert FORMATS["rp"](125_000_000) == "Rp\u00a0125,000,000"
        assert FORMATS["short_rp"](1_200_000_000) == "Rp\u00a01.2\u00a0billion"
        assert FORMATS["percent"](314, 1000) == "31.4%"
        assert FORMATS["long_date"](noon) == "Monday, 17 August 2026"
    finally:
        i18n.speak("id")


def test_templates_translate_and_escape() -> None:
    """Values inside a translated sentence are escaped."""
    text = environment().from_string('{{ _("Halo %(name)s", name=name) }}').render(name="<b>")
    assert text == "Halo &lt;b&gt;"


def test_rw_number() -> None:
    """Stored with three digits, shown with two."""
    assert rw_number("32.73.27.1003.005") == "05" and rw_number("32.73.27.1003.012") == "12"


def test_catalogues_are_renewed_without_losing_a_translation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New texts come in empty, texts that are gone leave, what was translated stays; twice is the same as once."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    (tmp_path / "su.po").write_text(PO + '\nmsgid "Sudah tidak ada"\nmsgstr "Teu aya"\n')
    found = Catalog()
    found.add("Beranda", locations=[("templates/base.html", 3)])
    found.add("Halo %(name)s", locations=[("src/rembuk/x.py", 9)])
    once = catalogues.renewed("su", found)
    (tmp_path / "su.po").write_bytes(once)
    texts = i18n.compiled(tmp_path / "su.po")
    assert texts.gettext("Beranda") == "Tepas" and texts.gettext("Sudah tidak ada") == "Sudah tidak ada"
    assert b'msgid "Halo %(name)s"\nmsgstr ""' in once
    assert catalogues.renewed("su", found) == once


def test_texts_are_found_in_code_and_templates() -> None:
    """Reasons marked with N_, and texts of templates."""
    found = catalogues.texts()
    assert Web.TOO_OFTEN.sentence in found and "Halaman ini tidak ada" in found


def test_no_template_text_holds_a_lone_percent_sign() -> None:
    """Translated texts of templates are formatted: a percent sign is written twice, else the page fails."""
    lone = re.compile(r"%(?!\(\w+\)|%)")
    found = [text.id for text in catalogues.texts() if any(file.startswith("templates/") for file, _ in text.locations)]
    assert [text for text in found if isinstance(text, str) and lone.search(text.replace("%%", ""))] == []


def test_a_text_said_with_facts_is_said_anew_in_every_language() -> None:
    """Facts stay, names among them are translated, and neither is taken for HTML or for a place to fill."""
    said = Said("Tahap {phase} sudah ditutup.", phase="Hasil")
    risky = Said("{n} usulan didanai", n="<b>100%")
    page = environment().from_string("{{ said }}|{{ _(said) }}|{{ _(risky) }}|{{ risky }}")
    assert said == "Tahap Hasil sudah ditutup."
    shown = "&lt;b&gt;100% usulan didanai"
    assert page.render(said=said, risky=risky) == f"{said}|{said}|{shown}|{shown}"
    try:
        i18n.speak("en")
        shown = "&lt;b&gt;100% proposals funded"
        again = "Stage Result is closed."
        assert page.render(said=said, risky=risky) == f"{again}|{again}|{shown}|{shown}"
    finally:
        i18n.speak("id")
