"""The mark that ties a database to its pepper: another pepper is noticed at start, not at sign-in."""

from rembuk.database import transaction
from rembuk.people import pepper
from rembuk.people.tables import PepperMark


@transaction
async def confirm_pepper() -> None:
    """Keep the pepper's mark at first start; raise BadSecret when this database was made with another."""
    pepper.check_secrets()
    row = await PepperMark.select().where(PepperMark.version == 1).first()
    if row is None:
        await PepperMark.insert(PepperMark(version=1, fingerprint=pepper.fingerprint()))
    elif not pepper.same(row["fingerprint"], pepper.fingerprint()):
        raise pepper.BadSecret("pepper-1 is not the one this database was made with; bring the old one back")
