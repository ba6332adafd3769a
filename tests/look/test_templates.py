"""Every template of the house: nothing inline, only icons and macros that exist."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from tests.look.shelf import STATIC, TEMPLATES, macros, pages, tree

INLINE = re.compile(
    r"""\s(style|hx-on[:\w-]*|on[a-z]+)=["']|<style\b|<script(?![^>]*\bsrc=)|javascript:|["']js:|hx-vals=["']js"""
)
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


def _named(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", pages(), ids=_named)
def test_nothing_inline(path: Path) -> None:
    """trust.md 8: no inline style, script, event handler or htmx code; the CSP would refuse it."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not (found := INLINE.search(text)), found and found[0]


def test_the_offline_page_has_nothing_inline() -> None:
    """trust.md 8: the same for the one page that is a file."""
    assert not INLINE.search((STATIC / "luring.html").read_text())


def _drawn(path: Path) -> set[str]:
    """Icon names written out in a template: what it hands to an argument named icon or after, or to icon() itself."""
    known, found = {name: macro for file in macros().values() for name, macro in file.items()}, set()
    for call in tree(path).find_all(nodes.Call):
        name = call.node.name if isinstance(call.node, nodes.Name) else ""
        takes = [argument.name for argument in known[name].args] if name in known else []
        given = list(zip(["icon"] if name in ("icon", "draw") else takes, call.args, strict=False))
        given += [(word.key, word.value) for word in call.kwargs]
        found |= {
            value.value
            for key, value in given
            if key in ("icon", "after") and isinstance(value, nodes.Const) and isinstance(value.value, str)
        }
    return found


@pytest.mark.parametrize("path", pages(), ids=_named)
def test_icons_exist(path: Path) -> None:
    """pages.md 2: every icon a template names is in icons.svg."""
    assert _drawn(path) <= SYMBOLS


@pytest.mark.parametrize("path", pages(), ids=_named)
def test_macros_exist(path: Path) -> None:
    """house.md 7: what a template takes from components/ is there, and takes the arguments it is given."""
    known = macros()
    taken: dict[str, nodes.Macro] = {}
    for source in tree(path).find_all(nodes.FromImport):
        name = source.template.value if isinstance(source.template, nodes.Const) else ""
        if not str(name).startswith("components/"):
            continue
        for item in source.names:
            macro, alias = item if isinstance(item, tuple) else (item, item)
            assert macro in known[Path(str(name)).name], f"{macro} is not in {name}"
            taken[alias] = known[Path(str(name)).name][macro]
    for call in tree(path).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in taken:
            arguments = [argument.name for argument in taken[call.node.name].args]
            assert len(call.args) <= len(arguments), f"{call.node.name}: too many arguments"
            assert {kw.key for kw in call.kwargs} <= set(arguments), f"{call.node.name}: unknown argument"
