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
    list = Text(default="dewasa", help_text="dewasa | anak: children vote apart, without any number or name")
    age_band = Text(default="", help_text="children only: 10-12 | 13-14 | 15-16")
    status = Text(required=True, help_text="active | removed")
    source = Text(required=True, help_text="import | case | vouch | simulated")

    roll_entry_nik_once = Unique([cycle, nik_mac], name="roll_entry_nik_once")
    roll_entry_person_once = Unique([cycle, person], name="roll_entry_person_once")
    roll_entry_status_known = Check("status IN ('active', 'removed')", name="roll_entry_status_known")
    roll_entry_list_known = Check("list IN ('dewasa', 'anak')", name="roll_entry_list_known")
    roll_entry_child_unnumbered = Check(
        "list = 'dewasa' OR (nik_mac IS NULL AND kk_mac IS NULL AND phone_mac IS NULL)",
        name="roll_entry_child_unnumbered",
    )


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


class RollImport(Table, tablename="roll_import"):
    """A file of the roll that was read and waits for its second person; its digests lie sealed in a file apart."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    state = Text(required=True, help_text="waiting | approved | done | refused | expired")
    report = Text(default="{}", help_text="JSON: counts per RW and faults by line, never a personal number")
    line_count = Integer(required=True, help_text="rows to write")
    written = Integer(default=0)
    added = Integer(default=0)
    act = UUID(null=True, default=None)
    proposed_at = Timestamptz(required=True, default=None)
    expires_at = Timestamptz(required=True, default=None)

    roll_import_state_known = Check(
        "state IN ('waiting', 'approved', 'done', 'refused', 'expired')", name="roll_import_state_known"
    )


class RollCase(Table, tablename="roll_case"):
    """Something about the roll that a person must decide: a request, a NIK twice, a crowded card, too many marks."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Text(required=True, help_text="request | duplicate | family | turnout")
    area = Text(required=True, index=True, help_text="kelurahan whose desk decides")
    rw = Text(required=True, help_text="the RW that was claimed")
    roll = ForeignKey(RollEntry, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    nik_mac = Text(null=True, default=None, index=True)
    kk_mac = Text(null=True, default=None)
    phone_mac = Text(null=True, default=None)
    eligible_from = Date(null=True, default=None)
    name = Text(default="", secret=True, help_text="sealed under the pepper; emptied when the case is closed")
    asked_count = Integer(default=1)
    state = Text(required=True, help_text="open | proposed | closed")
    outcome = Text(default="")
    reason = Text(default="")
    act = UUID(null=True, default=None)
    opened_at = Timestamptz(required=True, default=None)
    closed_at = Timestamptz(null=True, default=None)

    roll_case_state_known = Check("state IN ('open', 'proposed', 'closed')", name="roll_case_state_known")
    roll_case_kind_known = Check("kind IN ('request', 'duplicate', 'family', 'turnout')", name="roll_case_kind_known")


class Vouch(Table, tablename="vouch"):
    """Two persons say that somebody without papers lives in an RW; the statement stays on paper, its hash here."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    roll = ForeignKey(RollEntry, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    rw = Text(required=True, index=True)
    voucher = ForeignKey(Person, null=False, index=True, on_delete=OnDelete.restrict)
    confirmer = ForeignKey(Person, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    reason = Text(required=True, help_text="lost | never | refugee | homeless | young")
    statement_sha256 = Text(required=True)
    state = Text(required=True, help_text="waiting | confirmed | refused")
    call_back = Text(default="", help_text="empty = not drawn | due | met | away | unknown")
    called_by = UUID(null=True, default=None)
    vouched_at = Timestamptz(required=True, default=None)

    vouch_statement_once = Unique([cycle, statement_sha256], name="vouch_statement_once")
    vouch_two_persons = Check('"confirmer" IS NULL OR "confirmer" <> "voucher"', name="vouch_two_persons")
    vouch_state_known = Check("state IN ('waiting', 'confirmed', 'refused')", name="vouch_state_known")


class CodeBatch(Table, tablename="code_batch"):
    """One package of voter codes as it was loaded: for which kelurahan, from which file, by whom."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    name = Text(required=True)
    area = Text(required=True, help_text="kelurahan it belongs to; empty = the whole city")
    sha256 = Text(required=True, help_text="of the file of serials and public keys")
    code_count = Integer(required=True)
    loaded_by = UUID(null=True, default=None)
    loaded_at = Timestamptz(required=True, default=None)

    code_batch_once = Unique([cycle, name], name="code_batch_once")
    code_batch_file_once = Unique([cycle, sha256], name="code_batch_file_once")


class CodeEvent(Table, tablename="code_event"):
    """What happened to an envelope, by serial: issued, void, replaced, destroyed; rows are only added."""

    id = UUID(primary_key=True, default=UUID4())
    cycle = ForeignKey(Cycle, null=False, index=True, on_delete=OnDelete.restrict)
    serial = Text(required=True, index=True)
    act = Text(required=True, help_text="issue | void | reissue | destroy")
    reason = Text(default="")
    by = UUID(null=True, default=None, index=True)
    day = Date(required=True)
