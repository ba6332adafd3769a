"""How much of a page's time is its template, and how near a kept page comes to a hello.

    .venv/bin/python -m benchmarks.pages

CPU time of one process, asked without sockets, medians of alternating rounds; about half a minute.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import litestar
from tests.city import city

from benchmarks._stage import ask, database, report
from rembuk.app import create_app
from rembuk.web import cache, pages
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import Request, Response, get

ROUNDS, TIMES = 15, 12
LIST = "/usulan?urut=terbaru"


@get("/halo", guard=PUBLIC)
async def hello(request: Request) -> Response:
    """The least our app can answer."""
    return Response("halo")


@litestar.get("/halo")
async def bare_hello() -> str:
    """The least the framework can answer."""
    return "halo"


async def cpu(work: Callable[[], Awaitable[object]], times: int = TIMES) -> float:
    """CPU seconds of one call, mean of a few in a row."""
    start = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - start) / times


async def captured(app: Any) -> Callable[[], Awaitable[object]]:
    """Rendering the list's template alone, with exactly what the page gave it."""
    seen: list[tuple[str, dict[str, object]]] = []
    real = pages.rendered

    def noting(name: str, context: dict[str, object]) -> str:
        seen.append((name, context))
        return real(name, context)

    pages.rendered = noting
    try:
        cache.forget_pages()
        await ask(app, LIST)
    finally:
        pages.rendered = real
    name, context = seen[-1]

    async def render() -> object:
        return real(name, context)

    return render


async def measure() -> None:
    """Ask the list, the kept list and the hellos in turn."""
    async with database():
        await city(districts=3, proposals=36)
        app = create_app([hello], database_is_open=True)
        bare = litestar.Litestar([bare_hello], openapi_config=None, logging_config=None)
        template = await captured(app)

        async def fresh() -> object:
            cache.forget_pages()
            return await ask(app, LIST)

        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "list page": fresh,
            "its template only": template,
            "kept list page": lambda: ask(app, LIST),
            "hello in the app": lambda: ask(app, "/halo"),
            "bare hello": lambda: ask(bare, "/halo"),
        }
        status, body = await ask(app, LIST)
        assert status == 200 and body.count(b"<h3") >= 12, "the list is not the list"
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, work in asked.items():
                times[name].append(await cpu(work))
        show(times, len(body))


def show(times: dict[str, list[float]], size: int) -> None:
    """Print times and ratios."""
    print(f"the list: 12 cards, {size / 1000:.0f} kB before compression")
    for name, each in times.items():
        print(f"  {name:<20} {median(each) * 1e3:>7.3f} ms of CPU")
    report("list page / template only", times["list page"], times["its template only"], 0.55)
    report("kept page / hello in the app", times["kept list page"], times["hello in the app"], 0.7)


if __name__ == "__main__":
    asyncio.run(measure())
