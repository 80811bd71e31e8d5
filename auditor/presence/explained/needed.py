"""Parts of a fix that give a name to something, where a later commit needs it no more, or has it otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts
from auditor.text import bindings, deletions, functions, lines, parts, places, wording
from auditor.text.lines import Hunk

# Shorter names are anybody's, but within one function.
_LEAST = 4

# The files of a fix before and after a commit.
Sides = Sequence[tuple[Change, Side, Side]]


class Edit(NamedTuple):
    """A file before and after a commit: its lines, and what became of them."""

    old: Sequence[bytes]
    new: Sequence[bytes]
    hunks: Sequence[Hunk]

    def rewritten(self, least: int = wording.TELLING) -> Iterator[int]:
        """The old lines that others replaced which have so many letters: by default, as many as tell something."""
        for hunk in self.hunks:
            if wording.letters(hunk.added_of(self.new)) >= least:
                yield from range(hunk.old, hunk.old + hunk.removed)

    def added(self) -> list[bytes]:
        """The lines that came."""
        return [line for hunk in self.hunks for line in hunk.added_of(self.new)]


def edit(case: Case, old: Side, new: Side) -> Edit:
    """One file's step from one version to the next."""
    content = case.scene.content
    return Edit(content.lines(old.oid), content.lines(new.oid), content.hunks(old.oid, new.oid) or ())


def no_more(case: Case, change: Change, region: int, sides: Sides) -> bool:
    """Whether a name that came with a hunk was used in other lines of the fix's files, and these were written without.

    None uses it now, and none has again what the fix had found there. Of a hunk that does no more than to bind names
    some users may just be gone. `sides`: all these files before and after a commit.
    """
    return _in_files(case, change, region, sides) or any(
        _in_function(case, change, region, old, new) for c, old, new in sides if c == change
    )


def _in_files(case: Case, change: Change, region: int, sides: Sides) -> bool:
    if change.before is None or change.after is None:
        return False
    content, came = case.scene.content, fix_parts.told(case, change, region).came
    names = bindings.names(came, _LEAST) - bindings.names(content.lines(change.before.oid), _LEAST)
    taken = [(c, old, edit(case, old, new)) for c, old, new in sides] if names else []
    for _, _, one in taken:
        names -= bindings.names(one.new, _LEAST)
    made = fix_parts.did(case, change, region)[1]
    users = [(c, old, one, _users(one, names, made)) for c, old, one in taken]
    anew = [(some, some & set(one.rewritten())) for _, _, one, some in users]
    binds = all(map(bindings.bound, came))
    if not any(rewritten for _, rewritten in anew) or not (binds or all(some == done for some, done in anew)):
        return False
    return not any(_back_in_words(case, c, old, one, some) for c, old, one, some in users)


def _users(taken: Edit, names: set[bytes], made: Sequence[bytes]) -> set[int]:
    """The lines of the older text that use any of some names, but for imports, and a hunk's own, as edited since."""
    using = [n for n, line in enumerate(taken.old) if bindings.names([line], _LEAST) & names] if names else []
    own = lines.bare((*made, *wording.imports(taken.old))) if using else ()
    others = (n for n in using if lines.unspaced(taken.old[n]) not in own)
    return {n for n in others if not any(deletions.is_edited(line, taken.old[n]) for line in made)}


def _in_function(case: Case, change: Change, region: int, old: Side, new: Side) -> bool:
    """The same of what a hunk but binds within one function, whoever else has things of these names."""
    told, there = fix_parts.told(case, change, region), _stood(case, change, region, old)
    bound = {bindings.bound(line) for line in told.came}
    if told.went or not bound or None in bound or not there:
        return False
    names = {name for name in bound if name}
    taken, heads = edit(case, old, new), case.scene.content.heads
    within = functions.holding(taken.old, min(there), heads(old.oid))
    users = {n for n in within if n not in there and any(bindings.uses(taken.old[n], name) for name in names)}
    head = places.kept([within.start], taken.hunks)
    if len(within) == len(taken.old) or not head or users.isdisjoint(taken.rewritten(least=1)):
        return False
    after = (taken.new[n] for n in functions.from_head(taken.new, min(head), heads(new.oid)))
    left = any(bindings.uses(line, name) for line in after for name in names)
    return not left and not _back_in_words(case, change, old, taken, users)


def _back_in_words(case: Case, change: Change, old: Side, taken: Edit, users: set[int]) -> bool:
    """Whether a part of the fix that used it was written so that it has again the words that the fix removed."""
    for number, hunk in enumerate(fix_parts.hunks(case, change)):
        if users.isdisjoint(fix_parts.kept_at(case, change, hunk, old)):
            continue
        went, came = (set(wording.all_words(some)) for some in fix_parts.told(case, change, number))
        has = set(wording.all_words(map(parts.worded, _instead(case, change, hunk, old, taken))))
        if went and went - came <= has and not (came - went) & has:
            return True
    return False


def _instead(case: Case, change: Change, hunk: Hunk, old: Side, taken: Edit) -> list[bytes]:
    """The lines of code that an edit put in the place of those that a hunk of the fix had made."""
    made = fix_parts.kept_at(case, change, hunk, old)
    found = (h for h in taken.hunks if not made.isdisjoint(range(h.old, h.old + h.removed)))
    return parts.lines_of_code([line for h in found for line in h.added_of(taken.new)])


def _stood(case: Case, change: Change, region: int, old: Side) -> set[int]:
    hunks = fix_parts.hunks(case, change)
    return fix_parts.kept_at(case, change, hunks[region], old) if hunks else set()


def anew(case: Case, change: Change, region: int, old: Side, new: Side) -> bool:
    """Whether all that a hunk which only added lines declares was declared anew, in lines that the fix did not find.

    A variable may have become what is given to the function.
    """
    told = fix_parts.told(case, change, region)
    if change.before is None or told.went:
        return False
    found = case.scene.content.all_lines(change.before)
    came = [line for line in edit(case, old, new).added() if lines.unspaced(line) not in found]
    declared = {name for line in told.came if (name := lines.declared(line))}
    if declared:
        return declared <= {lines.declared(line) for line in came}
    bound = {bindings.bound(line) for line in told.came}
    given = set[bytes]().union(*map(bindings.parameters, came))
    return bool(bound) and all(name in given for name in bound)
