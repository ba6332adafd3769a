"""Runs the tally, publishes, lets officials review and certify."""
