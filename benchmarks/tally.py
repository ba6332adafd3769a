"""How fast the tally is: against pabutools on seven real elections, on Łódź 2022, and on a million made-up ballots.

    .venv/bin/python benchmarks/tally.py [--quick]

Times are CPU seconds, medians; ours and theirs alternate. `--quick` leaves pabutools out.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from rembuk.tally import pabulib
from rembuk.tally.add1 import follow, share_at
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options, Project
from rembuk.tally.market import Market
from rembuk.tally.merge import approved
from rembuk.tally.rules import RULES

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "pabulib"
FILES = (
    "Netherlands_Amsterdam_166",
    "Netherlands_Amsterdam_287",
    "Poland_Wieliczka_2023_Green_Budget",
    "Poland_Lodz_2024_Baluty-Doly",
    "Poland_Warszawa_2019_Praga-Poludnie",
    "Netherlands_Amsterdam_252",
    "Poland_Warszawa_2019_Ursynow_Polnocny",
)
LODZ = "Poland_Lodz_2022"


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def bare(election: Election) -> Callable[[], object]:
    """One equal-shares run, purchases only, on a market that is already laid out."""
    market = Market(election)
    return lambda: follow(market, share_at(election, 1, 0))


def against_pabutools() -> None:
    """Equal shares by cost: pabutools with merged ballots and exact fractions, ours bare and with the full record."""
    print(f"{'file':<40} {'pabutools':>10} {'bare':>8} {'record':>8} {'faster':>8}")
    ratios = []
    for name in FILES:
        theirs, ours, record = raced(FOLDER / f"{name}.pb")
        ratios.append(theirs / ours)
        print(f"{name:<40} {theirs:>9.3f}s {ours * 1e3:>6.2f}ms {record * 1e3:>6.2f}ms {theirs / ours:>7.0f}x")
    print(f"{'median':<40} {'':>10} {'':>8} {'':>8} {median(ratios):>7.0f}x")


def raced(path: Path) -> tuple[float, float, float]:
    """Medians of three rounds on one file: pabutools, ours bare, ours with the record."""
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares

    election = pabulib.read(path).election.with_rule("equal_shares")
    instance, profile = parse_pabulib(str(path))
    merged, run = profile.as_multiprofile(), bare(election)
    rounds = [
        (
            cpu(lambda: method_of_equal_shares(instance, merged, sat_class=Cost_Sat)),
            median(cpu(run) for _ in range(5)),
            cpu(lambda: RULES["equal_shares"](election)),
        )
        for _ in range(3)
    ]
    theirs, ours, record = (median(column) for column in zip(*rounds, strict=True))
    return theirs, ours, record


def lodz() -> None:
    """Parsing, one run, the full record, and Add1u at step 1 on 90,494 ballots."""
    path = FOLDER / f"{LODZ}.pb"
    parsing = median(cpu(lambda: pabulib.read(path)) for _ in range(5))
    election = pabulib.read(path).election.with_rule("equal_shares")
    run = bare(election)
    run()
    raised = election.with_rule("equal_shares", Options(completion=Completion.ADD1U, step=1))
    print(f"Łódź 2022: parse and merge {parsing:.3f}s")
    print(f"  equal shares, purchases only {median(cpu(run) for _ in range(9)) * 1e3:.2f}ms")
    print(
        f"  with the full record {median(cpu(lambda: RULES['equal_shares'](election)) for _ in range(9)) * 1e3:.2f}ms"
    )
    print(
        f"  Add1u, step 1, with the record {median(cpu(lambda: RULES['equal_shares'](raised)) for _ in range(5)):.3f}s"
    )


def million() -> None:
    """30 districts of 20 projects, 1,000,000 ballots as masks: merge, greedy and equal shares with the full record."""
    made = np.random.default_rng(1)
    popular = made.random(20) ** 2
    masks = [((made.random((33_334, 20)) < popular * 0.4) * (1 << np.arange(20))).sum(axis=1) for _ in range(30)]
    listed = tuple(Project(f"{n:02d}", int(cost)) for n, cost in enumerate(made.integers(50, 400, 20) * 1_000_000))

    def merge(mask: np.ndarray) -> Election:
        kinds, counts = np.unique(mask, return_counts=True)
        owners, chosen = np.nonzero(kinds[:, None] >> np.arange(20) & 1)
        return Election(listed, approved(20, owners, chosen, counts), 1_000_000_000)

    def rules() -> None:
        for election in elections:
            RULES["greedy"](election)
            RULES["equal_shares"](election)

    elections: list[Election] = []
    merging = cpu(lambda: elections.extend(merge(mask) for mask in masks))
    types = sum(len(election.ballots.counts) for election in elections)
    counting = cpu(rules)
    hashing = cpu(lambda: [count(election).digest for election in elections])
    print(f"1,000,000 ballots, {types:,} different: merge {merging:.2f}s, greedy and equal shares {counting:.2f}s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"  greedy again with all hashes {hashing:.2f}s, peak {peak} MB")


def main() -> None:
    """Run everything that can be run here."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="leave pabutools out")
    quick = options.parse_args().quick
    million()
    if not FOLDER.exists():
        print("../shared/data/pabulib is not beside the repository: the rest is left out")
        return
    lodz()
    if not quick:
        against_pabutools()


if __name__ == "__main__":
    main()
