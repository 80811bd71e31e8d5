"""Whether what a hunk made stands in one block: held to the plain definition, at a cost that grows with the text."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from auditor.text import lines, places
from auditor.text.lines import Hunk

texts = st.lists(st.sampled_from([b"a\n", b" b\n", b"  c\n", b"\n", b"d\n", b"   e\n"]), max_size=14)


class Counted(list[bytes]):
    """Lines that count how many of them were looked at."""

    looked = 0

    def __getitem__(self, at: object) -> object:  # type: ignore[override]
        found = super().__getitem__(at)  # type: ignore[call-overload]
        self.looked += len(found) if isinstance(at, slice) else 1
        return found


def depths(text: Sequence[bytes]) -> list[int]:
    return [len(line) - len(line.lstrip()) for line in text if line.strip()]


def in_one_block(hunk: Hunk, new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]) -> bool:
    """As it is said: no line that came between is less deep than the lines above and below it."""
    end = hunk.new + hunk.added
    for h in since:
        above, below = depths(new[hunk.new : h.old])[-1:], depths(new[h.old + h.removed : end])[:1]
        if above and below and any(depth < min(above + below) for depth in depths(h.added_of(there))):
            return False
    return True


@given(texts, texts, st.data())
def test_a_block_is_ended_by_what_is_less_deep_than_both_its_neighbours(
    new: list[bytes], there: list[bytes], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(new)))
    hunk = Hunk(0, 0, start, data.draw(st.integers(0, len(new) - start)))
    since = lines.hunks(b"".join(new), b"".join(there))
    assert places.keeps(hunk, [], new, there, since) == in_one_block(hunk, new, there, since)


def test_as_many_lines_are_looked_at_as_there_are() -> None:
    size = 2_000
    new = [b"  line %d\n" % n for n in range(size)]
    there = Counted(b"  line %d\n" % n if n % 2 else b"  other %d\n" % n for n in range(size))
    counted = Counted(new)
    since = lines.hunks(b"".join(new), b"".join(there))
    assert len(since) == size / 2
    assert places.keeps(Hunk(0, 0, 0, size), range(1, size, 2), counted, there, since)
    assert counted.looked + there.looked <= 4 * size
