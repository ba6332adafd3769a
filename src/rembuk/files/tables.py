"""Rows of photos and papers that were taken in."""

from piccolo.columns import UUID, BigInt, Integer, Text, Timestamptz
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class StoredFile(Table, tablename="stored_file"):
    """One checked and re-encoded file in the data folder, under a random name."""

    id = UUID(primary_key=True, default=UUID4())
    owner = UUID(required=True, default=None)
    media_type = Text(required=True)
    width = Integer(default=0, help_text="pixels; 0 for a paper")
    height = Integer(default=0)
    byte_count = BigInt(required=True)
    sha256 = Text(required=True)
    created_at = Timestamptz(required=True, default=None)
