"""make bench: every benchmark of this folder, one after the other."""

import runpy
import sys
from pathlib import Path


def main() -> None:
    """Run each file of this folder as a program; arguments go to all of them."""
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if not path.name.startswith("_"):
            sys.stdout.write(f"\n== {path.stem}\n")
            sys.stdout.flush()
            runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main()
