"""What can go wrong, in words for the person who has to mend it."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

_ROOT = Path(__file__).parent
# What no program can help: open files, memory, disk, processes.
_MACHINE = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.EIO, errno.EROFS)
_SECRET = ("TOKEN", "PASSWORD", "SECRET", "KEY", "CREDENTIAL")
_MOST_CHARACTERS = 300


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


def unforeseen(error: BaseException) -> str:
    """An error that nobody foresaw, on one line: what and where, for whoever mends it; no traceback, no secret."""
    kind, place = type(error).__name__, _place(error)
    if isinstance(error, OSError) and _is_nowhere():
        return f"the working directory is gone: change to one that is there ({place})"
    if isinstance(error, OSError) and error.errno in _MACHINE:
        return f"the machine does not give what is needed: {error.strerror} ({place})"
    if isinstance(error, MemoryError):
        return f"the machine does not give what is needed: {kind} ({place})"
    said = without_secrets(" ".join(str(error).split())[:_MOST_CHARACTERS])
    return f"a fault of this program, please report it: {kind}: {said} ({place})"


def _place(error: BaseException) -> str:
    """The last line of this program that it went through."""
    trace, found = error.__traceback__, "nowhere"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_ROOT):
            found = f"{file.relative_to(_ROOT.parent)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found


def _is_nowhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - a path would hide which of the two is missing
    except OSError:
        return True
    return False


def without_secrets(text: str) -> str:
    """Text without the passwords of addresses in it, and without what the environment keeps under such a name."""
    text = re.sub(r"//[^/@\s]+@", "//***@", text)
    for name, value in os.environ.items():
        if len(value) > 5 and any(word in name.upper() for word in _SECRET):
            text = text.replace(value, "***")
    return text
