"""Log lines as JSON: what happened, never who chose what; no query, body, cookie, phone or full address."""

import logging
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import msgspec

from rembuk import clock
from rembuk.web.addresses import cut

ACCESS = logging.getLogger("rembuk.access")
FAULTS = logging.getLogger("rembuk.faults")
SECURITY = logging.getLogger("rembuk.security")
VOTE_PATHS = ("/bilik", "/suara", "/bukti", "/kode", "/status-saya", "/uji")
_QUIET_PATHS = frozenset({"/healthz", "/readyz"})


class JsonLines(logging.Formatter):
    """One JSON object per line; JSON escapes CR and LF, so no text can forge a second line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of ASCII JSON."""
        facts = getattr(record, "facts", None) or {"text": record.getMessage()}
        stamp = {} if "day" in facts else {"at": clock.now().isoformat(timespec="milliseconds")}
        line = {**stamp, "level": record.levelname, "from": record.name, **facts}
        if record.exc_info and record.exc_info[1]:
            line |= where_from(record.exc_info[1])
        return msgspec.json.encode(line).decode().encode("ascii", "backslashreplace").decode()


def where_from(fault: BaseException) -> dict[str, Any]:
    """The kind of a fault and the lines it passed; not its message, which may hold what a person typed."""
    frames = traceback.extract_tb(fault.__traceback__)[-12:]
    return {
        "fault": type(fault).__name__,
        "lines": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def is_vote_path(path: str) -> bool:
    """Whether a path belongs to voting, where a line tells day and outcome only."""
    return any(path == vote or path.startswith(f"{vote}/") for vote in VOTE_PATHS)


def access_facts(scope: Mapping[str, Any], number: str, address: str, status: int, ms: float) -> dict[str, Any]:
    """What is written about one answered request."""
    path: str = scope["path"]
    if is_vote_path(path):
        return {"day": clock.now().date().isoformat(), "path": f"/{path.split('/')[1]}", "status": status}
    return {
        "number": number,
        "method": scope["method"],
        "path": path[:200],
        "status": status,
        "ms": round(ms, 1),
        "network": cut(address),
    }


def note_access(scope: Mapping[str, Any], number: str, address: str, status: int, ms: float) -> None:
    """Write the line of one answered request."""
    if scope["path"] not in _QUIET_PATHS and ACCESS.isEnabledFor(logging.INFO):
        ACCESS.info("", extra={"facts": access_facts(scope, number, address, status, ms)})


def note_fault(fault: BaseException, number: str) -> None:
    """Write where an unexpected fault came from, under the number the visitor sees."""
    FAULTS.error("", extra={"facts": {"number": number, **where_from(fault)}})


def note_security(event: str, address: str, **facts: str) -> None:
    """Write that somebody signed in to a desk, failed to, or was refused: who (by id), where from and what."""
    SECURITY.warning("", extra={"facts": {"event": event, **facts, "network": cut(address)}})


def start_logging(level: str) -> None:
    """Send all lines of Rembuk to standard error as JSON; call once, from the command line."""
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(JsonLines())
    root = logging.getLogger("rembuk")
    root.handlers[:] = [output]
    root.setLevel(level)
    root.propagate = False
