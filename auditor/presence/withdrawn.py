"""Whether main itself took a fix back: in content, and not undone again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.git.changes import Changes
from auditor.presence import sought
from auditor.presence.case import Case
from auditor.presence.claims import claimants, likeness
from auditor.presence.explained import moved_away
from auditor.presence.parts import older, standing
from auditor.presence.parts.place import Place
from auditor.presence.scene import inverse
from auditor.presence.taken_out import together
from auditor.text import kinds

_LITTLE = 1 / 4
_SOME = 1 / 8
_MOST = 1 / 2


def find(case: Case) -> str | None:
    """How main took the fix back, or None.

    Where no message hints at it, that is one answer for all branches that have the fix, and one for the others: of
    each hotfix, with the whole of which main may have taken it back.
    """
    scene = case.scene
    key = case.fix.number, case.top, scene.contains(case.line, case.fix.number)
    if key in scene.withdrawn:
        return scene.withdrawn[key]
    found = _find(case)
    if not _hinted(case):
        scene.withdrawn[key] = found
    return found


def _find(case: Case) -> str | None:
    scene = case.scene
    there = case.on_main()
    if _nothing_left(case, there):
        case = older.back_on_main(case)
        there = case.on_main()
    if there.undone() and _whole_fix_undone(case, there) and not _goes_on(case, there):
        return "the old lines are back at main's tip"
    for number in _took_back(case, there):
        if not again(case, number) and not _stands(case, there) and not _said_anew(case, there):
            return f"{scene.history.ids[number][:12]} on main took it back"
    return None


def _nothing_left(case: Case, there: Place) -> bool:
    """Whether each file lost all that the fix made there: quick, and before anybody asks what stands in its place."""
    content = case.scene.content
    return all(
        content.gave_way(c, side := there.side(c)) and len(content.lost(c, side) or (c,)) == content.size(c)
        for c in case.changes
        if c.before is not None
    )


def _stands(case: Case, there: Place) -> bool:
    """Whether all of it stands, a part that counts, or half of its lines somewhere: then main still asks for that.

    A name in a list stays behind. A file that it added counts, which a merge may have brought again.
    """
    changes = case.changes
    added = [c for c in changes if c.before is None]
    if all(case.scene.content.holds(c, there.side(c)) for c in changes) or any(there.side(c) == c.after for c in added):
        return True
    found = standing.standing(there)
    return found.kept > _LITTLE * sum(found) or moved_away.kept(there) >= _MOST


def _whole_fix_undone(case: Case, there: Place) -> bool:
    """Whether every region stands as before the fix. A file that it added is gone then, which alone tells nothing.

    One that it deleted is there to the byte: main may have made another of it.
    """
    changes = case.changes
    modified = [c for c in changes if c.before is not None]
    size, undone = case.scene.content.size, there.undone()
    return (
        bool(modified)
        and len(there.gone()) == len(changes) - len(modified)
        and all(sum(path == c.path for path, _ in undone) == size(c) for c in modified)
        and all(there.side(c) == c.before for c in modified if c.after is None)
    )


def _goes_on(case: Case, there: Place) -> bool:
    """Whether main has any of it all the same, in whatever words or place, or it cannot be told that it has not."""
    return (
        _reworded(case, there)
        or not _taken_out(case, there)
        or moved_away.kept(there) >= _LITTLE
        or moved_away.moved_away(case)
    )


def _taken_out(case: Case, there: Place) -> bool:
    """Whether it can be told that main has lost what the fix inserted: lines that repeat may meet with it, too."""
    content = case.scene.content
    files = ((c, there.side(c)) for c in case.changes)
    return all(content.taken_out(c, side, content.undone(c, side)) for c, side in files)


def _reworded(case: Case, there: Place) -> bool:
    """Whether main has any of it in other words: then it still asks for that, even where the old lines stand, too."""
    content = case.scene.content
    for change, n in case.parts(there.undone()):
        side, known = there.side(change), [older.side for older in there.older if older.path == change.path]
        if content.reworded(change, side, n, known) or content.has_new_words(change, side, n, known):
            return True
    return False


def _said_anew(case: Case, there: Place) -> bool:
    """Whether main has words of its code in lines that are not the fix's: who took it back brought it in otherwise."""
    code = (c for c in case.changes if c.before and c.after and not kinds.tells_only(c.path))
    parts = ((c, c.after, n) for c in code for n in range(case.scene.content.size(c)))
    words = case.scene.content.has_new_words
    return any(made is not None and words(c, there.side(c), n, [made]) for c, made, n in parts)


