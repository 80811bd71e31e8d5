"""Tags that were moved or deleted and branches that were rewritten, told from what earlier runs recorded."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from auditor import audit, memory, policy
from auditor.config.configuration import RepositoryConfig
from auditor.git import ancestry
from auditor.git.source import Local, source
from auditor.ledger import known, write
from auditor.ledger.database import open_ledger
from auditor.model import RepositoryAudit
from tests.build import Repo, back_merge, hotfix, protocol
from tests.ledgers import DAY, NAME, T0, beginning, whole


class Nights:
    """A repository and its ledger; each scan is a day later."""

    def __init__(self, folder: Path) -> None:
        self.repo = protocol(folder / "shop", branches=("dev", "qa"))
        hotfix(self.repo)
        back_merge(self.repo, "main", "dev", "qa")
        self.ledger = open_ledger(str(folder / "ledger.sqlite"), create=True)
        self.now = T0

    def scan(self, path: Path | None = None, **keys: Any) -> RepositoryAudit:
        self.now += DAY
        said = {"name": "shop", "path": path or self.repo.path, "branches": ["dev", "qa"], **keys}
        config = RepositoryConfig.model_validate(said)
        number = write.begin(self.ledger, beginning(self.now))
        earlier = self.known().get("shop")
        place = source(config, path or self.repo.path)
        found = memory.compare(audit.find(config, place), earlier, partial(ancestry.in_history, place))
        found = policy.apply_policy(found, config, self.now)
        write.finish(self.ledger, number, whole(found, at=self.now), {"shop": "shop"})
        return found

    def known(self) -> dict[str, Any]:
        return known.known(self.ledger, NAME, {"shop": "shop"})

    def broken(self, **keys: Any) -> list[tuple[str, str | None]]:
        """The broken rules that only memory can tell, and what about."""
        return [
            (v.rule, v.tag or v.branch)
            for v in self.scan(**keys).violations
            if v.rule in ("tag-moved", "tag-deleted", "branch-rewritten")
        ]


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def move(repo: Repo, tag: str, to: str) -> None:
    repo.git("tag", "-f", "-a", "-m", "again", tag, to)


def tip(repo: Repo, branch: str) -> str:
    return repo.git("rev-parse", branch).strip()


def test_nothing_is_broken_where_work_goes_on(nights: Nights) -> None:
    assert nights.broken() == []
    hotfix(nights.repo, "two", "v2.3.2", {"two.txt": "2\n"})
    back_merge(nights.repo, "main", "dev")
    assert nights.broken() == []
    assert [n.rule for n in nights.scan().not_judged if n.rule in memory._RULES] == []


def test_a_moved_tag_is_told_until_it_is_put_back(nights: Nights) -> None:
    was = tip(nights.repo, "refs/tags/v2.3.1")
    nights.broken()
    move(nights.repo, "v2.3.1", "main~1")
    found = nights.scan()
    (violation,) = [v for v in found.violations if v.rule == "tag-moved"]
    assert f"in run 1 (2026-09-22 14:13 UTC) the tag was at {was}" in violation.detail
    assert nights.broken() == [("tag-moved", "v2.3.1")]
    nights.repo.git("update-ref", "refs/tags/v2.3.1", was)
    assert nights.broken() == []
    assert nights.broken() == []


def test_each_place_that_a_tag_left_is_told(nights: Nights) -> None:
    nights.broken()
    move(nights.repo, "v2.3.1", "main~1")
    nights.broken()
    move(nights.repo, "v2.3.1", "main")
    assert nights.broken() == [("tag-moved", "v2.3.1"), ("tag-moved", "v2.3.1")]


def test_a_deleted_tag_is_told_until_it_is_back(nights: Nights) -> None:
    nights.broken()
    was = tip(nights.repo, "refs/tags/v2.3.1")
    nights.repo.git("tag", "-d", "v2.3.1")
    assert nights.broken() == [("tag-deleted", "v2.3.1")]
    assert nights.broken() == [("tag-deleted", "v2.3.1")]
    move(nights.repo, "v2.3.1", "main~1")
    assert nights.broken() == [("tag-moved", "v2.3.1")]
    nights.repo.git("update-ref", "refs/tags/v2.3.1", was)
    assert nights.broken() == []


def test_the_release_below_a_hotfix_must_not_move_either(nights: Nights) -> None:
    nights.repo.git("tag", "v2", "v2.3.0")
    nights.repo.git("tag", "nightly", "v2.3.0")
    nights.broken()
    for tag in ("v2", "nightly", "v2.3.0"):
        move(nights.repo, tag, "main~1")
    assert nights.broken() == [("tag-moved", "v2.3.0")]


def test_a_tag_that_came_to_an_unread_name_is_no_move(nights: Nights) -> None:
    nights.broken()
    nights.repo.git("tag", "v3.0.1-rc1", "main")
    assert nights.broken() == []


def test_a_rewritten_branch_is_told_until_its_old_tip_is_back(nights: Nights) -> None:
    repo = nights.repo
    repo.switch("dev")
    lost = repo.commit("Work", {"work.txt": "1\n"})
    nights.broken()
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.commit("Other work", {"work.txt": "2\n"})
    assert nights.broken() == [("branch-rewritten", "dev")]
    repo.commit("And on", {"more.txt": "2\n"})
    assert nights.broken() == [("branch-rewritten", "dev")]
    repo.git("merge", "-q", "-s", "ours", "-m", "Back in the history", lost)
    assert nights.broken() == []
    assert nights.broken() == []


def test_main_is_watched_too(nights: Nights) -> None:
    nights.repo.commit("More", {"more.txt": "1\n"})
    nights.broken()
    nights.repo.git("reset", "-q", "--hard", "HEAD~1")
    assert nights.broken() == [("branch-rewritten", "main")]


def test_a_branch_is_not_laundered_by_being_absent(nights: Nights) -> None:
    nights.broken()
    nights.repo.git("branch", "-q", "-m", "qa", "elsewhere")
    assert nights.broken() == [("branch-rewritten", "qa")]
    nights.repo.git("branch", "-q", "qa", "v2.3.0")
    assert nights.broken() == [("branch-rewritten", "qa")]
    nights.repo.git("branch", "-q", "-f", "qa", "elsewhere")
    assert nights.broken() == []


def test_a_branch_that_is_no_longer_configured_is_no_concern(nights: Nights) -> None:
    nights.broken()
    nights.repo.git("branch", "-q", "-D", "qa")
    assert nights.broken(branches=["dev"]) == []


def test_an_unreadable_night_forgets_nothing(nights: Nights, tmp_path: Path) -> None:
    nights.broken()
    assert nights.scan(path=tmp_path / "nothing").errors
    nights.repo.git("tag", "-d", "v2.3.1")
    assert nights.broken() == [("tag-deleted", "v2.3.1")]


def test_what_was_acknowledged_is_told_no_more_until_it_changes_again(nights: Nights) -> None:
    first = tip(nights.repo, "refs/tags/v2.3.1")
    nights.broken()
    move(nights.repo, "v2.3.1", "main~1")
    second = tip(nights.repo, "refs/tags/v2.3.1")
    said = {"rule": "tag-moved", "ref": "v2.3.1", "reason": "signed anew", "approved_by": "release"}
    one = {**said, "was": first}
    assert nights.broken(acknowledged=[one]) == []
    (change,) = nights.scan(acknowledged=[one]).changes
    assert change.acknowledged is not None
    assert change.acknowledged.reason == "signed anew"
    move(nights.repo, "v2.3.1", "main")
    assert nights.broken(acknowledged=[one]) == [("tag-moved", "v2.3.1")]
    assert nights.broken(acknowledged=[{**said, "was": second}]) == []  # and with it what was before
    assert nights.broken(acknowledged=[{**said, "was": second, "rule": "tag-deleted"}]) != []
    assert nights.broken() == [("tag-moved", "v2.3.1"), ("tag-moved", "v2.3.1")]


def test_rules_that_are_off_are_not_told(nights: Nights) -> None:
    nights.broken()
    nights.repo.git("tag", "-d", "v2.3.1")
    assert nights.broken(rules={"tag-deleted": "off"}) == []
    assert nights.broken() == [("tag-deleted", "v2.3.1")]


def test_a_shallow_history_proves_no_rewriting(nights: Nights, tmp_path: Path) -> None:
    repo = nights.repo
    nights.broken()
    repo.switch("dev")
    for n in range(3):
        repo.commit(f"Work {n}", {"work.txt": f"{n}\n"})
    clone = tmp_path / "shallow"
    repo.git("clone", "-q", "--bare", "--depth", "1", "--no-single-branch", f"file://{repo.path}", str(clone))
    found = nights.scan(path=clone)
    assert [v.rule for v in found.violations if v.rule == "branch-rewritten"] == []
    assert any(n.rule == "branch-rewritten" and "cut short" in n.reason for n in found.not_judged)
    assert nights.broken() == []  # whole again, and nothing had been rewritten
    repo.git("reset", "-q", "--hard", "HEAD~4")
    assert nights.broken() == [("branch-rewritten", "dev")]


def test_memory_is_of_one_configuration_name_and_place(nights: Nights) -> None:
    nights.broken()
    assert nights.known().keys() == {"shop"}
    assert known.known(nights.ledger, "other", {"shop": "shop"}) == {}
    assert known.known(nights.ledger, NAME, {"shop": "elsewhere"}) == {}


def test_ancestry_of_what_is_gone(nights: Nights) -> None:
    path = Local(nights.repo.path)
    assert ancestry.in_history(path, tip(nights.repo, "main"), tip(nights.repo, "main~1")) is True
    assert ancestry.in_history(path, tip(nights.repo, "main~1"), tip(nights.repo, "main")) is False
    assert ancestry.in_history(path, tip(nights.repo, "main"), "12" * 20) is False
    assert ancestry.in_history(Local(nights.repo.path / "nothing"), tip(nights.repo, "main"), "12" * 20) is None
