"""Whether a branch has the code that a fix mends in a file that is not the fix's: split, taken out, or joined since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.git.changes import REGULAR, Change, Side
from auditor.git.content import Content
from auditor.presence.case import Case
from auditor.text import lines
from auditor.text.lines import CONTEXT
from auditor.text.wording import tells

# Fewer lines than these, with those around them, stand together by chance.
_LEAST = 4
# Of what is moved from one file to another, so many different lines tell.
_FEWEST = 3
# So many lines on each side of a change are where it is: more, where the nearest tell nothing.
_NEAR = (CONTEXT, 2 * CONTEXT, 4 * CONTEXT)

Lines = frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Code:
    """The telling lines that a change removed from a text, those that it added, and those around them."""

    removed: Lines
    added: Lines
    around: Lines

    def stands(self, have: set[bytes]) -> bool:
        """Whether a text has most of it as the change found it, and not as the change left it."""
        known = self.removed | self.around
        together = len(known & have) >= max(_LEAST, len(known) / 2)
        done = bool(self.added) and 2 * len(self.added & have) >= len(self.added)
        return together and 2 * len(self.removed & have) >= len(self.removed) and not done

    def may_stand(self, content: Content, side: Side) -> bool:
        """Whether a file may have as many of its lines: a quick no, while a yes proves nothing."""
        known = self.removed | self.around
        return len(content.among(map(lines.unspaced, known), side)) >= max(_LEAST, len(known) / 2)

    def has_its_place(self, have: set[bytes]) -> bool:
        """Whether a text has half of what the change found there."""
        known = self.removed | self.around
        return 2 * len(known & have) >= len(known)


def holder(case: Case) -> str | None:
    """The file of the branch's tip that has the code, or None.

    What a file of main's tip has, too, without the fix, is such code as repeats, and tells nothing.
    """
    content, main = case.scene.content, case.scene.main.tip
    for change in case.changes:
        code = code_of(content, change)
        here = code and next(_holders(content, change, code, case.line.tip), None)
        if code and here and next(_holders(content, change, code, main), None) is None:
            return here
    return None


def moved(case: Case) -> str | None:
    """Where the branch has what a fix but removes, as one of its commits moved that there: in words, or None.

    That commit took the lines out of the file of the fix, as the fix does, and they are still there.
    """
    wanted = _only_removed(case)
    found = next(_moved_to(case, wanted), None) if wanted else None
    if found is None:
        return None
    number, path = found
    oid = case.scene.history.ids[number]
    return f"{oid[:12]} on the branch moved the lines that it removes to {path}, where they are"


def _only_removed(case: Case) -> Counter[bytes]:
    """The telling lines that a fix removes; none where they are few, or it adds such lines, too."""
    did = [case.scene.content.changed_lines(c) for c in case.changes]
    removed: Counter[bytes] = sum((gone - came for gone, came in did), Counter())
    wanted = Counter({line: n for line, n in removed.items() if tells([line])})
    adds = any(tells(came - gone) for gone, came in did)
    return Counter() if adds or len(wanted) < _FEWEST else wanted


def _moved_to(case: Case, wanted: Counter[bytes]) -> Iterator[tuple[int, str]]:
    """The commits that added some lines to another file, and that file, where the branch has them, and main has not."""
    content, own, hashes = case.scene.content, case.paths(), set(map(hash, wanted))
    changes = ((number, other) for number in case.candidates() for other in case.search.changes[number])
    for number, other in changes:
        if other.path not in own and content.may_add(other, hashes) and wanted <= content.changed_lines(other)[1]:
            here, main = (content.all_lines(content.at(line.tip, other.path)) for line in (case.line, case.scene.main))
            if wanted <= here and not wanted <= main:
                yield number, other.path


def may_have(case: Case, change: Change) -> bool:
    """Whether a file of the branch's tip has half of the lines around a change, or it cannot be told that none has."""
    content, tip = case.scene.content, case.line.tip
    code = _near(content, change)
    if code is None or change.before is None:
        return True
    sides = (content.at(tip, name) for name in content.sharing(change.before.oid, change.path, tip))
    return any(code.has_its_place(stripped(content, side)) for side in sides if side)


def may_be_in(content: Content, change: Change, side: Side) -> bool:
    """Whether a file has half of the lines around a change, or it cannot be told that it has not."""
    code = _near(content, change)
    return code is None or side.mode not in REGULAR or code.has_its_place(stripped(content, side))


def _near(content: Content, change: Change) -> Code | None:
    return next((code for context in _NEAR if (code := code_of(content, change, context))), None)


def _holders(content: Content, change: Change, code: Code, tip: str) -> Iterator[str]:
    assert change.before
    for name in content.sharing(change.before.oid, change.path, tip):
        side = content.at(tip, name)
        if side and code.stands(stripped(content, side)):
            yield name


def stripped(content: Content, side: Side) -> set[bytes]:
    """The lines of a file, without the white space around them."""
    return {line.strip() for line in content.lines(side.oid)}


def code_of(content: Content, change: Change, context: int = CONTEXT, only: int | None = None) -> Code | None:
    """The code around a change, or around one hunk of it; None where that tells too little."""
    before, after = change.before, change.after
    if not (before and after and before.mode in REGULAR and after.mode in REGULAR):
        return None
    old, new = content.lines(before.oid), content.lines(after.oid)
    hunks = content.own_hunks(before.oid, after.oid) or ()
    hunks = hunks if only is None else hunks[only : only + 1]
    removed = {line for h in hunks for line in h.removed_of(old)}
    added = {line for h in hunks for line in h.added_of(new)}
    near = {line for h in hunks for line in old[max(0, h.old - context) : h.old + h.removed + context]}
    found = Code(_telling(removed - added), _telling(added - removed), _telling(near - removed - added))
    return found if (found.removed or found.added) and len(found.removed | found.around) >= _LEAST else None


def _telling(some: set[bytes]) -> Lines:
    return frozenset(line.strip() for line in some if tells([line]))
