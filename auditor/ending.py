"""How a command ends: its exit status, and what is said of an error. 1 means drift, and nothing else ends with it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from auditor.errors import BranchDriftError, UsageError, unforeseen


def leave(command: Callable[[], int], log_format: str = "text") -> None:
    """Ends the process with a command's exit status; an error is words on standard error, not a traceback."""
    try:
        status = command()
    except UsageError as error:
        complain(error.faults, log_format)
        sys.exit(2)
    except BranchDriftError as error:
        complain((str(error),), log_format)
        sys.exit(3)
    except KeyboardInterrupt:
        complain(("interrupted",), log_format)
        sys.exit(130)
    except SystemExit as ended:
        if isinstance(ended.code, int) and ended.code > 128:
            complain((f"asked to end by {signal.Signals(ended.code - 128).name}, and ended unfinished",), log_format)
        raise
    except Exception as error:
        give_up(error, log_format)
    sys.exit(status)


def give_up(error: Exception, log_format: str = "text") -> NoReturn:
    """The last resort: 1 means drift, and nothing else may end with it."""
    said = unforeseen(error)
    try:
        complain((said,), log_format)
    except Exception:
        # Where nothing can be imported any more.
        sys.stderr.write(f"branch-drift: {said}\n")
    sys.exit(3)


def complain(faults: tuple[str, ...], log_format: str = "text") -> None:
    """Says what is wrong, a line each."""
    from auditor.fleet.progress import say

    for fault in faults:
        say("error", f"branch-drift: {fault}", log_format)
