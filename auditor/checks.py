"""The proof of a verdict in plain git: commands that anyone can run, with what they answer."""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from auditor import telling
from auditor.git import objects
from auditor.git.changes import Change, Changes
from auditor.model import FixVerdict, Status, Via
from auditor.presence import unneeded
from auditor.presence.applicable import every_name
from auditor.presence.case import Case, names
from auditor.presence.scene import inverse
from auditor.presence.taken_out import straight
from auditor.proof import Check

_GIT = "git --no-replace-objects"
_MOST_PATHS = 20
_NO_FILE = "the branch has no such file"
_NO_LINE = "the branch's file has not this line"


def checks(pairs: Iterable[tuple[Case, FixVerdict]], *, plain: bool) -> tuple[Check, ...]:
    """What shows each fix's verdict; what shows the same of several, once.

    `plain`: no path is ignored, so whole commits may be compared.

    A path that is no UTF-8 stands in no document as it is: a command that names one would ask for another file.
    """
    shown: dict[Check, dict[str, None]] = {}
    for case, verdict in pairs:
        for check in _of(case, verdict, plain=plain):
            shown.setdefault(check, {})[verdict.commit] = None
    return tuple(replace(check, fixes=tuple(of)) for check, of in shown.items() if _can_be_shown(check.run))


def _can_be_shown(command: str) -> bool:
    """Whether a command is one line that a terminal and a page show, and a person can copy, as it is."""
    return command.isprintable() or all(c.isprintable() or unicodedata.category(c) == "Zs" for c in command)


def _of(case: Case, verdict: FixVerdict, *, plain: bool) -> Iterator[Check]:
    if verdict.status is Status.PRESENT:
        yield from _present(case, verdict, plain=plain)
    elif verdict.status in (Status.REVERTED, Status.DROPPED):
        yield from _undone(case, verdict)
    elif verdict.status is Status.MISSING:
        yield from _missing(case, plain=plain)
    elif verdict.status is Status.NOT_APPLICABLE:
        yield from _nothing_to_mend(case)
    elif verdict.status is Status.WITHDRAWN:
        yield from _old_lines(case, case.scene.main.tip)


def shallow() -> Check:
    """That absence proves nothing here."""
    return _git("the history is cut short", "rev-parse --is-shallow-repository", stdout="true\n")


def nothing(base: str | None, top: str, ignored: Sequence[str]) -> Check:
    """That a hotfix changes nothing between its bound and its tag, but for ignored files."""
    left_out = [":(top)", *(f":(top,exclude,literal){path}" for path in _gathered(ignored))] if ignored else []
    return _compared("the hotfix changes nothing that counts", base, top, left_out, 0)


def something(base: str | None, top: str, counted: Sequence[str]) -> Check:
    """That it changes some files."""
    return _compared("the hotfix changes these files", base, top, _named(*counted[:_MOST_PATHS]), 1)


def _compared(shows: str, base: str | None, top: str, paths: Sequence[str], exit_: int) -> Check:
    named = ("--", *paths) if paths else ()
    return _git(shows, "diff-tree -r --quiet", base or objects.EMPTY_TREE, top, *named, exit_=exit_)


def _gathered(paths: Sequence[str]) -> list[str]:
    """The paths, or where they are many the folders that hold them: a command must not become too long to read."""
    split = [path.split("/") for path in paths]
    for depth in range(max(map(len, split)), 0, -1):
        found = sorted({"/".join(parts[:depth]) + ("/" if len(parts) > depth else "") for parts in split})
        if len(found) <= _MOST_PATHS:
            return found
    return sorted(paths)


def _nothing_to_mend(case: Case) -> Iterator[Check]:
    """That the branch's history never had what the fix takes back, or a file of it."""
    taken_back = unneeded.takes_back(case)
    if taken_back is None:
        shows = "no file that the fix changes was ever on the branch"
        yield _git(shows, "rev-list --full-history --max-count=1", case.line.tip, "--", *_files(case), stdout="")
    else:
        yield _ancestor("the branch never had what the fix takes back", taken_back, case.line.tip, yes=False)
        yield from _lines_gone(case)


def _lines_gone(case: Case) -> Iterator[Check]:
    """Of each file a line that the fix removes, and that is not at the branch's tip; or that no file is there."""
    for change in case.changes[:_MOST_PATHS] if case.fix.base else ():
        there = case.scene.content.at(case.line.tip, change.path)
        if there is None and not case.scene.content.is_folder(case.line.tip, change.path):
            yield _git(_NO_FILE, "ls-tree", case.line.tip, "--", *_named(change.path), stdout="")
        line = telling.removed(case.scene.content, change, there)
        yield from _greps(
            change.path, line, ("before the fix the file had this line", case.fix.base or ""), (_NO_LINE, case.line.tip)
        )


def _git(shows: str, words: str, *arguments: str, exit_: int = 0, stdout: str | None = None) -> Check:
    quoted = " ".join(shlex.quote(a) for a in arguments)
    return Check(f"{_GIT} {words} {quoted}".rstrip(), exit_, stdout, shows)


