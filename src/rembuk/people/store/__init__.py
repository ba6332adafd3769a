"""What other rooms ask about people: accounts and grants, the roll, voter codes, the ways to sign in."""

from rembuk.people.store.accounts import (
    add_resident,
    end_grant,
    grant,
    grants_of,
    has_phone,
    holders,
    names_of,
    person_of,
    rename,
)
from rembuk.people.store.one_time import Asked, ask_one_time_code, sweep_one_time_codes, use_one_time_code
from rembuk.people.store.roll import (
    add_roll_entries,
    entries_of,
    person_for,
    refuse_non_voter,
    roll_counts,
    roll_entry,
    roll_of,
)
from rembuk.people.store.secrets_mark import confirm_pepper
from rembuk.people.store.staff import (
    NewStaff,
    change_password,
    create_admin,
    create_staff,
    staff_by_password,
    use_totp,
)
from rembuk.people.store.viewers import main_role_of, viewer_of
from rembuk.people.store.voter_codes import (
    NewCode,
    SignedIn,
    all_code_keys,
    code_keys,
    hand_out,
    load_batch,
    sign_in_with_code,
    void_code,
)

__all__ = [
    "Asked",
    "NewCode",
    "NewStaff",
    "SignedIn",
    "add_resident",
    "add_roll_entries",
    "all_code_keys",
    "ask_one_time_code",
    "change_password",
    "code_keys",
    "confirm_pepper",
    "create_admin",
    "create_staff",
    "end_grant",
    "entries_of",
    "grant",
    "grants_of",
    "hand_out",
    "has_phone",
    "holders",
    "load_batch",
    "main_role_of",
    "names_of",
    "person_for",
    "person_of",
    "refuse_non_voter",
    "rename",
    "roll_counts",
    "roll_entry",
    "roll_of",
    "sign_in_with_code",
    "staff_by_password",
    "sweep_one_time_codes",
    "use_one_time_code",
    "use_totp",
    "viewer_of",
    "void_code",
]
