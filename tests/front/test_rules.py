"""What the first page says in each phase; no database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rembuk.cycles.rules import PHASES, Phase, PhaseKind
from rembuk.front.glossary import TERMS
from rembuk.front.rules import Facts, coming, countdown, stage_of, step_of

START = datetime(2026, 11, 1, tzinfo=UTC)


def facts(**changes: object) -> Facts:
    """Gedebage with 14 proposals."""
    given: dict[str, object] = {
        "place": "Gedebage",
        "slug": "gedebage",
        "proposals": 20,
        "on_ballot": 14,
        "funded": 10,
        "works": 10,
        "works_running": 7,
        "until": "Minggu, 29 November 2026 pukul 20.00 WIB",
        "has_voted": False,
    }
    return Facts(**(given | changes))  # type: ignore[arg-type]


def phases() -> list[Phase]:
    """Six phases of ten days."""
    return [
        Phase(kind, START + timedelta(days=10 * nth), START + timedelta(days=10 * nth + 9), START)
        for nth, kind in enumerate(PHASES)
    ]


@pytest.mark.parametrize(
    ("kind", "title", "button", "href"),
    [
        (PhaseKind.PROPOSALS, "Apa yang perlu dibenahi di RW Anda?", "Buat usulan", "/usulan/baru"),
        (PhaseKind.DEBATE, "Beri pendapat sebelum usulan dikunci", "Baca dan tanggapi", "/usulan?kec=gedebage"),
        (PhaseKind.REVIEW, "Petugas sedang memeriksa usulan", "Pantau", "/usulan?kec=gedebage"),
        (PhaseKind.VOTING, "Saatnya memilih usulan untuk lingkungan kita", "Buka surat suara", "/bilik"),
        (PhaseKind.RESULTS, "10 usulan didanai", "Lihat hasil", "/hasil/gedebage"),
        (PhaseKind.WORKS, "7 dari 10 pekerjaan berjalan", "Pantau", "/pelaksanaan?kec=gedebage"),
    ],
)
def test_one_question_and_one_button(kind: PhaseKind, title: str, button: str, href: str) -> None:
    """A11: each phase has its own question and leads to its own act."""
    stage = stage_of(kind, facts())
    assert (stage.title, stage.buttons[0].words, stage.buttons[0].href) == (title, button, href)
    assert len(stage.buttons) <= 2


def test_no_ballot_button_outside_the_vote() -> None:
    """A5: only while people vote does a button lead to the booth."""
    for kind in (*PHASES, None):
        leads = any(button.href == "/bilik" for button in stage_of(kind, facts()).buttons)
        assert leads is (kind is PhaseKind.VOTING)


def test_after_voting_the_stage_says_so() -> None:
    """A sent ballot changes the stage: proof first, then changing it."""
    stage = stage_of(PhaseKind.VOTING, facts(has_voted=True))
    assert [button.href for button in stage.buttons] == ["/bukti", "/bilik"]


@pytest.mark.parametrize(("today", "number"), [(date(2026, 11, 23), "6"), (date(2026, 11, 29), "Hari ini")])
def test_days_left(today: date, number: str) -> None:
    """The days are the city's own days; the last one says today."""
    assert countdown(phases()[3], today, date(2026, 11, 29)).number == number


def test_what_comes_next() -> None:
    """A11: the next phase is named with its day; after the last there is none."""
    assert coming(PhaseKind.VOTING, phases()) == (PhaseKind.RESULTS, START + timedelta(days=40))
    assert coming(PhaseKind.WORKS, phases()) is None
    assert [step_of(kind, phases()) for kind in PHASES] == [1, 2, 3, 4, 5, 6]
    assert step_of(None, phases()) == 0


def test_glossary_names_each_thing_once() -> None:
    """One name per thing, with short sentences."""
    assert len({term.id for term in TERMS}) == len({term.word for term in TERMS}) == len(TERMS)
    for term in TERMS:
        assert all(len(sentence.split()) <= 20 for sentence in term.meaning.split(". ")), term.word
