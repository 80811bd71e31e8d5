"""What a pack holds, made of one run: the same bytes whenever and wherever they are made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from auditor.evidence.archive import PackError
from auditor.ledger import export
from auditor.ledger.export import Exported
from auditor.ledger.rows import canonical
from auditor.model import Audit, Hotfix, RepositoryAudit, Verdict
from auditor.output import encoded
from auditor.output.words import plain, shows
from auditor.past import History
from auditor.proof import Check

_HISTORY: TypeAdapter[History] = TypeAdapter(History)
REFS_SCHEMA = "branch-drift/refs/v1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run with all that its pack is made of; `effective` is what the program made of the configuration (JSON)."""

    exported: Exported
    audit: Audit
    effective: bytes
    configuration: bytes | None
    history: History


def files(evidence: Evidence) -> dict[str, bytes]:
    """The members, but for the manifest."""
    return {**recorded(evidence), **rendered(evidence)}


def recorded(evidence: Evidence) -> dict[str, bytes]:
    """What was recorded, and what this format alone says how to write."""
    text = {} if evidence.configuration is None else {"configuration.yaml": evidence.configuration}
    return {
        "ledger.jsonl": export.lines(evidence.exported),
        "history.json": canonical(_HISTORY.dump_python(evidence.history, mode="json")) + b"\n",
        "configuration.json": evidence.effective,
        "refs.json": _refs(evidence.audit),
        "checks.txt": _checks(evidence.audit),
        **text,
    }


def rendered(evidence: Evidence) -> dict[str, bytes]:
    """What this version of the program writes of it; another one may write it otherwise."""
    audit, history = evidence.audit, evidence.history
    return {"report.html": encoded("html", audit, history), "audit.json": encoded("json", audit, history)}


def history(data: bytes) -> History:
    """The history that a pack holds. Raises `PackError`."""
    try:
        return _HISTORY.validate_json(data)
    except (ValidationError, ValueError, RecursionError) as error:
        raise PackError(f"history.json: is no history: {str(error).splitlines()[0]}") from None


def _refs(audit: Audit) -> bytes:
    """The refs that were seen, one a line."""
    parts = []
    for repository in audit.repositories:
        name, source = (json.dumps(v) for v in (repository.name, repository.source))
        refs = [json.dumps({"name": r.name, "object": r.object, "commit": r.commit}) for r in repository.refs]
        listed = ",\n   ".join(refs)
        parts.append(f'  {{"name": {name}, "source": {source}, "refs": [\n   {listed}]}}')
    return (f'{{"schema": "{REFS_SCHEMA}", "repositories": [\n' + ",\n".join(parts) + "\n]}\n").encode()


def _checks(audit: Audit) -> bytes:
    """Every check command under its pair, as a text to read and to copy from."""
    lines = ["# Commands that prove each verdict, for a shell in a clone that has the refs' commits.", ""]
    for repository in audit.repositories:
        for hotfix, verdict in repository.pairs():
            lines += [*_pair(repository, hotfix, verdict), ""]
    return "\n".join(lines).encode("utf-8", "backslashreplace")


def _pair(repository: RepositoryAudit, hotfix: Hotfix, verdict: Verdict) -> Iterator[str]:
    via = f" ({verdict.via})" if verdict.via else ""
    yield plain(f"# {repository.name}: {hotfix.tag} on {verdict.branch}: {verdict.status}{via}")
    for check in verdict.checks:
        yield from _check(check, verdict)


def _check(check: Check, verdict: Verdict) -> Iterator[str]:
    said = "" if check.stdout is None else f", standard output {json.dumps(check.stdout)}"
    yield check.run
    yield f"# {shows(check, verdict)}exit {check.exit}{said}"
