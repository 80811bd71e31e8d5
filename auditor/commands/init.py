"""`init`: a starter configuration from a look at a repository; for one from a forge see `init_forge`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from auditor import versions
from auditor.config.parts import enclosing
from auditor.errors import UsageError
from auditor.git import refs
from auditor.git.store import Store, open_store
from auditor.output import files

_MAINS = ("main", "master", "trunk", "production")
_BRANCHES = ("dev", "develop", "development", "qa", "test", "staging", "ppd", "preprod", "uat", "dr")
_PROTOCOL = ("dev", "qa", "ppd", "dr")
_NOISE = ("VERSION", "CHANGELOG.md", "CHANGELOG", "CHANGES.rst", "package.json", "pyproject.toml", "pom.xml")


def run(path: Path, output: str) -> int:
    """Writes the configuration; an existing file is never overwritten."""
    require_new(output)
    path = enclosing(path)
    with open_store(path) as store:
        text = _text(store, path)
    files.write_text(output, text)
    return 0


def require_new(output: str) -> None:
    """Raises `UsageError` where the file is there already, or cannot be written."""
    if output != "-" and Path(output).exists():
        raise UsageError(f"{output}: exists already; name another file with -o, or remove it")
    files.require_folder(output)


def _text(store: Store, path: Path) -> str:
    found = next((m for m in _MAINS if refs.find_branch(store, m)), None)
    main = found or "main"
    wanted = "the branch production is released from" + ("" if found else "; here is none of that name")
    there = [b for b in _BRANCHES if refs.find_branch(store, b)]
    branches = there or list(_PROTOCOL)
    absent = [b for b in _PROTOCOL if b not in there]
    tags = [t.name for t in refs.tags(store)]
    lines = [
        "# Branch Drift: which hotfixes are missing from which environment branch.",
        "# Check this file with `branch-drift check-config`, then run `branch-drift scan -c` on it.",
        "repositories:",
        f"  - name: {quoted(path.name.removesuffix('.git'))}",
        f"    path: {quoted(str(path))}",
        f"    main: {quoted(main)}   # {wanted}",
        "    # Every branch that must carry each hotfix; with an SLA: {name: dr, sla: 4h, critical: true}",
        f"    branches: [{', '.join(quoted(b) for b in branches)}]",
        *([f"    # The protocol names, and this repository has not: {', '.join(absent)}"] if absent else []),
        *_tags(tags),
        *_ignored(store, main),
        "    # waivers:",
        "    #   - {tag: v2.3.1, branch: dr, reason: why, approved_by: who, expires: 2027-01-31}",
        "    #   - {rule: tag-not-annotated, tag: v2.3.1, reason: why, approved_by: who, expires: 2027-01-31}",
    ]
    return "\n".join(lines) + "\n"


def _tags(tags: Sequence[str]) -> list[str]:
    """The default pattern where it finds hotfixes, else one guessed from the names."""
    known = [v for t in tags if (v := versions.parse(t))]
    found = sum(v.is_patch for v in known)
    if found or not known:
        return [f"    # {len(tags)} tags, of which {found} name a hotfix (a three-part version, patch above zero)."]
    prefixes = [v.prefix for v in known if len(v.numbers) >= 3]
    prefix = max(prefixes, key=prefixes.count, default="")
    mark = "." if sum(v.dotted for v in known) * 2 >= len(known) else "_"
    pattern = f"^{re.escape(prefix)}v?\\d+{re.escape(mark)}\\d+{re.escape(mark)}[1-9]\\d*$"
    return ["    # No tag looks like v2.3.1; this pattern fits the names that are there.",
            f"    hotfix_tags: {{pattern: {quoted(pattern)}}}"]  # fmt: skip


def _ignored(store: Store, main: str) -> list[str]:
    from auditor.git.content import Content

    tip = refs.find_branch(store, main)
    found = [n for n in _NOISE if tip and Content(store).at(tip.commit, n)]
    if not found:
        return []
    return [f"    # ignore_paths: [{', '.join(found)}]   # files whose changes need not travel"]


def quoted(text: str) -> str:
    """A YAML scalar: JSON's quoting is YAML's, too."""
    return text if re.fullmatch(r"[A-Za-z][\w./-]*", text) else json.dumps(text)
