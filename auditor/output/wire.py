"""The JSON document, apart from the domain: versioned, with its schema."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticSerializationError, to_json

from auditor.errors import BranchDriftError
from auditor.model import (
    Audit,
    Branch,
    Discovery,
    Fix,
    FixVerdict,
    Hotfix,
    RepositoryAudit,
    Severity,
    Status,
    Verdict,
)
from auditor.output import allowed, told
from auditor.output.words import rfc3339, writable
from auditor.packed import Packed

if TYPE_CHECKING:
    from auditor.output.documents import (
        AuditDocument,
        BranchDocument,
        DiscoveryDocument,
        FixDocument,
        FixVerdictDocument,
        HotfixDocument,
        RepositoryDocument,
        SummaryDocument,
        VerdictDocument,
    )

SCHEMA = "branch-drift/audit/v1"
# The lines that a written document begins its repositories with, and the hotfixes of one that has none.
_REPOSITORIES = ' "repositories": [\n'
_HOTFIXES = b'\n   "hotfixes": '
# Characters that would change how the text around them looks, or hide; JSON has escapes for them.
_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")

# What is around a repository in a document of nothing else, and around the hotfixes in a repository of nothing else.
_BEFORE, _AFTER = b"{\n" + _REPOSITORIES.encode(), b"\n ]\n}"
_OPENED, _CLOSED = _BEFORE + b"  {" + _HOTFIXES, b"\n  }" + _AFTER
_END = b"\n   ]"


def render(audit: Audit) -> str:
    """The document as JSON text."""
    return encoded(audit).decode()


def encoded(audit: Audit) -> bytes:
    """The same in bytes, written a repository at a time: a fleet's as objects would fill the memory."""
    shell = document(replace(audit, repositories=()))
    shell["summary"] = _summary(audit)
    text = _written(shell)
    if not audit.repositories:
        return text + b"\n"
    each = [part for r in audit.repositories for part in (b",\n", *_whole(r))][1:]
    return b"".join((text.removesuffix(b"[]\n}"), b"[\n", *each, _AFTER, b"\n"))


def _whole(found: RepositoryAudit) -> tuple[bytes, ...]:
    """A repository as it is written among others, in pieces."""
    packed = found.hotfixes
    shown = packed.document if isinstance(packed, Packed) else None
    head = _written({"repositories": [_repository(replace(found, hotfixes=()))]})[len(_BEFORE) : -len(_AFTER)]
    before, name, after = head.partition(_HOTFIXES)
    return before, name, hotfixes(packed) if shown is None else shown, after.removeprefix(b"[]")


def hotfixes(found: Iterable[Hotfix]) -> bytes:
    """Hotfixes as they are written in the document, one at a time: some have thousands of fixes."""
    each = [_alone(hotfix).removeprefix(b"[\n").removesuffix(_END) for hotfix in found]
    return b"".join((b"[\n", b",\n".join(each), _END)) if each else b"[]"


def _alone(hotfix: Hotfix) -> bytes:
    text = _written({"repositories": [{"hotfixes": [_hotfix(hotfix)]}]})
    return text[len(_OPENED) : -len(_CLOSED)]


def _written(value: Mapping[str, object]) -> bytes:
    """Pydantic's writer gives what `json` would, many times faster, but takes no lone surrogates."""
    try:
        text = to_json(value, indent=1)
    except PydanticSerializationError:
        text = writable(json.dumps(value, ensure_ascii=False, indent=1)).encode()
    # Nearly all text is plain: that is told at a glance, where a search takes as long as writing it did.
    if text.isascii() and b"\x7f" not in text:
        return text
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", text.decode()).encode()


def head(file: Path) -> dict[str, Any]:
    """All of a written document but its repositories, of which there may be thousands; they come last.

    Raises `BranchDriftError` where the file is no such document.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            text = "".join(itertools.takewhile(lambda line: line != _REPOSITORIES, lines))
        found: dict[str, Any] = json.loads(text.rstrip().removesuffix(",") + "}")
    except (OSError, ValueError) as error:
        raise BranchDriftError(f"{file}: is no audit: {error}") from None
    return found


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document, closed: every key is required, others are refused."""
    from pydantic import TypeAdapter

    from auditor.output.documents import AuditDocument

    schema = TypeAdapter(AuditDocument).json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["additionalProperties"] = False
    schema["properties"]["schema"] = {"const": SCHEMA, "type": "string"}
    return schema


def document(audit: Audit) -> AuditDocument:
    """The audit as the document."""
    return {
        "schema": SCHEMA,
        "tool": {
            "name": "branch-drift",
            "version": audit.tool.version,
            "git": audit.tool.git,
            "libgit2": audit.tool.libgit2,
        },
        "started_at": rfc3339(audit.started_at),
        "finished_at": rfc3339(audit.finished_at),
        "config_sha256": audit.config_sha256,
        "summary": _summary(audit),
        "discovered": [_discovery(d) for d in audit.discovered],
        "repositories": [_repository(r) for r in audit.repositories],
    }


