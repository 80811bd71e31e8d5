"""A hotfix brought to a branch, in memory: by a merge where that brings nothing else, or by cherry-picks.

Equal repositories give equal commits: their dates come from what they are made of, not from the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.backmerge import signing
from auditor.backmerge.entry import Method
from auditor.git import commits
from auditor.git.bench import Bench
from auditor.model import Hotfix, Status, Verdict

_OWED = (Status.MISSING, Status.REVERTED, Status.DROPPED)
_TRAILER = re.compile(rb"[A-Za-z0-9-]+: .*|\(cherry picked from commit [0-9a-f]{40}\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """What is brought where: `bound` is the commit that the hotfix was made on, None where there is none."""

    hotfix: Hotfix
    verdict: Verdict
    bound: str | None
    tip: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a method came: a commit on the branch, or the conflicting paths, or neither (`reason` says why)."""

    method: Method
    head: str | None
    conflicts: tuple[str, ...] = ()
    reason: str = ""


def attempts(bench: Bench, pair: Pair, method: str, committer: str) -> Iterator[Attempt]:
    """The ways that the configuration allows, the better first."""
    if method in ("auto", "merge"):
        yield merged(bench, pair, committer, alone=method == "auto")
    if method in ("auto", "cherry-pick"):
        yield picked(bench, pair, committer)


def merged(bench: Bench, pair: Pair, committer: str, *, alone: bool) -> Attempt:
    """A merge of the tag; with `alone`, only where it changes just what the hotfix changed."""
    tag, tip = pair.hotfix.commit, pair.tip
    if bench.contains(tip, tag):
        return Attempt(Method.MERGE, None, (), "history holds the hotfix already, so a merge brings nothing")
    found = bench.merge(tip, tag)
    if found.tree is None:
        return Attempt(Method.MERGE, None, found.conflicts)
    base = bench.tree(pair.bound) if pair.bound else None
    if alone and found.tree != bench.replay(base, bench.tree(tip), bench.tree(tag)).tree:
        return Attempt(Method.MERGE, None, (), "a merge of the tag brings more than the hotfix")
    who = _stamp(bench, committer, pair, tip)
    words = f"Merge tag '{pair.hotfix.tag}' into {pair.verdict.branch}\n"
    head = bench.commit(_commit(found.tree, (tip, tag), b"author " + who, who, _bytes(words)))
    return Attempt(Method.MERGE, head)


def picked(bench: Bench, pair: Pair, committer: str) -> Attempt:
    """The fixes that are owed, one after the other, each with its author and where it is from."""
    owed = {f.commit for f in pair.verdict.fixes if f.status in _OWED}
    head, tree = pair.tip, bench.tree(pair.tip)
    who = _stamp(bench, committer, pair, pair.tip)
    for fix in (f.commit for f in pair.hotfix.fixes if f.commit in owed):
        raw = bench.raw(fix)
        parents = commits.parents_and_time(raw)[0]
        if len(parents) > 1:
            said = f"the merge {fix[:12]} has changes of its own, which no cherry-pick brings"
            return Attempt(Method.CHERRY_PICK, None, (), said)
        found = bench.replay(bench.tree(parents[0]) if parents else None, tree, bench.tree(fix))
        if found.tree is None:
            return Attempt(Method.CHERRY_PICK, None, found.conflicts)
        if found.tree != tree:
            head = bench.commit(_copy(raw, fix, found.tree, head, who))
            tree = found.tree
    if head == pair.tip:
        return Attempt(Method.CHERRY_PICK, None, (), "cherry-picks of the fixes change nothing")
    return Attempt(Method.CHERRY_PICK, head)


def is_ours(bench: Bench, pair: Pair, commit: str, committer: str) -> bool:
    """Whether a commit is what this program offers for the pair, signed or not, on the branch as it is or was."""
    at = commit
    for _ in range(max(1, len(pair.hotfix.fixes))):
        if commit == pair.hotfix.commit:
            return True
        parents = commits.parents_and_time(bench.raw(at))[0]
        if not parents:
            return False
        at = parents[0]
        if bench.contains(pair.tip, at):
            earlier = replace(pair, tip=at)
            made = (merged(bench, earlier, committer, alone=False), picked(bench, earlier, committer))
            return signing.bare(bench.raw, commit, at) in [attempt.head for attempt in made]
    return False


def _stamp(bench: Bench, committer: str, pair: Pair, tip: str) -> bytes:
    """Who commits, and when: not before the tag, nor before the tip."""
    when = max(0, pair.hotfix.tagged_at, commits.parents_and_time(bench.raw(tip))[1])
    return _bytes(f"{committer} {when} +0000")


def _copy(raw: bytes, fix: str, tree: str, parent: str, who: bytes) -> bytes:
    """A commit on another parent. Author, encoding and message stay, a signature cannot."""
    head, _, message = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    author = next((line for line in lines if line.startswith(b"author ")), b"author " + who)
    encoding = [line for line in lines if line.startswith(b"encoding ")]
    return _commit(tree, (parent,), author, who, _with_trailer(message, fix), encoding)


def _with_trailer(message: bytes, fix: str) -> bytes:
    """As `git cherry-pick -x` does: below the trailers there are, or in a paragraph of its own."""
    text = message.rstrip(b"\n")
    paragraphs = text.split(b"\n\n")
    trailers = len(paragraphs) > 1 and all(_TRAILER.fullmatch(line) for line in paragraphs[-1].split(b"\n"))
    return text + (b"\n" if trailers else b"\n\n") + b"(cherry picked from commit %s)\n" % fix.encode()


def _commit(
    tree: str, parents: tuple[str, ...], author: bytes, who: bytes, message: bytes, more: list[bytes] | None = None
) -> bytes:
    lines = [b"tree " + tree.encode(), *(b"parent " + p.encode() for p in parents), author, b"committer " + who]
    return b"\n".join([*lines, *(more or [])]) + b"\n\n" + message


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
