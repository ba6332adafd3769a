"""/bahasa: the visitor chooses a language by a plain link; a cookie remembers it, the server nothing."""

from urllib.parse import urlsplit

from rembuk.errors import Refused
from rembuk.web import i18n
from rembuk.web.guards import PUBLIC
from rembuk.web.pages import redirect
from rembuk.web.paths import local_path
from rembuk.web.reasons import Web
from rembuk.web.routing import Request, Response, get
from rembuk.web.visit import remember


@get("/bahasa/{lang:str}", guard=PUBLIC)
async def choose_language(request: Request, lang: str) -> Response:
    """Remember the language for a year and go back to the page the link stood on."""
    if lang not in i18n.languages():
        raise Refused(Web.NOT_FOUND)
    remember(request, i18n.COOKIE, lang)
    came_from = urlsplit(request.headers.get("referer", ""))
    back = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return redirect(local_path(request.query_params.get("kembali"), local_path(back)))


HANDLERS = [choose_language]
