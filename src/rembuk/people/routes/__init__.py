"""Pages of people: signing in and out, one's own account, asking for a place on the roll, and the desks of the roll."""

from rembuk.people.routes import account, cases, children, codes, doors, packages, register, staff, voters, vouching

HANDLERS = [
    *doors.HANDLERS,
    *staff.HANDLERS,
    *account.HANDLERS,
    *codes.HANDLERS,
    *children.HANDLERS,
    *register.HANDLERS,
    *voters.HANDLERS,
    *packages.HANDLERS,
    *cases.HANDLERS,
    *vouching.HANDLERS,
]
