"""A rule says no: the reason, its sentence for people and its status for programs."""

from enum import Enum


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate me later"
    """Mark a text for translation and give it back unchanged."""
    return text


class Said(str):
    """A text with its facts filled in that remembers both, so that pages can say it anew in another language."""

    text: str
    facts: dict[str, object]

    def __new__(cls, text: str, /, **facts: object) -> "Said":
        """The text, marked with N_, with each {fact} filled in; raises KeyError when one is missing."""
        made = super().__new__(cls, text.format(**facts))
        made.text, made.facts = text, facts
        return made


class Reason(Enum):
    """One reason per member: an HTTP status and one Indonesian sentence, which may name facts in {braces}."""

    status: int
    sentence: str

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence


class Refused(Exception):
    """A rule refused; raised by stores, it undoes the transaction and becomes a page in web/errors.py."""

    def __init__(self, reason: Reason, **facts: object) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.facts = facts

    def sentence(self) -> Said:
        """The reason in words, with its facts filled in."""
        return Said(self.reason.sentence, **self.facts)
