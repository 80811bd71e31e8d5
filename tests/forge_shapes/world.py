"""What there is at a forge, whatever its shape."""

from __future__ import annotations

from dataclasses import dataclass, field

TOKEN = "ghp_Cana4y+/t0ken=with.Odd~Characters-42"


@dataclass
class Project:
    """A repository: its path, and what the forge knows of it. `links` replaces its addresses."""

    path: str
    archived: bool = False
    fork: bool = False
    empty: bool = False
    disabled: bool = False
    private: bool = False
    links: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass
class World:
    """Everything at the forge. `users` are the names behind tokens; `page` is the longest page it gives."""

    projects: list[Project] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=lambda: {TOKEN: "robot"})
    page: int = 100
    host: str = "127.0.0.1"

    def owned(self, owner: str, user: str, *, deep: bool = False) -> list[Project] | None:
        """The projects of an owner that a user may see; None where there is no such owner."""
        found = [p for p in self.projects if p.owner == owner or (deep and p.owner.startswith(f"{owner}/"))]
        return [p for p in found if user or not p.private] if found or owner == "hollow" else None
