"""Pages of proposals: the list, the wizard, and support. The page of one proposal is front's: it shows debate too."""

from rembuk.proposals.routes import browsing, supporting, writing

HANDLERS = [*browsing.HANDLERS, *supporting.HANDLERS, *writing.HANDLERS]
