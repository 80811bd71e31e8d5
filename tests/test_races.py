"""A few of the schedules by which runners race; `make races` runs 200."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import races


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as made:
        yield made


@pytest.fixture(autouse=True)
def _stopping() -> Iterator[None]:
    with races.stopping():
        yield


@pytest.mark.parametrize("seed", range(20))
def test_runners_that_race(seed: int, pool: ThreadPoolExecutor) -> None:
    assert races.run(seed, pool)["runners"] >= 2
