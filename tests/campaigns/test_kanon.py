"""T-KANON: everything published of turnout, taken together, as equations: no small cell can be worked out."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from rembuk.voting.rules import Turnout, is_safe, merged, publishable
from tests.campaigns.sizes import said, sized

ELECTIONS = sized("KANON", 100, 2_000)
Row = list[int]


def kecamatan(chance: random.Random) -> list[Turnout]:
    """RWs of one kecamatan, small ones and ones where nobody or everybody voted among them."""
    cells = []
    for nth in range(chance.randint(1, 9)):
        eligible = chance.choice((chance.randint(0, 12), chance.randint(8, 60), chance.randint(100, 900)))
        marks = chance.choice((0, eligible, min(1, eligible), chance.randint(0, eligible), chance.randint(0, eligible)))
        cells.append(Turnout((f"rw{nth:02d}",), marks, eligible))
    return cells


def tables(cells: Sequence[Turnout]) -> tuple[list[Row], list[str]]:
    """What is published, as sums over RWs: the RW table and the whole kecamatan; and the order of the unknowns."""
    names = [cell.areas[0] for cell in cells]
    rows = [[int(name in shown.areas) for name in names] for shown in publishable(cells)]
    rows.append([1] * len(names))
    return rows, names


def worked_out(rows: Sequence[Row], wanted: Row) -> bool:
    """Whether these sums determine the wanted one: it adds nothing to their rank."""
    known = np.linalg.matrix_rank(np.array(rows))
    return bool(np.linalg.matrix_rank(np.array([*rows, wanted])) == known)


def given_away(cells: Sequence[Turnout], rows: Sequence[Row], names: Sequence[str]) -> list[str]:
    """RWs whose own turnout breaks the rule and still follows from what is published."""
    unsafe = [cell for cell in cells if not is_safe(cell) and cell.eligible]
    return [cell.areas[0] for cell in unsafe if worked_out(rows, [int(name == cell.areas[0]) for name in names])]


@pytest.mark.slow
def test_no_small_cell_follows_from_all_that_is_published() -> None:
    """T-KANON, P5: the table of RWs and the kecamatan's total together leave no small RW with a figure of its own."""
    chance, told, shown, whole = random.Random(4), 0, 0, 0
    for _ in range(ELECTIONS):
        cells = kecamatan(chance)
        if len(cells) == 1:
            whole += 1
            continue  # a kecamatan of one RW is its own total
        rows, names = tables(cells)
        shown += len(rows) - 1
        told += len(given_away(cells, rows, names))
    said(f"T-KANON: {ELECTIONS} kecamatan, {shown} cells shown, {told} small ones worked out")
    assert shown
    assert told == 0


def test_the_attack_would_find_a_careless_table() -> None:
    """T-KANON: the control. With single unsafe cells left out but not merged, subtraction gives them away."""
    chance, found = random.Random(4), 0
    for _ in range(ELECTIONS):
        cells = kecamatan(chance)
        names = [cell.areas[0] for cell in cells]
        rows = [[int(name in cell.areas) for name in names] for cell in cells if is_safe(cell)] + [[1] * len(names)]
        found += len(given_away(cells, rows, names))
    assert found


def test_two_days_of_the_same_cells_add_nothing() -> None:
    """T-KANON: a later day's table has unknowns of its own: what grew in a small cell stays inside its merged one."""
    chance = random.Random(9)
    for _ in range(ELECTIONS):
        first = kecamatan(chance)
        later = [Turnout(cell.areas, chance.randint(cell.marks, cell.eligible), cell.eligible) for cell in first]
        for shown in publishable(later):
            assert is_safe(merged([cell for cell in later if cell.areas[0] in shown.areas]))
