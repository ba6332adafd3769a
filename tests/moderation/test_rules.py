"""Who may not decide, what does not fit, what is looked at twice."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from rembuk.moderation import rules
from rembuk.moderation.rules import (
    ACTION_WORDS,
    REASON_WORDS,
    REPORT_REASONS,
    UNDOING,
    Action,
    Decision,
    Reason,
    Refusal,
    Ruling,
    Subject,
    words_found,
)

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
ME = uuid4()


def decision(action: Action = Action.HIDE, moderator: UUID = ME, undoes: UUID | None = None) -> Decision:
    reason = Reason.RUDE
    return Decision(
        uuid4(), Subject.COMMENT, uuid4(), "32.73.27", moderator, "", action, reason, "", "", 1, undoes, NOON
    )


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_every_stake_locks(is_moderator: bool, may_now: bool, is_author: bool, own_rw: bool, endorsed: bool) -> None:
    """trust 7, N3: only a moderator of the area without any stake decides; each stake has its own sentence."""
    reason = rules.why_not_decide(
        is_moderator=is_moderator, may_now=may_now, is_author=is_author, own_rw=own_rw, endorsed=endorsed
    )
    assert (reason is None) is (is_moderator and may_now and not (is_author or own_rw or endorsed))


def test_acts_that_do_not_fit() -> None:
    """Hidden twice, restored unhidden, answered without a word."""
    assert rules.why_not_act(Ruling(Action.HIDE, Reason.RUDE), True) is Refusal.ALREADY
    assert rules.why_not_act(Ruling(Action.RESTORE, Reason.FINE), False) is Refusal.ALREADY
    assert rules.why_not_act(Ruling(Action.REPLY, Reason.OTHER), False) is Refusal.NO_TEXT
    assert rules.why_not_act(Ruling(Action.REPLY, Reason.OTHER, "Halo"), False) is None
    assert rules.why_not_act(Ruling(Action.HIDE, Reason.FINE), False) is Refusal.HIDE_REASON
    assert rules.why_not_act(Ruling(Action.KEEP, Reason.FINE), True) is None


def test_undo_is_for_its_taker_fresh_and_once() -> None:
    """5.11: one's own decision, within ten minutes, once, and never an undoing itself."""
    soon, late = NOON + timedelta(minutes=10), NOON + timedelta(minutes=11)
    assert rules.why_not_undo(decision(), ME, soon, False) is None
    assert rules.why_not_undo(decision(), uuid4(), soon, False) is Refusal.NOT_YOURS
    assert rules.why_not_undo(decision(), ME, late, False) is Refusal.TOO_LATE
    assert rules.why_not_undo(decision(), ME, soon, True) is Refusal.TOO_LATE
    assert rules.why_not_undo(decision(Action.REPLY), ME, soon, False) is Refusal.TOO_LATE
    assert rules.why_not_undo(decision(undoes=uuid4()), ME, soon, False) is Refusal.TOO_LATE


def test_everything_has_words() -> None:
    """Every act and reason can be said; a reporter is not offered "all is fine"."""
    assert ACTION_WORDS.keys() == set(Action)
    assert REASON_WORDS.keys() == set(Reason)
    assert not {Reason.FINE.value, Reason.MISTAKE.value} & {value for value, _ in REPORT_REASONS}
    assert set(UNDOING) == {Action.HIDE, Action.RESTORE, Action.KEEP}


def test_words_that_need_a_look() -> None:
    """I10 helper: rude words as whole words, and numbers long enough to be a phone's or a NIK."""
    assert words_found("Dasar Goblok!") == ("goblok",)
    assert words_found("babinsa dan anjingan") == ()
    assert words_found("hubungi 0812-3456-7890") == ("nomor panjang",)
    assert words_found("biayanya 96500000 rupiah, 12 rumah") == ()
