"""Complaints (aduan) to a unit, with a clock."""
