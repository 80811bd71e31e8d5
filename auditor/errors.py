"""What can go wrong, in words for the person who has to mend it."""

from __future__ import annotations


class BranchDriftError(Exception):
    """Root of every error that the program raises on purpose."""


class UsageError(BranchDriftError):
    """Bad usage or configuration: nothing was scanned (exit 2). Each fault is one line."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class RepositoryError(BranchDriftError):
    """A repository, or something in it, cannot be read. `code` is stable, `detail` is for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail

    def __reduce__(self) -> tuple[type[RepositoryError], tuple[str, str]]:
        """Crosses process borders whole: the default pickling knows only one argument."""
        return type(self), (self.code, self.detail)


class ForgeError(BranchDriftError):
    """A forge did not do, or did not say, what it was asked. `code` is stable, `detail` is for people.

    `status` is the HTTP status, where there was one. `uncertain` says of a write that it may have taken effect all
    the same: look before it is repeated.
    """

    def __init__(self, code: str, detail: str, *, status: int | None = None, uncertain: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.uncertain = uncertain
