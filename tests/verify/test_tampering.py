"""T-TAMPER: whatever is changed in a published bundle, by whomever, the stand-alone verifier says so."""

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

import rembuk_verify as verify
from tests.verify import bundles, tampering

MUTATIONS = 5_000 if os.environ.get("REMBUK_TEST_CAMPAIGN") == "1" else 150
WAYS = [("raw", way) for way in tampering.RAW]
WAYS += [("listed", way) for way in tampering.LISTED] + [("signed", way) for way in tampering.SIGNED]


def holds(folder: Path, saved: str | None) -> bool:
    """Whether a stranger, who knows the board's key and kept a checkpoint, finds nothing wrong."""
    report = verify.Report()
    verify.verify(folder, report, bundles.SIGNER.verifier.text, saved)
    return not report.broken


def write(folder: Path, whole: dict[str, bytes], files: dict[str, bytes], *, listed: bool) -> None:
    """A changed bundle; its manifest fits when `listed`, else it is the honest one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    bundles.write(folder, files if listed else whole)
    if not listed:
        for name in {*whole, *files}:
            (folder / name).parent.mkdir(exist_ok=True, parents=True)
            (folder / name).unlink(missing_ok=True)
            if name in files:
                (folder / name).write_bytes(files[name])


@pytest.mark.slow
def test_every_mutation_is_found(tmp_path: Path) -> None:
    """T-TAMPER: bytes, rows, leaves, notes, files, whole forged boards. Sabotage: skip any one check of the bundle."""
    whole, dice, found = bundles.bundle_files(), random.Random(20_261_121), Counter[str]()
    note = whole["checkpoints.txt"].decode().split("rembuk/32.73\n")[-1].partition("— unpar")[0]
    bundles.write(tmp_path / "whole", whole)
    assert holds(tmp_path / "whole", f"rembuk/32.73\n{note}")
    while found.total() < MUTATIONS:
        kind, way = WAYS[found.total() % len(WAYS)]
        files = way(dict(whole), dice)
        if files is None or files == whole:
            continue
        write(tmp_path / "changed", whole, files, listed=kind != "raw")
        saved = f"rembuk/32.73\n{note}" if way is tampering.fork else None
        assert not holds(tmp_path / "changed", saved), (kind, way.__name__, found.total())
        found[f"{kind} {way.__name__}"] += 1
    assert len(found) == len(WAYS)


def test_a_manifest_is_not_above_suspicion(tmp_path: Path) -> None:
    """T-TAMPER: every value of the manifest itself."""
    whole, dice = bundles.bundle_files(), random.Random(7)
    bundles.write(tmp_path, whole)
    sound = (tmp_path / "manifest.json").read_bytes()
    for _ in range(60):
        changed = verify.canonical(tampering.altered(verify.strictly(sound), dice))
        (tmp_path / "manifest.json").write_bytes(changed)
        if changed != sound and set(verify.strictly(changed)) == set(verify.strictly(sound)):
            assert not holds(tmp_path, None), changed
    (tmp_path / "manifest.json").write_bytes(sound)
    assert holds(tmp_path, None)
