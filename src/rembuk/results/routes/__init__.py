"""Result pages for everybody, and the official's way from the closed booth to the published result."""

from rembuk.results.routes.after import HANDLERS as AFTER
from rembuk.results.routes.city import HANDLERS as CITY_PAGES
from rembuk.results.routes.desk import HANDLERS as DESK
from rembuk.results.routes.destroying import HANDLERS as DESTROYING
from rembuk.results.routes.key import HANDLERS as KEY
from rembuk.results.routes.public import HANDLERS as PUBLIC_PAGES
from rembuk.results.routes.swearing import HANDLERS as SWEARING
from rembuk.results.routes.taking import HANDLERS as TAKING
from rembuk.results.routes.whatif import HANDLERS as WHAT_IF

HANDLERS = [*PUBLIC_PAGES, *CITY_PAGES, *KEY, *DESK, *TAKING, *DESTROYING, *SWEARING, *WHAT_IF, *AFTER]
