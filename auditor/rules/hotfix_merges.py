"""The merges of `hotfix/*` on main's first-parent line, as their messages name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.presence.scene import Scene


_NAME = r"(?P<name>hotfix/[^\s'\"]*[^\s'\",.:;])"
_SUBJECTS = tuple(
    re.compile(form + _NAME)
    for form in (
        r"^Merge (?:remote-tracking )?branch '?(?:[\w.-]+/)?",  # git, GitLab
        r"^Merge (?:tag|commit) '?",
        r"^Merge pull request #\d+ from [\w.-]+/",  # GitHub
        r"^Merge pull request '.*' \(#\d+\) from (?:[\w.-]+[:/])?",  # Gitea, Forgejo
        r"^Merge pull request #\d+ in \S+ from (?:\S+:)?",  # Bitbucket Data Center
        r"^Merged in ",  # Bitbucket Cloud
        r"^Merged PR \d+: Merge ",  # Azure DevOps
        r"(?i:^Merg(?:e|ed|es|ing) '?(?:origin/)?)",  # people
    )
)


def merged_branch(subject: str) -> str | None:
    """The hotfix branch that a merge's subject names (git, GitHub, GitLab, Gitea, Bitbucket)."""
    match = next((m for form in _SUBJECTS if (m := form.match(subject))), None)
    return match["name"] if match else None


def on_main(scene: Scene) -> Iterator[tuple[int, str]]:
    """Every merge of a hotfix branch on main's first-parent line, with the branch's name."""
    history = scene.history
    for number in history.first_parents(scene.main.number):
        name = merged_branch(history.hotfix_merges[number]) if number in history.hotfix_merges else None
        if name is not None:
            yield number, name
