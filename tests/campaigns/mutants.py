"""`make mutants`: change a trust module in one place; its tests must notice (trust.md 9, "Depth").

Own code, because the kept tools do not fit: mutmut leaves decorated functions alone, and nearly every door, job and
transaction here is decorated; cosmic-ray starts a process for every change, and importing everything again takes longer
than most of these tests. Here one process has the libraries loaded and forks for every change, over a copy of the tree.

    python -m tests.campaigns.mutants [MODULE …]      REMBUK_TEST_SECONDS bounds the whole, REMBUK_TEST_MUTANTS a file
"""

import ast
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = float(os.environ.get("REMBUK_TEST_SECONDS", "1200"))
SAMPLE = int(os.environ.get("REMBUK_TEST_MUTANTS", "40"))
SEED = 20261122
LOADED = "ignore::pytest.PytestAssertRewriteWarning"
SKIP = "not postgres and not storm and not thousand and not hundred and not a_whole_city"
"""The narrow tests: SQLite only, and without those made for numbers."""

MODULES: dict[str, tuple[list[str], list[str]]] = {
    "seal": (["voting/seal.py", "voting/keys.py", "voting/box.py"],
             ["voting/test_seal.py", "voting/test_keys.py", "voting/test_box.py", "voting/test_ceremony.py",
              "voting/test_branches.py"]),
    "board": (["board/merkle.py", "board/notes.py", "board/rules.py"],
              ["board/test_merkle.py", "board/test_notes.py", "board/test_rules.py", "board/test_branches.py"]),
    "board, kept": (["board/store/acts.py", "board/store/audit.py", "board/store/log.py", "board/store/proofs.py"],
                    ["board/test_store.py", "board/test_routes.py", "board/test_branches.py"]),
    "authz": (["web/guards.py", "web/viewer.py"], ["web/test_guards.py", "web/test_csrf.py", "web/test_standard.py"]),
    "cast": (["voting/store/casting.py"], ["voting/test_store.py", "voting/test_branches.py"]),
    "cast, rules": (["voting/rules.py"], ["voting/test_rules.py"]),
    "roll": (["people/rules.py", "people/roll_file.py", "people/codes.py", "people/pepper.py"],
             ["people/test_rules.py", "people/test_roll_file.py", "people/test_codes.py", "people/test_pepper.py"]),
    "paper": (["posts/rules.py"], ["posts/test_rules.py"]),
    "tally, rules": (["tally/add1.py", "tally/ledger.py", "tally/limits.py", "tally/offers.py", "tally/purses.py",
                      "tally/rules/equal_shares.py", "tally/rules/greedy.py", "tally/rules/phragmen.py",
                      "tally/ties.py"],
                     ["tally/literature", "tally/laws/test_12_replay.py", "tally/test_planted.py",
                      "tally/test_near_ties.py", "tally/test_stages.py", "tally/test_against_naive.py"]),
    "tally, city": (["tally/apportion.py", "tally/city.py", "tally/city_result.py", "tally/stages.py"],
                    ["tally/literature/test_apportionment.py", "tally/test_stages.py", "tally/test_refusals.py",
                     "tally/laws/test_01_quotas.py", "tally/laws/test_02_conservation.py",
                     "tally/laws/test_04_exhaustive.py", "tally/laws/test_10_floors.py"]),
    "tally, files": (["tally/city_file.py", "tally/command.py", "tally/merge.py", "tally/packed.py",
                      "tally/pabulib/reader.py", "tally/pabulib/votes.py", "tally/result.py"],
                     ["tally/test_command.py", "tally/test_bad_files.py", "tally/test_kinds_of_files.py",
                      "tally/test_refusals.py", "tally/test_packed.py", "tally/test_ballots.py"]),
    "paper, kept": (["posts/store/checkin.py", "posts/store/entry.py", "posts/store/closing.py"],
                    ["posts/test_store.py", "posts/test_branches.py"]),
}  # fmt: skip

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the line it stands in, what it does, and the whole changed file."""

    line: int
    what: str
    text: str


def changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    """The changes one node allows: their names, and a function that makes the change in a copy of the node."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        swap = COMPARE[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} to {swap.__name__}", lambda it: setattr(it, "ops", [swap()])
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"to {other.__name__}", lambda it: setattr(it, "op", other())
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC and not is_text(node):
        swap_op = ARITHMETIC[type(node.op)]
        yield f"{type(node.op).__name__} to {swap_op.__name__}", lambda it: setattr(it, "op", swap_op())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} to {not node.value}", lambda it: setattr(it, "value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        value = node.value
        yield f"{value} to {value + 1}", lambda it: setattr(it, "value", value + 1)
    elif isinstance(node, ast.If | ast.IfExp):
        yield "condition turned", lambda it: setattr(it, "test", ast.UnaryOp(ast.Not(), it.test))  # type: ignore[attr-defined]
    elif isinstance(node, ast.Return) and node.value is not None and not is_none(node.value):
        yield "return None", lambda it: setattr(it, "value", ast.Constant(None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Await):
        yield "statement left out", lambda it: setattr(it, "value", ast.Constant(None))
    elif isinstance(node, ast.Raise):
        yield "raise left out", lambda it: setattr(it, "left_out", True)


def is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.Constant | ast.JoinedStr) and not isinstance(getattr(side, "value", 0), int)
               for side in (node.left, node.right))  # fmt: skip


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def idle(tree: ast.AST) -> set[int]:
    """Nodes whose change no test should notice: annotations, decorators, what is written for people only."""
    left: set[int] = set()
    for node in ast.walk(tree):
        parts = [
            getattr(node, "annotation", None),
            getattr(node, "returns", None),
            *getattr(node, "decorator_list", []),
        ]
        quiet = getattr(node, "name", "") in {"__repr__", "__str__"}
        checking = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for part in [*parts, *([node] if quiet or checking else [])]:
            left |= {id(inner) for inner in ast.walk(part)} if part is not None else set()
    return left


