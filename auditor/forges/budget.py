"""What one project's questions may cost: so many requests, so many seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.errors import ForgeError
from auditor.forges.pace import Clock


@dataclass(slots=True)
class Budget:
    """What is left of it. The seconds begin with the first request."""

    requests: int
    seconds: float
    clock: Clock = field(default_factory=Clock)
    spent: int = 0
    _until: float | None = None

    def spend(self) -> None:
        """One more request. Raises `ForgeError` (`too-many`, `too-slow`) where there is nothing left for it."""
        now = self.clock.monotonic()
        self._until = now + self.seconds if self._until is None else self._until
        if self.spent >= self.requests:
            said = f"needs more than {self.requests} requests; raise requests:, or ask of fewer hotfixes by since:"
            raise ForgeError("too-many", said)
        if now >= self._until:
            raise ForgeError("too-slow", f"did not tell all within {self.seconds:g} s; raise deadline:, or give since:")
        self.spent += 1
