"""Run by files/photos.py in a process of its own: bytes in, three clean WebP files out, under hard limits.

Started as `python -I …/decoding.py FOLDER < photo`; imports nothing of ours, so that a broken decoder reaches
no secret, no database and no network socket of the server. Prints one JSON line.
"""

import io
import json
import resource
import sys
from pathlib import Path

MEMORY = 400 * 1024 * 1024
SECONDS = 8
QUALITIES = (82, 72, 60, 48, 36, 24)


def limit(memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Cap memory, processor time, file size and further processes of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024 * 1024, 8 * 1024 * 1024))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def clean(content: bytes, folder: Path, sizes: dict[int, int], most_pixels: int) -> dict[str, object]:
    """Write `<side>.webp` for each side (with its most bytes) and tell the largest one's measures."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = most_pixels
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
        if image.width * image.height > most_pixels:
            return {"refused": "TOO_MANY_PIXELS"}
        # A phone may hide a second picture behind a JPEG (MPO); only its first one is read.
        if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
            return {"refused": "ANIMATED"}
        image.draft("RGB", (max(sizes) * 2, max(sizes) * 2))
        image.thumbnail((max(sizes) * 2, max(sizes) * 2))  # before anything is copied: twenty megapixels are 80 MB
        upright = ImageOps.exif_transpose(image)
        plain = _without_metadata(upright)  # type: ignore[no-untyped-call]
    largest = (0, 0)
    for side, most_bytes in sizes.items():
        largest = max(largest, _write(plain, folder / f"{side}.webp", side, most_bytes))
    return {"width": largest[0], "height": largest[1]}


def _without_metadata(image):  # type: ignore[no-untyped-def]
    """The pixels alone, on white where they were see-through: place, camera and colour tables stay behind."""
    from PIL import Image

    seen = image.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground


def _write(image, path: Path, side: int, most_bytes: int) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """One WebP no longer than `most_bytes`: first less quality, then fewer pixels."""
    small = image.copy()
    small.thumbnail((side, side))
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            small.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
            if out.tell() <= most_bytes:
                path.write_bytes(out.getvalue())
                return small.size  # type: ignore[no-any-return]
        small.thumbnail((max(1, small.width * 3 // 4), max(1, small.height * 3 // 4)))


def main() -> None:
    """Read a photo from standard input; an unreadable one is reported as BROKEN, never as a stack trace."""
    from PIL import Image, UnidentifiedImageError

    folder, sizes, most_pixels = Path(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
    limit()
    try:
        told = clean(sys.stdin.buffer.read(), folder, {int(k): v for k, v in sizes.items()}, most_pixels)
    except Image.DecompressionBombError:
        told = {"refused": "TOO_MANY_PIXELS"}
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError, IndexError, EOFError):
        told = {"refused": "BROKEN"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
