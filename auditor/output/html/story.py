"""How a verdict came about, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import FixVerdict, Forecast, RepositoryAudit, Status, Verdict, Via
from auditor.output.order import errors, unselected
from auditor.proof import Check

_VIA = {
    Via.MERGE: "The fix commit itself is in the branch's history.",
    Via.CHERRY_PICK: "A commit on the branch makes the same change (patch identity).",
    Via.SQUASH: "One commit on the branch makes the change of the whole hotfix, or a larger one that carries it.",
    Via.CONTENT: "Replaying the fix onto the branch changes nothing: the lines are already there.",
    Via.DECLARED: "A commit on the branch says that it is this fix, and resembles it. The weakest evidence there is.",
}
_STATUS = {
    Status.PRESENT: "Every fix is on the branch.",
    Status.NOT_APPLICABLE: "The branch never had what it mends, or the hotfix nets out to no change that counts.",
    Status.WITHDRAWN: "Main itself took the fix back since.",
    Status.WAIVED: "It drifts, and an approved exception covers it.",
    Status.MISSING: "No fix of the hotfix is on the branch.",
    Status.PARTIAL: "Some fixes are on the branch, some are not.",
    Status.REVERTED: "It arrived, and was taken out again afterwards.",
    Status.DROPPED: "History says merged, but the content never arrived.",
    Status.UNKNOWN: "It cannot be established, and so does not count as there.",
}
_SINCE = {Status.PRESENT: "Arrived", Status.REVERTED: "Taken out"}


def how(verdict: Verdict) -> str:
    """How the pair's status is known."""
    return _VIA[verdict.via] if verdict.via else _STATUS[verdict.status]


def of_fix(found: FixVerdict) -> str:
    """The same of one fix, in a word or two."""
    return f"{found.status} ({found.via})" if found.via else found.status.value


def since_word(verdict: Verdict) -> str:
    """What happened at the time that a verdict gives."""
    return _SINCE.get(verdict.covers or verdict.status, "Drifts since")


def forecast(ahead: Forecast | None) -> str | None:
    """What a back-merge would meet."""
    if ahead is None:
        return None
    if ahead.clean:
        return "A back-merge of the whole hotfix would be clean."
    return f"A back-merge of the whole hotfix would conflict in {counted(len(ahead.conflicts), 'path')}."


def answer(check: Check) -> str:
    """What a check command answers if the verdict is right."""
    if check.stdout is None:
        return f"exits with {check.exit}"
    return f"exits with {check.exit} and prints{':' if check.stdout else ' nothing'}"


def counted(number: int, word: str) -> str:
    """A number with its noun."""
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word.removesuffix('y')}ies" if word.endswith("y") else f"{number:,} {word}s"


def sentence(
    found: Sequence[RepositoryAudit], pairs: int, drifting: int, overdue: int, waived: int, unknown: int
) -> str:
    """The verdict in a sentence, and what else it and the exit status hang on in others."""
    if all(r.main.commit is None for r in found):
        return "It could not be read." if len(found) == 1 else "Nothing could be read."
    tags = sum(r.tags_total for r in found)
    none = f"None of {counted(tags, 'tag')} is audited: there is no pair to judge."
    return (_summed(pairs, drifting, overdue, waived, unknown) if pairs else none) + _beside(found)


def _summed(pairs: int, drifting: int, overdue: int, waived: int, unknown: int) -> str:
    if not drifting and not unknown:
        return f"{_in_sync(pairs)}; {waived:,} waived." if waived else f"{_in_sync(pairs)}."
    said = f"{drifting:,} of {counted(pairs, 'pair')} {'drifts' if drifting == 1 else 'drift'}"
    more = [f"{n:,} {word}" for n, word in ((overdue, "overdue"), (waived, "waived"), (unknown, "unknown")) if n]
    return f"{said}; {', '.join(more)}." if more else f"{said}."


def failing(found: Sequence[RepositoryAudit]) -> int:
    """How many broken rules fail the run, whatever its pairs say: those of severity error."""
    return sum(map(errors, found))


def _beside(found: Sequence[RepositoryAudit]) -> str:
    said = ""
    broken = failing(found)
    if broken:
        said += f" Broken rules of severity error: {broken:,}."
    unread = sum(bool(r.errors) for r in found)
    if unread and len(found) > 1:
        said += f" {unread:,} of {len(found):,} repositories could not be judged in full."
    elif unread:
        said += " Not all of it could be judged."
    silent = sum(map(unselected, found))
    if silent and len(found) > 1:
        said += f" {silent:,} of {len(found):,} repositories without a hotfix among their tags."
    return said


def _in_sync(pairs: int) -> str:
    return "The one pair is in sync" if pairs == 1 else f"All {pairs:,} pairs are in sync"
