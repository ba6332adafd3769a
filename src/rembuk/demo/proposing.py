"""Proposals of the demo: the 64 of the city pack, and invented ones that fill every kecamatan's ballot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from rembuk import clock
from rembuk.catalogue import store as catalogue
from rembuk.catalogue.rules import Item
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Cycle
from rembuk.database import transaction
from rembuk.demo.model import headcount, invented
from rembuk.demo.people import HOME, Cast
from rembuk.places import store as places
from rembuk.places.atlas import Atlas
from rembuk.places.maps import tapped
from rembuk.places.pack import CITIES
from rembuk.proposals import store as proposals
from rembuk.proposals.rules import TITLE, CostLine, Place, Plan
from rembuk.proposals.tables import Proposal
from rembuk.review import rules as reviewing
from rembuk.review import store as review
from rembuk.settings import settings

ISSUES = {"sampah": "waste", "air_bersih": "clean_water", "banjir": "flood"}
AVERAGE_COST = 60_000_000
HOME_COUNT = 14
WOBBLE = 6.0
"""How far from the middle of its kelurahan a made-up point may lie, in units of the map."""
REASONS = (
    "Harga satuan disesuaikan dengan daftar harga kota tahun berjalan.",
    "Volume disesuaikan dengan hasil ukur di lapangan.",
    "Sebagian pekerjaan sudah masuk rencana dinas, jadi dikurangi.",
)
PASSED = "Lahan, kewenangan, dan rincian biaya sudah sesuai."
TURNED_DOWN = "Lahan yang diusulkan bukan milik kota dan belum ada izin dari pemiliknya."


@dataclass(frozen=True)
class Wanted:
    """A proposal about to be written: texts, place and priced cost lines."""

    issue: str
    title: str
    problem: str
    plan: Plan
    place: Place


async def from_pack() -> list[Wanted]:
    """The 64 demo proposals of the city pack, as they stand there."""
    text = (CITIES / settings().city / "demo" / "proposals.json").read_text("utf-8")
    return [_from_pack(each) for each in json.loads(text)["proposals"]]


def _from_pack(said: dict[str, Any]) -> Wanted:
    items, spot = said["cost_items"], said["location"]
    lines = tuple(
        CostLine(str(item["item"]), str(item["unit"]), int(float(item["volume"]) * 1000), int(item["unit_price"]))
        for item in items
    )
    people = f"± {said['beneficiaries_families']} keluarga, {said['beneficiaries_people']} orang"
    place = Place(
        f"{said['kelurahan_code']}.{said['rw']}", "", round(spot["lat"] * 1_000_000), round(spot["lng"] * 1_000_000)
    )
    plan = Plan(f"{said['proposal']} Perawatan: {said['maintenance']}", people, lines)
    return Wanted(ISSUES[str(said["category"])], str(said["title"])[: TITLE[1]], str(said["problem"]), plan, place)


async def copies(cycle: Cycle, rng: Random, *, start: int, beside: Sequence[Wanted] = ()) -> list[Wanted]:
    """Invented proposals until each kecamatan has enough for its ceiling, besides those already wanted."""
    prices = {item.key: item for item in await catalogue.items(settings().city)}
    taken, atlas = {f"{start}"}, await places.atlas()
    found: list[Wanted] = []
    for line in await cycles.ceiling_lines(cycle.id):
        there = sum(each.place.kecamatan == line.area for each in beside)
        rws = await places.rw_list(line.area)
        for _ in range(headcount(line.amount, AVERAGE_COST, HOME_COUNT if line.area == HOME else 0) - there):
            spot = _spot(rng, atlas, rng.choice(rws).code)
            found.append(_priced(rng, spot, atlas.area(spot.kelurahan).name, prices, taken))
    return found


def _spot(rng: Random, atlas: Atlas, rw: str) -> Place:
    """A made-up point near the middle of the RW's kelurahan: where an RW lies no open data says."""
    middle = atlas.shapes[rw.rpartition(".")[0]].label
    latitude, longitude = tapped(atlas, *(each + rng.uniform(-WOBBLE, WOBBLE) for each in middle))
    return Place(rw, "", round(latitude * 1_000_000), round(longitude * 1_000_000))


def _priced(rng: Random, spot: Place, kelurahan: str, prices: dict[str, Item], taken: set[str]) -> Wanted:
    made = invented(rng, spot.rw, kelurahan, taken)
    lines = tuple(
        CostLine(
            prices[each.key].name, prices[each.key].unit, each.volume * 1000, prices[each.key].unit_price, each.key
        )
        for each in made.lines
    )
    plan = Plan(made.proposed, f"± {rng.randint(4, 40) * 10} rumah", lines)
    return Wanted(made.issue, made.title[: TITLE[1]], made.problem, plan, spot)


@transaction
async def fill(cycle: Cycle, cast: Cast, rng: Random, wanted: Sequence[Wanted]) -> None:
    """Write and send these proposals, each by somebody of its kecamatan, spread over the proposal phase."""
    phases = await cycles.phases(cycle.id)
    begins, ends = phases[0].starts_at, min(phases[0].ends_at, clock.now())
    gap = (ends - begins) / (len(wanted) + 2)
    for nth, each in enumerate(wanted, 1):
        person, _ = cast.near(rng, each.place.kecamatan)
        with clock.frozen(begins + gap * nth):
            await _write(cycle, person, each)
    await Proposal.update({Proposal.simulated: True}).where(Proposal.cycle == cycle.id)


async def _write(cycle: Cycle, person: UUID, wanted: Wanted) -> None:
    draft = await proposals.start(cycle.id, person, wanted.place.rw)
    await proposals.save_problem(draft, person, wanted.issue, wanted.title, wanted.problem)
    await proposals.save_place(draft, person, wanted.place)
    await proposals.save_plan(draft, person, wanted.plan)
    await proposals.send(draft, person)


@transaction
async def check_all(cycle: Cycle, cast: Cast, rng: Random) -> None:
    """The official's verdicts: most pass, one in six with a corrected cost, one in twenty not, each with its reason."""
    for item in await review.queue(cycle.id, ("",)):
        if item.waits:
            detail = await proposals.by_number(item.number)
            draft = _draft(rng, detail.lines)
            await review.finish(item.number, cast.official, "city_official", draft)


def _draft(rng: Random, lines: tuple[CostLine, ...]) -> reviewing.Draft:
    answers = dict.fromkeys(reviewing.Question, True)
    drawn = rng.random()
    if drawn < 0.05:
        answers[reviewing.Question.LAND] = False
        return reviewing.Draft(reviewing.Verdict.INFEASIBLE, TURNED_DOWN, "", answers, lines)
    if drawn < 0.05 + 1 / 6:
        reason = rng.choice(REASONS)
        first = lines[0]
        cheaper = CostLine(
            first.name, first.unit, first.volume_milli, first.unit_price * 9 // 10, first.catalogue_key, reason
        )
        return reviewing.Draft(reviewing.Verdict.FEASIBLE_CHANGED, reason, "", answers, (cheaper, *lines[1:]))
    return reviewing.Draft(reviewing.Verdict.FEASIBLE, PASSED, "", answers, lines)
