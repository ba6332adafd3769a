"""The security headers of every answer, exactly those of trust.md 8."""

from rembuk.settings import settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_ALL_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS = ", ".join(["geolocation=(self)", *(f"{name}=()" for name in _ALL_OFF)])
_ALWAYS = (
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", PERMISSIONS),
    ("x-frame-options", "DENY"),
)
_HSTS = ("strict-transport-security", "max-age=31536000; includeSubDomains")

Raw = list[tuple[bytes, bytes]]


def security_headers() -> dict[str, str]:
    """The headers every answer carries; HSTS only over HTTPS."""
    return dict([*_ALWAYS, _HSTS] if settings().https else _ALWAYS)


def completed(given: Raw, secure: Raw, no_store: bool) -> Raw:
    """An answer's headers, security ones added where it sets none of its own; no-store wins when asked."""
    names = {name.lower() for name, _ in given}
    headers = [(name, text) for name, text in given if not (no_store and name.lower() == b"cache-control")]
    headers += [(name, text) for name, text in secure if name not in names]
    if no_store:
        headers.append((b"cache-control", b"no-store"))
    elif b"cache-control" not in names:
        headers.append((b"cache-control", b"private, no-cache"))
    return headers


def raw(headers: dict[str, str]) -> Raw:
    """Headers as they travel."""
    return [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
