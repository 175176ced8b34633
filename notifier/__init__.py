"""Who hears of it, and how it gets there."""
