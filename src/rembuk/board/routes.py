"""Public pages of the board: /papan, one leaf with its proof, and the verifier to take along."""

import json
from hashlib import sha256
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from uuid import UUID

import segno

from rembuk.board import rules, store
from rembuk.board.rules import PostedLeaf
from rembuk.errors import N_, Refused
from rembuk.settings import settings
from rembuk.web.forms import read_form
from rembuk.web.guards import AUDITOR, CITY_OFFICIAL, PUBLIC, viewer
from rembuk.web.pages import page, redirect
from rembuk.web.routing import PageNumber, Request, Response, get, post

PER_PAGE = 50
ASKED = N_("Permintaan Anda menunggu orang kedua.")
ADMITTED = N_("Saksi sudah terdaftar. Tanda tangannya diterima mulai sekarang.")
WITHDRAWN = N_("Saksi sudah dicabut. Papan bukti mencatatnya.")
KINDS = {
    rules.Kind.CEREMONY: N_("Kunci kotak suara ditetapkan"),
    rules.Kind.CONFIG: N_("Aturan dan surat suara dibekukan"),
    rules.Kind.ROLL_TOTALS: N_("Jumlah pemilih tiap RW"),
    rules.Kind.ROLL_KEYS: N_("Kunci kode pemilih"),
    rules.Kind.OPEN: N_("Pemungutan suara dibuka"),
    rules.Kind.ENVELOPE: N_("Amplop suara tersegel"),
    rules.Kind.PAPER_BATCH: N_("Kumpulan surat suara kertas"),
    rules.Kind.MODERATION: N_("Keputusan penjaga rembuk"),
    rules.Kind.AUDIT_HEAD: N_("Ujung catatan tindakan"),
    rules.Kind.WITHDRAWAL: N_("Usulan ditarik saat pemungutan suara"),
    rules.Kind.TEST_OPENING: N_("Uji buka kotak suara"),
    rules.Kind.CLOSE: N_("Pemungutan suara ditutup"),
    rules.Kind.OPENED: N_("Kotak suara dibuka"),
    rules.Kind.SEED: N_("Dadu pemutus seri"),
    rules.Kind.RESULT: N_("Hasil penghitungan"),
    rules.Kind.CERTIFICATION: N_("Pengesahan hasil"),
    rules.Kind.REPLACEMENT: N_("Usulan batal dan penggantinya"),
    rules.Kind.PLEDGE: N_("Janji dana perusahaan"),
    rules.Kind.RECOUNT: N_("Hitung ulang oleh auditor"),
    rules.Kind.CONTACTS: N_("Warga contoh yang dihubungi"),
    rules.Kind.DESTROYED: N_("Amplop dimusnahkan"),
    rules.Kind.WITNESS: N_("Saksi didaftarkan atau dicabut"),
}


@get("/papan", guard=PUBLIC)
async def board(request: Request, halaman: PageNumber = 1) -> Response:
    """The newest leaves first, the last checkpoint, and how to check them."""
    last = next(iter(await store.checkpoints(1)), None)
    size = last.size if last else 0
    pages = max(1, ceil(size / PER_PAGE))
    stop = size - (min(halaman, pages) - 1) * PER_PAGE
    leaves = await store.leaves(max(0, stop - PER_PAGE), min(PER_PAGE, stop)) if stop > 0 else []
    return page(
        request,
        "board/page.html",
        public=True,
        leaves=leaves[::-1],
        kinds=KINDS,
        last=last,
        page=min(halaman, pages),
        pages=pages,
        key=await _key(),
        qr=_qr(last.note) if last else "",
        witnesses=await store.witness_lines(),
        verifier_sha256=sha256(_verifier().read_bytes()).hexdigest(),
    )


@get("/papan/{number:int}", guard=PUBLIC)
async def leaf(request: Request, number: int) -> Response:
    """One leaf as it was hashed, with the path that leads from it to the last root."""
    proof = await store.inclusion_proof(number)
    return page(
        request,
        "board/leaf.html",
        public=True,
        leaf=proof.leaf,
        kind=KINDS[proof.leaf.kind],
        receipt=rules.grouped(rules.receipt_of(proof.leaf.leaf_sha256)),
        facts=_facts(proof.leaf),
        proof=proof,
    )


