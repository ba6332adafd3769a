"""Rows of complaints (aduan): what, where, which unit answers, and by when."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table

from rembuk.files.tables import StoredFile
from rembuk.people.tables import Person


class Complaint(Table, tablename="complaint"):
    """One complaint with its number, clock and answer."""

    id = UUID(primary_key=True, default=UUID4())
    number = Integer(required=True, unique=True)
    author = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    hide_name = Boolean(default=False)
    body = Text(required=True)
    rw = Text(required=True, index=True)
    landmark = Text(default="")
    photo = ForeignKey(StoredFile, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    unit = Text(default="")
    state = Text(required=True, help_text="new | forwarded | answered | closed")
    due_on = Date(required=True)
    answer = Text(default="")
    answered_at = Timestamptz(null=True, default=None)
    at = Timestamptz(required=True, default=None)
