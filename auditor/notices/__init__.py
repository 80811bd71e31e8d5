"""Notices: what changed since a webhook was last told, told once, and again at the next run where it did not arrive."""
