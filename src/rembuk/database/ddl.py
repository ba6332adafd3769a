"""CREATE TABLE for SQLite with its constraints inside; Piccolo adds them by an ALTER that SQLite lacks."""

from collections.abc import Sequence

from piccolo.query.methods.create import Create

KEYED = frozenset({"envelope", "roll_mark"})
"""Tables without SQLite's hidden rowid, which would keep the order of arrival (trust.md 4.3)."""


def sqlite_ddl(create: Create) -> Sequence[str]:
    """The statements that make one table on SQLite: the table with its constraints, then its indexes."""
    table, *rest = create.default_ddl
    table = table.replace(" DEFAULT None", "")  # a UUID default that SQLite would read as the text 'None'
    meta = create.table._meta
    inside = "".join(f', CONSTRAINT "{rule._meta.name}" {rule.ddl}' for rule in meta.constraints)
    end = ") WITHOUT ROWID" if meta.tablename in KEYED else ")"
    return [
        table.removesuffix(")") + inside + end,
        *(statement for statement in rest if not statement.startswith("ALTER TABLE")),
    ]


Create.sqlite_ddl = property(sqlite_ddl)  # type: ignore[assignment,method-assign]
