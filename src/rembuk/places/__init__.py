"""Areas from city down to RW, their shapes and statistics."""
