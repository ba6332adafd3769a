"""Rows of the web floor: sessions of people who signed in, and the debts of the throttle."""

from piccolo.columns import UUID, BigInt, Boolean, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class Session(Table, tablename="session"):
    """One signed-in device; of its secret id only the SHA-256 is kept. Web knows no room: no foreign keys."""

    id = UUID(primary_key=True, default=UUID4())
    id_hash = Varchar(length=64, unique=True, required=True)
    person = UUID(null=True, default=None, index=True)
    roll = UUID(null=True, default=None, index=True)
    role = Varchar(length=20, required=True)
    complete = Boolean(default=True)
    by_code = Boolean(default=False, help_text="came in by a voter code: ballots of this session are signed")
    idle_seconds = Integer(required=True)
    created_at = Timestamptz(required=True, default=None, null=False)
    seen_at = Timestamptz(required=True, default=None, null=False)
    ends_at = Timestamptz(required=True, default=None, null=False, index=True)
    network = Varchar(length=60, default="")
    device = Varchar(length=60, default="")


class Throttle(Table, tablename="throttle"):
    """When a throttled key is free of debt again, in microseconds since 1970; the key is a digest."""

    id = UUID(primary_key=True, default=UUID4())
    key = Varchar(length=64, unique=True, required=True)
    due_at = BigInt(required=True)
    strikes = Integer(default=0)
