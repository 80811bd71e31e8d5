"""How much of a fix's change another commit's change holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.git.changes import Change, Changes, Side
from auditor.presence import elsewhere
from auditor.presence.applicable import earlier_names
from auditor.presence.case import Case, names
from auditor.presence.scene import inverse

# How much of a fix's lines a commit has to hold that says to be the fix: DESIGN's `declared`.
HALF = 0.5
# A line with fewer signs is a part of others by chance.
_TELLING = 16

Lines = tuple[Counter[bytes], Counter[bytes]]


def share(case: Case, changes: Changes) -> tuple[float, float]:
    """The shares, from 0 to 1, of the fix's removed and added lines that `changes` removes and adds too.

    Each in the same or the renamed file. A side on which the fix has no lines counts as whole.
    """
    return _of_all(case, case.changes, changes)


def answered(case: Case, whole: Changes, number: int, changes: Changes) -> tuple[float, float]:
    """The same shares of `whole`, where what the branch did not have need not be removed from it.

    A pick to a branch with another version of a line replaces that version. Lines that must be removed
    are those that the file had before `changes`, which commit `number` made; where it had none of them,
    what is added must tell. Nothing to add and nothing to remove answers nothing.
    """
    ours = [(c, case.scene.content.changed_lines(c)) for c in whole]
    shares, owed = _measure(case, ours, changes, number)
    return shares if owed else (0.0, 0.0)


def too_small(case: Case, whole: Changes, changes: Changes, least: float) -> bool:
    """Whether `changes` adds fewer lines than that share of what the larger change adds: told without a comparison."""
    added = case.scene.content.added
    return added(changes) < least * added(whole)


def in_common(case: Case, changes: Changes) -> int:
    """How many lines the fix and `changes` both add to files of one name: told without a look at the files."""
    theirs = {change.path: change for change in changes}
    added = ((lines_of(case, c)[1], lines_of(case, theirs.get(c.path))[1]) for c in case.changes)
    return sum((mine & other).total() for mine, other in added)


def taken_back(case: Case, changes: Changes) -> tuple[float, float]:
    """The same shares of the fix's inverse: how much of the fix `changes` takes back."""
    return _of_all(case, inverse(case.changes), changes)


def taken_elsewhere(case: Case, changes: Changes) -> float:
    """The share, from 0 to 1, of the fix's added lines that `changes` removes from any file, where code has moved.

    So it has where the fix's own file is gone, or has less than half of them: a copy of them elsewhere is no move.
    """
    content, place = case.scene.content, case.place()
    removed: Counter[bytes] = sum((content.changed_lines(c)[0] for c in changes), Counter())
    wanted = met = 0
    for change in case.changes:
        added = content.changed_lines(change)[1]
        wanted += added.total()
        if 2 * (added & content.all_lines(place.side(change))).total() < added.total():
            met += (added & removed).total()
    return met / wanted if wanted else 0.0


def wrote_anew(case: Case, changes: Changes) -> bool:
    """Whether `changes` adds a line that a line which the fix removed is a part of, in the same or the renamed file."""
    pairs = paired(case, case.changes, changes, None)
    lines = case.scene.content.changed_lines
    return any(
        len(old) >= _TELLING and old in new
        for change in case.changes
        if change.path in pairs
        for old in lines(change)[0]
        for new in lines(pairs[change.path])[1]
    )


def surviving(case: Case, whole: Changes, number: int, changes: Changes) -> tuple[float, float]:
    """The shares of those of the fix's lines that the larger change still has.

    Of several fixes made into one change, a later one may have replaced what an earlier one wrote. A fix
    without a line, such as an empty file, cannot be told to have survived.
    """
    if not any(any(case.scene.content.changed_lines(c)) for c in case.changes):
        return 0.0, 0.0
    by_path = {c.path: c for c in whole}
    kept = []
    for change in case.changes:
        if change.path in by_path:
            lines = case.scene.content.changed_lines(change)
            limit = case.scene.content.changed_lines(by_path[change.path])
            kept.append((change, (lines[0] & limit[0], lines[1] & limit[1])))
    return _measure(case, kept, changes, number)[0]


def _of_all(case: Case, ours: Changes, theirs: Changes) -> tuple[float, float]:
    return _measure(case, [(c, case.scene.content.changed_lines(c)) for c in ours], theirs)[0]


def _measure(
    case: Case, ours: Sequence[tuple[Change, Lines]], changes: Changes, number: int | None = None
) -> tuple[tuple[float, float], int]:
    """The shares, and how many lines they are shares of; with `number`, of removed lines those that were there."""
    pairs = paired(case, [change for change, _ in ours], changes, number)
    files = list(owed_and_told(case, ours, pairs, number))
    return shares(files), sum(lines.total() for owed, _ in files for lines in owed)


def owed_and_told(
    case: Case, ours: Iterable[tuple[Change, Lines]], pairs: Mapping[str, Change], number: int | None
) -> Iterator[tuple[Lines, Lines]]:
    """File by file the lines that a change has to remove and to add, and those that it does, given the files' `pairs`.

    Where it is that of commit `number`, what the branch did not have is not owed.
    """
    for change, lines in ours:
        theirs = pairs.get(change.path)
        owed = lines if number is None else owing(case, change, lines, theirs, number)
        yield owed, lines_of(case, theirs)


def shares(files: Iterable[tuple[Lines, Lines]]) -> tuple[float, float]:
    """The shares of removed and of added lines, file by file owed and told, that are told of. Of none it is whole."""
    wanted, met = [0, 0], [0, 0]
    for owed, told in files:
        for side, mine, other in zip((0, 1), owed, told, strict=True):
            wanted[side] += mine.total()
            met[side] += (mine & other).total()
    removed, added = (m / w if w else 1.0 for m, w in zip(met, wanted, strict=True))
    return removed, added


