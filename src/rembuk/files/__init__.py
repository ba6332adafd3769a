"""Photos and papers taken in: checked, re-encoded, kept."""
