"""Commits that put a file of a fix where nothing reads it: `app.conf.disabled`, `attic/app.conf`."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.presence.case import Case
from auditor.presence.last_run import first_of_last
from auditor.presence.parts import standing

# What is put behind the whole name of a file that is not to be read, and folders of such files.
_ENDS = ("disabled", "disable", "off", "bak", "backup", "old", "orig", "unused", "inactive")
_FOLDERS = ("disabled", "unused", "inactive", "attic", "graveyard", "trash")


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main has the file where the fix has it, has none of the other name, and has not that commit.
    """
    return case.last_own(_since(case, number, path, aside) for path, aside in _aside(case))


def _aside(case: Case) -> Iterator[tuple[str, str]]:
    """The files of the fix that the branch's tip has but under such a name, and those names."""
    at, tip, main = case.scene.content.at, case.line.tip, case.scene.main.tip
    for change in case.changes:
        gone = change.after and at(tip, change.path) is None and at(main, change.path)
        if gone and standing.is_in_force(change.path, case.fix.paths):
            names = (name for name in _names(change.path) if at(tip, name) and not at(main, name))
            yield from ((change.path, name) for name in names if _is_like(case, change.path, name))


def _names(path: str) -> Iterator[str]:
    yield from (f"{path}.{end}" for end in _ENDS)
    parts = path.split("/")
    yield from ("/".join([*parts[:n], folder, *parts[n:]]) for folder in _FOLDERS for n in range(len(parts)))


def _is_like(case: Case, path: str, name: str) -> bool:
    """Whether a file of the branch's tip has half of the lines of main's."""
    content = case.scene.content
    here, main = (
        content.all_lines(content.at(case.line.tip, name)),
        content.all_lines(content.at(case.scene.main.tip, path)),
    )
    return 2 * (here & main).total() >= main.total()


def _since(case: Case, number: int, path: str, aside: str) -> tuple[int, str]:
    later, ids, at = case.since(number), case.scene.history.ids, case.scene.content.at

    def sides(n: int) -> tuple[object, object]:
        return at(ids[later[n]], path), at(ids[later[n]], aside)

    def is_aside(n: int) -> bool:
        there, away = sides(n)
        return there is None and away is not None

    return later[first_of_last(len(later), sides, is_aside)], f"put {path} aside as {aside}"
