"""The channels notices go out by, one file each."""
