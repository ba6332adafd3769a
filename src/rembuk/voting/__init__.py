"""The booth, casting, the receipt."""
