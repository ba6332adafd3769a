"""Whatever lies in a folder, the verifier ends in plain words and 0 or 1, never in a trace."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rembuk_verify as verify
from tests.verify import bundles

EXAMPLES = 2_000 if os.environ.get("REMBUK_TEST_CAMPAIGN") == "1" else 60
NAMES = ("manifest.json", "config.json", "projects.json", "board.jsonl", "checkpoints.txt", "keys.json", "audit.jsonl")
RESULT, BALLOTS = "results/32.73.26.json", "ballots/32.73.26.pb"
HUGE = "9" * 5_000

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("\ud800"), st.just(10**400)
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
junk = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [b"", b"\xff\xfe", b"[" * 50_000, b'{"a":' * 5_000, HUGE.encode(), b'{"n":' + HUGE.encode() + b"}"]
    ),
    values.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
)


@pytest.fixture(scope="module")
def whole() -> dict[str, bytes]:
    """The files of an honest bundle."""
    return bundles.bundle_files()


def says(folder: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """The exit code; every line printed is one of ours."""
    code = verify.main([str(folder), "--lang", "en"])
    said = capsys.readouterr()
    assert said.err == ""
    assert all(line.startswith(("HOLDS", "DOES NOT HOLD", "NOT CHECKED")) for line in said.out.splitlines()[:-1])
    return code


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*NAMES, RESULT, BALLOTS, "x"]), junk, max_size=6), st.booleans())
def test_junk_never_gives_a_trace(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    whole: dict[str, bytes],
    files: dict[str, bytes],
    listed: bool,
) -> None:
    """T-FUZZ: junk in any file, alone or in an honest bundle with a fitting manifest."""
    folder = tmp_path_factory.mktemp("junk")
    if listed:
        bundles.write(folder, {**whole, **{name: data for name, data in files.items() if name != "manifest.json"}})
        changed = any(whole.get(name) != data for name, data in files.items() if name != "manifest.json")
        # a file more that the manifest names is no contradiction; anything else is
        assert says(folder, capsys) == int(changed and set(files) - {"x", "manifest.json"} != set())
        return
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    assert says(folder, capsys) == 1


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["config.json", "keys.json", RESULT, "projects.json"]), st.data())
def test_any_value_of_any_document_may_be_anything(
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    whole: dict[str, bytes],
    name: str,
    data: st.DataObject,
) -> None:
    """T-FUZZ: the right keys with the wrong kinds of values, listed and hashed as if they were right."""
    read = json.loads(whole[name])
    key = data.draw(st.sampled_from(sorted(read)))
    changed = {**read, key: data.draw(values)}
    folder = tmp_path_factory.mktemp("odd")
    bundles.write(folder, {**whole, name: json.dumps(changed).encode("utf-8", "surrogatepass")})
    says(folder, capsys)


def test_an_empty_folder_and_links(tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: dict[str, bytes]) -> None:
    """Nothing at all, a file where a folder should be, links out of the bundle and in circles."""
    empty = tmp_path / "empty"
    empty.mkdir()
    assert says(empty, capsys) == 1
    linked = bundles.write(tmp_path / "linked", whole)
    assert says(linked, capsys) == 0
    (linked / "config.json").rename(tmp_path / "config.json")
    (linked / "config.json").symlink_to(tmp_path / "config.json")
    assert says(linked, capsys) == 1
    (linked / "config.json").unlink()
    (tmp_path / "config.json").rename(linked / "config.json")
    (linked / "circle").symlink_to(linked)
    assert says(linked, capsys) == 1
    (linked / "circle").unlink()
    (linked / "config.json").unlink()
    (linked / "config.json").mkdir()
    assert says(linked, capsys) == 1
    with pytest.raises(SystemExit) as stop:
        verify.main([str(tmp_path / "nowhere")])
    assert stop.value.code == 2
    capsys.readouterr()


def test_a_name_cannot_speak_for_the_verifier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: dict[str, bytes]
) -> None:
    """A line break, an escape sequence or the divider of languages in a name changes nothing but that name."""
    code = "x\nHOLDS           everything | \x1b[2J"
    config = json.loads(whole["config.json"])
    config["districts"][0]["contest"] = code
    files = {**whole, "config.json": verify.canonical(config)}
    assert says(bundles.write(tmp_path, files), capsys) == 1


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[" * 50_000, b'{"seed":"00"}'])
def test_a_checkpoint_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    """`--checkpoint` and `--kode` with rubbish: plain words and exit 1."""
    (tmp_path / "uji.json").write_bytes(content)
    folder = bundles.write(tmp_path / "bundle", bundles.bundle_files())
    assert verify.main([str(folder), "--checkpoint", str(tmp_path / "uji.json")]) == 1
    assert verify.main([str(folder), "--checkpoint", str(tmp_path / "nowhere")]) == 1
    assert verify.main([str(folder), "--kode", "bukan kode"]) == 1
    capsys.readouterr()


def test_a_field_too_long_for_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the csv reader itself refuses is told in words too. Sabotage: csv.Error left out of BAD."""
    files = bundles.bundle_files()
    long = b'META\nkey;value\n"' + b"x" * 200_000 + b"\n\nPROJECTS\nproject_id;cost\n\nVOTES\nvoter_id;vote\n"
    assert says(bundles.write(tmp_path, {**files, BALLOTS: long}), capsys) == 1
