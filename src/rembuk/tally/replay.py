"""The replay in words: one sentence per step, made of that step's own facts and nothing later.

replayed(election, result)                     as many sentences as result.steps, in Bahasa Indonesia
replayed(election, result, language="su")      in another language of LANGUAGES
"""

from rembuk.tally.election import Election
from rembuk.tally.languages import LANGUAGES
from rembuk.tally.result import Result
from rembuk.tally.words import Words


def replayed(election: Election, result: Result, *, language: str = "id") -> tuple[str, ...]:
    """What each step decided and why, the money before and after it, the tie and its key, the runner-up."""
    words = Words(election, result, LANGUAGES[language])
    won_later = set(result.winners)
    said = []
    for step in result.steps:
        text = words.won(step) if step.is_funded else words.lost(step, yet=step.project in won_later)
        said.append(text + words.race(step) + words.purse(step))
    return tuple(said)
