"""Benchmarks: never part of the tests, and never asserting a time."""
