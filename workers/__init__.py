"""Past one process: what `duban serve` does alone on a file, done by any number of workers on PostgreSQL."""
