"""Words: nothing untranslated, the same facts in every language, short sentences, calm signs."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from rembuk.web import catalogues
from rembuk.web.i18n import SOURCE, languages

LONGEST = 20
"""Words in one Indonesian sentence (pages.md 7)."""
_FACT = re.compile(r"%\(\w+\)s|%s|%%|\{\w*\}")
_END = re.compile(r"(?<=[.?:;])\s+|\n+")
RENEW = "run python -m rembuk.web.catalogues"


def messages(lang: str) -> Iterator[Message]:
    return (message for message in catalogues.catalogue(lang) if message.id)


@pytest.fixture(scope="module")
def found() -> Catalog:
    """What code and templates say today."""
    return catalogues.texts()


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_lists_exactly_the_texts(lang: str, found: Catalog) -> None:
    """House §6: the catalogues are renewed with every change of a text."""
    now = {message.id for message in found if message.id}
    listed = {message.id for message in messages(lang)}
    assert now == listed, f"new: {sorted(map(str, now - listed))}, gone: {sorted(map(str, listed - now))}; {RENEW}"


def test_english_is_complete() -> None:
    """pages.md 7: no untranslated text; missing Sundanese shows Indonesian, English has none missing."""
    assert "en" in catalogues.COMPLETE
    assert not [(lang, text) for lang in languages() for text in catalogues.lacking(lang)]


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != SOURCE])
def test_a_translation_carries_the_same_facts(lang: str) -> None:
    """House §6: a fact lost or renamed in translation is an error page in that language."""
    wrong = [
        message.id
        for message in messages(lang)
        if message.string and sorted(_FACT.findall(str(message.id))) != sorted(_FACT.findall(str(message.string)))
    ]
    assert not wrong


@pytest.mark.parametrize("lang", languages())
def test_texts_are_calm(lang: str) -> None:
    """pages.md 6: no exclamation marks, and no dashes as punctuation."""
    said = [str(message.id if lang == SOURCE else message.string or "") for message in messages(lang)]
    assert not [text for text in said if "!" in text or "—" in text or " – " in text or " - " in text]


def test_sentences_are_short() -> None:
    """pages.md 7: no sentence above twenty words in Indonesian."""
    sentences = [part for message in messages(SOURCE) for part in _END.split(str(message.id))]
    assert not [part for part in sentences if len(part.split()) > LONGEST]


def test_nobody_is_blamed_in_jargon() -> None:
    """pages.md 6: no "invalid", no "gagal memproses", no doubled plurals."""
    said = [str(message.id).lower() for message in messages(SOURCE)]
    assert not [text for text in said if "invalid" in text or "gagal memproses" in text or "usulan-usulan" in text]
