"""Page-shaped reads of bodies, seats and terms. Each takes a fixed number of queries, whatever the number of rows."""
