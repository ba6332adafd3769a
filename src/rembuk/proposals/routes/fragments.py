"""Pieces of the list drawn once and kept: a card or a map is the same for everybody who reads the language."""

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup

from rembuk.places.maps import Map
from rembuk.proposals.shown import ShownCard
from rembuk.web.i18n import language
from rembuk.web.templates import rendered


def card_pieces(cards: Iterable[ShownCard]) -> list[Markup]:
    """Every card as HTML; a card that changed is another card."""
    return [_card(card, language()) for card in cards]


@lru_cache(maxsize=4096)
def _card(card: ShownCard, lang: str) -> Markup:
    return Markup(rendered("proposals/_card.html", {"card": card, "lang": lang}))  # noqa: S704 - escaped by the template


def map_piece(drawn: Map, chosen: str | None, twin: str) -> Markup:
    """The map beside the list as HTML, with its links and counts."""
    return _map(drawn, chosen, twin, language())


@lru_cache(maxsize=64)
def _map(drawn: Map, chosen: str | None, twin: str, lang: str) -> Markup:
    given: dict[str, object] = {"map": drawn, "chosen": chosen, "twin": twin, "lang": lang}
    return Markup(rendered("proposals/_map.html", given))  # noqa: S704 - escaped by the template
