"""A project from draft to ballot: text, place, costs, photos, support."""
