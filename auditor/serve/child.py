"""`python -m auditor.serve.child PARENT …`: as `python -m auditor …`, for as long as the parent lives."""

from __future__ import annotations

import runpy
import signal
import sys

from auditor.fleet.processes import die_with_parent

if __name__ == "__main__":
    die_with_parent(int(sys.argv.pop(1)), signal.SIGTERM)
    runpy.run_module("auditor", run_name="__main__")
