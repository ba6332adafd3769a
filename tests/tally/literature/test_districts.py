"""Districts: after Hershkowitz, Kahng, Peters, Procaccia, District-Fair Participatory Budgeting (AAAI 2021).

arXiv 2102.06115. Their point, in numbers of ours: with a budget per district, what everybody wants can be lost
although it would serve every district better than its own share; our city round is where it can still be bought.
"""

from rembuk.tally.city import City, Envelope
from rembuk.tally.count import count
from rembuk.tally.election import District, Election, Options, Project
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.stages import count_city

CODES = ("x", "y", "z")


def district(code: str) -> Envelope:
    """Ten voters of a district, four of whom want a small project of its own that takes its whole share."""
    own = [Project(f"{code}1", 30), Project(f"{code}2", 11)]
    return Envelope(Election.of(own, [((own[0].id,), 4), ((own[1].id,), 3)], 0, options=Options(threshold=1)))


def test_one_election_for_all() -> None:
    """90 in one pot: thirty voters fund the park of all, 90, before any project of a district."""
    listed = [Project("park", 90), *(Project(f"{code}1", 30) for code in CODES)]
    types = [((f"{code}1", "park"), 4) for code in CODES] + [(("park",), 18)]
    assert count(Election.of(listed, types, 90, options=Options(threshold=1))).winners == ("park",)


def test_districts_apart() -> None:
    """30 in each of three pots: a project of 90 fits in none, twelve of thirty voters are served instead of thirty."""
    plan = QuotaPlan(90, tuple(District(code) for code in CODES))
    apart = count_city(City("c", plan, "equal", {code: district(code) for code in CODES}))
    assert apart.winners == ("x1", "y1", "z1")
    assert apart.unspent == 0


def test_a_pot_for_the_city_brings_it_back() -> None:
    """Kept apart for the whole city, 90 of 180 pay for the park, and each district still has its own 30."""
    plan = QuotaPlan(180, tuple(District(code) for code in CODES), pot=90)
    park = Envelope(Election.of([Project("park", 90)], [(("park",), 30)], 0, options=Options(threshold=1)))
    both = count_city(City("c", plan, "equal", {code: district(code) for code in CODES}, citywide=park))
    assert set(both.winners) == {"park", "x1", "y1", "z1"}
