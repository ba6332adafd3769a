"""The public append-only log, the audit chain, acts signed by two; merkle.py is pure."""
