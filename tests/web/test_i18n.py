"""Languages: compiled in memory, the source where a text is missing, numbers and dates that follow."""

from datetime import UTC, datetime
from pathlib import Path

from rembuk.web import i18n
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
