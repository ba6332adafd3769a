"""A little server and browser for the look's tests: pages given, static files, the real policy."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from rembuk.web.static import static_files

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


@contextmanager
def served(pages: dict[str, str], public: frozenset[str] = frozenset()) -> Iterator[str]:
    """An address where these pages and the static files are; `public` pages may be kept by anyone."""

    class Handler(BaseHTTPRequestHandler):
        """Answers from the dict, else from static/."""

        def do_GET(self) -> None:
            """A page or a file."""
            path = self.path.partition("?")[0]
            file = static_files().by_path.get(path)
            body = file.bodies[""] if file else pages.get(path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", file.kind if file else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "public, max-age=0" if path in public else "no-store")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            """Here."""
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium, or a skipped test where there is none."""
    play = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or pytest.skip("no Chromium here")
    with play.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()