def _took_back(case: Case, there: Place) -> Iterator[int]:
    """Commits of main after the fix that make the inverse of the fix, of its merge or of its hotfix.

    Of one that says so it is enough that some of the old lines are back, if it took lines back at all, or that it
    took most of the lines back. One that only speaks of it did nothing.
    """
    scene = case.scene
    seen = set()
    hinted = _hinted(case)
    confirmed = bool(there.undone())
    searched = _searched(case)
    wholes = (case.changes, *(w.changes for w in case.wholes)) if searched or hinted else ()
    taking = [inverse(whole) for whole in wholes]
    for number in (*hinted, *searched):
        took = _took(case, number) if number in hinted else [0.0]
        did = min(took) >= _MOST or (confirmed and max(took) >= _SOME) or _is_any(case, taking, number)
        did = did or (number in hinted and together.took_out(case, number))
        if number not in seen and did and scene.contains(scene.main, number):
            seen.add(number)
            if case.felt(number, scene.main, out=True):
                yield number


def _carriers(case: Case) -> Iterator[int]:
    """What a revert on main may name: the fix, what brought it there, or to a branch that main merged; or its original.

    Where a fix was made on a branch and picked to main, its revert may have been, too.
    """
    yield from case.carriers()
    yield from claimants.originals(case.scene, case.fix)
    if case.scene.contains(case.line, case.fix.number):
        yield case.scene.arrival(case.line, case.fix.number)


def _hinted(case: Case) -> list[int]:
    """The commits that say to take the fix back, on whatever branch."""
    return [n for carrier in _carriers(case) for n in case.scene.reverts_of(carrier)]


def _took(case: Case, number: int) -> list[float]:
    """How much a commit took back, from 0 to 1: of the lines that the fix added, and of those that it removed."""
    lines = [case.scene.content.changed_lines(c) for c in inverse(case.changes)]
    gone, back = likeness.taken_back(case, case.scene.brought(number))
    shares = [(gone, any(removed for removed, _ in lines)), (back, any(added for _, added in lines))]
    return [share for share, had in shares if had] or [0.0]


def _is_any(case: Case, taking: Sequence[Changes], number: int) -> bool:
    """Whether a commit makes one of the changes that would take the fix back."""
    changes = case.made_by(number)
    return bool(changes) and any(case.scene.content.same(one, changes) for one in taking)


def again(case: Case, number: int) -> bool:
    """Whether a taking back was itself undone: by a revert of it, or by the change made once more, or most of it."""
    scene = case.scene
    if any(scene.contains(scene.main, n) and not again(case, n) for n in scene.reverts_of(number)):
        return True
    wanted = (case.changes, *(w.changes for w in case.wholes))
    taken = _on_main(case, number)
    later = ((n, case.search.changes[n]) for n in _searched(case) if _on_main(case, n) > taken)
    return any(
        any(scene.content.same(w, changes) for w in wanted)
        or min(likeness.answered(case, wanted[0], n, changes)) >= _MOST
        for n, changes in later
    )


def _on_main(case: Case, number: int) -> tuple[int, int]:
    """When a commit had its effect on main: as main's own line got it, and below one merge by the order of history."""
    return case.scene.place(case.scene.main, number), case.scene.history.generation[number]


def _searched(case: Case) -> list[int]:
    """Main's commits that touch the fix's paths: looked up for a fix that the branch does not contain.

    For one that it does they are where a commit of main says that it takes that back: what main did since is the same
    for each branch. Else only messages tell, so that one branch's verdict never hangs on another's.
    """
    fix, scene = case.fix, case.scene
    if scene.contains(case.line, fix.number) and not sought.said_to_be_taken_back(scene, fix):
        return []
    return case.search.candidates(fix, scene.main, fix.paths)