def _summary(audit: Audit) -> SummaryDocument:
    pairs = sum((Counter(r.tally.pairs) for r in audit.repositories), Counter())
    violations = Counter(v.severity for r in audit.repositories for v in r.broken)
    return {
        "verdict": audit.verdict,
        "repositories": len(audit.repositories),
        "hotfixes": sum(len(r.hotfixes) for r in audit.repositories),
        "pairs": {s.value: pairs[s] for s in Status},
        "violations": {s.value: violations[s] for s in Severity if s is not Severity.OFF},
    }


def _discovery(found: Discovery) -> DiscoveryDocument:
    return {
        "type": found.type,
        "url": found.url,
        "owner": found.owner,
        "repositories": list(found.repositories),
        "excluded_repositories": [{"repository": e.repository, "reason": e.reason} for e in found.excluded],
        "errors": [{"code": e.code, "detail": e.detail} for e in found.errors],
    }


def _repository(found: RepositoryAudit) -> RepositoryDocument:
    return {
        "name": found.name,
        "source": found.source,
        "duration_seconds": round(found.duration_seconds, 3),
        "main": _branch(found.main),
        "branches": [_branch(b) for b in found.branches],
        "tags": {
            "total": found.tags_total,
            "audited": found.tags_audited,
            "excluded": [{"tag": e.tag, "reason": e.reason} for e in found.excluded],
        },
        "hotfixes": [_hotfix(h) for h in found.hotfixes],
        "refs": [{"name": r.name, "object": r.object, "commit": r.commit} for r in found.refs],
        "changes": [allowed.change(c) for c in found.changes],
        "waivers": [allowed.listed(w) for w in found.waivers],
        "forge": told.asked(found.forge),
        "violations": [allowed.violation(v) for v in found.violations],
        "not_judged": [{"rule": n.rule, "reason": n.reason} for n in found.not_judged],
        "errors": [{"code": e.code, "detail": e.detail} for e in found.errors],
    }


def _branch(branch: Branch) -> BranchDocument:
    return {
        "name": branch.name,
        "ref": branch.ref,
        "commit": branch.commit,
        "sla_seconds": branch.sla,
        "sla": branch.sla_text,
        "critical": branch.critical,
        "note": branch.note,
    }


def _hotfix(hotfix: Hotfix) -> HotfixDocument:
    return {
        "tag": hotfix.tag,
        "commit": hotfix.commit,
        "tag_object": hotfix.tag_object,
        "tagged_at": rfc3339(hotfix.tagged_at),
        "tagger": hotfix.tagger,
        "message": hotfix.message,
        "selected_by": hotfix.selected_by,
        "bounds": list(hotfix.bounds),
        "aliases": list(hotfix.aliases),
        "fixes": [_fix(f) for f in hotfix.fixes],
        "pipelines": told.required(hotfix.pipelines),
        "branches": {v.branch: _verdict(v) for v in hotfix.verdicts},
    }


def _fix(fix: Fix) -> FixDocument:
    return {
        "commit": fix.commit,
        "subject": fix.subject,
        "author": fix.author,
        "authored_at": rfc3339(fix.authored_at),
        "paths": list(fix.paths),
        "landed": fix.landing[0] if fix.landing else None,
        "review": told.review(fix.review),
    }


def _verdict(verdict: Verdict) -> VerdictDocument:
    ahead = verdict.forecast
    return {
        "status": verdict.status.value,
        "via": verdict.via.value if verdict.via else None,
        "reason": verdict.reason,
        "since": rfc3339(verdict.since),
        "lead_time_seconds": verdict.lead_time_seconds,
        "due_at": rfc3339(verdict.due_at),
        "overdue": verdict.overdue,
        "waiver": allowed.waiver(verdict.waiver, verdict.covers),
        "pull_request": verdict.pull_request,
        "pull_request_opened_at": rfc3339(verdict.pull_request_opened_at),
        "arrival": verdict.arrival,
        "pipelines": told.required(verdict.pipelines),
        "forecast": {"clean": ahead.clean, "conflicts": list(ahead.conflicts)} if ahead else None,
        "fixes": [_fix_verdict(f) for f in verdict.fixes],
        "check": [
            {"run": c.run, "exit": c.exit, "stdout": c.stdout, "shows": c.shows, "fixes": list(c.fixes)}
            for c in verdict.checks
        ],
    }


def _fix_verdict(found: FixVerdict) -> FixVerdictDocument:
    return {
        "commit": found.commit,
        "status": found.status.value,
        "via": found.via.value if found.via else None,
        "since": rfc3339(found.since),
        "evidence": {"commit": found.evidence.commit, "detail": found.evidence.detail},
    }
