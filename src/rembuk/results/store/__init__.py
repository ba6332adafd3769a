"""From the closed booth to the published result, and what the result pages read."""

from rembuk.results.store.box import open_ballots, outer_envelopes, propose_opening, record_dice, waiting_opening
from rembuk.results.store.cityround import city_round, city_round_kind
from rembuk.results.store.contacts import contacts, draw_contacts, record_contacts, sample_of
from rembuk.results.store.counting import contest_of, count_cycle, election_of
from rembuk.results.store.publishing import propose_publication, publish, waiting_publication
from rembuk.results.store.reading import (
    ballots_text,
    count_document,
    districts,
    finished_cycles,
    named,
    published_boxes,
    unpublished,
)
from rembuk.results.store.recounting import recount_faults
from rembuk.results.store.showing import district_result, reworded
from rembuk.results.store.succeeding import (
    book,
    free_money,
    happened,
    propose_withdrawal,
    titles_of,
    waiting_withdrawals,
    withdraw,
)
from rembuk.results.store.taking import (
    accept,
    box_file,
    export_box,
    hand_in,
    propose_export,
    taken,
    waiting_export,
    waiting_hand_in,
)
from rembuk.results.store.trying import Comparison, issues_of, try_settings

__all__ = [
    "Comparison",
    "accept",
    "ballots_text",
    "book",
    "box_file",
    "city_round",
    "city_round_kind",
    "contacts",
    "contest_of",
    "count_cycle",
    "count_document",
    "district_result",
    "districts",
    "draw_contacts",
    "election_of",
    "export_box",
    "finished_cycles",
    "free_money",
    "hand_in",
    "happened",
    "issues_of",
    "named",
    "open_ballots",
    "outer_envelopes",
    "propose_export",
    "propose_opening",
    "propose_publication",
    "propose_withdrawal",
    "publish",
    "published_boxes",
    "record_contacts",
    "record_dice",
    "recount_faults",
    "reworded",
    "sample_of",
    "taken",
    "titles_of",
    "try_settings",
    "unpublished",
    "waiting_export",
    "waiting_hand_in",
    "waiting_opening",
    "waiting_publication",
    "waiting_withdrawals",
    "withdraw",
]
