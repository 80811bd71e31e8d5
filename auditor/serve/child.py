"""`python -m auditor.serve.child PARENT …`: the command line, for as long as its parent lives."""

from __future__ import annotations

import signal
import sys

from auditor.cli import cli
from auditor.fleet import die_with_parent

if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]), signal.SIGTERM)
    cli(sys.argv[2:], prog_name="branch-drift")
