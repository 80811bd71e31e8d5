"""How each fix came to main: by which pull request, and who approved it as it was merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.errors import ForgeError
from auditor.forges.interface import Authored, Opinion, Person, PullRequest, State, same_commit
from auditor.forges.interface import Review as Said
from auditor.model import Fix
from auditor.reading.asker import Asker
from auditor.told import Approval, PullRequestTold, Review, Reviewed

_NOREPLY = "@users.noreply.github.com"


def review(asker: Asker, fix: Fix, main: str) -> Review:
    """The review of a fix; what the forge cannot tell is unknown."""
    try:
        pull = brought_by(asker, fix, main)
    except ForgeError as error:
        return Review(Reviewed.UNKNOWN, f"which pull request brought it to {main} cannot be told: {error}")
    if pull is None:
        return Review(Reviewed.MISSING, f"no pull request brought it to {main}")
    told = _told(pull)
    if fix.merge and fix.commit == fix.landing[0]:
        return Review(Reviewed.MISSING, f"the merge of {pull.url} itself changes what nobody could review", told)
    try:
        approvals = tuple(_approvals(pull, asker.reviews(pull), asker.commits(pull)))
    except ForgeError as error:
        return Review(Reviewed.UNKNOWN, f"who approved {pull.url} cannot be told: {error}", told)
    return _judged(pull, told, approvals)


def brought_by(asker: Asker, fix: Fix, main: str) -> PullRequest | None:
    """The pull request that brought a fix to main, however its button lands commits. Raises `ForgeError`."""
    if not fix.landing:
        raise ForgeError("not-on-main", f"how {fix.commit} came to {main} cannot be told from the history")
    landed, *after = fix.landing
    exact = next((p for p in _merged(asker, landed, main) if same_commit(p.landed, landed)), None)
    if exact is not None:
        return exact
    found = _merged(asker, fix.commit, main)
    return found[0] if found else _rebased(asker, fix, after, main)


def _merged(asker: Asker, commit: str, main: str) -> list[PullRequest]:
    """Those that brought a commit to main, the first to be merged first."""
    found = [p for p in asker.bringing(commit) if p.state is State.MERGED and p.target == main]
    return sorted(found, key=lambda p: (p.ended_at or 0, p.number))


def _rebased(asker: Asker, fix: Fix, after: Sequence[str], main: str) -> PullRequest | None:
    """One whose button made new commits of its own: the forge may know it by the last of them alone.

    It is the first on main's line after the fix; that it has the fix is told by when and with which words that was
    written. The button made no more commits than it has: what lies before them was pushed by hand.
    """
    for number, commit in enumerate(after, 2):
        pull = next((p for p in _merged(asker, commit, main) if same_commit(p.landed, commit)), None)
        if pull is not None:
            commits = asker.commits(pull)
            same = any((c.at, c.title) == (fix.authored_at, fix.subject) for c in commits)
            return pull if same and number <= len(commits) else None
    return None


def _named(person: Person) -> str:
    """Who it is, by name, and by what tells them apart where that is another."""
    return person.name if person.id in ("", person.name) else f"{person.name} ({person.id})"


def _told(pull: PullRequest) -> PullRequestTold:
    return PullRequestTold(
        number=pull.number,
        url=pull.url,
        title=pull.title,
        author=_named(pull.author) if pull.author else None,
        source=pull.source,
        head=pull.head,
        landed=pull.landed,
        merged_at=pull.ended_at,
        labels=pull.labels,
    )


def _judged(pull: PullRequest, told: PullRequestTold, approvals: tuple[Approval, ...]) -> Review:
    """An approval that counts is enough; one of which it cannot be told whether it does makes the rest unknown."""
    counting = next((a for a in approvals if a.counts), None)
    if counting is not None:
        said = f"{counting.by} approved {counting.commit} of {pull.url}, as it was merged"
        return Review(Reviewed.APPROVED, said, told, approvals)
    if any(a.why in _UNKNOWN for a in approvals):
        said = f"whether the approval of {pull.url} counts cannot be told: {_why(approvals)}"
        return Review(Reviewed.UNKNOWN, said, told, approvals)
    if any(a.why in _OWN for a in approvals):
        said = f"only its own authors approved {pull.url}: {_why(approvals)}"
        return Review(Reviewed.SELF_APPROVED, said, told, approvals)
    said = f"nobody approved {pull.url} as it was merged" + (f": {_why(approvals)}" if approvals else "")
    return Review(Reviewed.MISSING, said, told, approvals)


def _why(approvals: Sequence[Approval]) -> str:
    return "; ".join(f"{a.by} {a.why}" for a in approvals)


_OPENED = "opened it"
_WROTE = "wrote a commit of it"
_OWN = frozenset({_OPENED, _WROTE})
_NO_COMMIT = "approved, and the forge does not tell which commit"
_NO_TIME = "approved, and the forge does not tell when"
_NOBODY = "has no account any more, so whether it is the author cannot be told"
_UNKNOWN = frozenset({_NO_COMMIT, _NO_TIME, _NOBODY})


def _approvals(pull: PullRequest, said: Sequence[Said], commits: Sequence[Authored]) -> Iterator[Approval]:
    """Everybody's approval that nothing later of theirs, nor a dismissal, has taken back; with why it may not count."""
    for last in _last(said):
        bare = Approval(_named(last.reviewer), last.commit, last.at, counts=False)
        why = _why_not(pull, last, commits)
        yield replace(bare, counts=why is None, why=why)


def _last(said: Sequence[Said]) -> Iterator[Said]:
    """What each thought last, where that was an approval; a comment takes nothing back.

    Deleted accounts cannot be told apart.
    """
    telling = [s for s in said if s.opinion is not Opinion.COMMENTED]
    ordered = sorted(enumerate(telling), key=lambda e: (e[1].at or 0, e[0]))
    last = {s.reviewer.id or f"\0{at}": s for at, s in ordered}
    yield from (s for s in last.values() if s.opinion is Opinion.APPROVED)


def _why_not(pull: PullRequest, said: Said, commits: Sequence[Authored]) -> str | None:
    """Why an approval does not count; None where it does."""
    reasons = (
        (not said.official, "approved, and has no say in the branch"),
        (said.commit is None, _NO_COMMIT),
        (
            not same_commit(said.commit, pull.head),
            f"approved {_short(said.commit)}, and {_short(pull.head)} was merged",
        ),
        (said.at is None or pull.ended_at is None, _NO_TIME),
        ((said.at or 0) > (pull.ended_at or 0), "approved after it was merged"),
        (not said.reviewer.id, _NOBODY),
    )
    return _own(pull, said, commits) or next((why for holds, why in reasons if holds), None)


def _short(commit: str | None) -> str:
    return commit[:12] if commit else "another commit"


def _own(pull: PullRequest, said: Said, commits: Sequence[Authored]) -> str | None:
    """Whether somebody approved their own work: as who opened it, or as who wrote a commit of it, a merge aside."""
    if pull.author is not None and pull.author.id == said.reviewer.id:
        return _OPENED
    return _WROTE if any(_wrote(said, c) for c in commits if not c.merge) else None


def _wrote(said: Said, commit: Authored) -> bool:
    """Whether a reviewer wrote a commit: by the account, or, where the forge knows none, by what the commit says."""
    if commit.author is not None:
        return commit.author.id == said.reviewer.id
    email = commit.email.casefold()
    login = email.removesuffix(_NOREPLY).rpartition("+")[2] if email.endswith(_NOREPLY) else ""
    names = {commit.name.casefold(), email, login} - {""}
    return bool(names & {said.reviewer.id.casefold(), said.reviewer.name.casefold()})
