"""Since when something holds, against a look at every place."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from auditor.presence.last_run import first_of_last


def own(place: int) -> object:
    """The version of files that every commit touches."""
    return place


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_what_began_once_is_found_exactly(before: int, since: int) -> None:
    asked: list[int] = []

    def holds(place: int) -> bool:
        asked.append(place)
        return place >= before

    assert first_of_last(before + since + 1, own, holds) == before
    assert len(asked) <= 32 + 2 * 14


@given(st.lists(st.booleans(), max_size=31))
def test_close_to_the_tip_every_version_is_looked_at(held: list[bool]) -> None:
    held = [*held, True]
    first = next((at for at in range(len(held) - 1, 0, -1) if not held[at - 1]), 0)
    assert first_of_last(len(held), own, held.__getitem__) == first


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=31))
def test_commits_that_touch_nothing_cost_nothing_and_change_nothing(runs: list[tuple[bool, int]]) -> None:
    runs = [*runs, (True, 1)]
    versions = [number for number, (_, length) in enumerate(runs) for _ in range(length)]
    held = [runs[version][0] for version in versions]
    first = next((at for at in range(len(held) - 1, 0, -1) if not held[at - 1]), 0)
    assert first_of_last(len(held), versions.__getitem__, held.__getitem__) == first


def test_further_back_it_is_a_place_where_it_began() -> None:
    chance = random.Random(3)
    for _ in range(300):
        held = [chance.random() < 0.98 for _ in range(chance.randrange(1, 900))] + [True]
        first = first_of_last(len(held), own, held.__getitem__)
        assert held[first]
        assert first == 0 or not held[first - 1]
