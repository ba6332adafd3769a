"""The command line of tally.md §6: options, table, JSON, exit codes; a whole city from files."""

import hashlib
import json
import unicodedata
from pathlib import Path

import pytest

from rembuk.tally.command import main
from rembuk.tally.election import Election, Project
from rembuk.tally.pabulib import write

FILE = """META
key;value
budget;10.5
vote_type;approval
rule;greedy-no-skip
PROJECTS
project_id;cost;name
a;5.5;Satu
b;7;Dua
c;5;Tiga
VOTES
voter_id;vote
1;a
2;a,c
3;b,a
4;b
5;c
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with cents."""
    made = tmp_path / "x.pb"
    made.write_text(FILE, encoding="utf-8")
    return made


def counted(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    """The JSON object of a count."""
    assert main(["count", str(path), *options, "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert isinstance(out, dict)
    return out


def test_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object: winners in order of purchase, money as strings in currency units, scores, steps, digest."""
    out = counted(path, capsys)
    assert (out["winners"], out["cost"], out["budget"]) == (["a", "c"], "10.5", "10.5")
    assert out["scores"] == {"a": "3", "b": "2", "c": "2"}
    assert out["rule"] == "greedy"
    assert [step["money_after"] for step in out["steps"]] == ["5", "5", "0"]  # type: ignore[attr-defined]
    assert len(str(out["digest"])) == 64


def test_options(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each option does what it says."""
    assert counted(path, capsys, "--no-skip")["winners"] == ["a"]
    assert counted(path, capsys, "--rule", "official")["winners"] == ["a"]
    assert counted(path, capsys, "--threshold", "3")["winners"] == ["a"]
    assert counted(path, capsys, "--order", "votes_per_cost")["winners"] == ["a", "c"]
    assert counted(path, capsys, "--ties", "id")["winners"] == ["a", "c"]
    assert counted(path, capsys, "--ties", "00ff")["digest"] != counted(path, capsys)["digest"]
    shares = counted(path, capsys, "--rule", "equal_shares", "--completion", "add1u", "--step", "1")
    assert shares["winners"] == ["a", "c"]
    assert shares["steps"][0]["price"] == "11/6"  # type: ignore[index]
    assert counted(path, capsys, "--rule", "phragmen")["winners"] == ["a", "c"]


def test_table(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json a table, with the digest that --json gives."""
    digest = counted(path, capsys)["digest"]
    assert main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "2 of 3 projects funded, 10.5 of 10.5 spent, greedy" in out
    assert f"digest {digest}" in out


def city(folder: Path, **changes: object) -> Path:
    """A city of two districts on disk."""
    for code, votes in (("x", 5), ("y", 4)):
        listed = [Project(f"{code}1", 60, "A", issue="waste"), Project(f"{code}2", 50, "B", issue="flood")]
        election = Election.of(listed, [((f"{code}1",), votes), ((f"{code}2",), 2)], 1)
        (folder / f"{code}.pb").write_text(write(election), encoding="utf-8")
    fence = {"name": "banjir", "issue": "flood", "floor": "50"}
    document = {
        "contest": "2026",
        "quota": "per_capita",
        "total": "250",
        "pot": 50,
        "ties": "00",
        "districts": [
            {"code": "x", "residents": 3, "ballots": "x.pb", "fences": [fence]},
            {"code": "y", "residents": 1, "ballots": "y.pb"},
        ],
        **changes,
    }
    config = folder / "city.json"
    config.write_text(json.dumps(document), encoding="utf-8")
    return config


def test_city(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Quotas 150 and 50, the fence funds x2, the envelopes x1 and y2, the city round y1 from what is left."""
    assert main(["--config", str(city(tmp_path)), "--ballots", str(tmp_path), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["ceilings"] == {"x": "150", "y": "50"}
    assert out["winners"] == ["x2", "x1", "y2", "y1"]
    assert (out["cost"], out["unspent"], out["budget"]) == ("220", "30", "250")
    assert main(["--config", str(city(tmp_path)), "--ballots", str(tmp_path)]) == 0
    assert out["digest"] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"total": "x"}, "total"),
        ({"total": 10}, "Rp 50"),
        ({"quota": "magic"}, "magic"),
        ({"districts": {}}, "districts"),
        ({"districts": [{"code": "x", "residents": 1, "ballots": "none.pb"}]}, "none.pb:1"),
        ({"leftover": "party"}, "party"),
        ({"ties": "zz"}, "zz"),
        ({"rule": "dictator"}, "dictator"),
        ({"mix": []}, "mix"),
    ],
)
def test_bad_city(changes: dict[str, object], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A city file that cannot be used is refused with 2 and the reason."""
    assert main(["--config", str(city(tmp_path, **changes)), "--ballots", str(tmp_path), "--json"]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert reason in error
    assert "Traceback" not in error


def test_city_not_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken city.json is refused at its line."""
    config = tmp_path / "city.json"
    config.write_text("{\n  oops", encoding="utf-8")
    assert main(["--config", str(config), "--ballots", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"{config}:2: ")


def test_search_and_step(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How Add1 went, in the currency: from 10.5 / 5, by default in steps of a thousandth of it, rounded up to 1."""
    asked = ("--rule", "equal_shares", "--completion", "add1")
    out = counted(path, capsys, *asked)
    assert out["search"] == {
        "start": "21/10",
        "step": "1",
        "final": "41/10",
        "raises": 2,
        "stopped": "nothing more fits",
    }
    assert out["options"]["step"] == "0"  # type: ignore[index]
    assert counted(path, capsys, *asked, "--step", "3")["options"]["step"] == "3"  # type: ignore[index]
    assert counted(path, capsys)["search"] is None
    assert main([str(path), *asked]) == 0
    assert "share raised 2 times by 1 a voter, from 21/10 to 41/10: nothing more fits" in capsys.readouterr().out


def test_prices_in_both_ways(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A price is an exact fraction of the currency, and beside it the same in the smallest unit, rounded down."""
    step = counted(path, capsys, "--rule", "equal_shares")["steps"][0]  # type: ignore[index]
    assert (step["price"], step["price_about"], step["rest"]) == ("11/6", "1.8", "0")


def test_digest_by_hand(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The digest is the SHA-256 of `record`, for a file and for a city, with nothing but json and hashlib."""
    documents = [counted(path, capsys, "--rule", rule) for rule in ("greedy", "equal_shares", "phragmen")]
    assert main(["--config", str(city(path.parent)), "--ballots", str(path.parent), "--json"]) == 0
    documents.append(json.loads(capsys.readouterr().out))
    for document in documents:
        text = json.dumps(document["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest() == document["digest"]


def test_money_is_text(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No amount of money outside `record` is a JSON number."""
    out = counted(path, capsys, "--rule", "equal_shares", "--completion", "greedy")
    spoken = {key: value for key, value in out.items() if key != "record"}
    counts = {"number", "supporters", "full_payers", "rest_payers", "rank", "voters", "unit"}

    def numbers(value: object, name: str) -> list[str]:
        if isinstance(value, dict):
            return [found for key, each in value.items() for found in numbers(each, key)]
        if isinstance(value, list):
            return [found for each in value for found in numbers(each, name)]
        return [name] if isinstance(value, int | float) else []

    assert set(numbers(spoken, "")) <= counts
