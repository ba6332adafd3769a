"""The one Jinja environment: strict, escaped, translated, compiled once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import escape

from rembuk import clock, money
from rembuk.errors import Said
from rembuk.settings import asset_folder
from rembuk.web import currency, i18n
from rembuk.web.static import static_files

_EN = str.maketrans(".,", ",.")
_EN_WORDS = (("ribu", "thousand"), ("juta", "million"), ("miliar", "billion"), ("triliun", "trillion"))
_more: list[Path] = []


def also_from(folders: Sequence[Path]) -> None:
    """Look for templates in these folders first; for tests."""
    if list(folders) != _more:
        _more[:] = folders
        environment.cache_clear()


def _spoken(write: Callable[..., str]) -> Callable[..., str]:
    """A number formatter that follows the language: dots and commas change places in English."""

    def written(*amounts: int) -> str:
        text = write(*amounts)
        if i18n.language() != "en":
            return text
        text = text.translate(_EN)
        for ours, theirs in _EN_WORDS:
            text = text.replace(ours, theirs)
        return text

    return written


def _dated(write: Callable[[datetime, str], str]) -> Callable[[datetime], str]:
    """A date formatter that follows the language of the request."""
    return lambda at: write(at, i18n.language())


FORMATS: dict[str, Callable[..., str]] = {
    "rp": _spoken(currency.amount),
    "short_rp": _spoken(currency.short_amount),
    "number": _spoken(money.thousands),
    "percent": _spoken(money.percent),
    "date": _dated(clock.date),
    "long_date": _dated(clock.long_date),
    "short_date": _dated(clock.short_date),
    "moment": _dated(clock.moment),
    "ago": _dated(clock.ago),
}


def rw_number(code: str) -> str:
    """The RW of an area code with two digits, as pages show it: "…1003.005" as "05"."""
    return f"{int(code.rpartition('.')[2]):02d}"


def _in_page(text: str) -> str:
    """A text for `_()` in a template, which takes the answer for safe HTML with %-places: facts may hold neither."""
    if not isinstance(text, Said):
        return i18n.gettext(text)
    return str(escape(i18n.gettext(text))).replace("%", "%%")


@cache
def environment() -> Environment:
    """The environment, made once per process."""
    made = Environment(
        loader=FileSystemLoader([*_more, asset_folder("templates")]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
        finalize=i18n.ready,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(_in_page, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update({**FORMATS, "rw_number": rw_number})
    made.globals.update({**FORMATS, "rw_number": rw_number})
    made.globals["static"] = lambda name: static_files().url(name)
    made.globals["language_names"] = i18n.NAMES
    return made


def rendered(name: str, context: dict[str, object]) -> str:
    """A template with its context, as text; an undefined name is an error."""
    return environment().get_template(name).render(context)
