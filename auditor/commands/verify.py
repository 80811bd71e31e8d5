"""`verify`: whether what was recorded is what was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.commands import verify_pack
from auditor.config.configuration import load
from auditor.config.parts import AnchorConfig
from auditor.errors import UsageError
from auditor.output import files
from auditor.output.words import plain

if TYPE_CHECKING:
    from auditor.ledger.write import Head


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    pack: Path | None = None
    ledger: bool = False
    config: Path | None = None
    anchors: tuple[Path, ...] = ()
    repositories: tuple[str, ...] = ()
    allowed_signers: Path | None = None


def run(options: Options) -> int:
    """0 where all holds, 1 where something does not, each named on standard output."""
    if (options.pack is None) == (not options.ledger):
        raise UsageError("say what to verify: a pack, or --ledger with the configuration (-c)")
    if options.pack is not None:
        return verify_pack.run(
            options.pack, options.config, options.anchors, options.repositories, options.allowed_signers
        )
    if options.repositories or options.allowed_signers:
        raise UsageError("--repo and --allowed-signers are for a pack; name it")
    if options.config is None:
        raise UsageError("--ledger needs the configuration whose ledger it is: -c FILE")
    return _ledger(options.config, options.anchors)


def _ledger(file: Path, named: tuple[Path, ...]) -> int:
    from auditor.ledger import chain, database

    config = load(file)
    anchors, faults = _anchors(config.ledger.anchor, named)
    ledger = database.open_ledger(config.ledger_url, create=False)
    found = chain.verify(ledger, anchors)
    faults += found.faults
    newest = f"link {found.head.sequence}, of run {found.head.run}, is {found.head.hash}" if found.head else "none"
    lines = [f"{ledger.where}: {found.runs} runs, {found.links} links; the newest: {newest}"]
    lines += [f"{len(anchors)} anchors" if anchors else "no anchor: a ledger cut off at its end would not be noticed"]
    lines += [f"fault: {plain(fault)}" for fault in faults]
    lines += [] if faults else ["everything is as it was written"]
    files.write_text("-", "\n".join(lines) + "\n")
    return 1 if faults else 0


def _anchors(where: AnchorConfig, named: tuple[Path, ...]) -> tuple[list[Head], list[str]]:
    """The anchors of the configuration, and those of files named beside it."""
    from auditor.ledger import anchor

    found = [anchor.from_file(path) for path in (*([where.file] if where.file else []), *named)]
    if where.tag is not None:
        found.append(anchor.from_tags(where.tag.repository))
    return [head for heads, _ in found for head in heads], [fault for _, faults in found for fault in faults]
