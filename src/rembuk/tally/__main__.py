"""The command line of the count (tally.md §6): `python -m rembuk.tally FILE.pb ...`, `rembuk count FILE.pb ...`."""

import sys

from rembuk.tally.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
