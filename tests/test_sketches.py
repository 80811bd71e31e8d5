"""Which files share most lines with a text, held to a plain count."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.git.sketches import Sketches
from auditor.git.store import Store, open_store
from tests.build import Repo

texts = st.lists(st.frozensets(st.integers(0, 12), min_size=1, max_size=8), min_size=1, max_size=9, unique=True)


def blob(store: Store, lines: frozenset[int]) -> str:
    return store.make_blob(b"".join(b"line %d\n" % n for n in sorted(lines)))


@settings(max_examples=60, deadline=None)
@given(texts, st.integers(0, 8))
def test_the_likest_are_those_with_most_lines(tmp_path_factory: object, files: list[frozenset[int]], cut: int) -> None:
    """Whether they are taken up at once or one commit after the other."""
    repo = Repo(tmp_path_factory.mktemp("r") / "r")  # type: ignore[attr-defined]
    assert isinstance(repo.path, Path)
    with open_store(repo.path) as store:
        blobs = {blob(store, lines): lines for lines in files}
        sketches = Sketches(store)
        for name, some in (("one", [*blobs][:cut]), ("two", [*blobs])):
            sketches.know(name, some)
        for oid, lines in blobs.items():
            shared = Counter({other: len(lines & theirs) for other, theirs in blobs.items() if lines & theirs})
            order = sorted(shared, key=lambda other: (-shared[other], other))
            most = shared[order[0]]
            assert sketches.ranked(oid) == {o: n for n, o in enumerate(order) if 3 * shared[o] >= most}
