"""T-AUTHZ: every route answers every role, at home, elsewhere and without a grant, in every phase, as the rules say."""

from typing import Any

import pytest

from rembuk.web import gate
from tests.campaigns.rights import COLUMNS, PHASES, differences, rule_of, rules, staged, stated
from tests.campaigns.sizes import said as figure
from tests.campaigns.sizes import sized

EVERY = sized("AUTHZ_EVERY", 97, 1)
"""Of all cells every nth; the campaign asks all."""


def test_every_cell_of_every_route_is_stated() -> None:
    """T-AUTHZ: 100 % of routes and cells; a new route needs a rule in rights.rules, and a rule without a route goes."""
    listed, routes = rules(), stated()
    assert not (missing := [route for route in routes if rule_of(*route, listed) is None]), missing
    idle = [rule.path.pattern for rule in listed if not any(rule.fits(*route) for route in routes)]
    assert not idle, f"these rules speak of no route: {idle}"
    found = [rule for route in routes if (rule := rule_of(*route, listed))]
    assert {rule.wanted(column, phase) for rule in found for column in COLUMNS for phase in PHASES} <= set(".mx34")


def test_no_guard_lets_in_whom_the_rules_keep_out() -> None:
    """T-AUTHZ: read without running anything: every guard declares just the roles of the rule, and its area."""
    from tests.house.routes import handlers

    wrong, listed = [], rules()
    for method, path, guard in handlers():
        rule = rule_of(method, path, listed)
        roles = {each.value for each in guard.roles} or {"signed"}
        roles = {"all"} if "public" in roles else roles
        own_rule = rule is not None and roles == {"signed"} and "all" not in rule.who  # the handler asks
        if rule is None or (roles != rule.who and not own_rule) or bool(guard.scope) != rule.near:
            wrong.append(f"{method} {path}: {sorted(roles)}, the rules say {rule and sorted(rule.who)}")
    assert not wrong, wrong


def test_what_the_rules_may_never_say() -> None:
    """T-AUTHZ, trust 7: whoever only reads does no deed, admin has no official rights, residents open no desk."""
    listed = rules()
    deeds = {"auditor": ("hitung-ulang", "contoh", "periksa", "berkas"), "trustee": (), "admin": ("/admin",)}
    for method, path in stated():
        rule = rule_of(method, path, listed)
        assert rule is not None
        for role, allowed in deeds.items():
            if method == "POST" and role in rule.who:
                assert any(part in path for part in allowed), f"{role}: {path}"
        if path.startswith(("/petugas", "/meja", "/admin")):
            assert not rule.who & {"all", "signed", "resident"}, path
        if path.startswith(("/petugas", "/meja")):
            assert "admin" not in rule.who, path


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_every_route_answers_every_role_as_stated(sqlite_settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """T-AUTHZ, T9, A1 to A9: asked over the whole app with a valid form token; 0 differences."""
    from rembuk.database import close_database, open_database

    monkeypatch.setattr(gate, "PER_MINUTE", 10**9)
    await open_database(sqlite_settings)
    try:
        async with staged() as stage:
            asked, differ = await differences(stage, EVERY)
    finally:
        await close_database()
    sizes = f"{len(stated())} routes, {len(COLUMNS)} columns, {len(PHASES)} phases"
    figure(f"T-AUTHZ: {sizes}: {asked} cells asked, {len(differ)} differences")
    assert not differ, differ