def _named(*paths: str) -> list[str]:
    """Paths as git takes them from any folder of a work tree, a star or a bracket being no pattern."""
    return [f":(top,literal){path}" for path in paths]


def _files(case: Case) -> list[str]:
    """The fix's files under every name; what lies in folders of these names is not meant."""
    found, folders = every_name(case), case.scene.births.folders
    return [*_named(*found), *(f":(top,exclude,literal){name}/" for name in found if name in folders)]


def _ancestor(shows: str, one: str, other: str, *, yes: bool = True) -> Check:
    return _git(shows, "merge-base --is-ancestor", one, other, exit_=0 if yes else 1)


def _on_branch(case: Case, commit: str, what: str = "the fix") -> Check:
    which = "the fix" if commit == case.fix.oid else what
    return _ancestor(f"{which} is in the branch's history", commit, case.line.tip)


def _present(case: Case, verdict: FixVerdict, *, plain: bool) -> Iterator[Check]:
    carrier = verdict.evidence.commit
    if carrier is not None:
        yield _on_branch(case, carrier, "the commit that brought it")
    if verdict.via is Via.CHERRY_PICK and carrier is not None and _comparable(case, plain=plain):
        yield _cherry("in the history of that commit the fix's change was made", case, carrier, "-")
    if verdict.via is not Via.MERGE and case.held():
        yield from _new_lines(case, plain=plain)
    elif verdict.via is Via.CONTENT and case.whole_held() is None:
        yield from _as_main(case)
    elif plain and verdict.via in (Via.SQUASH, Via.CONTENT):
        yield from _whole_lines(case, carrier or case.line.tip)
    if verdict.via in (Via.SQUASH, Via.DECLARED) and carrier is not None and not case.held(carrier):
        yield from _brought_lines(case, carrier)


def _as_main(case: Case) -> Iterator[Check]:
    """That main went on from the fix, and that the branch has its files as they are there."""
    main, at, moved = case.scene.main.tip, case.scene.content.at, names(case.scene, case.fix, case.line)
    yield _ancestor("the fix is in main's history", case.fix.oid, main)
    if case.scene.content.tree_id(main) == case.scene.content.tree_id(case.line.tip):
        yield _compared("the branch has every file as main has it", main, case.line.tip, (), 0)
    for path in case.fix.paths[:_MOST_PATHS]:
        side = at(main, path)
        for shows, commit, name in (("main", main, path), ("the branch", case.line.tip, moved[path])):
            if side is not None and at(commit, name) == side:
                yield _git(f"{shows} has this file so", "rev-parse", f"{commit}:{name}", stdout=f"{side.oid}\n")


def _brought_lines(case: Case, carrier: str) -> Iterator[Check]:
    """That a commit brought the fix's lines: of each file one that its parent has not, as far as they can be shown."""
    history, content = case.scene.history, case.scene.content
    above = [history.ids[n] for n in history.parents[history.number[carrier]][:1]]
    moved = names(case.scene, case.fix, case.line)
    for change in case.changes[:_MOST_PATHS] if above else ():
        path = change.path if content.at(carrier, change.path) else moved[change.path]
        line = telling.added(content, change, content.at(carrier, path), content.at(above[0], path))
        yield from _greps(
            path, line, ("with this commit the file has a line of the fix", carrier), ("before it, not", above[0])
        )


def _greps(path: str, line: str, there: tuple[str, str], gone: tuple[str, str]) -> Iterator[Check]:
    """That a file has a line in one commit and not in another; nothing where no line can be shown."""
    for (shows, commit), exit_ in ((there, 0), (gone, 1)) if line else ():
        yield _git(shows, "grep --quiet --text --fixed-strings", "-e", line, commit, "--", *_named(path), exit_=exit_)


def _whole_lines(case: Case, commit: str) -> Iterator[Check]:
    """That a larger change with the fix in it is there, where the fix itself was rewritten within it."""
    whole = case.whole_held(commit)
    if whole is not None and whole.base is not None and _at_own_names(case, whole.changes, commit):
        shows = "to replay the larger change that carried the fix changes nothing"
        yield _merge_tree(shows, case, whole.base, commit, whole.top, whole.changes)


def _missing(case: Case, *, plain: bool) -> Iterator[Check]:
    yield _ancestor("the fix is not in the branch's history", case.fix.oid, case.line.tip, yes=False)
    paths = set(case.fix.paths)
    alike = any({c.path for c in case.search.changes[n]} == paths for n in case.candidates())
    if _comparable(case, plain=plain) and not alike:
        yield _cherry("no commit in the branch's history makes the fix's change", case, case.line.tip, "+")


def _comparable(case: Case, *, plain: bool) -> bool:
    return plain and not case.fix.is_merge and case.fix.base is not None


def _cherry(shows: str, case: Case, upstream: str, sign: str) -> Check:
    base = case.fix.base or ""
    return _git(shows, "cherry", upstream, case.fix.oid, base, stdout=f"{sign} {case.fix.oid}\n")


