"""/akun: what we hold about a person, messages, devices, and the settings that go with them."""

from uuid import UUID

import msgspec

from rembuk.errors import N_, Refused
from rembuk.notices import store as notices
from rembuk.notices.rules import STOPPABLE
from rembuk.people import store
from rembuk.people.rules import Kind, Refusal
from rembuk.web.forms import Form, read_form
from rembuk.web.guards import SIGNED_IN
from rembuk.web.pages import page, redirect
from rembuk.web.routing import Request, Response, get, post, viewer
from rembuk.web.session import current_session, end_sessions_of, sessions_of
from rembuk.web.throttle import forgive, may_try, strike


@get("/akun", guard=SIGNED_IN)
async def account_page(request: Request) -> Response:
    """My data, my messages, my devices."""
    return await _account(request, Form())


async def _account(request: Request, form: Form, status: int = 200) -> Response:
    person = await _me(request)
    messages = await notices.notices_of(person)
    facts = await store.must_know(person)
    answer = page(
        request,
        "people/account.html",
        status=status,
        me=facts,
        entry=await store.roll_of(person),
        has_phone=await store.has_phone(person),
        is_staff=facts.kind is Kind.STAFF or len(viewer(request).grants) > 1,
        messages=messages,
        kinds=STOPPABLE,
        stopped=await notices.stopped_kinds(person),
        devices=await sessions_of(person),
        here_id=viewer(request).session,
        errors=form.errors,
    )
    await notices.mark_read(person)
    return answer


@get("/akun/data.json", guard=SIGNED_IN)
async def my_data(request: Request) -> Response:
    """What we hold about a person, for them to keep; keyed digests are not shown, they say nothing."""
    person = await _me(request)
    facts, entry = await store.must_know(person), await store.roll_of(person)
    held = {
        "orang": facts,
        "daftar_pemilih": entry,
        "peran": await store.grants_now(person),
        "pesan": await notices.notices_of(person, 500),
    }
    body = msgspec.json.format(msgspec.json.encode(held), indent=2)
    headers = {
        "Content-Disposition": 'attachment; filename="data-saya.json"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type="application/json", headers=headers)


@post("/akun/nama", guard=SIGNED_IN)
async def rename(request: Request) -> Response:
    """Choose what to be called beside one's proposals and comments."""
    form = await read_form(request)
    name = form.line("nama", required=True, least=3, most=60, empty="Nama masih kosong.")
    if not form.valid:
        return await _account(request, form, 422)
    await store.rename(await _me(request), name)
    return redirect("/akun", "Nama tersimpan.")


@post("/akun/pesan", guard=SIGNED_IN)
async def choose_messages(request: Request) -> Response:
    """Choose which kinds of message still come (R3)."""
    form = await read_form(request)
    await notices.choose_kinds(await _me(request), frozenset(form.list("jenis")))
    return redirect("/akun", "Pilihan pesan tersimpan.")


@post("/akun/perangkat/{session:uuid}/keluar", guard=SIGNED_IN)
async def end_device(request: Request, session: UUID) -> Response:
    """Sign one of my other devices out."""
    person = await _me(request)
    if session not in {device.id for device in await sessions_of(person)}:
        raise Refused(Refusal.NO_SUCH_SESSION)
    await end_sessions_of(person=person, session=session)
    return redirect("/akun", "Perangkat itu sudah keluar.")


@post("/akun/perangkat/keluar-lain", guard=SIGNED_IN)
async def end_other_devices(request: Request) -> Response:
    """Sign every device out but this one."""
    await end_sessions_of(person=await _me(request), keep=viewer(request).session)
    return redirect("/akun", N_("Semua perangkat lain sudah keluar."))


@post("/akun/sandi", guard=SIGNED_IN)
async def change_password(request: Request) -> Response:
    """A new password after the old one; every other device is signed out."""
    form, person = await read_form(request), await _me(request)
    old, new = (form.fields.get(name, [""])[-1] for name in ("sandi-lama", "sandi-baru"))
    await may_try("sandi", str(person))
    try:
        await store.change_password(person, old, new)
    except Refused as refused:
        if refused.reason is Refusal.PASSWORD_WRONG:
            await strike("sandi", str(person))
        at = "sandi-lama" if refused.reason is Refusal.PASSWORD_WRONG else "sandi-baru"
        form.errors.say(at, refused.reason.sentence, **refused.facts)
        return await _account(request, form, refused.reason.status)
    await forgive("sandi", str(person))
    session = current_session(request)
    await end_sessions_of(person=person, keep=session.id if session else None)
    return redirect("/akun", N_("Kata sandi sudah diganti."))


async def _me(request: Request) -> UUID:
    person = viewer(request).person
    if person is None:
        raise Refused(Refusal.NO_SUCH_PERSON)
    return person


HANDLERS = [
    account_page,
    my_data,
    rename,
    choose_messages,
    end_device,
    end_other_devices,
    change_password,
]
