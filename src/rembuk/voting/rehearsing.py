"""A whole key ceremony in one call, where one machine holds every share: the demo and tests."""

from itertools import combinations
from uuid import UUID

from rembuk.voting import store
from rembuk.voting.ceremony import try_file
from rembuk.voting.keys import make_key, result_line, split
from rembuk.voting.terms import KeyTerms

ORGANISATIONS = ("Universitas", "Koran kota", "Forum warga")


async def rehearse(cycle: UUID, first: UUID, second: UUID, quorum: int = 1, trustees: int = 1) -> tuple[str, ...]:
    """Make a key, settle it by two persons, open the trial envelope twice; the word shares."""
    pair = make_key()
    shares = split(pair.secret, quorum, trustees)
    houses = tuple(ORGANISATIONS[nth % len(ORGANISATIONS)] for nth in range(trustees))
    watched = 0 if trustees == 1 else 1
    terms = KeyTerms(pair.public.hex(), quorum, trustees, houses, witness_quorum=watched, auditor_quorum=watched)
    act = await store.propose_key(cycle, terms, first)
    await store.settle_key(act.id, cycle, second)
    await open_trial_twice(cycle, first, shares, quorum)
    return shares


async def open_trial_twice(cycle: UUID, person: UUID, shares: tuple[str, ...], quorum: int) -> None:
    """Two different quorums open the trial envelope; the only one does it twice."""
    file = await store.trial_envelope(cycle)
    quorums = [*combinations(shares, quorum)][:2]
    for each in quorums if len(quorums) == 2 else quorums * 2:
        await store.record_trial(cycle, result_line(try_file(file, [*each])), person)
