"""English; rupiah with commas: "Rp 1,250,000"."""

from rembuk.money import rupiah
from rembuk.tally.languages import LANGUAGES, Language


def _rupiah(amount: int) -> str:
    return rupiah(amount).replace(".", ",")


ENGLISH = Language(
    money=_rupiah,
    number=lambda number: f"{number:,}",
    point=".",
    votes=("{n} vote", "{n} votes"),
    points=("{n} point", "{n} points"),
    people=("{n} person", "{n} people"),
    supporters=("{n} supporter", "{n} supporters"),
    each_person="each",
    each_point="a point",
    quoted="“{}”",
    not_counted="This project was not counted.",
    won_rank="Funded: number {rank} in line with {votes}; its cost of {cost} fitted in the {left} that was left.",
    won_load="Funded: {supporters} carried the cost of {cost}, with the smallest highest load of all projects.",
    won_price=(
        "Funded: {supporters} paid the cost of {cost} together. {full} paid the full price, about {price} {each}{rest}."
    ),
    rest="; {people} gave what was left of their share, about {money} together",
    lost="Not funded: it got {votes}",
    not_yet="Not bought at this step: it got {votes}",
    held="{begin}, but was held back by {limit}.",
    below_threshold="{begin}, and at least {least} were needed.",
    not_enough="{begin}, and its supporters together held only {behind} of the cost of {cost}.",
    stopped="{begin}, but the count had stopped before its turn.",
    does_not_fit="{begin}, but its cost of {cost} was more than the {left} that was left.",
    more_votes=(" It needed {n} more vote.", " It needed {n} more votes."),
    more_served=(
        " It needed {n} more vote from the voters served least; {less} were not enough.",
        " It needed {n} more votes from the voters served least; {less} were not enough.",
    ),
    fitting_cost=" At a cost of {cost} it would have been funded.",
    fitting_tried=" At a cost of {cost} it would have been funded; at {dearer} it would not.",
    even_votes=(" Even {n} more vote would not have been enough.", " Even {n} more votes would not have been enough."),
    even_cost=" Even at a cost of {cost} it would not have been funded.",
    tie=" Tied with {rivals}; decided by {key}.",
    keys={
        "approvals": "the number of supporters",
        "cost": "the lower cost",
        "seed": "the public dice",
        "id": "the project number",
    },
    limits={"cap": "the cap {}", "group": "the group {}", "requires": "the project {}", "not": "{}"},
    money_same=" The money left stays {money}.",
    money_falls=" The money left falls from {before} to {after}.",
    race=" Its effective votes are {votes}.",
    race_next=" Its effective votes are {votes}; next came {rival} with {rival_votes}.",
    from_fence=" The money came from the ring-fence “{fence}” of {floor}.",
    fence_rest=" This part of the ring-fence was left over by the rule and went by the number of votes.",
    won_city=(
        "Funded in the city round: number {rank} in line with {votes}, {share} of the ballots of its area; "
        "its cost of {cost} fitted in the {left} of the common pool."
    ),
    city_begin=" In the city round it was number {rank} in line with {share} of the ballots of its area",
    city_dear=", but its cost of {cost} was more than the {left} in the common pool.",
    city_held=", but was held back by {limit}.",
    city_cap="the cap of the city round for {area}",
    reserve=" It is number {place} on the reserve list.",
)
LANGUAGES.put("en")(ENGLISH)
