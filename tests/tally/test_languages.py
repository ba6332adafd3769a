"""Every sentence exists in all three languages, with the same numbers in each."""

import re
from dataclasses import fields, replace
from fractions import Fraction
from string import Formatter

import pytest

from rembuk.tally.count import compare, count
from rembuk.tally.election import Election, Options, Project
from rembuk.tally.explain import explain, lacking
from rembuk.tally.languages import LANGUAGES, Language
from rembuk.tally.limits import Limit
from rembuk.tally.replay import replayed
from rembuk.tally.result import Decision, Step, Tie
from rembuk.tally.ties import KEYS
from rembuk.tally.words import Words

NAMES = ("en", "id", "su")
CONSTRAINTS = ("cap RW 05", "group taman", "requires b", "not eligible: tanah sengketa")


def small(**changes: object) -> Election:
    """Three projects, ten voters, money for one large or two small ones."""
    listed = [
        Project("a", 60_000_000, "Bank sampah"),
        Project("b", 50_000_000, "Sumur resapan"),
        Project("c", 40_000_000, "Keran umum"),
    ]
    types = [(("a",), 5), (("b",), 3), (("c", "b"), 1), ((), 1)]
    election = Election.of(listed, types, 100_000_000, options=Options(threshold=1), seed=b"x")
    return replace(election, **changes)  # type: ignore[arg-type]


def texts(language: Language) -> dict[str, str]:
    """Every text of a language by the name of its field (and key)."""
    found: dict[str, str] = {}
    for field in fields(language):
        value = getattr(language, field.name)
        if isinstance(value, str):
            found[field.name] = value
        elif isinstance(value, tuple):
            found |= {f"{field.name} {place}": text for place, text in enumerate(value)}
        elif not callable(value):
            found |= {f"{field.name} {key}": text for key, text in value.items()}
    return found


def test_the_shelf() -> None:
    """Indonesian, Sundanese and English, and no other."""
    assert tuple(LANGUAGES.names()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_same_sentences(name: str) -> None:
    """Each language has every text of Indonesian, with the same blanks to fill in, and plain punctuation."""
    source, mine = texts(LANGUAGES["id"]), texts(LANGUAGES[name])
    assert mine.keys() == source.keys()
    for key, text in mine.items():
        assert blanks(text) == blanks(source[key]), key
        assert not re.search("[!—]", text), key
    if name != "id":
        same = [
            key for key in mine if mine[key] == source[key] and re.search("[a-z]{3}", re.sub("{.*?}", "", mine[key]))
        ]
        assert set(same) <= {"points 0", "points 1", "limits requires", "limits group"}, same


def blanks(text: str) -> list[str]:
    """The names of the blanks of a text, sorted."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_every_decision_and_constraint(name: str, decision: Decision, constraint: str) -> None:
    """M3: whatever a step decided, each language has a sentence that ends and has no blank left."""
    election = small()
    words = Words(election, count(election), LANGUAGES[name])
    held = constraint if decision is Decision.HELD else "threshold 4"
    step = Step(1, "c", decision, 40_000_000, 100_000_000, 60_000_000, rank=2, constraint=held, behind=Fraction(7, 3))
    said = words.won(step) if step.is_funded else words.lost(step)
    assert said.endswith(".")
    assert "{" not in said
    if decision is Decision.HELD:
        assert constraint.rsplit(" ", 1)[1].replace("b", "Sumur resapan", constraint.startswith("requires")) in said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", [*KEYS, "id"])
def test_every_tie(name: str, key: str) -> None:
    """T: each key of the tie chain has words."""
    election = small()
    words = Words(election, count(election), LANGUAGES[name])
    step = Step(1, "c", Decision.FUNDED, 4, 9, 5, rank=1, tie=Tie(("b",), key))
    assert LANGUAGES[name].keys[key] in words.won(step)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule(name: str) -> None:
    """Each rule tells every project and every step in this language, with the numbers of Indonesian."""
    for rule, result in compare(small()).items():
        election = small().with_rule(rule)
        lacks = lacking(election, result)
        told, source = (explain(election, result, language=each, lacks=lacks) for each in (name, "id"))
        for project, said in told.items():
            assert digits(said.sentence) == digits(source[project].sentence)
            assert (said.sentence == source[project].sentence) == (name == "id")
        steps = zip(replayed(election, result, language=name), replayed(election, result), strict=True)
        assert all(digits(mine) == digits(theirs) for mine, theirs in steps)


def digits(text: str) -> list[str]:
    """The numbers of a sentence in order of size, written without separators."""
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[.,](?=\d)", "", text)))


def test_said_in_full() -> None:
    """One sentence of each language, as it stands."""
    election = small(limits=(Limit("RW 05", frozenset({"c"}), number=0),))
    result = count(election)
    sp = "\N{NO-BREAK SPACE}"
    assert explain(election, result, language="en")["a"].sentence == (
        f"Funded: number 1 in line with 5 votes; its cost of Rp{sp}60,000,000 fitted in the Rp{sp}100,000,000 "
        "that was left."
    )
    assert explain(election, result, language="su")["c"].sentence == (
        "Teu acan kapilih: kénging 1 sora, nanging katahan ku wates RW 05."
    )
    assert explain(election, result, language="en")["c"].sentence == (
        "Not funded: it got 1 vote, but was held back by the cap RW 05."
    )
    assert explain(election, result, language="en")["b"].sentence.endswith(
        f"It needed 1 more vote. At a cost of Rp{sp}40,000,000 it would have been funded."
    )
