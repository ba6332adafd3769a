"""Photos: every kind made harmless, everything else refused in words; nothing of the place survives."""

import io
import zlib
from struct import pack
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rembuk.errors import Refused
from rembuk.files import decoding, photos, store
from rembuk.files.photos import cleaned
from rembuk.files.rules import LARGEST_OUTPUT, MOST_BYTES, Refusal, kind_of, scaled, why_not_taken
from rembuk.settings import settings
from tests.clients import Client

GPS, ORIENTATION = 0x8825, 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), exif: Image.Exif | None = None) -> bytes:
    """A small photo: left half red, right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def with_place() -> Image.Exif:
    """Camera data that tells where the photo was taken, and that it stands on its side."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "KAMERA-RAHASIA"
    exif.get_ifd(GPS).update({1: "S", 2: (6.0, 56.0, 30.0), 3: "E", 4: (107.0, 42.0, 10.0)})
    return exif


async def reason_of(content: bytes) -> object:
    with pytest.raises(Refused) as refused:
        await cleaned(content)
    assert refused.value.sentence()
    return refused.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_three_sizes_within_their_limits(kind: str) -> None:
    """pages 2: WebP at 320, 640 and 1280, none above its weight, never enlarged."""
    photo = await cleaned(picture(kind, (2000, 1500)))
    for side, content in photo.forms.items():
        assert len(content) <= LARGEST_OUTPUT[side]
        with Image.open(io.BytesIO(content)) as image:
            assert image.format == "WEBP"
            assert max(image.size) <= side
    assert max(photo.width, photo.height) <= 1280
    small = await cleaned(picture(kind, (100, 50)))
    assert (small.width, small.height) == (100, 50)


async def test_place_is_gone_and_the_photo_stands_upright() -> None:
    """trust 8: GPS, camera and orientation are dropped; what lay on its side stands."""
    sent = picture(exif=with_place())
    assert b"KAMERA-RAHASIA" in sent
    photo = await cleaned(sent)
    assert (photo.width, photo.height) == (300, 400)
    for content in photo.forms.values():
        assert b"KAMERA" not in content and b"EXIF" not in content and b"ICCP" not in content
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif()
            red, _, blue = image.convert("RGB").getpixel((150, 20))  # type: ignore[misc]
            assert red > 200 and blue < 60


async def test_see_through_becomes_white() -> None:
    """A see-through picture is laid on white, not on black."""
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    photo = await cleaned(out.getvalue())
    with Image.open(io.BytesIO(photo.forms[320])) as image:
        assert min(image.convert("RGB").getpixel((10, 10))) > 250  # type: ignore[arg-type, type-var]


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unfolds to width x height points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))

    head = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


async def test_bombs() -> None:
    """T-WEB: more than 20 megapixels are refused before anything is unfolded, however small the file."""
    assert await reason_of(bomb(30_000, 30_000)) is Refusal.TOO_MANY_PIXELS
    assert await reason_of(bomb(5_001, 4_000)) is Refusal.TOO_MANY_PIXELS
    assert await reason_of(bomb(2**31 - 1, 2**31 - 1)) in (Refusal.TOO_MANY_PIXELS, Refusal.BROKEN)


async def test_the_largest_photo_fits_into_little_memory() -> None:
    """T-WEB: twenty megapixels with transparency, 80 MB of points, within 400 MiB, one at a time."""
    assert decoding.MEMORY <= 400 * 1024 * 1024 and photos._AT_ONCE == 1
    out = io.BytesIO()
    Image.new("RGBA", (5_000, 4_000), (200, 30, 30, 128)).save(out, "PNG", compress_level=1)
    photo = await cleaned(out.getvalue())
    assert (photo.width, photo.height) == (1280, 1024)


async def test_refusals() -> None:
    """trust 8: by content, not by name: GIF, SVG, PDF, HTML, cut and empty files each get their reason."""
    whole = picture(size=(1200, 900))
    assert await reason_of(b"") is Refusal.EMPTY
    assert await reason_of(b"GIF89a" + bytes(100)) is Refusal.ANIMATED
    assert await reason_of(b"<svg xmlns='http://www.w3.org/2000/svg'/>") is Refusal.NOT_A_PHOTO
    assert await reason_of(b"%PDF-1.7") is Refusal.NOT_A_PHOTO
    assert await reason_of(b"<script>alert(1)</script>") is Refusal.NOT_A_PHOTO
    assert await reason_of(whole[: len(whole) // 2]) is Refusal.BROKEN
    assert await reason_of(whole[:20]) is Refusal.BROKEN
    assert await reason_of(b"\xff\xd8\xff" + bytes(MOST_BYTES)) is Refusal.TOO_LARGE
    assert await reason_of(b"RIFF\x10\x00\x00\x00WEBPVP8 junk") is Refusal.BROKEN


async def test_moving_pictures() -> None:
    """A PNG or WebP that moves is refused."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for kind in ("PNG", "WEBP"):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:])
        assert await reason_of(out.getvalue()) is Refusal.ANIMATED


@given(st.binary(max_size=64))
def test_any_bytes(content: bytes) -> None:
    """T-FUZZ: any bytes are a known kind or refused."""
    assert (why_not_taken(content) is None) == (kind_of(content) is not None)


@given(st.integers(1, 30_000), st.integers(1, 30_000), st.sampled_from([320, 640, 1280]))
def test_scaled(width: int, height: int, side: int) -> None:
    """Never larger than the side, never enlarged, never without a pixel."""
    wide, high = scaled(width, height, side)
    assert 1 <= wide <= min(side, width) and 1 <= high <= min(side, height)


async def test_kept_and_shown(client: Client) -> None:
    """trust 8: shown with its exact type, nosniff, sandboxed and for good; bytes lie outside the static root."""
    owner = uuid4()
    kept = await store.keep_photo(owner, picture())
    answer = await client.get(f"/berkas/{kept.id}/640.webp")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == (settings().data / "photos" / kept.id.hex[:2] / f"{kept.id.hex}-640.webp").read_bytes()
    head = await client.head(f"/berkas/{kept.id}/640.webp")
    assert (head.status_code, head.content) == (200, b"")


async def test_unknown_photos(client: Client) -> None:
    """Another size, another end, another id: there is no such photo."""
    kept = await store.keep_photo(uuid4(), picture())
    for name in ("641.webp", "640.png", "640", "9999999999.webp", "..%2F640.webp", "-1.webp"):
        assert (await client.get(f"/berkas/{kept.id}/{name}")).status_code == 404
    assert (await client.get(f"/berkas/{UUID(int=1)}/640.webp")).status_code == 404


async def test_only_the_owner_deletes(client: Client) -> None:
    """A photo goes, row and bytes, at its owner's word only."""
    owner = uuid4()
    kept = await store.keep_photo(owner, picture())
    await store.delete_photo(kept.id, uuid4())
    assert await store.stored_file(kept.id)
    await store.delete_photo(kept.id, owner)
    assert await store.stored_file(kept.id) is None
    assert (await client.get(f"/berkas/{kept.id}/320.webp")).status_code == 404
