"""What a text got is worked out once: held to the same question asked anew for each hunk."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.text import lines, places
from auditor.text.inserted import Inserted

TEXT = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b" c\n", b"\n", b"d\n"]), max_size=12).map(b"".join)


@settings(max_examples=500)
@given(TEXT, TEXT, TEXT)
def test_as_asked_of_each_hunk_alone(before: bytes, after: bytes, there: bytes) -> None:
    own, since, since_after = (lines.hunks(*pair) for pair in ((before, after), (before, there), (after, there)))
    new, have = lines.split(after), lines.split(there)
    asked = Inserted(have, since, own, since_after)
    for hunk in own:
        added = hunk.added_of(new)
        got = set(places.added(since))
        by_others = places.kept(places.added(h for h in own if h != hunk), since_after)
        naive = all(lines.mostly_in(added, lines.bare(have[n] for n in some)) for some in (got, got - by_others))
        assert asked.mostly_has(hunk, added) == naive


CHANGES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6)


@settings(max_examples=500)
@given(CHANGES, st.integers(-1, 20), st.integers(0, 5))
def test_what_stands_is_found_without_a_look_at_every_change(
    gaps: list[tuple[int, int]], start: int, length: int
) -> None:
    changes, at = [], 0
    for gap, count in gaps:
        changes.append((at + gap, count))
        at += gap + count + 1
    alone = [places.stands(start, length, [change]) for change in changes]
    assert places.stands(start, length, changes) == all(alone)
