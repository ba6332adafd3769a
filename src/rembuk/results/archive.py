"""Real elections of elsewhere as an archived round: one Pabulib file a district, counted by us, shown on our pages."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from rembuk.clock import now
from rembuk.cycles import store as cycles
from rembuk.cycles.formula import Line
from rembuk.cycles.rules import CycleText
from rembuk.database import transaction
from rembuk.errors import N_, Refused
from rembuk.money import NBSP
from rembuk.places.rules import slugged
from rembuk.results import words
from rembuk.results.rules import Refusal
from rembuk.results.store.counting import Counted, keep_counts
from rembuk.results.tables import BallotsFile, Count, DistrictProject
from rembuk.results.whatif import in_unit
from rembuk.settings import settings
from rembuk.tally.count import compare, count
from rembuk.tally.election import BadElection, Election
from rembuk.tally.pabulib import BadFile, parse

MIXED = N_("berkas memakai mata uang yang berbeda")
PROBED_PROJECTS = 40
"""Up to so many projects the "needs N more votes" of each is proven by counting again; it takes minutes above."""


@dataclass(frozen=True)
class District:
    """One file, read and counted."""

    key: str
    name: str
    text: str
    election: Election
    counted: tuple[Counted, ...]


async def import_files(files: Sequence[Path], name: str) -> str:
    """Count every file and keep the round under its name; its short address. Refused names file, line and reason."""
    return await import_bodies([(str(path), path.read_bytes()) for path in files], name, None)


async def import_bodies(files: Sequence[tuple[str, bytes]], name: str, actor: UUID | None) -> str:
    """The same for files as (name, bytes), which an official brought by form: one district for each of them."""
    districts = await asyncio.to_thread(_read_all, files)
    return await _keep(districts, name, actor)


def _read_all(files: Sequence[tuple[str, bytes]]) -> list[District]:
    try:
        texts = [(Path(name).stem, _text(name, body)) for name, body in files]
        elections = [parse(text, name).election for (name, _), (_, text) in zip(files, texts, strict=True)]
        if len({election.about().get("currency", "") for election in elections}) > 1:
            raise Refused(Refusal.NO_FILES, words=MIXED)
        unit = max(election.unit for election in elections)
        taken: set[str] = set()
        return [
            _district(stem, text, in_unit(election, unit), taken)
            for (stem, text), election in zip(texts, elections, strict=True)
        ]
    except (BadFile, BadElection) as fault:
        raise Refused(Refusal.NO_FILES, words=str(fault)) from fault


def _text(name: str, body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadFile(name, body.count(b"\n", 0, fault.start) + 1, "not UTF-8 text") from None


def _district(stem: str, text: str, election: Election, taken: set[str]) -> District:
    about = election.about()
    name = _name(stem, about)
    key = slugged(name) or "wilayah"
    while key in taken:
        key += "-lagi"
    taken.add(key)
    election = replace(election, contest=stem)
    try:
        official = count(replace(election, rule="official"))
    except BadElection:  # a rule of the file that nobody describes: the plain one is shown as the count
        official = count(election)
    others = [each for rule, each in compare(election).items() if rule not in ("official", official.rule)]
    told = words.told(election, official, probe=len(election.projects) <= PROBED_PROJECTS, open_ballots=True)
    currency = about.get("currency", "")
    told["why"] = {project: _in_currency(why, currency) for project, why in told["why"].items()}
    told["said"] = [_in_currency(said, currency) for said in told["said"]]
    counted = (
        Counted.of(key, official, told, official=True),
        *(Counted.of(key, each, {}, official=False) for each in others),
    )
    return District(key, name, text, election, counted)


def _name(stem: str, about: Mapping[str, str]) -> str:
    said = (about.get(key, "").strip() for key in ("subunit", "district"))
    return next(filter(None, said), stem.replace("_", " "))


def _in_currency(said: Mapping[str, str], currency: str) -> dict[str, str]:
    other = currency if currency and currency != "IDR" else "Rp"
    return {lang: sentence.replace(f"Rp{NBSP}", f"{other}{NBSP}") for lang, sentence in said.items()}


@transaction
async def _keep(districts: list[District], name: str, actor: UUID | None) -> str:
    about, unit = districts[0].election.about(), districts[0].election.unit
    text = CycleText(
        name=name,
        year=_year(about),
        budget=sum(district.election.budget for district in districts),
        quota_rule="fixed",
        quota_options={},
        tally_rule=districts[0].counted[0].rule,
        tally_options={},
        ballot_type=about.get("vote_type", "approval"),
        max_choices=0,
    )
    code = about.get("currency", "").strip() or "?"
    kept = await cycles.create(text, settings().city, actor, kind="archive")
    await cycles.show_archive(kept.id, code if unit == 1 else f"{code}/{unit}")
    lines = [Line(district.key, district.name, district.election.budget, "", "", "", 0) for district in districts]
    await cycles.keep_lines(kept.id, lines)
    for district in districts:
        await _keep_district(kept.id, district)
    await keep_counts(kept.id, [each for district in districts for each in district.counted], actor)
    await Count.update({Count.published: True}).where(Count.cycle == kept.id)
    return kept.slug


def _year(about: Mapping[str, str]) -> int:
    """The year an election was held: the first four digits in a row of its instance or its dates."""
    said = " ".join(about.get(key, "") for key in ("instance", "date_begin", "date_end"))
    found = re.search(r"\b(?:19|20)\d\d\b", said)
    return int(found[0]) if found else now().year


async def _keep_district(cycle: UUID, district: District) -> None:
    file = BallotsFile(
        cycle=cycle,
        area=district.key,
        online_count=district.election.voters,
        content=district.text,
        sha256=sha256(district.text.encode()).hexdigest(),
    )
    await BallotsFile.insert(file)
    rows = [
        DistrictProject(
            cycle=cycle,
            area=district.key,
            project=project.id,
            title=project.name or project.id,
            issue="",
            place=dict(project.extra).get("neighborhood", ""),
            cost=project.cost,
        )
        for project in district.election.projects
    ]
    for start in range(0, len(rows), 100):
        await DistrictProject.insert(*rows[start : start + 100])
