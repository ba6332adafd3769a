"""Files under 400 lines, functions under 40, a sentence on every module and public function."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "rembuk").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FILE_LINES, FUNCTION_LINES = 400, 40
VERIFIER_LINES = 800


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name_of)
def test_a_file_is_short(path: Path) -> None:
    """House rule: nothing that one person cannot read at a sitting."""
    assert path.read_text("utf-8").count("\n") <= FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_function_is_short(path: Path) -> None:
    """House rule: a function does one thing."""
    tree = ast.parse(path.read_text("utf-8"))
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions(tree)
        if node.end_lineno and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, f"{name_of(path)}: {long}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_what_is_public_says_what_it_promises(path: Path) -> None:
    """House rule: one sentence on every module, public class and public function."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not is_overload(node)
    ]
    assert not silent, f"{name_of(path)}: {silent}"
    assert ast.get_docstring(tree) or not tree.body, f"{name_of(path)} does not say what it holds"


def is_overload(node: ast.AST) -> bool:
    return any("overload" in ast.unparse(mark) for mark in getattr(node, "decorator_list", []))


def test_the_verifier_is_one_short_file() -> None:
    """T-VERIFY: one file, under 800 lines, nothing but the standard library."""
    import sys

    path = ROOT / "src" / "rembuk_verify.py"
    text = path.read_text("utf-8")
    assert text.count("\n") < VERIFIER_LINES
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def swallows(handler: ast.ExceptHandler) -> bool:
    broad = handler.type is None or ast.unparse(handler.type) in {"Exception", "BaseException"}
    passes_on = any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))
    return broad and not passes_on


def test_no_exception_is_swallowed() -> None:
    """House rule: a broad except that does not raise again lives at the outer walls alone."""
    allowed = {"src/rembuk/web/errors.py", "src/rembuk/web/gate.py", "src/rembuk/notices/outbox.py"}
    found = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler) and swallows(node)
    }
    assert found <= allowed
