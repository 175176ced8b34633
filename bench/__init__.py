"""Speed, shown as ratios: duban beside hand-written SQL on the same database, alternating in one run."""
