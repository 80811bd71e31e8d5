"""What lines of text tell of a change: pure functions, no repository."""
