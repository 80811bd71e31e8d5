"""The merges of `hotfix/*` on main's first-parent line, as their messages name them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.git import commits
from auditor.presence.scene import Scene

_BRANCH = re.compile(
    r"^Merge (?:(?:remote-tracking )?branch(?:es)? '?(?:[^'\s]*?/)?|pull request \S+ (?:from|in) \S*?|(?:tag|commit) )?"
    r"(?P<name>hotfix/[^\s'\"]+)",
)
_MERGED_IN = re.compile(r"^Merged in (?P<name>hotfix/\S+)")


def merged_branch(subject: str) -> str | None:
    """The hotfix branch that a merge's subject names (git, GitHub, GitLab, Gitea, Bitbucket)."""
    match = _BRANCH.match(subject) or _MERGED_IN.match(subject)
    return match["name"] if match else None


def on_main(scene: Scene) -> Iterator[tuple[int, str]]:
    """Every merge of a hotfix branch on main's first-parent line, with the branch's name."""
    history = scene.history
    for number in history.first_parents(scene.main.number):
        if len(history.parents[number]) > 1:
            commit = commits.parse_commit(scene.content.store.raw(history.ids[number])[1])
            name = merged_branch(commit.subject)
            if name is not None:
                yield number, name
