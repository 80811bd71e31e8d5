"""A repository whose every name and text tries to be more than text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from auditor.model import RepositoryAudit
from tests.build import LOGIN_FIXED, back_merge, protocol
from tests.judged import audit

BIDI = "\u202e"
SUBJECT = (
    f'=HYPERLINK("http://evil.example/",1) </script><script>pwned=1</script> <img src=x onerror=pwned=2> {BIDI}back '
    "'\" @everyone fixes #1, GH-2 !3 [link](http://evil.example) ![i](//evil.example/i.png) `code` | cell **bold** "
    "{0} {{ 7*7 }}"
)
AUTHOR = f'+Mallory"onmouseover="pwned=3{BIDI} @everyone'
TAG = f'v2.3.1"><script>pwned=4</script>@everyone#1{BIDI}={{{{7-7}}}}'
BRANCH = f'=cmd|\'x\'!A0"onclick="pwned=5"<b>{BIDI}@everyone#1'
PATH = f'src/<img src=x onerror=pwned=6>"{BIDI}.py'
NAME = f"-shop</title><script>pwned=7</script>{BIDI}/../#1"
MESSAGE = f"=1+1\n</pre><script>pwned=8</script>\n@everyone closes #1 {BIDI}"


def found(folder: Path) -> RepositoryAudit:
    """It audited: the fix is on one branch, and waived on the hostile one."""
    repo = protocol(folder / "hostile", branches=("dev", "qa"))
    repo.branch(BRANCH)
    repo.switch("hotfix/x", "main")
    repo.commit(SUBJECT, {"src/login.py": LOGIN_FIXED, PATH: "x\n"}, author=f"{AUTHOR} <m@example.com>")
    repo.switch("main")
    repo.merge("hotfix/x")
    repo.tag(TAG, message=MESSAGE)
    back_merge(repo, "main", "dev")
    waiver = {"tag": TAG, "branch": BRANCH, "reason": SUBJECT, "approved_by": AUTHOR, "expires": "2099-01-01"}
    exclude = [{"pattern": "v2\\.3\\.0", "reason": SUBJECT}]
    tags = {"pattern": "v2\\.3\\.[01]", "exclude": exclude}
    judged = audit(repo, branches=["dev", "qa", BRANCH], waivers=[waiver], hotfix_tags=tags)
    requests = ("javascript:pwned=9", "https://forge.example/pulls/1", None)
    hotfixes = tuple(
        replace(h, verdicts=tuple(replace(v, pull_request=r) for v, r in zip(h.verdicts, requests, strict=True)))
        for h in judged.hotfixes
    )
    return replace(judged, name=NAME, hotfixes=hotfixes)
