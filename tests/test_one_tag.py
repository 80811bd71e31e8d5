"""One hotfix may be asked about alone: it gets the verdicts that it has among all others."""

from __future__ import annotations

from pathlib import Path

from auditor.audit import audit_repository
from auditor.config.configuration import RepositoryConfig
from tests.build import Repo
from tests.judged import NOW, audit

TEXT = "".join(f"line {n}\n" for n in range(40))


def several(path: Path) -> Repo:
    """Three hotfixes of one file, of which the branch has the first, took back the second and never got the third."""
    repo = Repo(path)
    repo.commit("start", {"pay.py": TEXT})
    repo.tag("v2.3.0")
    repo.branch("dev")
    for number, place in enumerate((5, 20, 30), 1):
        repo.commit(f"fix {number}", {"pay.py": repo.read("pay.py").replace(f"line {place}\n", f"mended {place}\n")})
        repo.tag(f"v2.3.{number}")
    repo.switch("dev")
    repo.merge("v2.3.2", "--no-ff")
    repo.commit("all as before", {"pay.py": TEXT.replace("line 5\n", "mended 5\n")})
    return repo


def test_alone_as_among_others(tmp_path: Path) -> None:
    repo = several(tmp_path / "shop")
    config = RepositoryConfig.model_validate({"name": "r", "path": repo.path, "branches": ["dev"]})
    every = audit(repo, branches=["dev"])
    said = {h.tag: v.status for h, v in every.pairs()}
    assert said == {"v2.3.1": "present", "v2.3.2": "reverted", "v2.3.3": "missing"}
    for wanted in every.hotfixes:
        alone = audit_repository(config, NOW, Path("no-state"), wanted.tag)
        assert [h for h in alone.hotfixes if h.verdicts] == [wanted]
        assert [h.tag for h in alone.hotfixes] == [h.tag for h in every.hotfixes]


def test_of_a_tag_that_is_none_nothing_is_judged(tmp_path: Path) -> None:
    repo = several(tmp_path / "shop")
    config = RepositoryConfig.model_validate({"name": "r", "path": repo.path, "branches": ["dev"]})
    found = audit_repository(config, NOW, Path("no-state"), "v9.9.9")
    assert len(found.hotfixes) == 3
    assert list(found.pairs()) == []
