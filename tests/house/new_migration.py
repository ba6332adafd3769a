"""Draw the initial migration anew from the tables (`make migration`); --check only says if it is current."""

import fcntl
import os
import sys

from rembuk.database.drafting import INITIAL, draw, initial_migration
from rembuk.piccolo_app import all_tables
from rembuk.settings import asset_folder


def is_current() -> bool:
    """Whether the initial migration makes exactly the tables of today."""
    return (asset_folder("migrations") / INITIAL).read_text() == initial_migration(all_tables())


def main() -> None:
    """Write the file, one process at a time; or exit 1 when --check finds it out of date."""
    folder = asset_folder("migrations")
    if "--check" in sys.argv:
        sys.exit(None if is_current() else "migrations do not match tables: run make migration")
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    print("written" if draw(folder, all_tables()) else "already current")
    os.close(lock)


if __name__ == "__main__":
    main()
