"""What-if over imported Pabulib files: untouched they are as counted, and what their META caps stays capped."""

from dataclasses import replace

from rembuk.results.whatif import Base, ExactPart, Setting, of_file, tried
from rembuk.tally.count import count
from rembuk.tally.election import BadElection, Options
from rembuk.tally.pabulib import parse, read
from tests.results.test_archive import SHARED, needs_shared


@needs_shared
def test_an_imported_election_untouched_is_its_official_outcome() -> None:
    """L9: real files, three with caps in their META: as they were counted, and by the file's own rule once more."""
    paths = [path for path in sorted(SHARED.glob("*.pb")) if path.stat().st_size < 120_000]
    capped = 0
    for path in paths:
        election = read(path).election
        try:
            expected = count(election.with_rule("official"))
        except BadElection:
            continue
        case = of_file("x", "X", election, "official", election.options)
        capped += bool(case.kept)
        for setting in (Setting(), Setting("official", Options())):
            [one] = tried([case], Base(), setting, {}).districts
            assert [each.removeprefix("x/") for each in one.result.winners] == list(expected.winners), path.name
    assert capped and len(paths) > 20


def test_caps_of_a_file_stand_in_every_stage() -> None:
    """L9, by hand: at most 50 for water: with 40 set aside for it, a (40) wins there, and b (20) finds 10 left."""
    text = """META
key;value
budget;100
vote_type;approval
rule;greedy
categories;Air,Jalan
budget_per_category;50,100
PROJECTS
project_id;cost;category
a;40;Air
b;20;Air
c;45;Jalan
VOTES
voter_id;vote
1;a,b
2;a,b
3;c
"""
    case = of_file("x", "X", parse(text).election, "official", Options())
    fenced = Setting(floors={"Air": ExactPart(40)})
    for setting in (Setting(), fenced, replace(fenced, rule="official", options=Options())):
        [one] = tried([case], Base(issues={"Air": "Air"}), setting, {}).districts
        assert one.result.winners == ("x/a", "x/c")
    [free] = tried([replace(case, kept=())], Base(issues={"Air": "Air"}), fenced, {}).districts
    assert free.result.winners == ("x/a", "x/b")