@get("/papan/rembuk_verify.py", guard=PUBLIC)
async def verifier(request: Request) -> Response:
    """The stand-alone verifier: one file that needs nothing but Python."""
    headers = {"Content-Disposition": 'attachment; filename="rembuk_verify.py"'}
    return Response(_verifier().read_bytes(), media_type="text/x-python; charset=utf-8", headers=headers)


@get("/papan/rembuk_witness.py", guard=PUBLIC)
async def witness_tool(request: Request) -> Response:
    """The witness's tool: one file that needs nothing but Python."""
    headers = {"Content-Disposition": 'attachment; filename="rembuk_witness.py"'}
    body = _alone("rembuk_witness").read_bytes()
    return Response(body, media_type="text/x-python; charset=utf-8", headers=headers)


@get("/papan/rembuk_challenge.py", guard=PUBLIC)
async def challenge_tool(request: Request) -> Response:
    """The tool of "Periksa": one file that needs nothing but Python."""
    headers = {"Content-Disposition": 'attachment; filename="rembuk_challenge.py"'}
    body = _alone("rembuk_challenge").read_bytes()
    return Response(body, media_type="text/x-python; charset=utf-8", headers=headers)


@get("/petugas/saksi", guard=CITY_OFFICIAL | AUDITOR)
async def witness_page(request: Request) -> Response:
    """Who watches the board, and the form to admit one more."""
    return await _witness_page(request)


@post("/petugas/saksi", guard=CITY_OFFICIAL)
async def ask_witness(request: Request) -> Response:
    """The first person asks to admit a witness."""
    typed = (await read_form(request)).text("key")
    try:
        await store.propose_witness(typed, _person(request))
    except Refused as refused:
        return await _witness_page(request, typed, refused.sentence())
    return redirect("/petugas/saksi", flash=ASKED, request=request)


@post("/petugas/saksi/{act:uuid}", guard=CITY_OFFICIAL)
async def admit(request: Request, act: UUID) -> Response:
    """The second person agrees: the witness's signatures are taken from now on, or no longer."""
    withdrawn = (await store.act(act)).action == store.WITHDRAWING
    await (store.withdraw_witness if withdrawn else store.admit_witness)(act, _person(request))
    return redirect("/petugas/saksi", flash=WITHDRAWN if withdrawn else ADMITTED, request=request)


@post("/petugas/saksi/cabut", guard=CITY_OFFICIAL)
async def ask_withdrawal(request: Request) -> Response:
    """The first person asks to withdraw a witness."""
    await store.propose_witness_withdrawal((await read_form(request)).text("name"), _person(request))
    return redirect("/petugas/saksi", flash=ASKED, request=request)


async def _witness_page(request: Request, typed: str = "", error: str = "") -> Response:
    return page(
        request,
        "board/witnesses.html",
        status=422 if error else 200,
        witnesses=await store.witness_lines(),
        waiting=await store.waiting_witnesses(),
        leaving=await store.waiting_witness_withdrawals(),
        me=viewer(request).person,
        size=await store.size(),
        base_url=settings().base_url,
        typed=typed,
        error=error,
    )


def _person(request: Request) -> UUID:
    person = viewer(request).person
    assert person is not None  # the guard lets nobody else in
    return person


def _qr(note: str) -> str:
    """The newest checkpoint as an image to print and hang out: whoever scans it holds the signed note itself."""
    return str(segno.make_qr(note, error="m").svg_data_uri(border=4, light="#fff", dark="#062e27"))


def _verifier() -> Path:
    return _alone("rembuk_verify")


def _alone(name: str) -> Path:
    """Where a stand-alone file lies: found by name, for the product never imports it."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"{name}.py is not installed")
    return Path(found.origin)


async def _key() -> str:
    return (await store.prepare()).text


def _facts(posted: PostedLeaf) -> list[tuple[str, str]]:
    """What the leaf says, one line per field, nested ones as JSON."""
    body = json.loads(posted.body)
    shown = {name: value for name, value in body.items() if name != "kind"}
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in shown.items()]


HANDLERS = [board, leaf, verifier, witness_tool, challenge_tool, witness_page, ask_witness, ask_withdrawal, admit]
