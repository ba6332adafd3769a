"""The technical review by the city: verdicts with reasons and corrected costs."""
