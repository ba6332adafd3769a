"""`count` as a command: a file or a city in, a table or one JSON object out; exit 2 with file:line: reason."""

import argparse
import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

from rembuk.errors import Refused
from rembuk.tally import pabulib
from rembuk.tally.city_file import read_city
from rembuk.tally.city_result import CityResult
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Completion, Election, Options, Order, Utility
from rembuk.tally.pabulib import BadFile, amount
from rembuk.tally.result import Result, Search, fraction_text
from rembuk.tally.stages import count_city

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
        text = city_text(options) if options.config else contest_text(options)
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
    options.add_argument("--config", type=Path, metavar="city.json", help="count a whole city, S0 to S5")
    options.add_argument("--ballots", type=Path, metavar="DIR", help="folder of the .pb files it names")
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
        raise _Refusal("name a FILE.pb, or --config city.json with --ballots DIR")
    election = asked(pabulib.read(options.file).election, options)
    try:
        result = count(election)
    except BadElection as bad:
        raise BadFile(str(options.file), 1, str(bad)) from None
    return _json(contest_document(election, result)) if options.json else table(election, result)


def city_text(options: argparse.Namespace) -> str:
    """A whole city counted, as a table or as JSON."""
    if options.ballots is None or options.file is not None:
        raise _Refusal("--config city.json goes with --ballots DIR, and with no FILE.pb")
    try:
        result = count_city(read_city(options.config, options.ballots))
    except Refused as refused:
        raise BadFile(str(options.config), 1, refused.sentence()) from None
    except BadElection as bad:
        raise BadFile(str(options.config), 1, str(bad)) from None
    return _json(city_document(result)) if options.json else city_table(result)


def city_document(result: CityResult) -> dict[str, object]:
    """The JSON object of a city: everything hashed, the steps of every stage, and the digest; money as strings."""
    stages: dict[str, object] = {}
    for code, envelope in result.envelopes.items():
        for fence in envelope.fences:
            stages[f"S2 {code} {fence.name}"] = _steps(fence.result)
        stages[f"S3 {code}".strip()] = _steps(envelope.result)
    stages["S4"] = _steps(result.city)
    return {
        "winners": list(result.winners),
        "cost": str(result.cost),
        "budget": str(result.pot + sum(result.split.ceilings.values())),
        "ceilings": {code: str(ceiling) for code, ceiling in result.split.ceilings.items()},
        "reserve": [entry.project for entry in result.reserve],
        "unspent": str(result.unspent),
        "waiting": str(result.waiting),
        "record": result.document(),
        "steps": stages,
        "digest": result.digest,
    }


def city_table(result: CityResult) -> str:
    """The outcome of a city for people: one line per envelope, then the city round and the reserve."""
    lines = [f"{'envelope':<16} {'ceiling':>16} {'spent':>16} {'left':>16}  funded"]
    for code, envelope in result.envelopes.items():
        lines.append(
            f"{code or 'citywide':<16} {envelope.ceiling:>16} {envelope.cost:>16} {envelope.left:>16}  "
            + ", ".join(envelope.winners)
        )
    lines.append(
        f"{'city round':<16} {result.pool:>16} {result.city.cost:>16} {result.unspent:>16}  "
        + ", ".join(result.city.winners)
    )
    lines.append("reserve: " + ", ".join(entry.project for entry in result.reserve))
    lines.append(f"digest {result.digest}")
    return "\n".join(lines) + "\n"


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
    """The JSON object of tally.md §6: money as strings in currency units, fractions as a/b.

    `record` is what `digest` hashes, as canonical JSON: its money is whole, `unit` of it to one unit of the currency.
    """
    unit = election.unit
    return {
        "winners": list(result.winners),
        "cost": amount(result.cost, unit),
        "budget": amount(result.budget, unit),
        "rule": result.rule,
        "options": {**result.options, "step": amount(int(result.options["step"]), unit)},
        "scores": {project: str(score) for project, score in result.scores.items()},
        "voters": result.voters,
        "unit": unit,
        "search": _search(result.search, unit),
        "steps": _steps(result),
        "record": result.document(),
        "digest": result.digest,
    }


def _steps(result: Result) -> list[dict[str, object]]:
    return [_step(step.document(), result.unit) for step in result.steps]


def _search(search: Search | None, unit: int) -> dict[str, object] | None:
    if search is None:
        return None
    return {
        "start": fraction_text(search.start / unit),
        "step": amount(search.step, unit),
        "final": fraction_text(search.final / unit),
        "raises": search.raises,
        "stopped": search.stopped,
    }


def _step(step: dict[str, object], unit: int) -> dict[str, object]:
    said = {key: _in_currency(key, value, unit) for key, value in step.items()}
    if "price" in step:
        said["price_about"] = amount(int(Fraction(str(step["price"]))), unit)
    return said


def _in_currency(key: str, value: object, unit: int) -> object:
    if key in ("cost", "money_before", "money_after"):
        return amount(int(str(value)), unit)
    if key in ("price", "rest", "behind", "load_before", "load_after"):
        return fraction_text(Fraction(str(value)) / unit)
    return value


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
    if search := _search(result.search, unit):
        lines.append(
            "share raised {raises} times by {step} a voter, from {start} to {final}: {stopped}".format(**search)
        )
    spent, budget = amount(result.cost, unit), amount(result.budget, unit)
    lines.append(f"{len(result.winners)} of {len(names)} projects funded, {spent} of {budget} spent, {result.rule}")
    lines.append(f"digest {result.digest}")
    return "\n".join(lines) + "\n"
