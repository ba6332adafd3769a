"""Forms from elsewhere are refused; a form that grew old is given back with all that was typed."""

import re

import pytest

from rembuk.settings import settings
from rembuk.web import csrf, signed
from tests.clients import Client
from tests.web import sample

FORM = {"judul": "Got mampet di RW 05"}


def token_in(html: str) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="_csrf" value="([^"]+)"', html)
    assert found
    return found[1]


async def test_a_form_of_ours_is_taken(site: Client) -> None:
    """The token of the page, sent back as the hidden field by a browser without script."""
    token = token_in((await site.get("/contoh/isian")).text)
    answer = await site.post("/contoh/isian", {**FORM, "_csrf": token}, token=False)
    assert answer.status_code == 303 and sample.SEEN["posts"] == [(FORM["judul"], [])]


async def test_a_form_without_script_in_a_multipart_body_is_taken(site: Client) -> None:
    """The token is found in a form with files too."""
    token = token_in((await site.get("/contoh/isian")).text)
    answer = await site.post(
        "/contoh/foto", {"_csrf": token}, token=False, files={"foto": ("a.jpg", b"x" * 300_000, "image/jpeg")}
    )
    assert (answer.status_code, answer.text) == (200, "a.jpg 300000")


async def test_tokens_differ_in_every_answer_and_all_work(site: Client) -> None:
    """Masked per answer, so that compression next to what a visitor typed leaks nothing."""
    tokens = {token_in((await site.get("/contoh/isian")).text) for _ in range(4)}
    assert len(tokens) == 4
    for token in tokens:
        assert (await site.post("/contoh/isian", {**FORM, "_csrf": token}, token=False)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000.jahat.example"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
async def test_a_planted_token_from_a_foreign_origin_is_refused(site: Client, headers: dict[str, str]) -> None:
    """The attacker knows a valid token (planted cookie); the origin still gives them away, and nothing is offered."""
    answer = await site.post("/contoh/isian", FORM, headers=headers)
    assert answer.status_code == 403 and sample.SEEN["posts"] == []
    assert FORM["judul"] not in answer.text and "<form" not in answer.text


async def test_no_origin_at_all_is_refused(site: Client) -> None:
    """Neither Sec-Fetch-Site nor Origin: refused (trust.md 8)."""
    answer = await site.http.post("/contoh/isian", data=FORM, headers={"x-csrf": site.token()})
    assert answer.status_code == 403 and sample.SEEN["posts"] == []


@pytest.mark.parametrize("site_header", ["same-origin", "none"])
async def test_the_browsers_word_is_enough(site: Client, site_header: str) -> None:
    """Sec-Fetch-Site from our own page or typed by the visitor."""
    headers = {"x-csrf": site.token(), "Sec-Fetch-Site": site_header}
    answer = await site.http.post("/contoh/isian", data=FORM, headers=headers, follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize("token", ["", "x", "A" * 64, "é", "===="])
async def test_a_wrong_token_is_refused(site: Client, token: str) -> None:
    """Nonsense, empty, not even base64."""
    await site.get("/contoh/isian")
    answer = await site.post("/contoh/isian", {**FORM, "_csrf": token}, token=False)
    assert answer.status_code == 403 and sample.SEEN["posts"] == []


async def test_another_visitors_token_is_refused(site: Client) -> None:
    """A token belongs to one session or guest."""
    theirs = csrf.token_for("tamu:" + "z" * 43)
    await site.get("/contoh/isian")
    answer = await site.post("/contoh/isian", {**FORM, "_csrf": theirs}, token=False)
    assert answer.status_code == 403


async def test_signing_in_makes_older_tokens_worthless(site: Client) -> None:
    """The guest's token does not work for the session, nor the first session's for the next."""
    guest = token_in((await site.get("/contoh/isian")).text)
    await site.post("/contoh/masuk")
    assert (await site.post("/contoh/isian", {**FORM, "_csrf": guest}, token=False)).status_code == 403
    first = token_in((await site.get("/contoh/isian")).text)
    await site.post("/contoh/masuk")
    assert (await site.post("/contoh/isian", {**FORM, "_csrf": first}, token=False)).status_code == 403


async def test_a_stale_form_comes_back_fresh_with_the_typed_text(site: Client) -> None:
    """B1-like: 403, but nothing is lost: the visitor sends again and it is taken; secrets are not repeated."""
    long = "Air menggenang setiap hujan, sudah dua tahun, di depan sekolah."
    typed = {"judul": "Got <b>mampet</b>", "uraian": long, "kata_sandi": "rahasia sekali", "_csrf": "basi"}
    typed |= {"alasan_pindah": "Lahan sengketa", "nik": "3273270101900001"}
    answer = await site.post("/contoh/isian", {**typed, "pilihan": ["a", "b"]}, token=False)
    assert answer.status_code == 403 and answer.headers["cache-control"] == "no-store"
    assert 'value="Got &lt;b&gt;mampet&lt;/b&gt;"' in answer.text and f"\n{long}</textarea>" in answer.text
    assert "rahasia sekali" not in answer.text and "basi" not in answer.text and "3273" not in answer.text
    assert 'name="alasan_pindah" value="Lahan sengketa"' in answer.text
    again = {"judul": "Got mampet", "pilihan": ["a", "b"], "_csrf": token_in(answer.text)}
    assert (await site.post("/contoh/isian", again, token=False)).status_code == 303
    assert sample.SEEN["posts"] == [("Got mampet", ["a", "b"])]


async def test_a_changed_key_recovers_by_itself(site: Client) -> None:
    """After the key is replaced the previous one still counts; after both are gone a fresh form helps."""
    old = token_in((await site.get("/contoh/isian")).text)
    folder = settings().secret_folder
    key = folder / signed.KEY_FILE
    kept = key.read_bytes()
    try:
        (folder / signed.OLD_KEY_FILE).write_bytes(kept)
        key.write_bytes(b"n" * 32)
        signed.keys.cache_clear()
        assert (await site.post("/contoh/isian", {**FORM, "_csrf": old}, token=False)).status_code == 303
        (folder / signed.OLD_KEY_FILE).unlink()
        signed.keys.cache_clear()
        answer = await site.post("/contoh/isian", {**FORM, "_csrf": old}, token=False)
        assert answer.status_code == 403
        fresh = {**FORM, "_csrf": token_in(answer.text)}
        assert (await site.post("/contoh/isian", fresh, token=False)).status_code == 303
    finally:
        key.write_bytes(kept)
        signed.keys.cache_clear()


async def test_programs_hear_the_refusal_as_a_problem(site: Client) -> None:
    """RFC 9457 for who asks for JSON."""
    answer = await site.post("/contoh/isian", FORM, token=False, headers={"Accept": "application/json"})
    assert answer.status_code == 403 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:rembuk:masalah:stale-form"


async def test_signing_out_needs_a_token_too(site: Client) -> None:
    """Every unsafe method, also logout."""
    await site.sign_in(sample.PERSON)
    assert (await site.post("/contoh/keluar", token=False)).status_code == 403
    assert (await site.get("/contoh/saya")).status_code == 200


async def test_a_stale_form_of_the_signed_in_says_to_sign_in_first(site: Client) -> None:
    """Where the page needs it, and only there; the text waits meanwhile in this tab."""
    await site.get("/contoh/isian")
    closed = await site.post("/contoh/warga", {"uraian": "Air menggenang"}, token=False)
    assert closed.status_code == 403 and "Masuk di tab baru" in closed.text and "Air menggenang" in closed.text
    open_to_all = await site.post("/contoh/isian", FORM, token=False)
    assert "Masuk di tab baru" not in open_to_all.text
    await site.sign_in(sample.PERSON)
    assert "Masuk di tab baru" not in (await site.post("/contoh/warga", token=False)).text
