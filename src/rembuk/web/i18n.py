"""Languages: catalogues compiled in memory from the .po files, and the language of the present request."""

import gettext as stdlib
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from rembuk.errors import Said

SOURCE = "id"
COOKIE = "bahasa"
FOLDER = Path(__file__).resolve().parents[1] / "locale"
NAMES = {"id": "Bahasa Indonesia", "su": "Basa Sunda", "en": "English"}
_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@cache
def languages() -> tuple[str, ...]:
    """The languages there is a catalogue for, the source first."""
    found = sorted(path.stem for path in FOLDER.glob("*.po"))
    return (SOURCE, *(lang for lang in found if lang != SOURCE))


def compiled(path: Path) -> stdlib.NullTranslations:
    """One .po file as translations; an empty or missing text falls back to the Indonesian source."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    binary = BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return stdlib.GNUTranslations(binary)


@cache
def translations(lang: str) -> stdlib.NullTranslations:
    """The texts of one language; the source language translates nothing."""
    path = FOLDER / f"{lang}.po"
    return stdlib.NullTranslations() if lang == SOURCE or not path.exists() else compiled(path)


def language() -> str:
    """The language of the present request."""
    return _language.get()


def speak(lang: str | None) -> str:
    """Set the language from here on; an unknown one becomes the source. Gives the language set."""
    chosen = lang if lang in languages() else SOURCE
    _language.set(chosen or SOURCE)
    return chosen or SOURCE


def gettext(text: str) -> str:
    """A text in the present language; one that was said with facts is said anew, its facts translated too."""
    spoken = translations(_language.get())
    if not isinstance(text, Said):
        return spoken.gettext(text) if text else ""
    facts = {name: gettext(fact) if isinstance(fact, str) else fact for name, fact in text.facts.items()}
    return spoken.gettext(text.text).format(**facts)


def ready(shown: object) -> object:
    """What a template prints: a text said with facts in the present language, anything else as it is."""
    return gettext(shown) if isinstance(shown, Said) else shown


def ngettext(one: str, many: str, number: int) -> str:
    """A counted text in the present language."""
    return translations(_language.get()).ngettext(one, many, number)
