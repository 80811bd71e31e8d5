"""The automation matrix as the configuration has it: which checks a branch asks of the commit that carries a fix."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field, model_validator

from auditor.config.parts import Part
from auditor.config.values import Duration, Pattern, Text

_KINDS = ("check", "status", "pipeline", "deployment")


class RequirementConfig(Part):
    """One demand, by name or pattern (`*`, `?`, `[…]`). `urgent`: only of hotfixes that are marked so.

    A `check` is a status, a check or a pipeline, whichever the forge has; the others are what they say. A deployment is
    named by its environment.
    """

    check: Text | None = None
    status: Text | None = None
    pipeline: Text | None = None
    deployment: Text | None = None
    urgent: bool = False

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """A bare name is a check without further ado."""
        return {"check": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one(self) -> RequirementConfig:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise ValueError(f"needs one of {', '.join(_KINDS)}")
        return self

    @property
    def kind(self) -> str:
        """What is asked for: check, status, pipeline or deployment."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    @property
    def pattern(self) -> str:
        """Its name, or a pattern of it."""
        return str(getattr(self, self.kind))

    @property
    def words(self) -> str:
        """The demand as reports name it."""
        return f"{self.kind} {self.pattern}"


class BranchMatrix(Part):
    """What a branch, or every branch that a pattern matches, asks for."""

    branch: Text
    require: Annotated[tuple[RequirementConfig, ...], Field(min_length=1)]


class PipelinesConfig(Part):
    """The automation matrix. `urgent` is looked for in a tag's message, and a pull request's title and labels.

    `kept` is how long the forge keeps results: nothing found on an older commit proves nothing missing.
    """

    matrix: tuple[BranchMatrix, ...] = ()
    urgent: Pattern = r"(?i)\burgent\b"
    kept: Duration = 400 * 86_400

    def required(self, branch: str) -> tuple[RequirementConfig, ...]:
        """Everything that is asked for on a branch, each demand once; one that always holds before an urgent one."""
        found = [r for m in self.for_branch(branch) for r in m.require]
        always = {r.words for r in found if not r.urgent}
        return tuple({r.words: r for r in found if not (r.urgent and r.words in always)}.values())

    def for_branch(self, branch: str) -> tuple[BranchMatrix, ...]:
        """The parts of the matrix that a branch's name matches."""
        return tuple(m for m in self.matrix if matches(m.branch, branch))


def matches(pattern: str, name: str) -> bool:
    """Whether a name is the pattern, or matches it: names may hold brackets of their own."""
    return name == pattern or fnmatchcase(name, pattern)
