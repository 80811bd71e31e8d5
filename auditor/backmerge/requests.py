"""What a pull request says: from templates, the same text for the same facts, short enough for its forge."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from auditor.backmerge import words
from auditor.backmerge.entry import Method, Proposal
from auditor.errors import UsageError
from auditor.model import Hotfix, Verdict
from auditor.output.words import rfc3339, shows

_PACKAGED = Path(__file__).parent.parent / "_reports" / "templates" / "backmerge"
_CHECKOUT = Path(__file__).parent.parent.parent / "reports" / "templates" / "backmerge"
TEMPLATES = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
_TITLE, _BODY = "title.txt", "body.md"
_LONGEST_TITLE = 200
_MARK = re.compile(r"branch-drift facts ([0-9a-f]{16})")
_SHORTER = (1000, 100, 20, 5, 0)


@dataclass(frozen=True, slots=True)
class Case:
    """A pair that drifts, and what could end that."""

    hotfix: Hotfix
    verdict: Verdict
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Offer:
    """A pull request's text. `facts` is short for all that it rests on, and stands in the body."""

    title: str
    body: str
    facts: str


def offer(case: Case, longest: int, own: Path | None) -> Offer:
    """The text for a pair; `own` is a folder whose templates are taken before the program's.

    Raises `UsageError` for a template that cannot be read or names what there is not.
    """
    facts = _facts(case)
    title = _filled(own, _TITLE, {"tag": words.inert(case.hotfix.tag), "branch": words.inert(case.verdict.branch)})
    for most in _SHORTER:
        body = _filled(own, _BODY, _values(case, facts, most))
        if len(body) <= longest:
            break
    mark = f"\n\nbranch-drift facts {facts}\n"
    body = body if len(body) <= longest else body[: longest - len(mark)] + mark
    return Offer(" ".join(title.split())[:_LONGEST_TITLE], body, facts)


def facts_in(body: str) -> str | None:
    """What a pull request's text rests on; None where somebody has written it anew."""
    found = _MARK.search(body)
    return found[1] if found else None


def _facts(case: Case) -> str:
    """What would have to be told anew when it changes: not where the branch is, as long as that changes nothing."""
    proposal, verdict = case.proposal, case.verdict
    said = [
        case.hotfix.tag, case.hotfix.commit, verdict.branch, verdict.status, verdict.since, verdict.due_at,
        proposal.method, proposal.ready, [c.path for c in proposal.conflicts],
        [(f.commit, f.status) for f in verdict.fixes],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def check(own: Path | None) -> None:
    """Raises `UsageError` for a template that cannot be read or names what there is not."""
    names = ("tag", "branch", "commit", "tagged_at", "status", "since", "due", "reason", "fixes", "brings", "checks")
    _filled(own, _TITLE, dict.fromkeys(("tag", "branch"), ""))
    if "$mark" not in _filled(own, _BODY, {**dict.fromkeys(names, ""), "mark": "$mark"}):
        raise UsageError(f"{own}/{_BODY}: does not have $mark, by which later runs know the text")


def _filled(own: Path | None, name: str, values: dict[str, str]) -> str:
    folder = own if own and (own / name).exists() else TEMPLATES
    try:
        return _template(folder / name).substitute(values).strip() + "\n"
    except (KeyError, ValueError) as error:
        raise UsageError(f"{folder / name}: {error} is nothing that a template can show") from None


@cache
def _template(file: Path) -> Template:
    try:
        return Template(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from None


def _values(case: Case, facts: str, most: int) -> dict[str, str]:
    hotfix, verdict = case.hotfix, case.verdict
    return {
        "tag": words.code(hotfix.tag),
        "branch": words.code(verdict.branch),
        "commit": hotfix.commit,
        "tagged_at": rfc3339(hotfix.tagged_at) or "",
        "status": verdict.status,
        "since": rfc3339(verdict.since) or "an unknown time",
        "due": f" (due {rfc3339(verdict.due_at)})" if verdict.due_at is not None else "",
        "reason": words.prose(verdict.reason),
        "fixes": "\n".join(_fixes(case, most)),
        "brings": "\n".join(_brings(case, most)),
        "checks": words.block(_checks(verdict, most)),
        "mark": f"branch-drift facts {facts}",
    }


def _fixes(case: Case, most: int) -> Iterator[str]:
    known = {f.commit: f for f in case.hotfix.fixes}
    for judged in case.verdict.fixes[:most]:
        fix = known[judged.commit]
        yield f"- `{fix.commit}` {words.code(fix.subject)} by {words.code(fix.author)}: {judged.status}"
        yield f"  - {words.prose(judged.evidence.detail)}"
    if len(case.verdict.fixes) > most:
        yield f"- and {len(case.verdict.fixes) - most} more"


def _brings(case: Case, most: int) -> Iterator[str]:
    proposal, branch = case.proposal, words.code(case.verdict.branch)
    if proposal.ready and proposal.method is Method.MERGE:
        yield f"A merge of the tag into {branch}: it is clean, and changes what the hotfix changed."
    elif proposal.ready:
        yield f"Cherry-picks of the fixes that {branch} lacks, each with its author and its origin: they are clean."
    else:
        yield from _by_hand(case, most)
        return
    yield "With it the audit finds the hotfix on the branch, and every other hotfix that is there now still there."
    yield ""
    yield f"Why this way: {words.prose(proposal.reason)}."
    yield from _forecast(case.verdict, most)


def _forecast(verdict: Verdict, most: int) -> Iterator[str]:
    """What the audit foretells of the hotfix as one change, which may be more than what is owed."""
    ahead = verdict.forecast
    if ahead is None:
        return
    paths = ", ".join(words.code(p) for p in ahead.conflicts[:most]) or "some paths"
    yield ""
    yield "The audit's forecast for the whole hotfix as one change: " + (
        "clean." if ahead.clean else f"conflicts in {paths}."
    )


def _by_hand(case: Case, most: int) -> Iterator[str]:
    proposal = case.proposal
    yield "This is a draft from the hotfix's own commits, to be resolved by a person: "
    yield words.prose(proposal.reason) + "."
    yield ""
    for conflict in proposal.conflicts[:most]:
        last = f": last touched by {words.code(conflict.author)} in `{conflict.commit}`" if conflict.author else ""
        yield f"- {words.code(conflict.path)}{last}"
    if len(proposal.conflicts) > most:
        yield f"- and {len(proposal.conflicts) - most} more"
    yield from ("", "Resolve it in a clone, then push the branch of this pull request:", "")
    yield words.block(list(_commands(case)))


def _commands(case: Case) -> Iterator[str]:
    """How a person would do it: on the branch as it was judged, whatever has become of it since."""
    yield "git fetch origin"
    yield f"git switch --detach {case.proposal.tip}"
    if case.proposal.method is Method.MERGE:
        yield f"git merge --no-ff {case.hotfix.commit}"
    else:
        owed = [f.commit for f in case.verdict.fixes if f.status not in ("present", "withdrawn", "not-applicable")]
        yield f"git cherry-pick -x {' '.join(owed)}"
    yield f"git push origin HEAD:refs/heads/{case.proposal.source}" + (
        "" if case.proposal.method is Method.MERGE else " --force-with-lease"
    )


def _checks(verdict: Verdict, most: int) -> list[str]:
    lines = []
    for each in verdict.checks[:most]:
        lines.append(each.run)
        shown = f" and prints {each.stdout!r}" if each.stdout is not None else ""
        lines.append(f"# {shows(each, verdict)}exits with {each.exit}{shown}")
    return lines
