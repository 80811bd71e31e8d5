"""Whether the files that a verdict rests on can be read in one way only, before anything is said of them."""

from __future__ import annotations

from auditor.presence.case import Case


def hold(case: Case) -> None:
    """Raises `RepositoryError` where a file of the fix is in doubt: at the branch's tip, on main, or in the fix."""
    for commit in (case.line.tip, case.scene.main.tip, case.fix.oid, case.fix.base):
        for change in case.changes:
            if commit is not None:
                case.scene.content.certain(commit, change.path)


def hold_evidence(case: Case, number: int | None) -> None:
    """The same of the commit that a rung found, and of what it was made on."""
    history = case.scene.history
    if number is None or number == case.fix.number:
        return
    for one in (number, *history.parents[number][:1]):
        for path in sorted(case.paths()):
            case.scene.content.certain(history.ids[one], path)
