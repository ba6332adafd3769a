"""/admin: who works here and with which rights, the audit log with its chain, the health of the system."""

from uuid import UUID

from rembuk import jobs
from rembuk.board import store as board
from rembuk.database import behind
from rembuk.errors import N_
from rembuk.people import store as people
from rembuk.people.store import directory
from rembuk.places import store as places
from rembuk.settings import settings
from rembuk.web.forms import read_form
from rembuk.web.guards import ADMIN, AUDITOR, CITY_OFFICIAL, Role, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import PageNumber, Request, Response, get, post
from rembuk.web.viewer import OF_THE_CITY, covers

LINES = 50
ROLE_WORDS = {
    Role.FACILITATOR: N_("Fasilitator"),
    Role.MODERATOR: N_("Penjaga rembuk"),
    Role.OFFICIAL: N_("Petugas"),
    Role.CITY_OFFICIAL: N_("Petugas kota"),
    Role.TRUSTEE: N_("Pemegang kunci"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMIN: N_("Admin"),
}
ASKED = N_("Permintaan hak menunggu orang kedua.")
GIVEN = N_("Hak sudah diberikan.")
NO_AREA = N_("Wilayah ini tidak ada. Tulis kodenya, misalnya 32.73.27.")
WHOLE_CITY = N_("Hak ini berlaku untuk seluruh kota. Tulis {city}.")


@get("/admin", guard=ADMIN | AUDITOR | CITY_OFFICIAL)
async def admin_page(request: Request) -> Response:
    """Staff and their rights, grants that wait for a second person, and how the system feels."""
    return await _admin(request)


@post("/admin/hak", guard=ADMIN)
async def ask_grant(request: Request) -> Response:
    """The first person asks for a role to be given."""
    form = await read_form(request)
    username = form.line("username", required=True, most=60)
    role = form.choice("role", [each.value for each in ROLE_WORDS])
    area = form.line("area", required=True, most=30)
    if area and await places.find(area) is None:
        form.errors.say("area", NO_AREA)
    if role in OF_THE_CITY and not covers(area, settings().city):
        form.errors.say("area", WHOLE_CITY, city=settings().city)
    if not form.valid or role is None:
        return await _admin(request, form.errors, form.values)
    await directory.propose_grant(username, role, area, _me(request))
    return redirect("/admin", flash=ASKED, request=request)


@post("/admin/hak/{act:uuid}", guard=ADMIN | CITY_OFFICIAL)
async def sign_grant(request: Request, act: UUID) -> Response:
    """The second person gives it."""
    await directory.confirm_grant(act, _me(request))
    return redirect("/admin", flash=GIVEN, request=request)


@get("/admin/catatan", guard=ADMIN | AUDITOR)
async def audit_page(request: Request, halaman: PageNumber = 1) -> Response:
    """The audit log, the newest lines first, and whether its chain is whole."""
    count, head = await board.audit_head()
    pages = max(1, -(-count // LINES))
    number = min(halaman, pages)
    last = count - (number - 1) * LINES
    rows = await board.audit_rows(max(0, last - LINES), min(LINES, last)) if last > 0 else []
    actors = [UUID(row.actor) for row in rows if len(row.actor) == 36]
    return page(
        request,
        "front/audit.html",
        rows=rows[::-1],
        names={str(person): name for person, name in (await people.names_of(actors)).items()},
        count=count,
        head=head,
        broken=await board.broken_link(),
        number=number,
        pages=pages,
    )


def _me(request: Request) -> UUID:
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


async def _admin(
    request: Request, errors: dict[str, str] | None = None, values: dict[str, str] | None = None
) -> Response:
    atlas = await places.atlas()
    lines = await directory.staff()
    areas = {each.area for line in lines for each in line.grants}
    return page(
        request,
        "front/admin.html",
        status=422 if errors else 200,
        lines=lines,
        words={role.value: words for role, words in ROLE_WORDS.items()},
        areas={code: atlas.label(code) if code else "" for code in areas},
        waiting=await directory.waiting_grants(),
        me=viewer(request).person,
        may_ask=viewer(request).has(Role.ADMIN),
        behind=await behind(),
        failed=await jobs.failed(),
        size=await board.size(),
        errors=errors or {},
        values=values or {},
    )


HANDLERS = [admin_page, ask_grant, sign_grant, audit_page]
