"""The official's desk: its first page, the page of a cycle with what two persons sign, and the queue."""

from rembuk.review.routes import checking, cycle_desk, desk, shares

HANDLERS = [*desk.HANDLERS, *cycle_desk.HANDLERS, *checking.HANDLERS, *shares.HANDLERS]
