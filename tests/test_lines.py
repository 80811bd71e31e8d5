"""The three-way merge of texts, held to `git merge-file`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.text import lines

texts = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=8).map(lambda x: "".join(x).encode())


def git_merge(folder: Path, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    names = []
    for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_bytes(data)
        names.append(str(folder / name))
    done = subprocess.run(["git", "merge-file", "-p", "-q", *names], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


@settings(max_examples=150, deadline=None)
@given(texts, texts, texts)
def test_a_clean_merge_is_gits(tmp_path_factory: object, base: bytes, ours: bytes, theirs: bytes) -> None:
    """What we call clean, git calls clean, with the same result. (Git may settle more: it looks inside conflicts.)"""
    merged = lines.merge(base, ours, theirs)
    if merged is not None:
        folder = tmp_path_factory.mktemp("merge")  # type: ignore[attr-defined]
        assert merged == git_merge(folder, base, ours, theirs)


@given(texts, texts)
def test_hunks_rebuild_the_new_text(old: bytes, new: bytes) -> None:
    built = lines.split(old)
    fresh = lines.split(new)
    for hunk in reversed(lines.hunks(old, new)):
        built[hunk.old : hunk.old + hunk.removed] = fresh[hunk.new : hunk.new + hunk.added]
    assert b"".join(built) == new


def test_signature_leaves_out_white_space_but_not_when_nothing_else_changes() -> None:
    assert lines.signature(b"a\nb\n", b"a\nc\n") == lines.signature(b"a\nb\n", b"a\n  c\n")
    assert lines.signature(b"a\nb\n", b"a\n b\n") != lines.signature(b"a\nb\n", b"a\n\tb\n")
    assert lines.signature(b"a\r\n", b"a\n") != lines.signature(b"a\n", b"a\r\n")


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\x0b", b"\xff", b" "]), max_size=20).map(b"".join))
def test_lines_end_at_line_feeds_alone(data: bytes) -> None:
    found = lines.split(data)
    assert b"".join(found) == data
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in found[:-1])
    assert lines.count(data) == len(found)
