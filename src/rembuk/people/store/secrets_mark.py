"""The mark that ties a database to its pepper: another pepper is noticed at start, not at sign-in."""

from rembuk.database import transaction
from rembuk.people import pepper
from rembuk.people.tables import PepperMark

VERSION = 1


async def prepare_secrets() -> None:
    """At the first start of an empty installation make pepper and cookie key; later insist on them (BadSecret)."""
    if not await PepperMark.exists().where(PepperMark.version == VERSION):
        pepper.make_secrets()
    await confirm_pepper()


@transaction
async def confirm_pepper() -> None:
    """Keep the pepper's mark at first start; raise BadSecret when this database was made with another."""
    pepper.check_secrets()
    mine = PepperMark(version=VERSION, fingerprint=pepper.fingerprint())
    await PepperMark.insert(mine).on_conflict(target=PepperMark.version, action="DO NOTHING")
    row = await PepperMark.select().where(PepperMark.version == VERSION).first()
    if row is None or not pepper.same(row["fingerprint"], pepper.fingerprint()):
        raise pepper.BadSecret("pepper-1 is not the one this database was made with; bring the old one back")
