"""Many plain rows in one statement, for the demo's crowds; the floor has the way to write them."""

from rembuk.database.many import insert_many

__all__ = ["insert_many"]
