"""Rules a reader of the source would hold us to: no eval, no shell, no foreign call, no weak chance.

They stand here instead of in semgrep, whose wheel alone is seventy megabytes (docs/decisions/0018); ruff's S rules,
which are bandit's, run beside them in `make check`.
"""

import ast
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
SCRIPTS = sorted((ROOT / "static").glob("*.js"))

CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "tempfile.mktemp", "hashlib.md5",
         "hashlib.sha1", "hashlib.new", "from_string", "jinja2.Template", "Template", "yaml.load", "input"}  # fmt: skip
"""Running text as code, a shell, guessable file names, broken hashes, templates out of text."""
IMPORTS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "subprocess", "socket", "http.client",
           "urllib.request", "requests", "httpx", "aiohttp", "smtplib", "ftplib", "telnetlib", "ctypes", "random",
           "crypt", "ldap", "ldap3", "memcache", "redis", "xmlrpc"}  # fmt: skip
"""Readers that run what they read, XML, other processes, other machines, chance that can be guessed."""
MAY_IMPORT = {
    "src/rembuk_witness.py": {"urllib.request"},  # a witness's own tool asks the board it watches
    **{f"src/rembuk/demo/{name}.py": {"random", "random.Random"} for name in (
        "build", "finishing", "keeping", "model", "papering", "people", "proposing", "residents", "rounds", "talk")},
}  # fmt: skip
PROCESSES = {"src/rembuk/nightly.py", "src/rembuk/files/photos.py"}
"""Who may start a process: a program of ours by its argument list, never through a shell."""
CIPHERS = {"ChaCha20Poly1305"}
ENVIRONMENTS = {"src/rembuk/web/templates.py", "src/rembuk/notices/words.py"}
PATTERNS = {
    "src/rembuk/database/faults.py": 1,
    "src/rembuk/posts/store/auditing.py": 1,
    "src/rembuk/results/rules.py": 1,
    "src/rembuk/traces.py": 1,
}
"""Regular expressions built at run time, each out of fixed words or with re.escape."""
SWITCHED_OFF = {
    "src/rembuk_witness.py": {"S310": 2},  # the address is the one its operator typed
    "src/rembuk/database/many.py": {"S608": 1},  # names of our own table and columns
    "src/rembuk/web/session.py": {"S608": 1},  # names of our own columns
    "src/rembuk/cycles/store/questions.py": {"S608": 2},  # a fixed list of columns, every value is a parameter
    "src/rembuk/traces.py": {"S608": 1},  # names of our own tables and columns
    "src/rembuk/proposals/store/lists.py": {"S608": 8},  # fixed texts and placeholders, every value is a parameter
    "src/rembuk/proposals/routes/fragments.py": {"S704": 2},  # what an escaping template rendered
    "src/rembuk/debate/markdown.py": {"S704": 1},  # what nh3 let through
    "src/rembuk/notices/words.py": {"S701": 1},  # plain text for messages, never HTML
    "src/rembuk/demo/build.py": {"S311": 1},  # a demo is drawn, not guarded
    "src/rembuk/demo/keeping.py": {"S311": 1},
    "src/rembuk/demo/papering.py": {"S311": 1},
    "src/rembuk/demo/people.py": {"S105": 1},  # the demo's password, published on purpose
}
"""Every place where one of ruff's security rules is silenced, counted; each was read."""
BROWSER = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\s*\(|postMessage|importScripts|jsonp"
    r"|document\.cookie|window\.open|__proto__)"
)
KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[\w-]{20}\b"
    r"|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{35}\b|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.|://[^/\s:@{}$<]+:[^/\s:@{}$<]+@"
)
PRETENCE = {"tests", "docs"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def dotted(node: ast.expr) -> str:
    """The name a call is written with; "" before what is no name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


@cache
def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """Every call of a file, under its dotted name."""
    return [(dotted(node.func), node) for node in nodes(path) if isinstance(node, ast.Call)]


def imported(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name in IMPORTS or name.split(".")[0] in IMPORTS}


def test_no_text_is_run_and_nothing_foreign_is_asked() -> None:
    """T12, ASVS 1.2.5, 1.3.2, 1.3.6, 1.5.1, 1.5.2, 11.4.1: forbidden calls and imports; a short list of who may."""
    found = [
        f"{name_of(path)}: {name}"
        for path in SOURCES
        for name in [*imported(path) - MAY_IMPORT.get(name_of(path), set()), *ran(path)]
    ]
    assert not found


def ran(path: Path) -> set[str]:
    """The forbidden calls of a file."""
    return {name for name, _ in calls(path) if name in CALLS or name.rpartition(".")[2] in {"from_string", "mktemp"}}


def test_processes_start_without_a_shell() -> None:
    """ASVS 1.2.5: two modules start a process, each by a list of arguments."""
    starts = {name_of(path) for path in SOURCES for name, _ in calls(path) if "create_subprocess" in name}
    shells = [name_of(path) for path in SOURCES for name, _ in calls(path) if "subprocess_shell" in name]
    assert starts == PROCESSES and not shells


def test_one_cipher_and_no_home_made_one() -> None:
    """ASVS 11.3.1, 11.3.2, 11.3.3: what is encrypted is authenticated; no block mode, no padding to get wrong."""
    used = {
        alias.name
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and "ciphers" in (node.module or "")
        for alias in node.names
    }
    assert used == CIPHERS


def test_templates_are_files() -> None:
    """ASVS 1.3.7: two environments, each reading templates from our own folder; none is made out of text."""
    made = {name_of(path) for path in SOURCES for name, _ in calls(path) if name.endswith("Environment")}
    assert made == ENVIRONMENTS


def test_patterns_are_fixed_or_escaped() -> None:
    """ASVS 1.2.9: a regular expression is written in the source; the few that are built are counted here."""
    functions = {f"re.{name}" for name in ("compile", "match", "search", "fullmatch", "sub", "findall", "split")}
    built: dict[str, int] = {}
    for path in SOURCES:
        for name, call in calls(path):
            if name in functions and call.args and not isinstance(call.args[0], ast.Constant):
                built[name_of(path)] = built.get(name_of(path), 0) + 1
    assert built == PATTERNS


def test_what_was_silenced_is_counted() -> None:
    """Static: a security rule is silenced where this list says, so often, and nowhere else."""
    found: dict[str, dict[str, int]] = {}
    for path in SOURCES:
        for rule in re.findall(r"# noqa: (?:[A-Z]+\d+, )*(S\d+)", path.read_text("utf-8")):
            counts = found.setdefault(name_of(path), {})
            counts[rule] = counts.get(rule, 0) + 1
    assert found == SWITCHED_OFF


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_our_script_writes_no_html(path: Path) -> None:
    """ASVS 3.2.2, 3.5.5, 15.3.6: text goes in as text; no messages from other windows, no cookie read, no prototype."""
    assert not BROWSER.findall(path.read_text("utf-8"))


def test_no_key_lies_in_the_repository() -> None:
    """ASVS 13.3.1: no private key, no token of a known service, no password inside an address, in any tracked file."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    tracked = [ROOT / name for name in files.split("\0") if name] or SOURCES
    found = []
    for path in tracked:
        if not path.is_file() or path.suffix in {".png", ".woff2", ".webp", ".po"}:
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{name_of(path)}: {hit[0][:24]}" for hit in KEYS.finditer(text)]
    assert not [hit for hit in found if hit.split("/")[0] not in PRETENCE]


def test_the_baseline_of_secrets_was_read() -> None:
    """Static: what detect-secrets takes for a secret (`make audit`) was looked at, place by place, and is none."""
    kept = json.loads((ROOT / ".secrets.baseline").read_text("utf-8"))["results"]
    assert kept and all(place["is_secret"] is False for places in kept.values() for place in places)
    assert not [name for name in kept if not (ROOT / name).is_file()]


def test_the_image_leaves_the_repository_behind() -> None:
    """ASVS 13.4.1, 15.2.3: neither .git nor tests, data or secrets go into the container."""
    left = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", "var", "var-secrets", "tests"} <= set(left)
