"""Takes parts of real fixes out of small branches on purpose, and counts where an audit does not see it."""
