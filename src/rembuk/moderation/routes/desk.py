"""/meja and /meja/antrean: what waits in a facilitator's or moderator's area, and the acts on it."""

from dataclasses import dataclass
from uuid import UUID

from rembuk import clock
from rembuk.debate.markdown import rendered
from rembuk.errors import Refused
from rembuk.moderation import rules, store
from rembuk.moderation.routes.public import subject_kind
from rembuk.moderation.rules import (
    ACTION_WORDS,
    DECISION_REASONS,
    REASON_WORDS,
    TEXT_LONGEST,
    Action,
    Decision,
    QueueItem,
    Reason,
    Refusal,
    Ruling,
)
from rembuk.places import store as places
from rembuk.web.cache import forget_pages
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import FACILITATOR, MODERATOR
from rembuk.web.i18n import gettext
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.viewer import Role, Viewer

_DESK = FACILITATOR | MODERATOR
HELD = "ditahan"
_CHOICES = (Action.KEEP, Action.HIDE, Action.RESTORE, Action.REPLY)


def areas_of(who: Viewer) -> tuple[str, ...]:
    """The areas whose queue somebody sees."""
    return (*who.areas(Role.MODERATOR), *who.areas(Role.FACILITATOR))


@get("/meja", guard=_DESK)
async def desk_page(request: Request) -> Response:
    """The first page of a facilitator or moderator: what waits, and where the tools are."""
    who = viewer(request)
    atlas = await places.atlas()
    waiting = await store.queue(areas_of(who))
    return page(
        request,
        "moderation/desk.html",
        reported=sum(item.is_reported for item in waiting),
        late=sum(item.is_late(clock.now()) for item in waiting),
        waiting=len(waiting),
        areas=[(grant.role.value, atlas.label(grant.area)) for grant in who.grants if grant.area],
        moderator=bool(who.areas(Role.MODERATOR)),
        appeals=len(await store.open_appeals(who)),
    )


@get("/meja/antrean", guard=_DESK)
async def queue_page(request: Request) -> Response:
    """The list on the left, one item on the right; `pilih` names the item."""
    asked = request.query_params
    return await _queue(request, asked.get("pilih", ""), Form(), hidden=asked.get("tampil") == HELD)


@dataclass(frozen=True)
class Opened:
    """The item on the right: its text as safe HTML, its lock, its history, and its neighbours' addresses."""

    item: QueueItem
    text: str
    lock: str
    notes: tuple[str, ...]
    history: tuple[Decision, ...]
    before: str
    after: str


async def _queue(request: Request, chosen: str, form: Form, status: int = 200, *, hidden: bool = False) -> Response:
    who, atlas = viewer(request), await places.atlas()
    waiting = await (store.held if hidden else store.queue)(areas_of(who))
    keys = [item.facts.key for item in waiting]
    at = keys.index(chosen) if chosen in keys else 0
    opened = await _opened(who, waiting, at, hidden) if waiting else None
    return page(
        request,
        "moderation/queue.html",
        status=status,
        waiting=waiting,
        opened=opened,
        base=_base(hidden),
        hidden=hidden,
        now=clock.now(),
        label=atlas.label,
        actions=ACTION_WORDS,
        reason_words=REASON_WORDS,
        reasons=[(value, gettext(words)) for value, words in DECISION_REASONS],
        first_reason=_first_reason(opened),
        done=await _undoable(who, request.query_params.get("sudah", "")),
        errors=form.errors,
        values=form.values,
    )


async def _opened(who: Viewer, waiting: list[QueueItem], at: int, hidden: bool) -> Opened:
    item = waiting[at]
    lock = await store.lock_of(item.facts, who)
    address = [f"{_base(hidden)}pilih={each.facts.key}" for each in waiting]
    return Opened(
        item=item,
        text=rendered(item.facts.text),
        lock=gettext(lock.sentence) if lock else "",
        notes=tuple(await store.notes_about(item.facts.id)),
        history=tuple(await store.decisions_about(item.facts.id)),
        before=address[at - 1] if at > 0 else "",
        after=address[at + 1] if at + 1 < len(address) else "",
    )


def _base(hidden: bool) -> str:
    return f"/meja/antrean?tampil={HELD}&" if hidden else "/meja/antrean?"


def _first_reason(opened: Opened | None) -> str:
    """The reason offered first: what was reported, or that all is fine, so that one key is enough."""
    if opened is None or not opened.item.is_reported:
        return Reason.FINE.value
    said = opened.item.why[0].words.rpartition(":")[0]
    return next((reason.value for reason, words in REASON_WORDS.items() if words == said), Reason.OTHER.value)


async def _undoable(who: Viewer, text: str) -> Decision | None:
    """The decision just taken, while its taker can still take it back."""
    try:
        act = await store.decision(UUID(text))
    except (ValueError, Refused):
        return None
    fits = rules.why_not_undo(act, who.person or UUID(int=0), clock.now(), False) is None
    return act if fits else None


@post("/meja/antrean/{kind:str}/{subject:uuid}", guard=_DESK)
async def decide(request: Request, kind: str, subject: UUID) -> Response:
    """One decision: keep, hide, restore or answer, with a reason, public words and a remark."""
    form, who, found = await read_form(request), viewer(request), subject_kind(kind)
    facts = await store.facts(found, subject)
    if not who.has_any((Role.MODERATOR, Role.FACILITATOR), facts.rw):
        raise Refused(Refusal.UNKNOWN)
    action = form.choice("action", [each.value for each in _CHOICES])
    reason = form.choice("reason", [value for value, _ in DECISION_REASONS])
    public, remark = form.text("public_text", most=TEXT_LONGEST), form.text("remark", most=TEXT_LONGEST)
    if action is None or reason is None or not form.valid:
        return await _queue(request, facts.key, form, 422, hidden=facts.hidden)
    try:
        act = await store.decide(who, found, subject, Ruling(Action(action), Reason(reason), public, remark))
    except Refused as refused:
        if refused.reason not in (Refusal.NO_TEXT, Refusal.HIDE_REASON):
            raise
        field = "reason" if refused.reason is Refusal.HIDE_REASON else "public_text"
        form.errors.say(field, refused.reason.sentence)
        return await _queue(request, facts.key, form, 422, hidden=facts.hidden)
    forget_pages()
    after = form.line("berikut", most=80)
    return redirect(f"/meja/antrean?sudah={act}&pilih={after}", f"{ACTION_WORDS[Action(action)]}.")


@post("/meja/antrean/urung/{act:uuid}", guard=_DESK)
async def undo(request: Request, act: UUID) -> Response:
    """Take a fresh decision of one's own back."""
    before = await store.decision(act)
    await store.undo(viewer(request), act)
    forget_pages()
    return redirect(f"/meja/antrean?pilih={before.kind.value}-{before.subject}", "Keputusan diurungkan.", "info")


HANDLERS = [desk_page, queue_page, undo, decide]
