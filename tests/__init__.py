"""The tests: over real repositories that `build` makes."""
