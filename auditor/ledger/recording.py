"""One run's dealings with the ledger. What fails there is kept and said at the end: it costs no result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from auditor.config.configuration import Config, RepositoryConfig
from auditor.errors import BranchDriftError
from auditor.model import Audit, Tool
from auditor.past import History, Known

if TYPE_CHECKING:
    from auditor.ledger.database import Database
    from auditor.ledger.write import Head

T = TypeVar("T")


class Recording:
    """A run that is being recorded, or is not: then nothing is known, and nothing is done.

    `head` is the newest link of the chain once the run is whole on record, `faults` say what went wrong, `warnings`
    what was found wrong with earlier records.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.head: Head | None = None
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self._number: int | None = None
        self._database: Database | None = None
        self._repositories: Sequence[RepositoryConfig] = ()

    def begin(self, started_at: int, tool: Tool) -> None:
        """Takes a number."""
        self._try(partial(self._begin, started_at, tool))

    def _begin(self, started_at: int, tool: Tool) -> None:
        from auditor.ledger import database, write

        config = self.config
        effective = config.model_dump_json(exclude={"text"})
        said = write.Beginning(config.ledger_name, started_at, config.sha256, config.text, effective, tool)
        self._database = database.open_ledger(config.ledger_url, create=True)
        self._number = write.begin(self._database, said)

    def known(self, repositories: Sequence[RepositoryConfig]) -> Mapping[str, Known]:
        """What earlier runs remember of each repository."""
        self._repositories = repositories
        return (self._try(self._known) if self._number is not None else None) or {}

    def _known(self) -> Mapping[str, Known]:
        from auditor.ledger import known

        assert self._database is not None
        return known.known(self._database, self.config.ledger_name, self._sources)

    @cached_property
    def _sources(self) -> dict[str, str]:
        """Where each repository really lies."""
        return {r.name: str(r.path.resolve()) if r.path else r.source for r in self._repositories}

    def finish(self, found: Audit) -> None:
        """Puts the run on record whole, and its hash where the configuration says."""
        if self._number is not None:
            self._try(partial(self._finish, self._number, found))

    def _finish(self, number: int, found: Audit) -> None:
        from auditor.ledger import anchor, write

        assert self._database is not None
        where = self.config.ledger.anchor
        if where.file is not None:
            self._try(partial(self._compare, self._database, where.file))
        head = self.head = write.finish(self._database, number, found, self._sources)
        if where.file is not None:
            self._try(partial(anchor.to_file, where.file, head, found.finished_at))
        if where.tag is not None:
            audited = [r.path for r in self._repositories if r.path]
            self._try(partial(anchor.to_tag, where.tag.repository, audited, head, found.finished_at))

    def _compare(self, database: Database, file: Path) -> None:
        """A ledger that was set back or replaced is found by its anchors; this run is recorded all the same."""
        from auditor.ledger import anchor, read

        lost = anchor.unknown(file, read.ends(database))
        if lost:
            count = f"{len(lost)} run{'s' if len(lost) > 1 else ''}"
            runs = f"{count} that {file} anchors, the last of them run {lost[-1].run}, link {lost[-1].sequence}"
            self.warnings.append(
                f"the ledger: {database.where} does not have {runs}: it was set back, replaced or changed; "
                "ask branch-drift verify --ledger, and set the old anchors aside once that is explained"
            )

    def history(self) -> History | None:
        """What had been recorded as this run ended; None where it is not on record itself."""
        return self._try(self._history) if self.head is not None else None

    def _history(self) -> History:
        from auditor.ledger import history

        assert self._database is not None
        assert self.head is not None
        return history.history(self._database, self.config.ledger_name, self.head.run)

    def fail(self, reason: str) -> None:
        """Records that the run came to nothing."""
        if self._number is not None and self._database is not None:
            from auditor.ledger import write

            self._try(partial(write.fail, self._database, self._number, int(time.time()), reason))

    def _try(self, step: Callable[[], T]) -> T | None:
        try:
            return step()
        except BranchDriftError as error:
            self.faults.append(f"the ledger: {error}")
            return None


@contextmanager
def recorded(config: Config, started_at: int, tool: Tool, *, remember: bool) -> Iterator[Recording]:
    """A run on the record from its beginning to its end; one that is broken off is recorded as failed."""
    recording = Recording(config)
    if remember:
        recording.begin(started_at, tool)
    try:
        yield recording
    except BaseException as error:
        recording.fail(_words(error))
        raise


def _words(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | SystemExit):
        return "it was asked to end"
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
