"""Whether main, or a branch, has elsewhere what a fix added: further away in its file, or in another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from auditor.git.changes import Change
from auditor.presence.case import Case, Regions
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts
from auditor.presence.parts.place import Place
from auditor.presence.scene import Scene
from auditor.text import functions, lines, parts, wording

# Fewer lines than these, which tell something, stand elsewhere by chance, unless they have so many letters.
_LEAST = 3
_RARE = 20


def kept(there: Place) -> float:
    """The share, from 0 to 1, of what a fix brought to the files that it found, that stands in them newly, anywhere.

    By letters, of the lines that tell something and that were not there before. Others may have come to such a line.
    """
    wanted = found = 0
    for change in there.changes:
        brought = _plain(_brought(there.scene, change)) - _plain(there.scene.content.all_lines(change.before))
        text = b"\n".join(_new(there, change)) if brought else b""
        wanted += wording.letters(brought)
        found += wording.letters(line for line in brought if line in text)
    return found / wanted if found >= _RARE else 0.0


def _new(there: Place, change: Change) -> set[bytes]:
    """The lines of a file that it had not before the fix, nor before what the fix was made on."""
    content = there.scene.content
    earlier = [change.before, *(o.side for o in there.older if o.path == change.path)]
    return _plain(content.all_lines(there.side(change))).difference(*(_plain(content.all_lines(s)) for s in earlier))


def _plain(some: Iterable[bytes]) -> set[bytes]:
    return set(map(wording.plain, some))


def moved_away(case: Case) -> bool:
    """Whether the commit of main's own line that took the fix's lines out added half of them to one other file."""
    wanted, had = _wanted(case)
    return _tell(wanted, had) and any(_moved_to(case, _taken_out(case), wanted, had))


def still_there(case: Case, number: int) -> bool:
    """Whether a commit moved the fix's lines to one other file, half of them or more, and the branch has them there."""
    found, every = _has_there(case, number, *_wanted(case)), fix_parts.every(case)
    return any(_has_to_do(case, change, n, path, number) for path in found for change, n in every)


def lost_some(case: Case, number: int, back: Regions) -> bool:
    """Whether such a commit left one of some regions behind: one that but added lines, and it has these nowhere.

    Nor does any line that it wrote say them again.
    """
    theirs = case.scene.brought(number)
    came = {line for other in theirs for line in case.scene.content.changed_lines(other)[1]}
    written = came.difference(_wanted(case)[1])
    return any(_was_left(case, change, n, came, written) for change, n in case.parts(back))


def _was_left(case: Case, change: Change, region: int, came: set[bytes], written: set[bytes]) -> bool:
    told = fix_parts.told(case, change, region)
    code = [line for line in told.came if wording.tells([line]) and not wording.is_import(line)]
    is_there = not came.isdisjoint(lines.bare(code)) or wording.said_again(code, written)
    return not told.went and bool(code) and not is_there


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that only added lines which the commit that took them out moved so."""
    return frozenset((c.path, n) for c, n in case.parts(back) if _part_is_there(case, number, c, n))


def _part_is_there(case: Case, number: int, change: Change, region: int) -> bool:
    told = fix_parts.told(case, change, region)
    wanted = lines.bare(line for line in told.came if wording.tells([line]))
    if told.went or not wanted:
        return False
    later, at = fix_parts.left_since(case, number, change, region)
    found = _has_there(case, later[at], wanted, _wanted(case)[1]) if at else ()
    return any(_has_to_do(case, change, region, path, later[at]) for path in found)


def _has_to_do(case: Case, change: Change, region: int, path: str, number: int) -> bool:
    """Whether the function in which a part stood calls one in which its lines are now, or is called by that.

    One that came with the lines, by the commit `number`, has to do with it, too; so has what is in no function.
    """
    content, history = case.scene.content, case.scene.history
    there, told = content.at(case.line.tip, path), fix_parts.told(case, change, region)
    if change.after is None or there is None:
        return False
    old, new = content.lines(change.after.oid), content.lines(there.oid)
    home = functions.holding(old, fix_parts.hunks(case, change)[region].new, content.heads(change.after.oid))
    came = lines.bare(line for line in told.came if wording.tells([line]))
    code = (n for n, line in enumerate(new) if lines.unspaced(line) in came and parts.lines_of_code([line]))
    hosts = {functions.holding(new, n, content.heads(there.oid)) for n in code} or {range(len(new))}
    above = history.parents[number][:1]
    had = content.all_lines(content.at(history.ids[above[0]], path)) if above else Counter[bytes]()
    return any(lines.unspaced(new[host.start]) not in had or functions.related(old, home, new, host) for host in hosts)


def _has_there(case: Case, number: int, wanted: Counter[bytes], had: set[bytes]) -> Iterator[str]:
    content, own = case.scene.content, case.paths()
    for path in _moved_to(case, number, wanted, had):
        there = content.all_lines(content.at(case.line.tip, path))
        if path not in own and 2 * (wanted & there).total() >= wanted.total():
            yield path


def _wanted(case: Case) -> tuple[Counter[bytes], set[bytes]]:
    """The telling lines that the fix brought to files that it found, and all lines that these had."""
    changes = case.changes
    brought: Counter[bytes] = sum((_brought(case.scene, c) for c in changes), Counter())
    return brought, {line for c in changes if c.before for line in case.scene.content.all_lines(c.before)}


def _moved_to(case: Case, number: int, wanted: Counter[bytes], had: set[bytes]) -> Iterator[str]:
    """The other files, of the fix's kinds, to each of which a commit added half of the lines that the fix brought."""
    kinds = {PurePosixPath(path).suffix for path in case.fix.paths}
    for other in case.scene.brought(number):
        if other.path not in case.fix.paths and PurePosixPath(other.path).suffix in kinds:
            found = wanted & case.scene.content.changed_lines(other)[1]
            if 2 * found.total() >= wanted.total() and _tell(found, had):
                yield other.path


def _tell(some: Counter[bytes], had: set[bytes]) -> bool:
    """Whether some lines stand nowhere by chance: there are many, or those that no file had before are long."""
    return some.total() >= _LEAST or wording.letters(some.keys() - had) >= _RARE


def _brought(scene: Scene, change: Change) -> Counter[bytes]:
    """The telling lines that a change brought to a file that it found."""
    if change.before is None:
        return Counter()
    removed, added = scene.content.changed_lines(change)
    return Counter({line: count for line, count in (added - removed).items() if wording.tells([line])})


def _taken_out(case: Case) -> int:
    """The commit of main's first-parent line since which the lines are as before: the merge that brought both, too."""
    later = case.scene.since(case.scene.main, case.fix.number)
    return later[last_run(case, later, case.changes, lambda there: bool(there.undone()))]
