"""One project's questions, each asked once, and none any more of a forge that cannot be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from auditor.errors import ForgeError
from auditor.forges.interface import Authored, PullRequest, Reading, Review, Run

T = TypeVar("T")

# After one of these every other question would end the same way, the sooner the better.
_STOPS = frozenset({"timeout", "unreachable", "rate-limited", "unauthorized", "redirected", "ca-file", "too-many"})
# And these are the host's own: they hold for every other project there.
OF_HOST = frozenset({"timeout", "unreachable", "rate-limited", "too-slow"})
# What a server that is broken answers, and after how many of these, or of refusals, in a row one should leave it alone.
_BROKEN = frozenset({"broken-off", "not-json", "server-error", "leak", "too-large"})
_MOST_BROKEN, _MOST_REFUSED = 3, 10


class Asker:
    """A project that is asked. Every method raises `ForgeError`, the same for the same question.

    `stopped` is the error after which nothing is asked any more; where there is nobody to ask, from the beginning.
    """

    def __init__(self, reading: Reading | None, stopped: ForgeError | None = None) -> None:
        self._reading = reading
        self._said: dict[object, Any] = {}
        self._in_a_row = 0
        self.stopped = stopped

    def bringing(self, commit: str) -> tuple[PullRequest, ...]:
        """The pull requests that brought a commit, or would."""
        return self._once(("bringing", commit), lambda r: r.pull_requests_of(commit))

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """What was thought of a pull request."""
        return self._once(("reviews", pull.number), lambda r: r.reviews(pull))

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What a pull request brought."""
        return self._once(("commits", pull.number), lambda r: r.commits(pull))

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses, checks and pipelines of a commit."""
        return self._once(("runs", commit), lambda r: r.runs(commit))

    def deployments(self, commit: str, environment: str | None) -> tuple[Run, ...]:
        """Where a commit was deployed to."""
        return self._once(("deployments", commit, environment), lambda r: r.deployments(commit, environment))

    def open(self) -> tuple[PullRequest, ...]:
        """All open pull requests of the project."""
        return self._once("open", lambda r: r.open_pull_requests())

    def _once(self, key: object, ask: Callable[[Reading], T]) -> T:
        if key not in self._said:
            self._said[key] = self._answer(ask)
        said = self._said[key]
        if isinstance(said, ForgeError):
            raise ForgeError(said.code, said.detail, status=said.status)
        return cast(T, said)

    def _answer(self, ask: Callable[[Reading], T]) -> T | ForgeError:
        if self.stopped is not None or self._reading is None:
            return self.stopped or ForgeError("no-forge", "there is no forge to ask")
        try:
            found = ask(self._reading)
        except ForgeError as error:
            self._note(error)
            return error
        self._in_a_row = 0
        return found

    def _note(self, error: ForgeError) -> None:
        """One refusal may hold for one question alone; one after the other they are no accident."""
        if error.code in _STOPS | OF_HOST:
            self.stopped = error
        if error.code != "unsupported":
            self._in_a_row += 1
        if self._in_a_row >= (_MOST_BROKEN if error.code in _BROKEN else _MOST_REFUSED):
            said = f"not asked after {self._in_a_row} failures in a row, the last: {error.detail}"
            self.stopped = self.stopped or ForgeError(error.code, said, status=error.status)
