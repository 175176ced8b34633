"""An embedded store moves into PostgreSQL: copied while it is served, compared row by row, then left for good.

A snapshot of the source is kept beside it until the move is confirmed. The target itself tells how far the copying
has got, so a move that was killed goes on where it stopped. The target's outbox is held until a person releases it.
"""
