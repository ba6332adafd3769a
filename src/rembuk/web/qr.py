"""QR codes as images inside the page: nothing is fetched, nothing is kept."""

import segno

from rembuk.settings import settings


def qr_image(path: str) -> str:
    """A data: URI of the QR code that leads to a path of this site; error correction M, quiet zone 4."""
    code = segno.make_qr(settings().base_url + path, error="m")
    return str(code.svg_data_uri(border=4, light="#fff", dark="#062e27"))
