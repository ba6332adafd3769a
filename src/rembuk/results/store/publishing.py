"""Publishing: two persons sign, the result goes on the board, every proposal learns its outcome."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from rembuk.board import store as board
from rembuk.board.rules import ActRecord, Json, Kind, canonical
from rembuk.cycles import store as cycles
from rembuk.cycles.rules import Election, ElectionState
from rembuk.database import transaction
from rembuk.errors import Refused
from rembuk.proposals import store as proposals
from rembuk.results.documents import CITY
from rembuk.results.rules import Refusal, outcome_of
from rembuk.results.store.recounting import insist_recounted
from rembuk.results.store.swearing import insist_sworn
from rembuk.results.tables import Count, DistrictProject
from rembuk.voting.agreement import agreed

PUBLICATION = "result.publish"


async def propose_publication(cycle: UUID, person: UUID, explained: str = "") -> ActRecord:
    """The first person asks to publish exactly these counts; Refused while sworn auditors have not counted again.

    Where one found another result, both sign what is `explained` to everybody.
    """
    said = await insist_sworn(cycle, explained, (person,))
    if waiting := await waiting_publication(cycle):
        await board.withdraw_act(waiting.id, person)
    return await board.propose_act(PUBLICATION, {**await _payload(cycle), "explained": said["explained"]}, person)


async def waiting_publication(cycle: UUID) -> ActRecord | None:
    """The request to publish that waits for its second person, if any."""
    if not await Count.exists().where(Count.cycle == cycle):
        return None
    wanted = await _payload(cycle)
    for act in await board.waiting_acts(PUBLICATION):
        asked = json.loads(act.payload)
        if asked == {**wanted, "explained": asked.get("explained")}:
            return act
    return None


async def publish(act: UUID, cycle: UUID, person: UUID) -> None:
    """The second person signs: result leaf, outcomes of the proposals, results open to everybody.

    Counted once more before that: Refused(OTHER_COUNT) when what is kept is not what the ballots say.
    """
    await _opened(cycle)
    await insist_recounted(cycle)
    await _publish(act, cycle, person)


async def _opened(cycle: UUID) -> Election:
    election = await cycles.election(cycle)
    if election.state is not ElectionState.OPENED:
        raise Refused(Refusal.ALREADY_PUBLISHED if election.state is ElectionState.COUNTED else Refusal.NOT_OPENED)
    return election


@transaction
async def _publish(act: UUID, cycle: UUID, person: UUID) -> None:
    election = await _opened(cycle)
    frozen = json.loads(election.config)
    await board.insist_cosigned(election.id, frozen.get("witness_quorum", 0), frozen.get("witnesses"))
    signed = await board.second_act(act, person)
    payload = {**await _payload(cycle), "explained": json.loads(signed.payload).get("explained", "")}
    await board.use_act(act, PUBLICATION, payload)
    sworn = await insist_sworn(cycle, str(payload["explained"]), (signed.first, person))
    await keep_projects(cycle, election.config)
    await Count.update({Count.published: True}).where(Count.cycle == cycle)
    await _tell_proposals(cycle, person)
    await board.append(
        Kind.RESULT,
        {
            "election": str(election.id),
            "config_sha256": election.config_sha256,
            "files": await result_files(cycle, election.config),
            **sworn,
        },
    )
    await cycles.advance(cycle, ElectionState.COUNTED)
    await board.audit(person, "city_official", "result.published", str(cycle), after=payload)


async def keep_projects(cycle: UUID, config: str) -> None:
    """Keep the ballot's projects as rows, in the words they had on the ballot."""
    rows = [
        DistrictProject(
            cycle=cycle,
            area=district.code,
            project=each.id,
            proposal_number=int(each.id),
            title=each.title,
            issue=each.issue,
            place=each.place,
            cost=each.cost,
        )
        for district in agreed(config).districts
        for each in district.projects
    ]
    for start in range(0, len(rows), 100):
        await DistrictProject.insert(*rows[start : start + 100])


async def result_files(cycle: UUID, config: str) -> dict[str, Json]:
    """The published files of the result with their SHA-256, as the `result` leaf lists them."""
    files: dict[str, Json] = {"projects.json": sha256(projects_json(config)).hexdigest()}
    for row in await official_counts(cycle):
        files[file_name(row["area"])] = sha256(row["document"].encode()).hexdigest()
    return files


def file_name(area: str) -> str:
    """The path of an area's result document in the bundle."""
    return "results/city.json" if area == CITY else f"results/{area}.json"


def projects_json(config: str) -> bytes:
    """projects.json of the bundle (docs/bundle.md): the ballot's projects, for reading."""
    return canonical({"projects": json.loads(config)["projects"]})


async def official_counts(cycle: UUID) -> list[dict[str, Any]]:
    """The official count of every district, by area."""
    return (
        await Count.select(Count.area, Count.document, Count.digest)
        .where((Count.cycle == cycle) & (Count.official.eq(True)))
        .order_by(Count.area)
    )


async def _payload(cycle: UUID) -> dict[str, Json]:
    rows = await official_counts(cycle)
    if not rows:
        raise Refused(Refusal.NOT_COUNTED)
    return {"cycle": str(cycle), "digests": {row["area"]: row["digest"] for row in rows}}


async def _tell_proposals(cycle: UUID, person: UUID) -> None:
    outcomes: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for row in await official_counts(cycle):
        if row["area"] == CITY:
            continue
        document = json.loads(row["document"])
        for project, why in document["why"].items():
            outcomes[int(project)] = outcome_of(document["how"].get(project, "")).value
            reasons[int(project)] = why["id"]
    await proposals.write_outcomes(cycle, outcomes, reasons, person)
