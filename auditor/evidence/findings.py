"""What checking a pack came to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Findings:
    """What holds (`said`), what does not (`faults`), and what could not be checked (`unchecked`), in words."""

    said: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """As the command line has it: what does not hold outweighs what could not be checked."""
        return 1 if self.faults else 3 if self.unchecked else 0
