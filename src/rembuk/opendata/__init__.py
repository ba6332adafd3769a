"""All that leaves: CSV, JSON, .pb, bundles."""
