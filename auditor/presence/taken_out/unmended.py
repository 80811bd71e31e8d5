"""Whether a branch brought the code that a part of a fix mends to another file, where it is as it was."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from auditor.git.changes import REGULAR, Change
from auditor.presence.case import Case
from auditor.presence.elsewhere import code_of, stripped
from auditor.presence.parts import fix_parts
from auditor.text import wording


class Unmended:
    """The code that a part of a fix mends, looked for in the files of a branch."""

    def __init__(self, case: Case, change: Change, part: int) -> None:
        self._case = case
        self._change = change
        self._part = part
        self._code = code_of(case.scene.content, change, only=part)
        self._known: dict[str, bool] = {}

    def brought_by(self, changes: Sequence[Change]) -> str | None:
        """The file of its kind to which one of some changes brought it, and where it still is; or None."""
        return next((o.path for o in changes if self._is_in(o.path) and self._brings(o)), None)

    def _is_in(self, path: str) -> bool:
        if path not in self._known:
            alike = PurePosixPath(self._change.path).suffix == PurePosixPath(path).suffix
            self._known[path] = alike and self._stands(path)
        return self._known[path]

    def _stands(self, path: str) -> bool:
        """Whether it is there, and not in main's file of that name, and the part in no other words beside it."""
        content, code, case = self._case.scene.content, self._code, self._case
        now, main = (content.at(tip, path) for tip in (case.line.tip, case.scene.main.tip))
        if code is None or now is None or now.mode not in REGULAR or not code.may_stand(content, now):
            return False
        if not code.stands(stripped(content, now)) or (main is not None and code.stands(stripped(content, main))):
            return False
        own = content.all_lines(now) - content.all_lines(self._change.before)
        return not wording.said_again(fix_parts.did(case, self._change, self._part)[1], own)

    def _brings(self, other: Change) -> bool:
        content, there = self._case.scene.content, other.after
        if self._code is None or there is None or there.mode not in REGULAR:
            return False
        came = {line.strip() for line in content.lines(there.oid)}
        if other.before is not None and other.before.mode in REGULAR:
            came -= stripped(content, other.before)
        return self._code.stands(came)
