"""A hotfix tag is not signed, not by an allowed signer, or under another name. Off unless switched on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import RepositoryError
from auditor.git import process
from auditor.rules.facts import Breach, Facts

if TYPE_CHECKING:
    from auditor.git.refs import TagRef

NAME = "tag-unsigned"


def judge(facts: Facts) -> Iterator[Breach]:
    """Every audited tag without a signature of its own name that git verifies."""
    audited = {name for c in facts.population.candidates for name in (c.tag.name, *c.aliases)}
    for tag in facts.tags:
        if tag.name in audited:
            said = _fault(facts, tag)
            if said is not None:
                yield Breach(tag.name, None, tag.commit, said)


def _fault(facts: Facts, tag: TagRef) -> str | None:
    if tag.annotation is None or not tag.annotation.signed:
        return "the tag is not signed"
    if tag.annotation.name != tag.name:
        # What was signed once, whenever that was, can be put under any name by whoever may push tags.
        return f"its signature is of a tag of another name: {tag.annotation.name}"
    signers = facts.config.allowed_signers
    allowed = ("-c", f"gpg.ssh.allowedSignersFile={Path(signers).resolve()}") if signers else ()
    try:
        process.run(facts.scene.content.store.git_dir, *allowed, "verify-tag", tag.target)
    except RepositoryError as error:
        return f"its signature is not by an allowed signer: {error.detail}"
    return None
