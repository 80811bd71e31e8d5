"""Rung 5: a commit on the branch says that it is this fix, or the fix that it is that commit; they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from auditor.git.changes import Change, Changes
from auditor.model import Via
from auditor.presence import applicable
from auditor.presence.case import Case, Found, Regions
from auditor.presence.claims import aside, by_title, claimants, conflicts, likeness, within_lines
from auditor.presence.claims.claim import Claim
from auditor.presence.claims.likeness import HALF
from auditor.text import kinds

# So many of the files that a claimant left out are named.
_NAMED = 3


def find(case: Case) -> Found | None:
    """The claimant that holds most of the fix: enough of what it adds, and of what it removes."""
    best = _most(claim for claim in _claims(case) if claim.holds_enough)
    if best is None or _left(case, best.number, whole=True) or by_title.left_alone(case, best.number):
        return None
    left = _left(case, best.number)
    return Found(Via.DECLARED, best.number, f"{best.words}; it {best.held()}{_but_left(left)}")


def too_little(case: Case) -> str | None:
    """Of commits that claim to be the fix, and hold less than enough of it, the words on the one that holds most."""
    best = _most(_claims(case))
    if best is None:
        return None
    whole = not by_title.left_alone(case, best.number)
    left = _but_left(_left(case, best.number, whole=whole)) or _but_left(best.left, "a part of ")
    return f"{best.words}, but it {best.held()}{left}"


def in_other_files(case: Case, found: Found) -> Changes:
    """What a claimant did to files that are not the fix's, nor called so on the branch, where that holds the fix."""
    if found.number is None:
        return ()
    own, theirs = case.paths(), case.made_by(found.number)
    paired = likeness.paired(case, case.changes, theirs, found.number)
    return tuple(other for other in paired.values() if other.path not in own)


def _left(case: Case, number: int, *, whole: bool = False) -> list[str]:
    """Files that a claimant left as before the fix, as they still are, and main's are not.

    With `whole` those of which no lines tell how much it holds: a mode, a binary file, a submodule, a file to be gone.
    What it moved is not left, though it is there under another name.
    """
    case = replace(case, came=number)
    main = case.on_main().undone()
    there = case.place().undone() & case.at(number).undone() - main
    return sorted(c.path for c in case.changes if _all_of(case, c, there, whole=whole))


def _all_of(case: Case, change: Change, there: Regions, *, whole: bool) -> bool:
    """Whether the regions that stand as before are all of a file's, or one that has no lines."""
    mine = {n for path, n in there if path == change.path}
    return min(mine, default=0) < 0 if whole else len(mine) >= case.scene.content.size(change)


def _but_left(paths: Sequence[str], how: str = "") -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f", and leaves {how}{', '.join(paths[:_NAMED])}{more} as before it"


def _most(claims: Iterable[Claim]) -> Claim | None:
    """The first of those that hold most."""
    return max(claims, key=lambda claim: claim.removed + claim.added, default=None)


def _claims(case: Case) -> list[Claim]:
    return case.scene.claims((case.fix, case.line, case.top, case.came), lambda: list(_measured(case)))


def _measured(case: Case) -> Iterator[Claim]:
    for said in claimants.claims(case):
        number, changes = conflicts.resolved(case, said.number, case.made_by(said.number))
        removed, added = _held(case, number, changes)
        yield _by_what_counts(case, said._replace(removed=removed, added=added), number, changes)


def _by_what_counts(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim by the first part of the fix of which it holds enough, if it does not of all."""
    one_by_one = (
        _of_what_it_could,
        _of_what_tells,
        _but_for_spacing,
        _within_lines,
        _of_what_is_not_its_own,
        _of_what_is_no_test,
    )
    for part in one_by_one:
        if not changes or claim.holds_enough or claim.left:
            break
        claim = part(case, claim, number, changes)
    return claim


def _held(case: Case, number: int, changes: Changes) -> tuple[float, float]:
    """How much of the fix a commit holds; of a fix within a larger change, what that change left of it."""
    if not changes:
        return 0.0, 0.0
    share = likeness.answered(case, case.changes, number, changes)
    if min(share) >= HALF:
        return share
    larger = [w.changes for w in case.wholes if not likeness.too_small(case, w.changes, changes, HALF)]
    alike = [whole for whole in larger if min(likeness.answered(case, whole, number, changes)) >= HALF]
    return max((share, *(likeness.surviving(case, whole, number, changes) for whole in alike)), key=min)


def _of_what_it_could(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim by what the fix does to files that the branch ever had: of the others it can hold nothing."""
    ours = case.changes
    owed = applicable.owed(case) if len(ours) > 1 else ours
    if len(owed) in (0, len(ours)):
        return claim
    removed, added = likeness.answered(case, owed, number, changes)
    return claim._replace(removed=removed, added=added, where=" in files that the branch ever had")


def _of_what_tells(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim of who says to be the fix by what of that tells, if it holds enough of this."""
    if claim.enough > HALF:
        return claim
    return claim.by(aside.answered(case, number, changes), " that tell")


def _but_for_spacing(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim without the lines that the fix only aligned anew: the branch may have others of them."""
    return claim.by(aside.but_respaced(case, number, changes), " that are not only aligned anew")


def _within_lines(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim where the same was done within lines that the branch has otherwise."""
    if likeness.too_small(case, case.changes, changes, claim.enough):
        return claim
    held = within_lines.answered(case, number, changes, named=claim.named)
    return claim.by(held, ", or does the same within other lines")


def _of_what_is_not_its_own(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The claim without the files of which each branch has its own, such as a change log."""
    left = tuple(c for c in case.changes if not kinds.is_own_to_a_branch(c.path))
    return _of_those(case, claim, left, number, changes, where=" but for change logs, lock files and generated ones")


def _of_what_is_no_test(case: Case, claim: Claim, number: int, changes: Changes) -> Claim:
    """The same without tests and what runs them, which a branch has in its own form: then all of the rest is asked for.

    A new test is owed by who says but by its title to be the fix, a pipeline by who left it alone.
    """
    ours = [c for c in case.changes if not kinds.is_own_to_a_branch(c.path)]
    theirs = {c.path for c in changes if kinds.runs_tests(c.path)}
    left = tuple(c for c in ours if not _is_test(c, new=claim.enough <= HALF) and c.path not in theirs)
    if all(kinds.tells_only(c.path) for c in left):
        return claim
    found = _of_those(case, claim._replace(enough=1.0), left, number, changes, where=" but for tests")
    return found if found.holds_enough else claim


def _is_test(change: Change, *, new: bool) -> bool:
    """Whether a file is but a test; with `new` also one that the fix adds."""
    return (new or change.before is not None) and kinds.is_test(change.path)


def _of_those(case: Case, claim: Claim, left: Changes, number: int, changes: Changes, where: str) -> Claim:
    """The claim by some of the fix's files, if there are others, and it holds enough of these."""
    if len(left) in (0, len(case.changes)):
        return claim
    return claim.by(likeness.answered(case, left, number, changes), where)
