"""/api/v1 keeps what its OpenAPI document says: statuses, media types, shapes; nothing makes it stumble."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.campaigns.sizes import said, sized

EXAMPLES = sized("API_EXAMPLES", 15, 6_000)
"""Calls per operation and mode: the whole takes less than a minute; a campaign makes 100,000 calls (T-FUZZ)."""
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
OPERATIONS_LEAST = 14
RELATED = {
    "GET /api/v1/board/inclusion",
    "GET /api/v1/board/consistency",
    "GET /api/v1/board/receipts/{code}",
    "POST /api/v1/board/cosignatures",
}
"""What they take must also fit the board or its own check letter, which OpenAPI cannot say: 422."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_right_calls(described: Any) -> None:
    """P1: a call as documented gets a documented answer of the documented shape."""
    assert not (found := broken(described, GenerationMode.POSITIVE)), "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_wrong_calls(described: Any) -> None:
    """P1: a call that breaks the document is refused with a documented problem, and never a 5xx."""
    assert not (found := broken(described, GenerationMode.NEGATIVE)), "\n".join(found)


def broken(described: Any, mode: GenerationMode) -> list[str]:
    """What goes wrong, operation by operation, in schemathesis' words."""
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= OPERATIONS_LEAST
    faults: list[str] = []
    statuses: Counter[int] = Counter()
    for operation in operations:
        try:
            _call(operation, mode, statuses)
        except Unsatisfiable:  # nothing to get wrong: no parameter, or any text will do
            continue
        except FailureGroup as found:
            faults += [_said(operation, each) for each in found.exceptions]
    said(f"T-FUZZ: schemathesis, {mode.value} calls: {sum(statuses.values())}, {dict(statuses)}, {len(faults)} faults")
    return faults


def _said(operation: Any, fault: Any) -> str:
    """The fault with its call, so that it can be made again."""
    case = getattr(fault, "case_id", None)
    return f"{operation.label}: {fault} {case or ''}".replace("\n", " ")


def _call(operation: Any, mode: GenerationMode, statuses: "Counter[int]") -> None:
    related = operation.label in RELATED

    @CALM
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Case[Any]) -> None:
        answer = case.call(timeout=20)
        statuses[answer.status_code] += 1
        case.validate_response(answer, excluded_checks=[positive_data_acceptance] if related else [])

    one()
