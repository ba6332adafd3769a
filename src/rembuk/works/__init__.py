"""A funded project until it stands."""
