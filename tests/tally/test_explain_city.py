"""Sentences for fences, the city round and the reserve list; what was lacked is proven by counting the city again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from rembuk.tally.city import City, Envelope, Fence, Leftover
from rembuk.tally.election import Completion, District, Election, Options, Project
from rembuk.tally.explain_city import explain_city
from rembuk.tally.languages import LANGUAGES
from rembuk.tally.limits import Limit
from rembuk.tally.probe import Lack, joined
from rembuk.tally.probe_add1 import at_cost, with_support
from rembuk.tally.probe_city import lacking_in_city
from rembuk.tally.quotas import QuotaPlan
from rembuk.tally.stages import count_city
from tests.strategies import cities

SP = "\N{NO-BREAK SPACE}"


def made(rule: str = "greedy", completion: Completion = Completion.NONE, **changes: object) -> City:
    """Two districts; in x a fence for floods and children's ballots, in y projects that only the city round pays."""
    listed = [
        Project("a", 60, "Bank sampah"),
        Project("b", 70, "Taman"),
        Project("f", 30, "Sumur resapan", issue="flood"),
        Project("k", 10, "Taman baca"),
    ]
    options = Options(threshold=1, completion=completion, step=1)
    x = Election.of(listed, [(("a",), 50), (("b",), 30), (("f",), 5), ((), 15)], 0, rule=rule, options=options)
    children = Election.of(listed, [(("k",), 3), (("a",), 1)], 0).ballots
    fences = (Fence("banjir", 30, issue="flood"), Fence("Suara Anak", 10, projects=frozenset("k"), ballots=children))
    ys = [Project("p", 90, "Jalan"), Project("q", 20, "Lampu"), Project("r", 120, "Drainase")]
    y = Election.of(ys, [(("p",), 10), (("q",), 4), (("r",), 2)], 0, rule=rule, options=options)
    plan = QuotaPlan(200, (District("x", "Gedebage"), District("y", "Cinambo")))
    return City("2026", plan, "equal", {"x": Envelope(x, fences), "y": Envelope(y)}, **changes)  # type: ignore[arg-type]


def test_fences_are_named() -> None:
    """M3: won in a fence, with the ballots of the fence, and where the money came from."""
    city = made()
    told = explain_city(city, count_city(city))
    assert told["f"].sentence.startswith("Didanai: urutan ke-1 dengan 5 suara;")
    assert told["f"].sentence.endswith(f"Uangnya dari dana khusus “banjir” sebesar Rp{SP}30.")
    assert told["k"].sentence.startswith("Didanai: urutan ke-1 dengan 3 suara;")
    assert "“Suara Anak”" in told["k"].sentence


def test_floor_is_told() -> None:
    """A floor that the rule left unused and that went by votes says so."""
    listed = [Project("w", 30, "Bank sampah", issue="waste")]
    election = Election.of(listed, [(("w",), 1), ((), 9)], 0, rule="equal_shares")
    plan = QuotaPlan(60, (District("x"),))
    city = City("2026", plan, "equal", {"x": Envelope(election, (Fence("sampah", 30, issue="waste"),))})
    assert "tersisa setelah hitungan aturan" in explain_city(city, count_city(city))["w"].sentence


def test_city_round_and_reserve() -> None:
    """M3: won in the city round with its share; lost there, with the place on the reserve list and what it lacked."""
    city = made(leftover=Leftover.CITY_ROUND)
    result = count_city(city)
    assert result.city.winners == ()
    low = replace(city, plan=replace(city.plan, total=240))
    result = count_city(low)
    told = explain_city(low, result)
    assert result.winners == ("f", "k", "a", "p", "q")
    assert [entry.project for entry in result.reserve] == ["b", "r"]
    assert "Menjadi cadangan ke-1." in told["b"].sentence
    assert f"melebihi uang bersama Rp{SP}30." in told["b"].sentence
    assert "urutan ke-1 dengan 30% dari surat suara di wilayahnya" in told["b"].sentence
    assert "Menjadi cadangan ke-2." in told["r"].sentence
    rich = replace(city, plan=replace(city.plan, total=300))
    won = explain_city(rich, count_city(rich), language="en")["b"]
    assert won.funded
    assert won.sentence == (
        f"Funded in the city round: number 1 in line with 30 votes, 30% of the ballots of its area; its cost of "
        f"Rp{SP}70 fitted in the Rp{SP}90 of the common pool."
    )


