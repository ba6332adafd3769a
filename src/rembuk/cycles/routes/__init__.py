"""The official's pages of cycles: the list, what is typed about one, its calendar, its ceilings."""

from rembuk.cycles.routes import calendar, ceilings, writing

HANDLERS = [*writing.HANDLERS, *calendar.HANDLERS, *ceilings.HANDLERS]
