"""Who may do what in which phase: one table, one function (A1). Pure; roles by their names of trust.md 7."""

from collections.abc import Iterable
from enum import StrEnum

from rembuk.cycles.rules import CycleState, Phase, PhaseKind

RESIDENT, FACILITATOR, MODERATOR = "resident", "facilitator", "moderator"
OFFICIAL, CITY_OFFICIAL, TRUSTEE, AUDITOR, ADMIN = "official", "city_official", "trustee", "auditor", "admin"
PUBLIC = "public"
STAFF = frozenset({FACILITATOR, MODERATOR, OFFICIAL, CITY_OFFICIAL, TRUSTEE, AUDITOR, ADMIN})
EVERYBODY = STAFF | {PUBLIC, RESIDENT}
ROLES = tuple(sorted(EVERYBODY))


class Stage(StrEnum):
    """Where a cycle stands, for permissions: a phase, or one of the three states around them."""

    DRAFT = "draft"
    WAITING = "waiting"
    PROPOSALS = "proposals"
    DEBATE = "debate"
    REVIEW = "review"
    VOTING = "voting"
    RESULTS = "results"
    WORKS = "works"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What people do in a cycle."""

    SEE = "see"
    PROPOSE = "propose"
    EDIT_OWN = "edit_own"
    COMMENT = "comment"
    ENDORSE = "endorse"
    FLAG = "flag"
    MODERATE = "moderate"
    MERGE = "merge"
    REVIEW = "review"
    VOTE = "vote"
    SEE_COUNTS = "see_counts"
    COMPLAIN = "complain"
    REPORT_WORK = "report_work"
    PLAN = "plan"


_LIVE = frozenset(Stage) - {Stage.DRAFT, Stage.ARCHIVED}
_WRITTEN = frozenset({Stage.PROPOSALS, Stage.DEBATE})
_DONE = frozenset({Stage.RESULTS, Stage.WORKS, Stage.ARCHIVED})
_TALKING = frozenset({RESIDENT, FACILITATOR, MODERATOR, OFFICIAL, CITY_OFFICIAL})
_MATRIX: dict[Action, tuple[frozenset[Stage], frozenset[str]]] = {
    Action.SEE: (frozenset(Stage) - {Stage.DRAFT}, EVERYBODY),
    Action.PROPOSE: (frozenset({Stage.PROPOSALS}), frozenset({RESIDENT, FACILITATOR})),
    Action.EDIT_OWN: (frozenset({Stage.PROPOSALS}), frozenset({RESIDENT, FACILITATOR})),
    Action.COMMENT: (_WRITTEN, _TALKING),
    Action.ENDORSE: (_WRITTEN, frozenset({RESIDENT})),
    Action.FLAG: (_LIVE, _TALKING),
    Action.MODERATE: (_LIVE, frozenset({MODERATOR})),
    Action.MERGE: (_WRITTEN | {Stage.REVIEW}, frozenset({FACILITATOR, MODERATOR})),
    Action.REVIEW: (frozenset({Stage.REVIEW}), frozenset({OFFICIAL, CITY_OFFICIAL})),
    Action.VOTE: (frozenset({Stage.VOTING}), frozenset({RESIDENT})),
    Action.SEE_COUNTS: (_DONE, EVERYBODY),
    Action.COMPLAIN: (_LIVE, _TALKING),
    Action.REPORT_WORK: (frozenset({Stage.WORKS}), frozenset({OFFICIAL, CITY_OFFICIAL, FACILITATOR})),
    # A9: an archive takes no writing, except from the city official, who alone can take it out again
    Action.PLAN: (frozenset(Stage), frozenset({CITY_OFFICIAL})),
}


def allows(action: Action, stage: Stage | PhaseKind, role: str) -> bool:
    """Whether a role may do this in a stage; staff also see a draft."""
    if action is Action.SEE and stage == Stage.DRAFT:
        return role in STAFF
    stages, roles = _MATRIX[action]
    return stage in stages and role in roles


def stages(state: CycleState, phases: Iterable[Phase]) -> frozenset[Stage]:
    """The stages a cycle is in at once: every open phase, or draft, waiting, archived."""
    if state is CycleState.DRAFT:
        return frozenset({Stage.DRAFT})
    if state is CycleState.ARCHIVED:
        return frozenset({Stage.ARCHIVED})
    return frozenset(Stage(p.kind.value) for p in phases if p.is_open) or frozenset({Stage.WAITING})


def allows_now(action: Action, now: Iterable[Stage], roles: Iterable[str]) -> bool:
    """Whether one of a person's roles may do this in one of the stages the cycle is in."""
    held = tuple(roles)
    return any(allows(action, stage, role) for stage in now for role in held)