def test_cap_of_the_city_round_and_limits() -> None:
    """A cap per district names the district; a limit of the envelope loses its code."""
    city = made(most_per_district=0)
    rich = replace(city, plan=replace(city.plan, total=300))
    assert "batas putaran kota untuk Gedebage" in explain_city(rich, count_city(rich))["b"].sentence
    x = rich.envelopes["x"]
    limit = Limit("RW 05", frozenset({"b"}), number=0)
    held = replace(rich, envelopes={**rich.envelopes, "x": replace(x, election=replace(x.election, limits=(limit,)))})
    said = explain_city(held, count_city(held))["b"].sentence
    assert said.count("batas RW 05") == 2


def changed(city: City, code: str, election: Election) -> City:
    """The city with another election in one envelope."""
    envelope = replace(city.every()[code], election=election)
    if code == "" and city.citywide:
        return replace(city, citywide=envelope)
    return replace(city, envelopes={**city.envelopes, code: envelope})


def prove(city: City, lacks: dict[str, Lack]) -> int:
    """Count the whole city again for every claim, and once more for one less; how many claims there were."""
    result = count_city(city)
    code_of = {project.id: code for code, each in city.every().items() for project in each.election.projects}
    claims = 0
    for name, lack in lacks.items():
        election = city.every()[code_of[name]].election
        place = next(i for i, project in enumerate(election.projects) if project.id == name)
        tries: list[tuple[Election, bool]] = []
        if lack.served_least:
            own = result.envelopes[code_of[name]].result
            for votes, wins in ((lack.more_votes, True), (lack.not_enough, False)):
                tries += [(with_support(election, own, name, votes), wins)] if votes else []
            for cost, wins in ((lack.fitting_cost, True), (lack.too_dear, False)):
                tries += [(at_cost(election, name, cost), wins)] if cost else []
        else:
            if lack.more_votes:
                for votes, wins in ((lack.more_votes, True), (lack.more_votes - 1, False)):
                    tries.append((replace(election, ballots=joined(election.ballots, place, votes)), wins))
            if lack.fitting_cost:
                for cost, wins in ((lack.fitting_cost, True), (lack.fitting_cost + 1, False)):
                    tries.append((at_cost(election, name, cost), wins))
        for each, wins in tries:
            assert (name in count_city(changed(city, code_of[name], each)).winners) is wins, (name, lack)
        claims += len(tries)
    return claims


@given(cities())
@settings(max_examples=30, deadline=None)
def test_claims_hold(city: City) -> None:
    """M3: each "N more votes" and "at Rp X" is true of the whole city counted again, and the one before is not."""
    prove(city, lacking_in_city(city, count_city(city)))


@pytest.mark.parametrize("rule", ["greedy", "equal_shares", "phragmen"])
@pytest.mark.parametrize("completion", [Completion.NONE, Completion.ADD1U])
def test_claims_by_hand(rule: str, completion: Completion) -> None:
    """The small city under every rule: there are claims, and all of them hold."""
    city = made(rule, completion)
    assert prove(city, lacking_in_city(city, count_city(city))) > 0


@given(cities())
@settings(max_examples=25, deadline=None)
def test_every_project_in_every_language(city: City) -> None:
    """Each project of each envelope has one sentence in each language, and says funded exactly when it is."""
    result = count_city(city)
    ids = {project.id for each in city.every().values() for project in each.election.projects}
    for language in LANGUAGES:
        told = explain_city(city, result, probe=False, language=language)
        assert told.keys() == ids
        assert {name for name, each in told.items() if each.funded} == set(result.winners)
        assert all(each.sentence.endswith(".") and "{" not in each.sentence for each in told.values())
