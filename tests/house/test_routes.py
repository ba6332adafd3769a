"""Every URL is listed with its roles, and every page can be reached from another one."""

from tests.house import routes

UNLINKED = {"/healthz", "/readyz", "/pola"}
"""Pages that no page needs to name: programs ask for two, developers for the style guide (docs/patterns.md)."""


def test_every_url_is_listed_with_its_roles() -> None:
    """T-AUTHZ: a new URL, or another role on an old one, shows in the list that people review."""
    now, listed = routes.lines(), routes.LIST.read_text("utf-8").splitlines()
    fresh, gone = sorted(set(now) - set(listed)), sorted(set(listed) - set(now))
    assert now == listed, f"new: {fresh}, gone: {gone}; look at them, then run: python -m tests.house.routes"


def test_a_url_answers_one_thing() -> None:
    """House §2: no two handlers claim the same method and path."""
    claimed = [(method, path) for method, path, _guard in routes.handlers()]
    assert len(claimed) == len(set(claimed))


def test_no_page_is_an_orphan() -> None:
    """House §6: every page without a parameter is linked from a template or sent to by a room."""
    pages = {
        path
        for method, path, _guard in routes.handlers()
        if method == "GET" and "{" not in path and not path.startswith("/api/")
    }
    orphans = pages - routes.linked() - UNLINKED
    assert not orphans, f"link them, or say here why not: {sorted(orphans)}"


def test_what_is_excused_is_there() -> None:
    """What is excused from being linked is there."""
    assert {path for _method, path, _guard in routes.handlers()} >= UNLINKED
