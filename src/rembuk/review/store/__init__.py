"""What other rooms ask of the review: the queue of an official, verdicts, and whether all is checked."""

from rembuk.review.store.queue import Counts, Item, counts, counts_by_kecamatan, frozen_projects, queue
from rembuk.review.store.ties import set_tie, tie_words, ties
from rembuk.review.store.verdicts import draft_of, finish, public_reviews, save, staff_reviews

__all__ = [
    "Counts",
    "Item",
    "counts",
    "counts_by_kecamatan",
    "draft_of",
    "finish",
    "frozen_projects",
    "public_reviews",
    "queue",
    "save",
    "set_tie",
    "staff_reviews",
    "tie_words",
    "ties",
]
