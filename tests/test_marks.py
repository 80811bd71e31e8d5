"""A glance at a file's lines may let too much pass, and never too little: what it refuses, no comparison finds."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.git.below import Below
from auditor.git.changes import Change, Side
from auditor.git.content import Content
from auditor.git.history import History
from auditor.git.replays import Replay
from auditor.git.sketches import Sketches
from auditor.git.store import open_store
from auditor.text import lines, places, wording
from tests.build import Repo

# Few different lines, blank ones and equal neighbours among them: there chance looks most like a fix.
LINES = st.sampled_from(["a", "b", "  b", "c", "}", ""])
TEXTS = st.lists(LINES, max_size=9).map(lambda text: "".join(f"{line}\n" for line in text).encode())
MODE = 0o100644


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Content]:
    repo = Repo(tmp_path_factory.mktemp("marks"))
    repo.commit("start", {"a.py": "a\n"})
    with open_store(Path(repo.path)) as store:
        yield Content(store)


def side(content: Content, text: bytes) -> Side:
    return Side(MODE, content.store.make_blob(text))


@settings(max_examples=500)
@given(TEXTS, TEXTS, TEXTS)
def test_a_replay_that_changes_nothing_is_never_refused_at_a_glance(
    content: Content, before: bytes, after: bytes, there: bytes
) -> None:
    change = Change("x", side(content, before), side(content, after))
    here = side(content, there)
    held = content.replay(change, here) is Replay.NOTHING
    assert content.could_hold(change, here) or not held
    assert content.holds(change, here) == held


@settings(max_examples=500)
@given(TEXTS, TEXTS, TEXTS)
def test_old_lines_that_stand_are_never_refused_at_a_glance(
    content: Content, before: bytes, after: bytes, there: bytes
) -> None:
    old, new, here = (side(content, text).oid for text in (before, after, there))
    since = [(h.old, h.removed) for h in lines.hunks(before, there)]
    marks = content.marks(old, new) or ()
    standing = [m for m in marks if places.stands(m.hunk.old, m.hunk.removed, since)]
    assert all(content.could_stand(m, here) for m in standing)


@given(TEXTS, TEXTS)
def test_marks_are_kept_whole(content: Content, before: bytes, after: bytes) -> None:
    old, new = (side(content, text).oid for text in (before, after))
    hunks = lines.hunks(before, after)
    assert content.hunks(old, new) == content.own_hunks(old, new) == hunks
    for hunk, mark in zip(hunks, content.marks(old, new) or (), strict=True):
        taken = lines.split(before)[hunk.old : hunk.old + hunk.removed]
        given_ = lines.split(after)[hunk.new : hunk.new + hunk.added]
        assert list(mark.removed) == [hash(line) for line in taken]
        assert list(mark.added) == [hash(line) for line in given_ if line.strip()]
        assert len(mark.joints) == max(0, len(taken) - 1) or not taken


def test_a_binary_is_compared_as_a_whole(content: Content) -> None:
    text, binary = side(content, b"a\n"), side(content, b"a\0b\n")
    assert content.hunks(text.oid, binary.oid) is None
    assert content.marks(text.oid, binary.oid) is None
    assert content.as_a_whole(Change("x", text, binary))
    assert not content.holds(Change("x", text, binary), text)
    assert content.holds(Change("x", text, binary), binary)


def test_what_lies_below_is_the_same_in_one_pass_and_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)
    history = History()
    for number in range(60):
        history.add(f"{number:040d}")
        history.parents[number] = tuple(sorted(chance.sample(range(number), min(number, chance.choice((1, 1, 2))))))
    history.sort()
    fixes = chance.sample(range(60), 30)
    monkeypatch.setattr("auditor.git.below._FIXES_A_PASS", 7)
    below = Below(history, fixes)
    for fix in fixes:
        assert {n for n in range(60) if below.is_below(fix, n)} == history.ancestors(fix)
    some = fixes[:9]
    assert below.every(some) == set.intersection(*(history.ancestors(fix) for fix in some))
    assert below.every([]) == set(range(60))
    assert fixes[0] in below
    assert 61 not in below


def blob(content: Content, *text: str) -> str:
    return content.store.make_blob("".join(f"{line}\n" for line in text).encode())


def test_lines_that_most_files_have_find_no_likeness(content: Content) -> None:
    common = [f"common {n}" for n in range(20)]
    crowd = [blob(content, *common, f"own {n}", f"more {n}") for n in range(200)]
    moved = blob(content, *common[:12], "own 7", "more 7", "new")
    sketches = Sketches(content.store)
    sketches.know("tip", crowd)
    assert next(iter(sketches.ranked(moved))) == crowd[7]
    # Where nothing else is known of a file, they have to do.
    assert sketches.ranked(blob(content, *common))


def test_more_commits_are_known_without_forgetting_the_first(content: Content) -> None:
    one = blob(content, *(f"line {n}" for n in range(30)))
    other = blob(content, *(f"other {n}" for n in range(30)))
    sketches = Sketches(content.store)
    sketches.know("one", [one])
    assert list(sketches.ranked(blob(content, *(f"line {n}" for n in range(20))))) == [one]
    sketches.know("other", [one, other])
    assert list(sketches.ranked(blob(content, *(f"line {n}" for n in range(20))))) == [one]
    assert list(sketches.ranked(blob(content, *(f"other {n}" for n in range(20))))) == [other]


@given(TEXTS)
def test_all_lines_are_what_their_removal_removes(content: Content, text: bytes) -> None:
    for one in (side(content, text), side(content, text + b"\0"), Side(0o120000, side(content, text).oid), None):
        assert content.all_lines(one) == content.changed_lines(Change("x", one, None))[0]


DEPTHS = st.sampled_from(["", " ", "  ", "\t", "    "])
ENDS = st.sampled_from(["\n", " \n", "\r\n"])
DEEP = st.lists(st.tuples(DEPTHS, LINES, ENDS).map("".join), max_size=9).map(lambda text: "".join(text).encode())


@settings(max_examples=500)
@given(DEEP, st.data())
def test_a_block_is_found_at_any_depth_wherever_it_stands(text: bytes, data: st.DataObject) -> None:
    have = lines.split(text)
    start = data.draw(st.integers(0, max(0, len(have) - 1)))
    block = have[start : start + data.draw(st.integers(1, 4))] or [b"a\n"]
    for depth in (b"", b" ", b"\t"):
        moved = [depth + line for line in block]
        tried = (have[n : n + len(moved)] for n in range(len(have) - len(moved) + 1))
        dedented = textwrap.dedent(b"\n".join(line.rstrip() for line in moved).decode())
        found = any(textwrap.dedent(b"\n".join(line.rstrip() for line in some).decode()) == dedented for some in tried)
        assert lines.has_indented(text, moved) == found


WORDS = st.sampled_from(
    ["import", "from", "#", "include", "const", "a", "=", "require(", '"', '"a/b"', "x-y/z.v1", "_", ".", " ", "\t"]
)


@settings(max_examples=500)
@given(st.lists(WORDS, max_size=6).map("".join))
def test_an_import_is_never_refused_by_its_signs_alone(text: str) -> None:
    line = text.encode()
    assert wording.may_import(b"".join(line.split())) or not wording.is_import(line)
