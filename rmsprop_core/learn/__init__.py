"""Learning from a table: the linear model, its exact answer, and the tutorial's program taken apart."""
