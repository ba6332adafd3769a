"""Every template compiles, uses only filters and functions there are, and trusts no text."""

import re
from pathlib import Path

import pytest
from jinja2 import StrictUndefined, meta, nodes

from rembuk.settings import asset_folder
from rembuk.web.i18n import FOLDER
from rembuk.web.templates import environment

TEMPLATES = asset_folder("templates")
PAGES = sorted([*TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")])
TRUSTING = {
    "src/rembuk/web/csrf.py": "the hidden field of a form, its two values escaped by format()",
    "src/rembuk/debate/markdown.py": "a comment's paragraphs, as nh3 let them through",
    "src/rembuk/proposals/routes/fragments.py": "parts rendered, and escaped, by a template of ours",
}
"""Modules that may write HTML, and why it is safe."""


def named(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


each_page = pytest.mark.parametrize("path", PAGES, ids=named)


def tree(path: Path) -> nodes.Template:
    return environment().parse(path.read_text("utf-8"))


def test_the_environment_is_strict() -> None:
    """House §6: an undefined name is an error, and text is escaped unless a module says otherwise."""
    made = environment()
    assert made.undefined is StrictUndefined
    assert made.autoescape("x.html") is True and made.autoescape("x.txt") is False  # type: ignore[operator]


@each_page
def test_a_template_compiles(path: Path) -> None:
    """House §6: it compiles, and every filter and test it names is there."""
    environment().get_template(named(path))
    filters = {node.name for node in tree(path).find_all(nodes.Filter)}
    assert filters <= environment().filters.keys(), filters - environment().filters.keys()
    tests = {node.name for node in tree(path).find_all(nodes.Test)}
    assert tests <= environment().tests.keys(), tests - environment().tests.keys()


@each_page
def test_what_a_template_takes_is_there(path: Path) -> None:
    """House §6: every template it extends, includes or imports exists (their macros: tests/look)."""
    for name in meta.find_referenced_templates(tree(path)):
        if name is not None:
            environment().get_template(name)


@each_page
def test_a_template_trusts_no_text(path: Path) -> None:
    """T-XSS: no |safe and no switched-off escaping in a template; trusted HTML is made in listed modules alone."""
    parsed = tree(path)
    assert "safe" not in {node.name for node in parsed.find_all(nodes.Filter)}
    assert not list(parsed.find_all(nodes.ScopedEvalContextModifier)), "autoescape is not switched"


def test_html_is_made_in_few_modules() -> None:
    """T-XSS: a module that makes Markup is on a short list."""
    found = {
        path.relative_to(FOLDER.parents[2]).as_posix()
        for path in FOLDER.parent.rglob("*.py")
        if re.search(r"\bMarkup\(", path.read_text("utf-8"))
    }
    assert found == TRUSTING.keys()
