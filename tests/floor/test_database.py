"""The database floor on both engines: whole or not at all."""

import asyncio
from typing import Any

import pytest
from piccolo.query.methods.create import Create

from rembuk.database import after_commit, constraint_of, engine, inside, refuses, transaction
from rembuk.database.faults import faults
from rembuk.errors import N_, Reason, Refused
from tests.floor.scratch import Note, Page, scratch


class No(Reason):
    """Reasons of these tests."""

    TWICE = (409, N_("Sudah ada."))
    CHANGED_MIND = (409, N_("Tidak jadi."))


refuses("note_text", No.TWICE)


@pytest.fixture(autouse=True)
async def tables(db: Any) -> None:
    """A page and its notes."""
    await scratch()


async def texts() -> list[str]:
    """What is kept, in order."""
    return sorted(row["text"] for row in await Note.select(Note.text))


@transaction
async def write(*words: str, then: Exception | None = None) -> str:
    """Write notes; raise if told so."""
    for word in words:
        await Note.insert(Note(text=word))
    if then:
        raise then
    return "done"


async def test_a_transaction_is_kept_and_gives_its_result() -> None:
    """D1: what returns is committed."""
    assert await write("a", "b") == "done"
    assert await texts() == ["a", "b"]
    assert inside() is None


async def test_a_refusal_undoes_everything() -> None:
    """D1: what raises leaves nothing."""
    with pytest.raises(Refused):
        await write("a", "b", then=Refused(No.CHANGED_MIND))
    assert await texts() == []
    assert inside() is None


async def test_neighbours_of_a_failing_transaction_are_kept() -> None:
    """D1: each transaction of a batch fails alone."""
    jobs = [write(f"w{n}", then=Refused(No.CHANGED_MIND) if n % 3 == 0 else None) for n in range(30)]
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 10
    assert await texts() == sorted(f"w{n}" for n in range(30) if n % 3)


async def test_an_inner_transaction_is_a_part_undone_alone() -> None:
    """D1: a caught inner refusal leaves nothing of the inner one and everything of the outer one."""

    @transaction
    async def outer() -> None:
        await Note.insert(Note(text="outer"))
        with pytest.raises(Refused):
            await write("inner", then=Refused(No.CHANGED_MIND))
        await write("inner two")

    await outer()
    assert await texts() == ["inner two", "outer"]


async def test_an_outer_failure_undoes_the_inner_transaction() -> None:
    """D1: nested transactions are one."""

    @transaction
    async def outer() -> None:
        await write("inner")
        raise Refused(No.CHANGED_MIND)

    with pytest.raises(Refused):
        await outer()
    assert await texts() == []


async def test_a_broken_constraint_becomes_its_refusal() -> None:
    """D2: a registered constraint refuses with its reason, and the transaction is undone."""
    await write("a")
    with pytest.raises(Refused) as refused:
        await write("b", "a")
    assert refused.value.reason is No.TWICE
    assert await texts() == ["a"]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("INSERT INTO note (id, text, size) VALUES ('{one}', 'kept', 1)", "note_text"),
        ("INSERT INTO note (id, text, size) VALUES ('{two}', 'x', -1)", "note_size"),
        ("INSERT INTO note (id, text, size, code) VALUES ('{two}', 'x', 1, 'c')", "note_code_key"),
        ("INSERT INTO note (id, text, size) VALUES ('{kept}', 'x', 1)", "note_pkey"),
        ("INSERT INTO note (id, text, size) VALUES ('{two}', 'x', NULL)", "note_size_not_null"),
        ("INSERT INTO note (id, text, size) VALUES ('{two}', 'x', 77)", "note_one_77"),
    ],
)
async def test_the_broken_constraint_is_named_alike_on_both_engines(row: str, name: str) -> None:
    """D2: constraint_of speaks PostgreSQL's names."""
    kept = Note(text="kept", code="c")
    await Note.insert(kept)
    await Note.insert(Note(text="first 77", size=77))
    uuids = {
        "kept": kept.id,
        "one": "0" * 8 + "-0000-4000-8000-" + "1" * 12,
        "two": "0" * 8 + "-0000-4000-8000-" + "2" * 12,
    }
    with pytest.raises(faults()) as broken:
        await engine().run(row.format(**uuids))
    assert constraint_of(broken.value) == name


async def test_a_failing_commit_leaves_no_lock_and_no_context() -> None:
    """D3: a deferred foreign key fails at COMMIT; afterwards others can write and nobody is inside."""

    @transaction
    async def orphan() -> None:
        await engine().run("INSERT INTO leaf (id, page) VALUES (1, '00000000-0000-4000-8000-000000000000')")

    for _ in range(12):  # more often than the pool has connections
        with pytest.raises(faults()):
            await orphan()
        assert inside() is None
    assert await write("after") == "done"
    assert await engine().run("SELECT * FROM leaf") == []


async def test_read_then_write_from_many_tasks_never_loses_an_update() -> None:
    """D4, T-STORM: 150 tasks adding one each to one row make 150, and none is refused."""
    await Page.insert(Page(title="counter"))

    @transaction
    async def add() -> None:
        count = (await Page.select(Page.count).first())["count"]
        await asyncio.sleep(0)
        await Page.update({Page.count: count + 1}, force=True)

    await asyncio.gather(*(add() for _ in range(150)))
    assert (await Page.select(Page.count).first())["count"] == 150


async def test_a_child_task_is_outside_the_transaction() -> None:
    """D5: a task started inside sees committed rows only and writes on its own."""
    seen: list[list[str]] = []

    async def child() -> None:
        assert inside() is None
        seen.append(await texts())

    @transaction
    async def parent() -> None:
        await Note.insert(Note(text="unfinished"))
        assert inside()
        await asyncio.create_task(child())

    await parent()
    assert seen == [[]]


async def test_a_cancelled_transaction_leaves_nothing() -> None:
    """D5: cancelled midway, undone; the next one works."""
    reached = asyncio.Event()

    @transaction
    async def slow() -> None:
        await Note.insert(Note(text="slow"))
        reached.set()
        await asyncio.sleep(60)

    for _ in range(10):
        task = asyncio.create_task(slow())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        reached.clear()
    await write("next")
    assert await texts() == ["next"]


async def test_calls_after_commit_are_made_once_it_is_kept() -> None:
    """D6: not before, not after a failure, not for an undone part."""
    heard: list[str] = []

    @transaction
    async def part() -> None:
        after_commit(lambda: heard.append("part"))
        raise Refused(No.CHANGED_MIND)

    @transaction
    async def note(fails: bool) -> None:
        after_commit(lambda: heard.append("kept"))
        with pytest.raises(Refused):
            await part()
        assert heard == []
        if fails:
            raise Refused(No.CHANGED_MIND)

    with pytest.raises(Refused):
        await note(True)
    await note(False)
    assert heard == ["kept"]
    after_commit(lambda: heard.append("at once"))
    assert heard == ["kept", "at once"]


async def test_piccolos_patch_is_still_needed() -> None:
    """D7: without ours, Piccolo would still add constraints by ALTER TABLE."""
    ddl = Create(Note).default_ddl
    assert any(statement.startswith("ALTER TABLE") for statement in ddl)
