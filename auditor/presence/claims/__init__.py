"""Commits that say to be a fix: what they say, and how much of it they hold."""
