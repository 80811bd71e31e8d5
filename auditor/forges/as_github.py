"""People and commits as GitHub tells of them, and Gitea and Forgejo after it."""

from __future__ import annotations

from auditor.forges import shape
from auditor.forges.interface import Authored, Person
from auditor.forges.shape import Item


def person(item: Item) -> Person | None:
    """Who it is; an account that was deleted is nobody."""
    login = item.text("login")
    return Person(login, login) if login else None


def authored(item: Item) -> Authored:
    """A commit, and who wrote it."""
    said = item.part("commit").part("author")
    return Authored(
        commit=item.need("sha"),
        author=person(item.part("author")),
        name=said.text("name") or "",
        email=said.text("email") or "",
        at=said.time("date"),
        title=shape.title(item.part("commit").text("message")),
        merge=len(list(item.parts("parents"))) > 1,
    )