def _undone(case: Case, verdict: FixVerdict) -> Iterator[Check]:
    if case.scene.contains(case.line, case.fix.number):
        yield _on_branch(case, case.fix.oid)
    if verdict.evidence.commit is not None:
        taker = "the merge that lost it" if verdict.status is Status.DROPPED else "the commit that took it out"
        yield _on_branch(case, verdict.evidence.commit, taker)
    told = [*_old_lines(case, case.line.tip), *_parts(case)]
    yield from told or _touched(case, verdict.evidence.commit)


def _touched(case: Case, commit: str | None) -> Iterator[Check]:
    """That a commit changed a file of the fix, where no line of that is gone: what is out of force stands there."""
    history, at = case.scene.history, case.scene.content.at
    above = [history.ids[n] for n in history.parents[history.number[commit]][:1]] if commit else []
    paths = [c.path for c in case.changes if above and at(above[0], c.path) != at(commit or "", c.path)]
    if commit and paths:
        yield _compared("that commit changed a file of the fix", above[0], commit, _named(*paths[:_MOST_PATHS]), 1)


def _parts(case: Case) -> Iterator[Check]:
    """Of each file of which a part stands as before, or is out: a line that the fix added, and that is not there."""
    content = case.scene.content
    lost = list(straight.lost(case))
    for change in case.changes[:_MOST_PATHS]:
        fixed, there = (content.at(commit, change.path) for commit in (case.fix.oid, case.line.tip))
        back = content.undone(change, there) | {n for other, n in lost if other is change}
        if there is not None and there != change.before and min(back, default=-1) >= 0:
            line = telling.added(content, change, fixed, there, back)
            yield from _greps(
                change.path, line, ("the fix made the file have this line", case.fix.oid), (_NO_LINE, case.line.tip)
            )


def _new_lines(case: Case, *, plain: bool) -> Iterator[Check]:
    """That the fix's content is at the branch's tip."""
    changes = case.changes
    same = [c for c in changes if case.scene.content.at(case.line.tip, c.path) == c.after]
    if len(same) == len(changes) or not plain or case.fix.is_merge or case.fix.base is None:
        yield from _blobs("the branch has this file as the fix made it", same, case, case.line.tip)
    elif _at_own_names(case, changes, case.line.tip):
        shows = "to replay the fix onto the branch changes nothing"
        yield _merge_tree(shows, case, case.fix.base, case.line.tip, case.fix.oid, changes)


def _at_own_names(case: Case, changes: Changes, commit: str) -> bool:
    """Whether no file was renamed there: a replay in plain git does not follow names. Nor are folders in the way."""
    there = all(case.scene.content.at(commit, c.path) is not None for c in changes if c.after)
    return there and not _in_the_way(case, changes, commit)


def _in_the_way(case: Case, changes: Changes, commit: str) -> bool:
    """Whether a folder has the place of a file there, or a file that of a folder: of these, git tells more."""
    content = case.scene.content
    above = {c.path.rpartition("/")[0] for c in changes}
    return any(content.is_folder(commit, c.path) for c in changes) or any(
        content.at(commit, "/".join(parts[:depth])) is not None
        for parts in (folder.split("/") for folder in above if folder)
        for depth in range(1, len(parts) + 1)
    )


def _old_lines(case: Case, tip: str) -> Iterator[Check]:
    """That the content is as it was before the fix, on the branch, or on main."""
    where = "main" if tip == case.scene.main.tip else "the branch"
    changes = inverse(case.changes)
    content = case.scene.content
    same = [c for c in changes if content.at(tip, c.path) == c.after]
    replayed = all(content.holds(c, content.at(tip, c.path)) for c in changes)
    base = None if case.fix.is_merge or _in_the_way(case, changes, tip) else case.fix.base
    if len(same) == len(changes) or base is None or not replayed:
        yield from _blobs(f"{where} has this file as it was before the fix", same, case, tip)
    else:
        yield _merge_tree(f"to take the fix back from {where} changes nothing", case, case.fix.oid, tip, base, changes)


def _blobs(shows: str, changes: list[Change], case: Case, tip: str) -> Iterator[Check]:
    for change in changes[:_MOST_PATHS]:
        if change.after is not None:
            yield _git(shows, "rev-parse", f"{tip}:{change.path}", stdout=f"{change.after.oid}\n")
        elif case.scene.content.is_folder(tip, change.path):
            yield _git(shows, "cat-file -t", f"{tip}:{change.path}", stdout="tree\n")
        else:
            yield _git(shows, "ls-tree", tip, "--", *_named(change.path), stdout="")


def _merge_tree(shows: str, case: Case, base: str, ours: str, theirs: str, changes: Changes) -> Check:
    """A three-way replay that changes nothing: git names the files that both sides changed, and no line."""
    content = case.scene.content
    told = "".join(
        f"changed in both\n"
        f"  base   {c.before.mode:o} {c.before.oid} {c.path}\n"
        f"  our    {there.mode:o} {there.oid} {c.path}\n"
        f"  their  {c.after.mode:o} {c.after.oid} {c.path}\n"
        for c in sorted(changes, key=lambda c: c.path.encode("utf-8", "surrogateescape"))
        if (there := content.at(ours, c.path)) is not None and c.before and c.after and there != c.after
    )
    return _git(shows, "merge-tree", base, ours, theirs, stdout=told)
