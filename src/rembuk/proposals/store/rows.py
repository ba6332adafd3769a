"""Rows of a proposal turned into the frozen things other layers see."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from rembuk.proposals.rules import (
    Card,
    CostLine,
    Detail,
    Event,
    Issue,
    Photo,
    Place,
    State,
    status_of,
)
from rembuk.proposals.tables import CostLine as CostLineRow
from rembuk.proposals.tables import Proposal

Row = Mapping[str, Any]
Columns = dict[Column | str, Any]
DETAIL_COLUMNS = [column for column in Proposal._meta.columns if column._meta.name != "search_text"]
LINE_COLUMNS = (
    CostLineRow.kind,
    CostLineRow.name,
    CostLineRow.unit,
    CostLineRow.volume_milli,
    CostLineRow.unit_price,
    CostLineRow.catalogue_key,
    CostLineRow.reason,
)


def uuid_of(value: object) -> UUID | None:
    """An id as a UUID: subqueries on SQLite give text."""
    if value is None or isinstance(value, UUID):
        return value
    return UUID(str(value))


def card_of(row: Row) -> Card:
    """A row of the list query as a card."""
    return Card(
        id=UUID(str(row["id"])),
        number=row["number"],
        title=row["title"],
        issue=Issue(row["issue"]),
        status=status_of(row["state"], row["outcome"]),
        rw=row["rw"],
        cost=row["cost"],
        endorsement_count=row["endorsement_count"],
        comment_count=row["comment_count"],
        photo=uuid_of(row["photo"]),
        simulated=bool(row["simulated"]),
    )


def line_of(row: Row) -> CostLine:
    """A row of costs as a line."""
    return CostLine(
        name=row["name"],
        unit=row["unit"],
        volume_milli=row["volume_milli"],
        unit_price=row["unit_price"],
        catalogue_key=row["catalogue_key"],
        reason=row["reason"],
    )


def event_of(row: Row) -> Event:
    """A row of the timeline as an event."""
    return Event(kind=row["kind"], actor_role=row["actor_role"], reason=row["reason"], at=row["at"])


def detail_of(row: Row, lines: Sequence[Row], photos: Iterable[Row]) -> Detail:
    """A proposal's row with its lines and photos, whole."""
    same = ("id", "cycle", "number", "proposer", "helper", "outcome", "hidden", "issue", "title", "problem")
    more = ("proposed", "beneficiaries", "cost", "reviewed_cost", "simulated", "version", "merged_into")
    last = ("endorsement_count", "comment_count", "created_at", "sent_at")
    return Detail(
        **{name: row[name] for name in same + more + last},
        state=State(row["state"]),
        place=Place(row["rw"], row["landmark"], row["latitude_e6"], row["longitude_e6"]),
        lines=tuple(line_of(line) for line in lines if line["kind"] == "proposed"),
        reviewed_lines=tuple(line_of(line) for line in lines if line["kind"] == "reviewed"),
        photos=tuple(Photo(photo["file"], photo["nth"], photo["alt"]) for photo in photos),
    )
