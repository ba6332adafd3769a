"""Settings and commands are documented; unknown settings are refused."""

from pathlib import Path

import msgspec
import pytest

from rembuk.cli import cli
from rembuk.settings import PREFIX, BadSettings, Settings, read_settings

RUNNING = Path(__file__).parents[2] / "docs" / "running.md"


@pytest.mark.parametrize("field", [field.name for field in msgspec.structs.fields(Settings)])
def test_every_setting_is_in_the_docs(field: str) -> None:
    """House §4: a setting without a line in docs/running.md does not exist."""
    assert f"`{PREFIX}{field.upper()}`" in RUNNING.read_text("utf-8")


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_docs(command: str) -> None:
    """House §6: a command without a line in docs/running.md does not exist."""
    assert f"`rembuk {command}" in RUNNING.read_text("utf-8")


def test_an_unknown_setting_stops_the_start() -> None:
    """A typo in a setting's name is an error in words, not a default."""
    with pytest.raises(BadSettings, match="REMBUK_DAAT"):
        read_settings({"REMBUK_DAAT": "/x"})


def test_a_setting_that_cannot_be_read_is_said() -> None:
    """A setting of the wrong kind is an error in words."""
    with pytest.raises(BadSettings, match="demo"):
        read_settings({"REMBUK_DEMO": "perhaps"})
