"""T-AUTHZ: every route answers every role, at home, elsewhere and without a grant, exactly as the list states."""

from typing import Any

import pytest

from rembuk.web import gate
from tests.campaigns.rights import COLUMNS, LIST, header, matrix, staged, stated
from tests.campaigns.sizes import said as figure
from tests.campaigns.sizes import sized

EVERY = sized("AUTHZ_EVERY", 10, 1)
"""Of each route every tenth cell, another one for its neighbour; in a campaign all."""


def kept() -> dict[tuple[str, str], str]:
    """The stated cells by method and path."""
    found: dict[tuple[str, str], str] = {}
    for line in LIST.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            cells, method, path = line.split()
            found[method, path] = cells
    return found


def test_every_cell_of_every_route_is_stated() -> None:
    """T-AUTHZ: 100 % of routes, 100 % of cells; a route that is new has no line yet."""
    said = kept()
    missing, gone = set(stated()) - said.keys(), said.keys() - set(stated())
    assert not missing, f"state them: python -m tests.campaigns.rights, then look at the change: {sorted(missing)}"
    assert not gone, f"these routes are gone: {sorted(gone)}"
    assert {len(cells) for cells in said.values()} == {len(COLUMNS)}
    assert header() == [line for line in LIST.read_text("utf-8").splitlines() if line.startswith("#")]


def test_the_list_says_what_the_guards_declare() -> None:
    """T-AUTHZ: read without running anything: who has no role never passes, and who has none is asked to sign in."""
    from tests.house.routes import handlers

    wrong = []
    said = kept()
    for method, path, guard in handlers():
        for (name, role, area), cell in zip(COLUMNS, said[method, path], strict=True):
            roles = {each.value for each in guard.roles}
            if "public" in roles:
                wanted = ".34m"  # its own rules may still refuse
            elif name == "public":
                wanted = "m"
            elif not roles or (role and role.value in roles):
                wanted = "4.3" if not (guard.scope and area == "32.73.27") else "4"
            else:
                wanted = "3"
            if cell not in wanted:
                wrong.append(f"{method} {path} as {name}: {cell}, declared {wanted}")
    assert not wrong, wrong


@pytest.mark.slow
async def test_every_route_answers_every_role_as_stated(sqlite_settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-AUTHZ, T9: asked over the whole app with a valid form token; 0 differences."""
    from rembuk.database import close_database, open_database

    monkeypatch.setattr(gate, "PER_MINUTE", 10**9)
    await open_database(sqlite_settings)
    try:
        async with staged() as stage:
            found = await matrix(stage, EVERY)
    finally:
        await close_database()
    said, differ = kept(), []
    for line in found:
        cells, method, path = line.split()
        for (name, _, _), cell, wanted in zip(COLUMNS, cells, said[method, path], strict=True):
            if cell not in ("?", wanted):
                differ.append(f"{method} {path} as {name}: {cell}, stated {wanted}")
    asked = sum(cell != "?" for line in found for cell in line.split()[0])
    figure(f"T-AUTHZ: {len(found)} routes, {len(COLUMNS)} columns, {asked} cells asked, {len(differ)} differences")
    assert not differ, differ
