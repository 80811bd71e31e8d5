"""`check-config`: every fault of a configuration at once."""

from __future__ import annotations

from pathlib import Path

from auditor import forges
from auditor.config.configuration import load
from auditor.output import files


def run(path: Path) -> int:
    """0 where the file can be used; raises `UsageError` with every fault where not."""
    config = load(path)
    asked = f", {len(config.discover)} forges to ask" if config.discover else ""
    lines = [f"{path}: {len(config.repositories)} repositories{asked}, state in {config.state}"]
    for repository in config.repositories:
        branches = ", ".join(b.name for b in repository.branches)
        lines.append(f"  {repository.name}: {repository.source}, {repository.main} -> {branches}")
    for block in config.discover:
        branches = ", ".join(b.name for b in block.branches)
        lines.append(f"  {block.type} {block.owner}: {forges.root(block)}, {block.main} -> {branches}")
    files.write_text("-", "\n".join(lines) + "\n")
    return 0
