"""Reporting, the desk and the public record through their pages."""

from rembuk.debate import store as debate
from rembuk.debate.rules import Position
from rembuk.moderation.rules import Subject
from rembuk.moderation.store import report
from rembuk.proposals import store as proposals
from rembuk.web.viewer import Role
from tests.clients import Client
from tests.moderation.test_store import set_up
from tests.proposals import scene


async def test_report_form(client: Client) -> None:
    """N1: the form asks for a reason, thanks once, and says so the second time; signed out it asks to sign in."""
    stage = await set_up()
    place = f"/laporkan/proposal/{stage.proposal}"
    assert (await client.get(place)).headers["location"].startswith("/masuk")
    await client.sign_in(stage.neighbour.person)
    assert "Apa masalahnya?" in (await client.get(place)).text
    assert (await client.post(place, {"reason": "", "note": ""})).status_code == 422
    sent = await client.post(place, {"reason": "rude", "note": "Kasar", "kembali": f"/usulan/{stage.number}"})
    assert sent.status_code == 303
    assert (await client.post(place, {"reason": "rude"})).status_code == 409
    assert (await client.get(f"/laporkan/orang/{stage.proposal}")).status_code == 404


async def test_desk_and_queue(client: Client) -> None:
    """N3, 5.11: the desk counts, the queue shows item and cause, one press decides, the next item follows."""
    stage = await set_up()
    comment = await debate.say(stage.number, stage.neighbour, Position.AGAINST, "Dasar goblok.")
    await report(Subject.COMMENT, comment, stage.neighbour, "rude", "Tolong")
    await client.sign_in(stage.moderator.person, Role.MODERATOR)
    desk = await client.get("/meja")
    assert "Antrean penjagaan" in desk.text
    queue = (await client.get("/meja/antrean")).text
    assert "Dasar goblok." in queue and "“Tolong”" in queue
    assert 'data-pintas="s"' in queue and 'data-pintas="j"' in queue
    assert '<option value="rude" selected>' in queue
    form = {"action": "hide", "reason": "rude", "public_text": "Kata kasar.", "remark": "dua kali"}
    answer = await client.post(f"/meja/antrean/comment/{comment}", form)
    assert answer.status_code == 303
    after = await client.get(answer.headers["location"])
    assert "Urungkan" in after.text
    await client.sign_out()
    public = (await client.get("/penjagaan")).text
    assert "Kata kasar." in public and "dua kali" not in public and "Imas Warga" not in public
    assert "Dasar goblok." not in (await client.get(f"/usulan/{stage.number}/rembuk")).text
    await client.sign_in(stage.moderator.person, Role.MODERATOR)
    act = answer.headers["location"].split("sudah=")[1].split("&")[0]
    assert (await client.post(f"/meja/antrean/urung/{act}")).status_code == 303
    assert "Dasar goblok." in (await client.get(f"/usulan/{stage.number}/rembuk")).text


async def test_held_things_can_be_found_and_restored(client: Client) -> None:
    """N2: what is hidden stands in a list of its own, from where it is restored long after."""
    stage = await set_up()
    await client.sign_in(stage.moderator.person, Role.MODERATOR)
    place = f"/meja/antrean/proposal/{stage.proposal}"
    assert "Tidak ada isi yang ditahan" in (await client.get("/meja/antrean?tampil=ditahan")).text
    assert (await client.post(place, {"action": "hide", "reason": "fine"})).status_code == 422
    assert (await client.post(place, {"action": "hide", "reason": "spam"})).status_code == 303
    held = await client.get("/meja/antrean?tampil=ditahan")
    assert 'value="restore"' in held.text and 'data-pintas="p"' in held.text
    assert (await client.post(place, {"action": "restore", "reason": "mistake"})).status_code == 303
    assert "Tidak ada isi yang ditahan" in (await client.get("/meja/antrean?tampil=ditahan")).text
    assert not (await proposals.detail(stage.number)).hidden


async def test_own_rw_is_locked(client: Client) -> None:
    """trust 7: an item of the own RW shows the reason instead of the buttons, and a direct request is refused."""
    stage = await set_up()
    await client.sign_in(await scene.resident(role="moderator"), Role.MODERATOR)
    queue = (await client.get("/meja/antrean")).text
    assert "Terkunci untuk Anda" in queue
    assert 'value="hide"' not in queue
    form = {"action": "hide", "reason": "rude"}
    assert (await client.post(f"/meja/antrean/proposal/{stage.proposal}", form)).status_code == 403
    assert not (await proposals.detail(stage.number)).hidden


async def test_out_of_scope(client: Client) -> None:
    """N3: residents get 403, moderators of another kecamatan see nothing and get 404."""
    stage = await set_up()
    form = {"action": "hide", "reason": "rude"}
    await client.sign_in(stage.neighbour.person)
    assert (await client.get("/meja/antrean")).status_code == 403
    assert (await client.post(f"/meja/antrean/proposal/{stage.proposal}", form)).status_code == 403
    from rembuk.people.tables import RoleGrant

    person = await scene.resident(rw=scene.OTHER_RW, role="moderator")
    await RoleGrant.update({RoleGrant.area: "32.73.26"}).where(RoleGrant.person == person)
    await client.sign_in(person, Role.MODERATOR)
    assert "Antrean kosong" in (await client.get("/meja/antrean")).text
    assert (await client.post(f"/meja/antrean/proposal/{stage.proposal}", form)).status_code == 404


async def test_incomplete_decisions(client: Client) -> None:
    """N5: without an act or a reason nothing is decided; an answer needs words; what was typed stays."""
    stage = await set_up()
    await client.sign_in(stage.moderator.person, Role.MODERATOR)
    place = f"/meja/antrean/proposal/{stage.proposal}"
    assert (await client.post(place, {"action": "", "reason": "rude"})).status_code == 422
    assert (await client.post(place, {"action": "hide", "reason": "apa"})).status_code == 422
    assert (await client.post(place, {"action": "reopen", "reason": "fine"})).status_code == 422
    answer = await client.post(place, {"action": "reply", "reason": "other", "remark": "catatan saya"})
    assert answer.status_code == 422
    assert "Tulis jawaban" in answer.text and "catatan saya" in answer.text


async def test_public_record_is_open(client: Client) -> None:
    """N5: anybody reads the record, by kecamatan too; an unknown kecamatan is not found."""
    await set_up()
    page = await client.get("/penjagaan")
    assert page.status_code == 200
    assert "Belum ada keputusan" in page.text
    assert (await client.get("/penjagaan?kec=gedebage&halaman=9")).status_code == 200
    assert (await client.get("/penjagaan?kec=tidak-ada")).status_code == 404