class _Without(ast.NodeTransformer):
    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Pass() if getattr(node, "left_out", False) else node


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree, found = ast.parse(source), []
    quiet, whole = idle(tree), ast.unparse(tree)
    for at, node in enumerate(ast.walk(tree)):
        for what, change in changes(node) if id(node) not in quiet else ():
            changed = copy.deepcopy(tree)
            change(next(inner for place, inner in enumerate(ast.walk(changed)) if place == at))
            text = ast.unparse(ast.fix_missing_locations(_Without().visit(changed)))
            if text != whole:
                found.append(Mutant(getattr(node, "lineno", 0), what, text))
    return sorted(found, key=lambda mutant: mutant.line)


def child(tree: Path, tests: list[str]) -> None:
    """In a forked process: the tests of one changed tree, answered by the exit code."""
    os.setsid()
    os.chdir(tree)
    sys.path[:0] = [str(tree / "src"), str(tree)]
    for name in [name for name in sys.modules if name.partition(".")[0] in {"tests", "rembuk"}]:
        del sys.modules[name]
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1), os.dup2(silent, 2)
    options = ["-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", "-k", SKIP, "-W", LOADED]
    os._exit(int(pytest.main([*options, *tests])))


def run(tree: Path, tests: list[str], seconds: float) -> str:
    """ "killed", "survived" or "late" (which counts as killed: an endless loop is noticed)."""
    began, process = time.monotonic(), os.fork()
    if process == 0:
        child(tree, tests)
    while time.monotonic() - began < seconds:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
        time.sleep(0.05)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return "late"


def campaign(module: str, tree: Path, until: float) -> tuple[int, int]:
    """Try a sample of every file's mutants; prints the survivors, gives noticed and tried."""
    files, tests = MODULES[module]
    tests = [f"tests/{name}" for name in tests if (tree / "tests" / name).exists()]
    began = time.monotonic()
    if run(tree, tests, 600) != "survived":
        raise SystemExit(f"{module}: the tests are not green without any change")
    seconds = 20 + 5 * (time.monotonic() - began)
    noticed = tried = 0
    for name in files:
        file = tree / "src" / "rembuk" / name
        source = file.read_text("utf-8")
        every = mutants(source)
        some = sorted(random.Random(SEED).sample(every, min(SAMPLE, len(every))), key=lambda one: one.line)
        for mutant in some:
            if time.monotonic() > until:
                break
            file.write_text(mutant.text, "utf-8")
            verdict = run(tree, tests, seconds)
            file.write_text(source, "utf-8")
            tried, noticed = tried + 1, noticed + (verdict != "survived")
            if verdict == "survived":
                print(f"  {name}:{mutant.line}: {mutant.what}: nobody noticed", flush=True)
    return noticed, tried


def main() -> None:
    """Every module named, or all of them, the most serious first."""
    until = time.monotonic() + SECONDS
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    for library in (
        "litestar",
        "piccolo",
        "hypothesis",
        "numpy",
        "cryptography",
        "jinja2",
        "httpx",
        "nh3",
        "PIL.Image",
    ):
        __import__(library)
    for module in sys.argv[1:] or MODULES:
        with tempfile.TemporaryDirectory(prefix="rembuk-mutants-") as folder:
            tree = Path(folder)
            for part in ("src", "tests", "templates", "static", "migrations"):
                shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            shutil.copy(ROOT / "pyproject.toml", tree)
            os.environ["PYTHONPATH"] = f"{tree / 'src'}:{tree}"
            noticed, tried = campaign(module, tree, until)
        print(f"{module}: {noticed} of {tried} noticed, {100 * noticed / max(1, tried):.0f} %", flush=True)


if __name__ == "__main__":
    main()
