"""First pages that look into many rooms; no tables of its own."""
