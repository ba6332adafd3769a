"""`count` as a command: a file or a city in, a table or one JSON object out; exit 2 with file:line: reason."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rembuk.tally import pabulib
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Completion, Election, Options, Order, Utility
from rembuk.tally.pabulib import BadFile, amount
from rembuk.tally.result import Result, plain

RULE_NAMES = ("greedy", "equal_shares", "phragmen", "official")


class _Refusal(Exception):
    """An option that cannot be used."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Refusal(message)


def main(argv: Sequence[str]) -> int:
    """Everything after `count`: 0 when counted, 2 when a file or option is refused (the reason on standard error)."""
    words = list(argv[1:]) if argv and argv[0] == "count" else list(argv)
    try:
        options = parser().parse_args(words)
        text = contest_text(options)
    except (_Refusal, BadFile, BadElection) as refused:
        where = "" if isinstance(refused, BadFile) else "rembuk count: "
        sys.stderr.write(f"{where}{refused}\n")
        return 2
    sys.stdout.write(text)
    return 0


def parser() -> argparse.ArgumentParser:
    """The options, exactly as tally.md §6 fixes them."""
    options = _Parser(prog="rembuk count", description="Count a participatory budget, with every step.")
    options.add_argument("file", nargs="?", type=Path, metavar="FILE.pb")
    options.add_argument("--rule", choices=RULE_NAMES, default="greedy")
    options.add_argument("--order", choices=list(map(str, Order)), default="votes")
    options.add_argument("--no-skip", action="store_true", help="stop at the first project that does not fit")
    options.add_argument("--threshold", type=_number, default=0, help="least score a project needs")
    options.add_argument("--utility", choices=list(map(str, Utility)), default="cost")
    options.add_argument("--completion", choices=list(map(str, Completion)), default="none")
    options.add_argument("--step", type=_number, default=0, help="raise of Add1 per voter, in currency units")
    options.add_argument("--ties", type=_seed, default=None, metavar="id|HEXSEED")
    options.add_argument("--json", action="store_true")
    return options


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def _seed(text: str) -> bytes | None:
    if text == "id":
        return None
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if not seed:
        raise argparse.ArgumentTypeError(f"{text!r} is neither id nor a seed in hexadecimal")
    return seed


def contest_text(options: argparse.Namespace) -> str:
    """One file counted, as a table or as JSON."""
    if options.file is None:
        raise _Refusal("name a FILE.pb")
    election = asked(pabulib.read(options.file).election, options)
    try:
        result = count(election)
    except BadElection as bad:
        raise BadFile(str(options.file), 1, str(bad)) from None
    return _json(contest_document(election, result)) if options.json else table(election, result)


def asked(election: Election, options: argparse.Namespace) -> Election:
    """The election of a file under the rule, options and ties asked for."""
    chosen = Options(
        order=Order(options.order),
        skip=not options.no_skip,
        threshold=options.threshold,
        utility=Utility(options.utility),
        completion=Completion(options.completion),
        step=options.step * election.unit,
    )
    return election.under(options.rule, chosen, options.ties)


def contest_document(election: Election, result: Result) -> dict[str, object]:
    """The JSON object of tally.md §6: money as strings in currency units, fractions as a/b."""
    unit = election.unit
    return {
        "winners": list(result.winners),
        "cost": amount(result.cost, unit),
        "budget": amount(result.budget, unit),
        "rule": result.rule,
        "options": dict(result.options),
        "scores": {project: str(score) for project, score in result.scores.items()},
        "voters": result.voters,
        "unit": unit,
        "search": plain(result.search),
        "steps": [_step(step.document(), unit) for step in result.steps],
        "digest": result.digest,
    }


def _step(step: dict[str, object], unit: int) -> dict[str, object]:
    money = ("cost", "money_before", "money_after")
    return {key: amount(int(str(value)), unit) if key in money else value for key, value in step.items()}


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"


def table(election: Election, result: Result) -> str:
    """The outcome for people: one line per step, then what was spent."""
    unit = election.unit
    names = {project.id: project.name for project in election.projects}
    lines = [f"{'':>3} {'project':<16} {'decision':<18} {'score':>9} {'cost':>15} {'left':>15}  name"]
    for step in result.steps:
        decision = str(step.decision) + (f" ({step.constraint})" if step.constraint else "")
        lines.append(
            f"{step.number:>3} {step.project:<16} {decision:<18} {result.scores[step.project]:>9} "
            f"{amount(step.cost, unit):>15} {amount(step.money_after, unit):>15}  {names[step.project][:40]}"
        )
    spent, budget = amount(result.cost, unit), amount(result.budget, unit)
    lines.append(f"{len(result.winners)} of {len(names)} projects funded, {spent} of {budget} spent, {result.rule}")
    lines.append(f"digest {result.digest}")
    return "\n".join(lines) + "\n"
