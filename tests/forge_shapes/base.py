"""What the shapes have in common: a world, and how its projects and pull requests are found by an address."""

from __future__ import annotations

import re

from tests.forge_server import NotThereError, part
from tests.forge_shapes.world import Project, Pull, World


class Base:
    """Parts of an address are `org`, `owner` and `repo`, as far as the forge has them, and `number`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def path(self, match: re.Match[str]) -> str:
        """The project's path."""
        names = match.re.groupindex
        return "/".join(part(match, name) for name in ("org", "owner", "repo") if name in names)

    def there(self, match: re.Match[str]) -> Project:
        """The project that an address names."""
        found = self.world.project(self.path(match))
        if found is None:
            raise NotThereError
        return found

    def the_pull(self, match: re.Match[str]) -> Pull:
        """The pull request that an address names."""
        found = self.there(match).pull(int(match["number"]))
        if found is None:
            raise NotThereError
        return found
