"""SARIF 2.1.0, for code scanning: a run a repository, a result for each drifting pair and each broken rule."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from auditor.model import DRIFT, Audit, Discovery, Hotfix, RepositoryAudit, Severity, Status, Verdict, Violation
from auditor.output.words import approval, plain, rfc3339, writable
from auditor.waivers import Waiver

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_DRIFT = {
    Status.MISSING: "A hotfix is not on an environment branch.",
    Status.PARTIAL: "Only some fixes of a hotfix are on an environment branch.",
    Status.REVERTED: "A hotfix was taken out of an environment branch again.",
    Status.DROPPED: "A hotfix is merged by history, but its content never arrived on an environment branch.",
}
_MOST_PATHS = 10
_BRACED = re.compile(r"[{}]")
_BRACKETED = re.compile(r"[\\\[\]]")


def render(audit: Audit) -> str:
    """The log. What is waived is a result that is suppressed; what could not be judged is a notification."""
    runs = [*(_run(audit, r) for r in audit.repositories), *(_asked(audit, d) for d in audit.discovered)]
    return writable(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": runs}, indent=1)) + "\n"


def text(words: str) -> str:
    """A message in which nothing is a link or a placeholder."""
    return _BRACKETED.sub(lambda m: f"\\{m[0]}", _BRACED.sub(lambda m: m[0] * 2, plain(words)))


def _run(audit: Audit, found: RepositoryAudit) -> dict[str, Any]:
    results = [*_pairs(found), *(_broken(found, v) for v in found.violations)]
    return {
        "tool": {"driver": _driver(audit, results)},
        "automationDetails": {"id": f"branch-drift/{quote(found.name.encode('utf-8', 'replace'), safe='')}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(audit, found)],
        **_provenance(found),
        "results": results,
    }


def _asked(audit: Audit, found: Discovery) -> dict[str, Any]:
    """A forge that was asked what there is: what it has that is not audited, and what it could not tell."""
    named = quote(f"{found.type}/{found.owner}".encode("utf-8", "replace"), safe="")
    told = [f"{e.code}: {e.detail}" for e in found.errors]
    return {
        "tool": {"driver": _driver(audit, [])},
        "automationDetails": {"id": f"branch-drift/discover/{named}/"},
        "invocations": [_ended(audit, told, tuple(f"{e.repository} is excluded: {e.reason}" for e in found.excluded))],
        "results": [],
    }


def _driver(audit: Audit, results: list[dict[str, Any]]) -> dict[str, Any]:
    used = sorted({r["ruleId"] for r in results})
    about = {f"hotfix-{status}": words for status, words in _DRIFT.items()}
    rules = [
        {"id": i, "shortDescription": {"text": about.get(i, f"A rule of the hotfix protocol: {i}.")}} for i in used
    ]
    return {"name": "branch-drift", "version": audit.tool.version, "rules": rules}


def _invocation(audit: Audit, found: RepositoryAudit) -> dict[str, Any]:
    unknown = [(h, v) for h, v in found.pairs() if v.incomplete]
    told = [f"{e.code}: {e.detail}" for e in found.errors]
    told += [f"{h.tag} on {v.branch} could not be judged: {v.reason}" for h, v in unknown]
    return _ended(audit, told)


def _ended(audit: Audit, told: list[str], aside: tuple[str, ...] = ()) -> dict[str, Any]:
    said = [("error", t) for t in told] + [("note", a) for a in aside]
    return {
        "executionSuccessful": not told,
        "startTimeUtc": rfc3339(audit.started_at),
        "endTimeUtc": rfc3339(audit.finished_at),
        "toolExecutionNotifications": [{"level": level, "message": {"text": text(t)}} for level, t in said],
    }


def _provenance(found: RepositoryAudit) -> dict[str, Any]:
    """Where the repository is, if that is an address at all."""
    try:
        parts = urlsplit(found.source)
    except ValueError:
        return {}
    if parts.scheme not in ("https", "ssh") or not parts.netloc or parts.password or not found.source.isascii():
        return {}
    place: dict[str, Any] = {"repositoryUri": quote(found.source, safe=":/@%~+")}
    if found.main.commit:
        place |= {"revisionId": found.main.commit, "branch": plain(found.main.name)}
    return {"versionControlProvenance": [place]}


def _pairs(found: RepositoryAudit) -> Iterator[dict[str, Any]]:
    for hotfix, verdict in found.pairs():
        covers = verdict.covers if verdict.status is Status.WAIVED else verdict.status
        if covers in DRIFT:
            yield _pair(found, hotfix, verdict, covers.value)


def _pair(found: RepositoryAudit, hotfix: Hotfix, verdict: Verdict, covers: str) -> dict[str, Any]:
    also = f" (also {', '.join(hotfix.aliases)})" if hotfix.aliases else ""
    overdue = ", overdue" if verdict.overdue else ""
    said = f"{hotfix.tag}{also} is {covers} on {verdict.branch}{overdue}: {verdict.reason}"
    # The fingerprint leaves the status out: a pair that drifts otherwise than before is still the same finding.
    result = _result(found, f"hotfix-{covers}", "error", said, (hotfix.tag, verdict.branch), "pair")
    owed = {f.commit for f in verdict.fixes if f.status in DRIFT}
    paths = dict.fromkeys(p for f in hotfix.fixes if f.commit in owed for p in f.paths)
    physical = [_physical(p) for p in list(paths)[:_MOST_PATHS]]
    result["locations"] = [{**result["locations"][0], **p} for p in physical] or result["locations"]
    return {**result, **_suppressed(verdict.waiver)}


def _suppressed(waiver: Waiver | None) -> dict[str, Any]:
    return {"suppressions": [{"kind": "external", "justification": plain(approval(waiver))}]} if waiver else {}


def _broken(found: RepositoryAudit, broken: Violation) -> dict[str, Any]:
    about = tuple(x for x in (broken.tag, broken.branch, broken.commit) if x)
    said = f"{' on '.join(about[:2])}: {broken.detail}" if about else broken.detail
    result = _result(found, broken.rule, _LEVELS[broken.severity], said, about, broken.rule)
    return {**result, **_suppressed(broken.waiver)}


def _result(
    found: RepositoryAudit, rule: str, level: str, said: str, about: tuple[str, ...], kind: str
) -> dict[str, Any]:
    named = "/".join(map(plain, (found.name, *about)))
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text(said)},
        "locations": [{**_physical("."), "logicalLocations": [{"fullyQualifiedName": named, "kind": "resource"}]}],
        "partialFingerprints": {"finding/v1": _fingerprint(found.name, kind, *about)},
    }


def _physical(path: str) -> dict[str, Any]:
    uri = quote(path.encode("utf-8", "replace"), safe="/")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}}


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
