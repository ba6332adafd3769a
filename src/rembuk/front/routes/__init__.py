"""First pages that look into many rooms: home, the page of a proposal, and the small public pages."""

from rembuk.front.routes import admin, home, proposal, reading

HANDLERS = [*home.HANDLERS, *proposal.HANDLERS, *reading.HANDLERS, *admin.HANDLERS]
