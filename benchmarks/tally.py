"""How fast the tally is: against pabutools on seven real elections and on Łódź 2022, every goal beside its figure.

    .venv/bin/python -m benchmarks.tally [--quick]

Times are CPU seconds, medians; ours and theirs alternate. `--quick` leaves pabutools out.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks._stage import goal
from rembuk.tally import pabulib
from rembuk.tally.add1 import follow, share_at
from rembuk.tally.count import count
from rembuk.tally.election import Completion, Election, Options
from rembuk.tally.market import Market
from rembuk.tally.probe import lacking
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
        theirs, ours, record = raced(FOLDER / f"{name}.pb", rounds=3)
        ratios.append(theirs / ours)
        print(
            f"{name:<40} {theirs:>9.3f}s {ours * 1e3:>6.2f}ms {record * 1e3:>6.2f}ms {theirs / ours:>7.0f}x", flush=True
        )
    spread = f"{min(ratios):.0f} to {max(ratios):.0f}"
    goal("MES over pabutools, seven files", median(ratios), 150, "x", spread, least=True)
    theirs, ours, record = raced(FOLDER / f"{LODZ}.pb", rounds=1)
    more = f"{theirs:.1f} s once against {ours * 1e3:.2f} ms; with the record {record * 1e3:.1f} ms"
    goal("MES over pabutools, Łódź 2022", theirs / ours, 3000, "x", more, least=True)


def raced(path: Path, rounds: int) -> tuple[float, float, float]:
    """Medians over the rounds on one file: pabutools, ours bare (five calls a round), ours with the record."""
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares

    election = pabulib.read(path).election.with_rule("equal_shares")
    instance, profile = parse_pabulib(str(path))
    merged, run = profile.as_multiprofile(), bare(election)
    times = [
        (
            cpu(lambda: method_of_equal_shares(instance, merged, sat_class=Cost_Sat)),
            median(cpu(run) for _ in range(5)),
            cpu(lambda: RULES["equal_shares"](election)),
        )
        for _ in range(rounds)
    ]
    theirs, ours, record = (median(column) for column in zip(*times, strict=True))
    return theirs, ours, record


def lodz() -> None:
    """Parsing, one run, the full record, and Add1u at step 1 on 90,494 ballots."""
    path = FOLDER / f"{LODZ}.pb"
    goal("Łódź 2022: parse and merge", median(cpu(lambda: pabulib.read(path)) for _ in range(7)), 0.2, "s")
    election = pabulib.read(path).election.with_rule("equal_shares")
    run = bare(election)
    run()
    goal("Łódź 2022: MES, purchases only", median(cpu(run) for _ in range(15)) * 1e3, 5, "ms")
    record = median(cpu(lambda: RULES["equal_shares"](election)) for _ in range(9)) * 1e3
    goal("Łódź 2022: MES with the full record", record, 0, "ms")
    raised = election.with_rule("equal_shares", Options(completion=Completion.ADD1U, step=1))
    goal(
        "Łódź 2022: MES + Add1u, step 1",
        median(cpu(lambda: RULES["equal_shares"](raised)) for _ in range(7)),
        0.25,
        "s",
    )


def explained() -> None:
    """Every loser's "needs N more" and "at Rp X" under Add1u at the default step, all counted again."""
    for name in ("Poland_Lodz_2024_Baluty-Doly", "Poland_Warszawa_2019_Praga-Poludnie", "Netherlands_Amsterdam_287"):
        options = Options(threshold=1, completion=Completion.ADD1U)
        election = pabulib.read(FOLDER / f"{name}.pb").election.with_rule("equal_shares", options)
        result = count(election)
        lost = len(election.projects) - len(result.winners)
        size = f"{len(election.projects)} projects, {election.voters:,} voters, {lost} lost"
        goal(f"what all lacked, Add1u: {name[:28]}", cpu(partial(lacking, election, result)), 2, "s", size)


def main() -> None:
    """Run everything that can be run here."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="leave pabutools out")
    quick = options.parse_args().quick
    if not FOLDER.exists():
        print("../shared/data/pabulib is not beside the repository: this part is left out")
        return
    lodz()
    explained()
    if not quick:
        against_pabutools()


if __name__ == "__main__":
    main()
