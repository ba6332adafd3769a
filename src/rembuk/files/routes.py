"""GET /berkas/{id}/{size}.webp: a kept photo with its exact type, sandboxed, cached for good."""

from uuid import UUID

from rembuk.errors import Refused
from rembuk.files import store
from rembuk.files.rules import Refusal
from rembuk.web.guards import PUBLIC
from rembuk.web.routing import Request, Response, get

_HEADERS = {
    "content-type": store.MEDIA_TYPE,
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cache-control": "public, max-age=31536000, immutable",
    "content-disposition": "inline",
}


@get("/berkas/{file:uuid}/{name:str}", guard=PUBLIC)
async def show_photo(request: Request, file: UUID, name: str) -> Response:
    """One size of a photo; its address is random and given only by pages that may show it."""
    side, dot, kind = name.partition(".")
    if dot + kind != ".webp" or not (side.isascii() and side.isdigit() and len(side) <= 4):
        raise Refused(Refusal.NO_SUCH_FILE)
    content = await store.photo_bytes(file, int(side))
    return Response(content, media_type=store.MEDIA_TYPE, headers=_HEADERS)


HANDLERS = [show_photo]
