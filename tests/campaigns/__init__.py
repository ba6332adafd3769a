"""Campaigns: what the vote survives and hides, small in every run, large with `make campaign` (trust.md 9)."""
