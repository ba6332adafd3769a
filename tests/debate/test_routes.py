"""The debate through its pages: written, refused beside its field, led back, limited."""

from rembuk.cycles.rules import PhaseKind
from rembuk.debate import store
from rembuk.proposals import store as proposals
from tests.clients import Client
from tests.proposals import scene


async def stage() -> tuple[int, object]:
    await scene.lay_out()
    cycle, proposer = await scene.cycle(PhaseKind.DEBATE, PhaseKind.PROPOSALS), await scene.resident()
    return await scene.proposal(cycle, proposer), proposer


async def test_write_and_read(client: Client) -> None:
    """D1, B5: a comment appears with its position and safe text; a reply under it; both have an address."""
    number, proposer = await stage()
    await client.sign_in(proposer)
    answer = await client.post(
        f"/usulan/{number}/komentar", {"position": "for", "body": "**Perlu** <script>alert(1)</script>"}
    )
    assert answer.status_code == 303
    place, _, anchor = answer.headers["location"].partition("#")
    page = await client.get(place)
    assert f'id="{anchor}"' in page.text
    assert "<strong>Perlu</strong>" in page.text
    assert "<script>alert" not in page.text
    comment = anchor.removeprefix("k-")
    assert (await client.post(f"/komentar/{comment}/balas", {"body": "Betul."})).status_code == 303
    assert (await client.post(f"/komentar/{comment}/membantu")).status_code == 303
    page = await client.get(f"/usulan/{number}/rembuk")
    assert "Betul." in page.text
    assert 'aria-pressed="true"' in page.text
    assert (await client.post(f"/komentar/{comment}/hapus")).status_code == 303
    assert "Tanggapan ini dihapus penulisnya." in (await client.get(f"/usulan/{number}/rembuk")).text


async def test_faults_keep_the_text(client: Client) -> None:
    """B1: without a position or a word the form comes back with what was typed and why."""
    number, proposer = await stage()
    await client.sign_in(proposer)
    answer = await client.post(f"/usulan/{number}/komentar", {"body": "Teks saya"})
    assert answer.status_code == 422
    assert "Teks saya" in answer.text
    assert "Pilih dulu: mendukung, keberatan, atau tanya." in answer.text
    answer = await client.post(f"/usulan/{number}/komentar", {"body": "", "position": "for"})
    assert "Tanggapan masih kosong" in answer.text


async def test_signed_out(client: Client) -> None:
    """A2: a visitor reads, is led to sign in and back, and cannot write."""
    number, _ = await stage()
    page = await client.get(f"/usulan/{number}/rembuk")
    assert page.status_code == 200
    assert f"/masuk?kembali=/usulan/{number}/rembuk" in page.text
    assert "/komentar" not in page.text
    answer = await client.post(f"/usulan/{number}/komentar", {"position": "for", "body": "Halo"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/masuk")


async def test_orders_and_parts(client: Client) -> None:
    """D2: the order and position stand in the address; htmx gets the part alone."""
    number, proposer = await stage()
    await client.sign_in(proposer)
    for word in ("satu", "dua", "tiga"):
        await client.post(f"/usulan/{number}/komentar", {"position": "for", "body": f"Kata {word}"})
    await client.post(f"/usulan/{number}/komentar", {"position": "against", "body": "Kata berat"})
    oldest = (await client.get(f"/usulan/{number}/rembuk?urut=terlama")).text
    assert oldest.index("Kata satu") < oldest.index("Kata tiga")
    only = (await client.get(f"/usulan/{number}/rembuk?pendapat=against")).text
    assert "Kata berat" in only and "Kata satu" not in only
    part = await client.htmx(f"/usulan/{number}/rembuk")
    assert part.text.lstrip().startswith("<section")
    assert (await client.get(f"/usulan/{number}/rembuk?halaman=99999&urut=x")).status_code == 200


async def test_closed_and_hidden(client: Client) -> None:
    """A1, N2: in another phase the form is gone and refused; under a hidden proposal nothing is found."""
    number, proposer = await stage()
    found = await proposals.detail(number)
    await client.sign_in(proposer)
    await scene.open_only(found.cycle, PhaseKind.VOTING)
    page = await client.get(f"/usulan/{number}/rembuk")
    assert "hanya dapat dibaca" in page.text
    answer = await client.post(f"/usulan/{number}/komentar", {"position": "for", "body": "Telat"})
    assert answer.status_code == 403
    await proposals.hide(found.id, found.proposer, "moderator", "")
    assert (await client.get(f"/usulan/{number}/rembuk")).status_code == 404


async def test_ten_comments_in_ten_minutes(client: Client) -> None:
    """T-LIMIT: the eleventh comment in a row waits."""
    number, proposer = await stage()
    await client.sign_in(proposer)
    answers = [
        await client.post(f"/usulan/{number}/komentar", {"position": "for", "body": f"Nomor {nth}"})
        for nth in range(11)
    ]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
    assert len(await store.comments_of((await proposals.detail(number)).id)) == 10
