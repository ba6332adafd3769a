"""Rows of people, grants, sign-in means and of the roll; no personal number stands here in clear."""

from piccolo.columns import UUID, Boolean, Date, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from rembuk.cycles.tables import Cycle


class Person(Table, tablename="person"):
    """An account: a resident who signed in once, or staff."""

    id = UUID(primary_key=True, default=UUID4())
    name = Text(required=True)
    kind = Text(required=True, help_text="resident | staff | institution")
    rw = Text(null=True, default=None, help_text="area code of the RW")
    username = Text(null=True, default=None, unique=True)
    password_hash = Text(default="", secret=True)
    totp_secret = Text(default="", secret=True, help_text="sealed under the pepper")
    totp_last_step = Integer(default=0)
    phone_mac = Text(null=True, default=None, unique=True)
    simulated = Boolean(default=False)
    locked = Boolean(default=False)
    terms_accepted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz(required=True, default=None)


class RoleGrant(Table, tablename="role_grant"):
    """A role a person holds over an area (and everything under it), for a period."""

    id = UUID(primary_key=True, default=UUID4())
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    role = Text(required=True)
    area = Text(required=True)
    unit = Text(default="")
    starts_on = Date(required=True)
    ends_on = Date(null=True, default=None)
    granted_by = UUID(null=True, default=None)

    role_grant_once = Unique([person, role, area, starts_on], name="role_grant_once")


class RollEntry(Table, tablename="roll_entry"):
    """One eligible resident of a cycle."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    kecamatan = Text(required=True, index=True)
    rw = Text(required=True, index=True)
    person = ForeignKey(Person, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    nik_mac = Text(null=True, default=None)
    kk_mac = Text(null=True, default=None)
    phone_mac = Text(null=True, default=None, index=True)
    eligible_from = Date(null=True, default=None)
    status = Text(required=True, help_text="active | removed")
    source = Text(required=True, help_text="import | vouch | simulated")

    roll_entry_nik_once = Unique([cycle, nik_mac], name="roll_entry_nik_once")
    roll_entry_person_once = Unique([cycle, person], name="roll_entry_person_once")
    roll_entry_status_known = Check("status IN ('active', 'removed')", name="roll_entry_status_known")


class Credential(Table, tablename="credential"):
    """A voter code of a roll entry: only its serial and the public key derived from it are known here."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    serial = Text(required=True)
    public_key = Text(required=True, help_text="ed25519, hex")
    second_factor_mac = Text(default="")
    failures = Integer(default=0)
    state = Text(required=True, help_text="printed | issued | void | locked")
    batch = Text(required=True, index=True)

    credential_serial_once = Unique([cycle, serial], name="credential_serial_once")
    credential_key_once = Unique([cycle, public_key], name="credential_key_once")
    credential_state_known = Check("state IN ('printed', 'issued', 'void', 'locked')", name="credential_state_known")


class OneTimeCode(Table, tablename="one_time_code"):
    """A one-time code on its way: kept as a keyed digest, bound to the visitor who asked."""

    id = UUID(primary_key=True, default=UUID4())
    phone_mac = Text(required=True, index=True)
    visitor = Text(required=True, index=True, help_text="digest of the asking visitor's cookie")
    code_mac = Text(required=True)
    attempts = Integer(default=0)
    asked_at = Timestamptz(required=True, default=None)
    expires_at = Timestamptz(required=True, default=None)
    used_at = Timestamptz(null=True, default=None)


class Consent(Table, tablename="consent"):
    """What a person agreed to, for which purpose, and when."""

    id = UUID(primary_key=True, default=UUID4())
    person = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    purpose = Text(required=True)
    given_at = Timestamptz(required=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class PepperMark(Table, tablename="pepper_mark"):
    """Tells the pepper this database was written with from any other; one row, written once."""

    id = UUID(primary_key=True, default=UUID4())
    version = Integer(required=True, unique=True)
    fingerprint = Text(required=True)
