"""Writing the initial migration from the tables by Piccolo's differ: same tables, same file, same text."""

from contextlib import redirect_stdout
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.auto import AlterStatements, DiffableTable, SchemaDiffer
from piccolo.apps.migrations.commands.new import render_template
from piccolo.table import Table

INITIAL_ID = "2026-11-21T18:00:00:000000"
INITIAL = "rembuk_2026_11_21t18_00_00_000000.py"
"""Until the first release there is one initial migration, drawn anew when a table changes."""


def initial_migration(tables: list[type[Table]]) -> str:
    """The text of a migration that makes these tables on an empty database; same tables, same text."""
    import black

    # One table at a time: the differ walks sets, whose order changes from run to run.
    steps = list(chain.from_iterable(_steps(table) for table in tables))
    render: Any = render_template
    text: str = render(
        migration_id=INITIAL_ID,
        auto=True,
        alter_statements=list(chain.from_iterable(step.statements for step in steps)),
        extra_imports=sorted({needed for step in steps for needed in step.extra_imports}, key=repr),
        extra_definitions=sorted({made for step in steps for made in step.extra_definitions}, key=repr),
        app_name="rembuk",
        description="Every table of the first release.",
    )
    return black.format_str(text, mode=black.FileMode(line_length=110))


def _steps(table: type[Table]) -> list[AlterStatements]:
    """What makes one table where there is none."""
    wanted = DiffableTable(
        class_name=table.__name__,
        tablename=table._meta.tablename,
        columns=table._meta.non_default_columns,
        constraints=table._meta.constraints,
        schema=table._meta.schema,
    )
    with redirect_stdout(StringIO()):  # it prints a summary
        return SchemaDiffer(schema=[wanted], schema_snapshot=[], auto_input="y").get_alter_statements()


def draw(folder: Path, tables: list[type[Table]]) -> bool:
    """Write the initial migration into the folder when it differs; gives whether it did."""
    file, text = folder / INITIAL, initial_migration(tables)
    if file.exists() and file.read_text() == text:
        return False
    file.write_text(text)
    return True
