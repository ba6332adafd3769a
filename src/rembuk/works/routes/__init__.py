"""Works for everybody to see, and the desk where officials plan them, pay and report."""

from rembuk.works.routes.desk import HANDLERS as DESK
from rembuk.works.routes.public import HANDLERS as PUBLIC_PAGES

HANDLERS = [*PUBLIC_PAGES, *DESK]
