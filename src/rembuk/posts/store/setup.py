"""Posts set up: places, the RWs each one serves alone, the officers of each day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from rembuk.board.store import audit
from rembuk.clock import local, now
from rembuk.cycles import store as cycles
from rembuk.database import refuses, transaction
from rembuk.errors import Refused
from rembuk.people import store as people
from rembuk.people.rules import PersonFacts
from rembuk.people.tables import RoleGrant, RollEntry
from rembuk.places import store as places
from rembuk.posts.rules import PostFacts, Refusal, ShiftFacts, kecamatan_of, list_of
from rembuk.posts.store.counting import checked_in
from rembuk.posts.tables import PaperBatch, Post, PostRw, Shift
from rembuk.voting.agreement import Agreement, agreed

OFFICERS = ("facilitator", "official", "city_official")

refuses("post_name_once", Refusal.NAME_TAKEN)


async def agreement_of(election: UUID) -> Agreement:
    """What was agreed before the vote; Refused(NO_VOTE) until it is frozen."""
    vote = await cycles.election_by_id(election)
    if not vote.config:
        raise Refused(Refusal.NO_VOTE)
    return agreed(vote.config)


@transaction
async def create_post(
    election: UUID, district: str, name: str, place: str, hours: str, *, online: bool = True, by: UUID
) -> UUID:
    """A new post with its empty paper box; Refused(NAME_TAKEN, NO_VOTE)."""
    if (await agreement_of(election)).district(district) is None:
        raise Refused(Refusal.NO_VOTE)
    row = Post(election=election, district=district, name=name, place=place, hours=hours, online=online)
    await Post.insert(row)
    await PaperBatch.insert(PaperBatch(post=row.id, state="open"))
    await audit(by, "official", "post.create", f"post:{row.id}", after={"name": name, "district": district})
    return UUID(str(row.id))


@transaction
async def change_post(post: UUID, name: str, place: str, hours: str, *, online: bool, by: UUID) -> None:
    """Correct the words of a post."""
    before = await post_of(post)
    await Post.update({Post.name: name, Post.place: place, Post.hours: hours, Post.online: online}).where(
        Post.id == post
    )
    words = {"name": before.name, "place": before.place, "hours": before.hours}
    await audit(
        by,
        "official",
        "post.change",
        f"post:{post}",
        before=words,
        after={"name": name, "place": place, "hours": hours},
    )


@transaction
async def assign_rws(post: UUID, rws: Sequence[str], by: UUID) -> None:
    """Let a post serve these RWs and no others; Refused when one has a post already, or people came from it."""
    facts, wanted = await post_of(post), set(rws)
    for rw in sorted(wanted):
        if not rw.startswith(f"{kecamatan_of(facts.district)}."):
            area = await places.area(kecamatan_of(facts.district))
            raise Refused(Refusal.OTHER_DISTRICT, name=area.name)
    await _refuse_taken(facts, wanted)
    gone = sorted(set(facts.rws) - wanted)
    for rw in gone:
        if await checked_in(facts.election, facts.district, (rw,)):
            raise Refused(Refusal.RW_IN_USE, rw=await places.label(rw))
    if gone:
        await PostRw.delete().where((PostRw.post == post) & PostRw.rw.is_in(gone))
    if fresh := sorted(wanted - set(facts.rws)):
        await PostRw.insert(
            *(PostRw(post=post, election=facts.election, district=facts.district, rw=rw) for rw in fresh)
        )
    await audit(by, "official", "post.areas", f"post:{post}", before=list(facts.rws), after=sorted(wanted))


async def _refuse_taken(facts: PostFacts, wanted: set[str]) -> None:
    query = PostRw.select(PostRw.rw, PostRw.post.name.as_alias("name"))
    same = (PostRw.election == facts.election) & (PostRw.district == facts.district) & (PostRw.post != facts.id)
    rows = await query.where(same).order_by(PostRw.rw)
    for row in rows:
        if row["rw"] in wanted:
            raise Refused(Refusal.RW_TAKEN, rw=await places.label(row["rw"]), post=row["name"])


@transaction
async def add_shift(post: UUID, person: UUID, day: date, by: UUID) -> None:
    """Put an officer on a post for a day; Refused(NOT_AN_OFFICER) unless a role is held in its kecamatan."""
    facts = await post_of(post)
    if person not in {each.id for each in await officers_of(kecamatan_of(facts.district))}:
        raise Refused(Refusal.NOT_AN_OFFICER)
    theirs = (Shift.post == post) & (Shift.person == person) & (Shift.day == day)
    if not await Shift.exists().where(theirs):
        await Shift.insert(Shift(post=post, person=person, day=day))
        await audit(by, "official", "post.shift", f"post:{post}", f"{person} {day.isoformat()}")


@transaction
async def drop_shift(post: UUID, person: UUID, day: date, by: UUID) -> None:
    """Take an officer off a day."""
    await Shift.delete().where((Shift.post == post) & (Shift.person == person) & (Shift.day == day))
    await audit(by, "official", "post.shift_end", f"post:{post}", f"{person} {day.isoformat()}")


async def officers_of(district: str) -> list[PersonFacts]:
    """Facilitators and officials whose grant of today touches a kecamatan, by name."""
    rows = await RoleGrant.select().where(RoleGrant.role.is_in(list(OFFICERS)))
    near = {row["person"] for row in rows if _touches(row["area"], district)}
    today, found = local(now()).date(), []
    for person in near:
        held = await people.grants_of(person, today)
        facts = await people.person_of(person)
        if facts and any(each.role in OFFICERS and _touches(each.area, district) for each in held):
            found.append(facts)
    return sorted(found, key=lambda each: each.name)


def _touches(area: str, district: str) -> bool:
    return area in ("", district) or district.startswith(f"{area}.") or area.startswith(f"{district}.")


async def shifts_of(post: UUID) -> list[ShiftFacts]:
    """Who works at a post, by day and name."""
    query = Shift.select(Shift.person, Shift.day, Shift.person.name.as_alias("name")).where(Shift.post == post)
    rows = sorted(await query, key=lambda row: (row["day"], row["name"]))
    return [ShiftFacts(row["person"], row["name"], row["day"]) for row in rows]


async def posts_of(election: UUID, district: str = "") -> list[PostFacts]:
    """The posts of an election, or of one kecamatan of it, by name."""
    query = Post.select().where(Post.election == election).order_by(Post.name)
    return await _facts(await (query.where(Post.district == district) if district else query))


async def post_of(post: UUID) -> PostFacts:
    """One post; Refused(NO_SUCH_POST)."""
    found = await _facts(await Post.select().where(Post.id == post))
    if not found:
        raise Refused(Refusal.NO_SUCH_POST)
    return found[0]


async def posts_today(person: UUID, day: date | None = None) -> list[PostFacts]:
    """The posts where somebody works today (K3)."""
    today = day or local(now()).date()
    rows = await Shift.select(Shift.post).where((Shift.person == person) & (Shift.day == today))
    if not rows:
        return []
    return await _facts(await Post.select().where(Post.id.is_in([row["post"] for row in rows])).order_by(Post.name))


async def on_duty(post: UUID, person: UUID) -> PostFacts:
    """The post, for an officer who works there today; Refused(NO_SUCH_POST) for everybody else (K3)."""
    found = next((each for each in await posts_today(person) if each.id == post), None)
    if found is None:
        raise Refused(Refusal.NO_SUCH_POST)
    return found


async def rws_without_post(election: UUID, district: str) -> list[str]:
    """RWs with people on the roll of this box that no post serves yet, by code."""
    cycle = (await cycles.election_by_id(election)).cycle
    mine = (RollEntry.kecamatan == kecamatan_of(district)) & (RollEntry.list == list_of(district))
    mine &= (RollEntry.cycle == cycle) & (RollEntry.status == "active")
    there = {row["rw"] for row in await RollEntry.select(RollEntry.rw).where(mine).group_by(RollEntry.rw)}
    rows = await PostRw.select(PostRw.rw).where((PostRw.election == election) & (PostRw.district == district))
    return sorted(there - {row["rw"] for row in rows})


async def _facts(rows: list[dict[str, Any]]) -> list[PostFacts]:
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    areas: dict[UUID, list[str]] = {}
    for row in await PostRw.select(PostRw.post, PostRw.rw).where(PostRw.post.is_in(ids)).order_by(PostRw.rw):
        areas.setdefault(row["post"], []).append(row["rw"])
    boxes = await PaperBatch.select(PaperBatch.post, PaperBatch.state).where(PaperBatch.post.is_in(ids))
    state = {row["post"]: row["state"] for row in boxes}
    return [
        PostFacts(
            row["id"],
            row["election"],
            row["district"],
            row["name"],
            row["place"],
            row["hours"],
            bool(row["online"]),
            tuple(areas.get(row["id"], ())),
            state.get(row["id"]) == "closed",
        )
        for row in rows
    ]
