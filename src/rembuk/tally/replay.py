"""The replay in words: one sentence per step, made of that step's own facts and nothing later.

replayed(election, result)      as many sentences as result.steps, in Bahasa Indonesia
"""

from fractions import Fraction

from rembuk.money import thousands
from rembuk.tally.election import Election
from rembuk.tally.explain import Words
from rembuk.tally.result import Result, Step

NOT_YET = "Belum terbeli pada langkah ini: "


def replayed(election: Election, result: Result) -> tuple[str, ...]:
    """What each step decided and why, the money before and after it, the tie and its key, the runner-up."""
    words = Words(election, result)
    won_later = set(result.winners)
    said = []
    for step in result.steps:
        text = words.won(step) if step.is_funded else words.lost(step)
        if not step.is_funded and step.project in won_later:
            text = text.replace("Belum terpilih: ", NOT_YET)
        said.append(text + _race(step, words) + _money(step, words))
    return tuple(said)


def _money(step: Step, words: Words) -> str:
    if step.money_before == step.money_after:
        return f" Sisa pagu tetap {words.money(step.money_before)}."
    return f" Sisa pagu turun dari {words.money(step.money_before)} menjadi {words.money(step.money_after)}."


def _race(step: Step, words: Words) -> str:
    """Equal shares: its effective votes beside those of the runner-up."""
    if step.effective_votes is None:
        return ""
    text = f" Suara efektifnya {tenths(step.effective_votes)}"
    if step.runner_up is None or step.runner_up_votes is None:
        return f"{text}."
    return f"{text}; berikutnya {words.name(step.runner_up)} dengan {tenths(step.runner_up_votes)}."


def tenths(value: Fraction) -> str:
    """A fraction with one decimal as people here write it: 7/2 is "3,5", a whole number stays whole."""
    size = (value * 20 + 1) // 2
    return thousands(size // 10) + (f",{size % 10}" if size % 10 else "")
