"""`python -m auditor`, and the `branch-drift` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; where that cannot even be imported, this says so and ends with 3, for 1 means drift."""
    try:
        from auditor import cli
    except Exception as error:
        sys.stderr.write(f"branch-drift: the program cannot be loaded: {type(error).__name__}: {error}\n")
        sys.exit(3)
    cli.main()


if __name__ == "__main__":
    main()
