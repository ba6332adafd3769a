"""Pages of people: signing in by phone, code or password, signing out, and one's own account."""

from rembuk.people.routes import account, codes, doors, staff

HANDLERS = [*doors.HANDLERS, *staff.HANDLERS, *account.HANDLERS, *codes.HANDLERS]
