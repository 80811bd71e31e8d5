"""What a repository's refs are, held against what the last run that read it saw.

A change stays open until it is mended: the tag is back where it was, the old tip in the branch's history again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from auditor import versions
from auditor.model import RepositoryAudit, RuleNotJudged
from auditor.past import Known, Ref, RefChange

TAG_MOVED, TAG_DELETED, BRANCH_REWRITTEN = "tag-moved", "tag-deleted", "branch-rewritten"
_RULES = (TAG_MOVED, TAG_DELETED, BRANCH_REWRITTEN)
# A history that is not whole proves nothing absent.
_CUT = ("shallow", "objects-missing")
_TAGS = "refs/tags/"
_HEADS = ("refs/heads/", "refs/remotes/origin/")

# Whether the second commit is in the history of the first; None where that cannot be told.
InHistory = Callable[[str, str], bool | None]


def watched(found: RepositoryAudit) -> frozenset[str]:
    """The refs that must not change behind the audit's back: judged branches, hotfix tags, the releases below them.

    Of the tags where a hotfix is bounded, full versions count: tags such as `v2` are moved on purpose.
    """
    bounds = {_TAGS + b for h in found.hotfixes for b in h.bounds}
    below = {ref.commit for ref in found.refs if ref.name in bounds}
    tags = {_TAGS + name for h in found.hotfixes for name in (h.tag, *h.aliases)}
    tags |= {r.name for r in found.refs if r.name.startswith(_TAGS) and r.commit in below and _full(r.name)}
    return frozenset(tags | {b.ref for b in (found.main, *found.branches) if b.ref})


def _full(ref: str) -> bool:
    version = versions.parse(ref.removeprefix(_TAGS))
    return version is not None and len(version.numbers) >= 3


def compare(found: RepositoryAudit, known: Known | None, in_history: InHistory) -> RepositoryAudit:
    """The audit with the changes since earlier runs: where none is known, none.

    That no earlier run is known is not listed: a run with and one without memory say the same of a repository that
    did not change. What this run could not read is compared with nothing.
    """
    if not found.refs:
        return found
    changes = (*_tags(found, known), *_branches(found, known, in_history)) if known else ()
    judged = tuple(n for n in found.not_judged if n.rule not in _RULES or not n.reason.startswith("needs"))
    cut = tuple(
        RuleNotJudged(c.rule, f"the history is cut short: {c.was} of run {c.run} may be in {c.ref}")
        for c in changes
        if not c.established
    )
    return replace(found, changes=changes, not_judged=(*judged, *cut))


def _tags(found: RepositoryAudit, known: Known) -> Iterator[RefChange]:
    """Names that hold bytes that are no UTF-8 may be shown alike, so a name may have several objects."""
    now = {ref.name: ref.object for ref in reversed(found.refs) if ref.name.startswith(_TAGS)}
    here = {(ref.name, ref.object) for ref in found.refs}
    for change in _earlier(known, lambda ref: ref.startswith(_TAGS), here):
        if (change.ref, change.was) not in here:
            rule = TAG_MOVED if change.ref in now else TAG_DELETED
            yield replace(change, rule=rule, now=now.get(change.ref))


def _branches(found: RepositoryAudit, known: Known, in_history: InHistory) -> Iterator[RefChange]:
    cut = any(e.code in _CUT for e in found.errors)
    now = {b.ref: b.commit for b in (found.main, *found.branches) if b.ref and b.commit}
    absent = {prefix + b.name for b in (found.main, *found.branches) if b.commit is None for prefix in _HEADS}
    tips = {(ref.name, ref.object) for ref in known.refs}
    for change in _earlier(known, lambda ref: not ref.startswith(_TAGS), set(now.items())):
        tip = now.get(change.ref)
        if tip is None:
            if change.ref in absent:
                yield replace(change, now=None, established=True)
        elif (change.ref, tip) in tips and change.now == tip and change.established:
            yield change  # the history of a commit never changes: what was found then still holds
        elif change.was != tip and (known_there := in_history(tip, change.was)) is not True:
            yield replace(change, now=tip, established=known_there is False and not cut)


def _earlier(known: Known, wanted: Callable[[str], bool], here: AbstractSet[tuple[str, str]]) -> Iterator[RefChange]:
    """The changes that were open, then every ref that is not as it was; what was put back since opens none."""
    open_ = [replace(c, acknowledged=None) for c in known.changes if wanted(c.ref)]
    yield from open_
    mended = {c.ref for c in open_ if (c.ref, c.was) in here}
    for ref in known.refs:
        if (ref.name, ref.object) in here:
            continue
        if wanted(ref.name) and ref.name not in mended and not _among(ref, open_):
            rule = TAG_MOVED if ref.name.startswith(_TAGS) else BRANCH_REWRITTEN
            yield RefChange(rule, ref.name, ref.object, None, known.run, known.seen_at)


def _among(ref: Ref, changes: list[RefChange]) -> bool:
    return any((c.ref, c.was) == (ref.name, ref.object) for c in changes)
