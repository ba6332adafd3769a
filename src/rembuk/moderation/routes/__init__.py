"""Pages of moderation: reporting, the facilitator's desk and its queue, and the public record."""

from rembuk.moderation.routes import appeals, desk, public

HANDLERS = [*public.HANDLERS, *desk.HANDLERS, *appeals.HANDLERS]
