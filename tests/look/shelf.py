"""What the look's tests read: templates, their syntax trees, and a rendered /pola."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

from jinja2 import nodes

from rembuk.web.templates import environment

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
RESIDENT = SimpleNamespace(signed_in=True, name="Imas Sulastri", rw="32.73.27.1003.005", grants=())
STAFF = SimpleNamespace(signed_in=True, name="Dadan", rw=None, grants=(SimpleNamespace(role="facilitator"),))
VISITOR = SimpleNamespace(signed_in=False, name="", rw=None, grants=())


def pages() -> list[Path]:
    """Every HTML template."""
    return sorted(TEMPLATES.rglob("*.html"))


@cache
def tree(path: Path) -> nodes.Template:
    """The syntax tree of one template."""
    return environment().parse(path.read_text())


@cache
def macros() -> dict[str, dict[str, nodes.Macro]]:
    """The macros of each component file, by file name and macro name."""
    return {
        path.name: {macro.name: macro for macro in tree(path).find_all(nodes.Macro)}
        for path in sorted((TEMPLATES / "components").glob("*.html"))
    }


def called(node: nodes.Node) -> set[str]:
    """The names called inside a piece of template."""
    return {call.node.name for call in node.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}


def frame(**more: object) -> dict[str, object]:
    """What web/pages.py gives every page, with stand-in values."""
    notes = [SimpleNamespace(kind="berhasil", text="Draf disimpan.")]
    return {
        "viewer": RESIDENT, "csrf": lambda: "", "lang": "id", "path": "/pola", "city_name": "Kota Bandung",
        "flash": notes, "demo": True, "unsent": True, "base_url": "http://127.0.0.1", "saves_data": False, **more,
    }  # fmt: skip


def patterns(**more: object) -> str:
    """/pola, rendered."""
    return environment().get_template("patterns.html").render(frame(**more))
