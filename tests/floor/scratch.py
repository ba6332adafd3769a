"""Tables of the floor's own tests."""

from piccolo.columns import UUID, BigInt, ForeignKey, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.database import engine


class Page(Table, tablename="page"):
    """A page that counts."""

    id = UUID(primary_key=True, default=UUID4())
    title = Varchar()
    count = BigInt(default=0)


class Note(Table, tablename="note"):
    """A note with every kind of constraint."""

    id = UUID(primary_key=True, default=UUID4())
    page = ForeignKey(Page, null=True, default=None, index=True)
    text = Varchar()
    size = BigInt(default=1)
    code = Varchar(null=True, default=None, unique=True)
    note_text = Unique([text], name="note_text")
    note_size = Check("size > 0", name="note_size")


async def scratch() -> None:
    """Make these tables in the open database."""
    await Page.create_table()
    await Note.create_table()
    await engine().run("CREATE UNIQUE INDEX note_one_77 ON note (size) WHERE size = 77")
    await engine().run(
        "CREATE TABLE leaf (id integer PRIMARY KEY, page uuid REFERENCES page (id) DEFERRABLE INITIALLY DEFERRED)"
    )
