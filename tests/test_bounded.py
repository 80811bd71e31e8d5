"""What is kept stays within its bound, and what is asked again is the same as when it was made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.git.bounded import Bounded, Last


@given(st.lists(st.integers(0, 30)))
def test_answers_hold_and_weigh_no_more_than_allowed(asked: list[int]) -> None:
    cache: Bounded[int, str] = Bounded(40, lambda n: "x" * n, len)
    for number in asked:
        assert cache(number) == "x" * number
        assert cache.weight <= 40


def test_what_was_asked_last_stays() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    cache = Bounded(2, make, len)
    for word in ("a", "b", "a", "c", "a"):
        cache(word)
    assert made == ["a", "b", "c"]
    assert [cache(word) for word in ("too long", "a", "c")] == ["too long", "a", "c"]
    assert made == ["a", "b", "c", "too long"]


def test_what_cannot_be_made_is_not_kept() -> None:
    cache: Bounded[int, bytes] = Bounded(9, lambda n: b"x" * (1 // n), len)
    with pytest.raises(ZeroDivisionError):
        cache(0)
    assert cache(1) == b"x"


def test_the_latest_few_stay_whatever_they_weigh() -> None:
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    cache = Bounded(1, make, len, least=2)
    for word in ("long", "longer", "long", "longer", "longest", "longer", "long"):
        assert cache(word) == word
    assert made == ["long", "longer", "longest", "long"]


def test_what_is_asked_in_a_row_is_made_once_and_nothing_else_is_kept() -> None:
    made: list[str] = []

    def ask(last: Last[str], word: str) -> str:
        return last((word,), lambda: made.append(word) or word.upper())  # type: ignore[func-returns-value]

    last = Last[str]()
    assert [ask(last, word) for word in ("a", "a", "b", "b", "a")] == ["A", "A", "B", "B", "A"]
    assert made == ["a", "b", "a"]


def test_what_could_not_be_made_is_made_again() -> None:
    last = Last[str]()

    def fails() -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        last("a", fails)
    assert last("a", lambda: "there") == "there"
