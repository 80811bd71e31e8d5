"""After a run: each webhook is told what changed for it, if anything did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from auditor.backmerge.entry import Entry
from auditor.config.noticing import NoticeConfig
from auditor.errors import BranchDriftError
from auditor.model import Audit
from auditor.notices import facts, post, shapes, told
from auditor.notices.told import Told


def tell(notices: Sequence[NoticeConfig], audit: Audit, done: Sequence[Entry], state: Path) -> Iterator[str]:
    """Tells, and remembers what was told; what could not be told, in words without an address.

    `done` are the back-merges that were opened, updated or closed in this run.
    """
    known = told.read(state)
    after = {}
    for notice in notices:
        before = known.get(notice.name, Told())
        found = facts.facts(audit, notice)
        then = facts.renamed(audit, before.facts, found)
        now = facts.known(audit, then, found)
        deeds = (*before.untold, *(e for e in done if e.done))
        changed = facts.changes(audit, then, now, deeds, notice)
        after[notice.name] = Told(now)
        try:
            if changed:
                post.post(notice, shapes.body(notice.type, audit, changed))
        except post.NoticeError as error:
            after[notice.name] = Told(before.facts, deeds)
            yield f"notice {notice.name}: {error}; it is tried again in the next run"
    try:
        told.write(state, after)
    except BranchDriftError as error:
        yield f"notices: what was told is not remembered, and will be told again: {error}"
