"""Every setting, typed; the environment (REMBUK_…) is read here and nowhere else."""

import os
from functools import cache
from pathlib import Path

import msgspec

PREFIX = "REMBUK_"
_PACKAGE = Path(__file__).resolve().parent


class BadSettings(Exception):
    """The environment holds a setting that is unknown or cannot be read; the text says which."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may decide; a city's own choices are its pack and the officials' forms."""

    data: Path = Path("var")
    """Folder of everything that is kept: database, photos, exports."""
    secrets: Path | None = None
    """Folder of keys and the pepper, outside the data folder; by default its neighbour "…-secrets"."""
    database_url: str | None = None
    """A postgresql:// address; without one the database is a SQLite file in the data folder."""
    base_url: str = "http://127.0.0.1:8000"
    """The address people see; absolute links come from it, never from a request."""
    hosts: tuple[str, ...] = ()
    """More host names to answer to, besides the one in base_url."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of proxies whose X-Forwarded-For is believed."""
    city: str = "32.73"
    """Code of the city pack this installation serves."""
    demo: bool = False
    """Demo mode: made-up residents and sign-ins, said on every page, loopback only."""
    otp_channel: str = "console"
    """Channel that carries one-time codes."""
    argon2_workers: int = 2
    """Password hashes computed at once, 1 to 4."""
    objection_days: int = 30
    """Days after the results are opened before sealed envelopes may be destroyed."""
    page_size: int = 12
    """Proposals on one page of a list."""
    log_level: str = "INFO"
    """Least severe log line that is written."""

    @property
    def secret_folder(self) -> Path:
        """Where keys and pepper lie: never inside the data folder (trust.md 3)."""
        return self.secrets or self.data.resolve().with_name(self.data.resolve().name + "-secrets")

    @property
    def database_file(self) -> Path:
        """The SQLite file, used when no database_url is given."""
        return self.data / "rembuk.sqlite3"

    @property
    def https(self) -> bool:
        """Whether people reach the site over HTTPS; plain HTTP is for loopback only."""
        return self.base_url.startswith("https://")


def read_settings(environment: dict[str, str]) -> Settings:
    """Settings out of an environment; raises BadSettings naming the variable at fault."""
    ours = {name.removeprefix(PREFIX).lower(): text for name, text in environment.items() if name.startswith(PREFIX)}
    given = {name: text for name, text in ours.items() if not name.startswith("test_")}
    known = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    if unknown := sorted(given.keys() - known.keys()):
        raise BadSettings(f"unknown setting {PREFIX}{unknown[0].upper()}")
    lists = {name for name, kind in known.items() if "tuple" in str(kind)}
    values = {name: text.split(",") if name in lists else text for name, text in given.items()}
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=lambda kind, text: kind(text))
    except msgspec.ValidationError as fault:
        raise BadSettings(f"a {PREFIX}… setting cannot be read: {fault}") from fault


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return read_settings(dict(os.environ))


def asset_folder(name: str) -> Path:
    """Folder "templates", "static" or "migrations": inside the wheel, or beside src/ in a checkout."""
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parents[1] / name
