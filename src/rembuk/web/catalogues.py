"""Keeps locale/*.po in step with the texts of code and templates: `python -m rembuk.web.catalogues [--check]`.

Only .po files are kept; they are compiled in memory (web/i18n.py). The source language is Indonesian: its
catalogue lists the texts and translates none.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from rembuk.settings import asset_folder
from rembuk.web.i18n import FOLDER

COMPLETE = ("en",)
"""Languages in which every text must be said; in the others a native speaker fills in what is sure (pages.md 6)."""
_PYTHON_WORDS = {"gettext": None, "ngettext": (1, 2), "N_": None, "_": None}
_TEMPLATE_OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
_HEADER = """# Rembuk: texts of pages and messages. Compiled in memory; an empty one shows Indonesian.
msgid ""
msgstr ""
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def texts() -> Catalog:
    """Every text marked for translation, with the files it stands in."""
    found = Catalog(project="rembuk", fuzzy=False)
    package = FOLDER.parent
    for path in sorted(package.rglob("*.py")):
        _gather(found, "python", path, path.relative_to(package.parent))
    templates = asset_folder("templates")
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        _gather(found, "jinja2.ext:babel_extract", path, Path("templates") / path.relative_to(templates))
    return found


def _gather(found: Catalog, method: str, path: Path, name: Path) -> None:
    options = _TEMPLATE_OPTIONS if method.startswith("jinja2") else {"encoding": "utf-8"}
    words = {**_PYTHON_WORDS, "pgettext": ((1, "c"), 2)}
    for _line, text, comments, context in extract(method, BytesIO(path.read_bytes()), words, options=options):
        found.add(text, locations=[(name.as_posix(), 0)], auto_comments=comments, context=context)


def catalogue(lang: str) -> Catalog:
    """The catalogue of a language as it lies in the folder."""
    with (FOLDER / f"{lang}.po").open("rb") as file:
        return read_po(file, locale=lang)


def renewed(lang: str, found: Catalog) -> bytes:
    """A language's catalogue with exactly the found texts: known translations stay, others are empty."""
    kept = catalogue(lang)
    fresh = Catalog(locale=lang, project="rembuk", fuzzy=False)
    for message in _plain(found):
        old = kept.get(message.id, message.context)
        said = old.string if old is not None else message.string
        names = sorted({(file, 0) for file, _ in message.locations})
        fresh.add(message.id, said, locations=names, flags=message.flags - {"fuzzy"}, context=message.context)
    output = BytesIO()
    write_po(output, fresh, width=110, sort_output=True, omit_header=True, include_lineno=False)
    return _HEADER.format(lang=lang, plural=fresh.plural_forms).encode() + output.getvalue()


def _plain(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def lacking(lang: str) -> list[str]:
    """The texts a language does not list, or must translate and does not."""
    kept = catalogue(lang)
    wanted = {message.id: kept.get(message.id, message.context) for message in _plain(texts())}
    return sorted(str(text) for text, old in wanted.items() if old is None or (lang in COMPLETE and not old.string))


def main() -> None:
    """Renew every catalogue, or with --check name what is lacking and exit 1."""
    langs = sorted(path.stem for path in FOLDER.glob("*.po"))
    if "--check" in sys.argv:
        lacks = {lang: lacking(lang) for lang in langs}
        sys.stdout.writelines(f"{lang}: {text}\n" for lang, found in lacks.items() for text in found)
        sys.exit(1 if any(lacks.values()) else 0)
    found = texts()
    for lang in langs:
        (FOLDER / f"{lang}.po").write_bytes(renewed(lang, found))


if __name__ == "__main__":
    main()