def paired(case: Case, ours: Sequence[Change], theirs: Changes, number: int | None) -> dict[str, Change]:
    """For each path of a change, what another commit did to that file, under this name or the one it was moved to.

    The names of then may be neither the fix's nor those of the tip. Of commit `number`, which claims to be the fix,
    a file that it has not under the fix's name is the one that it found most like it, or one that it was on main.
    """
    moved, by_path = names(case.scene, case.fix, case.line), {c.path: c for c in theirs}
    found = {c.path: by_path.get(c.path) or by_path.get(moved.get(c.path, c.path)) for c in ours}
    known = {id(other) for other in found.values()}
    left = {c.path: c for c in theirs if id(c) not in known and c.after}
    if number is not None and left:
        for change in ours:
            other = found[change.path]
            if not other:
                name = _other_name(case, change, left, number) or _beside(change, ours, found, left)
                found[change.path] = left.pop(name or "", None)
            elif not _is_all(case, change, other) and (name := _split(case, change, left)):
                found[change.path] = left.pop(name)
    return {path: other for path, other in found.items() if other}


def _other_name(case: Case, change: Change, left: Mapping[str, Change], number: int) -> str | None:
    """Which of the files that commit `number` left or made is the file of a change, whatever it is called."""
    there = case.scene.content.at(case.scene.history.ids[number], change.path)
    if there:
        has_place = elsewhere.may_be_in(case.scene.content, change, there)
        return None if has_place else _split(case, change, {path: c for path, c in left.items() if c.before})
    if change.before:
        return _was(case, change, change.before, {path: c for path, c in left.items() if c.before})
    folder, _, name = change.path.rpartition("/")
    # Where the folder itself is there, a file beside it is another one.
    if not folder or case.scene.content.is_folder(case.scene.history.ids[number], folder):
        return None
    return next((path for path, c in left.items() if not c.before and path.rpartition("/")[2] == name), None)


def _beside(
    change: Change, ours: Sequence[Change], found: Mapping[str, Change | None], left: Mapping[str, Change]
) -> str | None:
    """Which of the files that a commit made is one that a change made at the top, where all files of that went away."""
    if change.before or "/" in change.path:
        return None
    beside = {
        other.path.rpartition("/")[0] for c in ours if c.before and "/" not in c.path and (other := found[c.path])
    }
    return next((p for p in left if {p.rpartition("/")[0]} == beside and p.endswith(f"/{change.path}")), None)


def _was(case: Case, change: Change, before: Side, left: Mapping[str, Change]) -> str | None:
    """Which of some changed files was the file of a change: by its text, or by a name that it had before on main."""
    there = [(path, other.before) for path, other in left.items() if other.before]
    name = case.scene.content.likest(before, change.path, there)
    name = name or next((n for n in earlier_names(case, change.path) if n in left), None) or _split(case, change, left)
    return name or _namesake(case, before, change.path, left)


def _namesake(case: Case, before: Side, path: str, left: Mapping[str, Change]) -> str | None:
    """The only one of some changed files with the name of a file, of which it has a third of the lines."""
    named = [other for other in left.values() if other.path.rpartition("/")[2] == path.rpartition("/")[2]]
    lines = case.scene.content.all_lines
    if len(named) != 1 or named[0].before is None:
        return None
    return named[0].path if 3 * (lines(before) & lines(named[0].before)).total() >= lines(before).total() else None


def _is_all(case: Case, change: Change, other: Change) -> bool:
    """Whether a commit did to the file of a change all that it did of it: the code may lie in a file beside, too.

    So it does where it adds none of the lines there, or fewer than half, and removed all that was to be removed.
    """
    (removed, added), (gone, brought) = lines_of(case, change), lines_of(case, other)
    met = (added & brought).total()
    left = (removed & case.scene.content.all_lines(other.before)) - gone
    return 2 * met >= added.total() > 0 or (met > 0 and bool(left))


def _split(case: Case, change: Change, left: Mapping[str, Change]) -> str | None:
    """Which of some changed files gets most of what a change adds, if half of it: main took the code out of that."""
    added = case.scene.content.changed_lines(change)[1]
    met = {path: (added & lines_of(case, other)[1]).total() for path, other in left.items()}
    most = max(met, key=lambda path: met[path], default=None)
    return most if most is not None and 0 < added.total() <= 2 * met[most] else None


def owing(case: Case, change: Change, ours: Lines, theirs: Change | None, number: int) -> Lines:
    """The lines that commit `number` has to remove and to add.

    To remove: those that were there, and that the fix does not add again. To add: those that were not there
    before it, and are not after it; what main's file had before the fix, too, is no sign of it.
    """
    removed, added = ours
    gone = (removed - added) or removed
    out, brought = lines_of(case, theirs)
    # What `theirs` removes was there.
    if gone <= out and added <= brought:
        return gone, added
    had, lines = _had(case, change, theirs, number), case.scene.content.all_lines
    stood = had & lines(theirs.after) if theirs else had
    return gone & had, added - ((stood - lines(change.before)) & (added - brought))


def _had(case: Case, change: Change, theirs: Change | None, number: int) -> Counter[bytes]:
    """The lines of a file before commit `number`; one that the commit left alone has them after it, too."""
    before = theirs.before if theirs else case.at(number).side(change)
    return case.scene.content.all_lines(before)


def lines_of(case: Case, change: Change | None) -> Lines:
    """The removed and added lines of a change, if there is one."""
    return case.scene.content.changed_lines(change) if change else (Counter(), Counter())
