"""Many repositories in one run: over processes or machines, within limits, and remembered."""
