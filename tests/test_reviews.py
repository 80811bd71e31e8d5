"""Who reviewed a fix before it came to main, as each forge tells it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.forges.interface import same_commit
from auditor.told import Reviewed
from tests.forge_shapes.bitbucket_cloud import BitbucketCloudShape
from tests.forge_stage import KINDS
from tests.reviewed import AUTHOR, NAME, OTHER, TOKEN, Shop, broken, codes, shop, the_fix

BUTTONS = ("merge", "squash", "rebase")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)


@pytest.fixture(params=KINDS)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    with shop(request.param, tmp_path) as made:
        yield made


def meanwhile(at: Shop) -> None:
    """Main moves on in what does not count, so that a rebase makes new commits."""
    at.on.repo.switch("main")
    at.on.repo.commit("Meanwhile", {"CHANGELOG": "x"})
    at.on.push("main")


@pytest.mark.parametrize("how", BUTTONS)
def test_a_review_of_what_was_merged_counts(at: Shop, how: str) -> None:
    at.fix("Fix login-crash", "Test it", "Say it")
    pull = at.open()
    at.vote(pull)
    meanwhile(at)
    landed = at.merge(pull, how)
    at.tag()
    found = at.told(ignore_paths=["CHANGELOG"])
    assert (broken(found), codes(found)) == ([], [])
    fixes = found.hotfixes[0].fixes
    assert len(fixes) == (1 if how == "squash" else 3)
    for fix in fixes:
        review = fix.review
        assert review is not None
        assert review.standing is Reviewed.APPROVED
        assert review.pull_request is not None
        assert review.pull_request.number == pull.number
        assert same_commit(review.pull_request.landed, landed)
        assert review.pull_request.merged_at == pull.ended
        (approval,) = review.approvals
        assert approval.by.casefold().startswith(OTHER)
        assert approval.at == pull.votes[0].at
        assert same_commit(approval.commit, pull.head)
        assert approval.counts


def reviewed(at: Shop, *votes: tuple[str, str], how: str = "merge", **keys: Any) -> tuple[Reviewed, str]:
    """How the one fix stands after these votes on what was merged, and why."""
    at.fix("Fix login-crash")
    pull = at.open()
    for who, opinion in votes:
        at.vote(pull, who, opinion)
    at.merge(pull, how)
    at.tag()
    return standing(at, **keys)


def standing(at: Shop, **keys: Any) -> tuple[Reviewed, str]:
    found = at.told(**keys)
    review = the_fix(found).review
    assert review is not None
    expected = {Reviewed.MISSING: ["review-missing"], Reviewed.SELF_APPROVED: ["self-approved"]}
    assert broken(found) == expected.get(review.standing, [])
    assert codes(found) == (["review-unknown"] if review.standing is Reviewed.UNKNOWN else [])
    for violation in found.violations:
        assert (violation.tag, violation.branch, violation.commit) == ("v2.3.1", None, the_fix(found).commit)
        assert violation.severity == "error"
        assert violation.detail == review.detail
    return review.standing, review.detail


@pytest.mark.parametrize("how", BUTTONS)
def test_nobody_approved(at: Shop, how: str) -> None:
    said = reviewed(at, (OTHER, "commented"), how=how)
    assert said[0] is Reviewed.MISSING
    assert "nobody approved http://" in said[1]


@pytest.mark.parametrize("how", BUTTONS)
def test_the_author_approved_alone(at: Shop, how: str) -> None:
    said = reviewed(at, (AUTHOR, "approved"), how=how)
    assert said[0] is Reviewed.SELF_APPROVED
    assert "opened it" in said[1]


def test_the_author_and_somebody_else_approved(at: Shop) -> None:
    assert reviewed(at, (AUTHOR, "approved"), (OTHER, "approved"))[0] is Reviewed.APPROVED


def test_who_wrote_it_approved_what_another_opened(at: Shop) -> None:
    """The forge may know the author's account, or have what the commit says."""
    at.on.world.accounts["ada@example.com"] = "ada"
    who = {"gitlab": "Ada Author", "azure": "ada"}.get(at.on.kind, "ada")
    said = reviewed(at, (who, "approved"))
    assert said[0] is Reviewed.SELF_APPROVED
    assert "wrote a commit of it" in said[1]


def test_who_only_brought_it_up_to_date_did_not_write_it(at: Shop) -> None:
    """A merge of main into the branch is no work of one's own; where merges can be told apart."""
    if at.on.kind == "azure":
        return
    at.on.world.accounts["colin@example.com"] = "colin"
    at.fix("Fix login-crash")
    pull = at.open()
    meanwhile(at)
    repo = at.on.repo
    repo.switch(NAME)
    repo.git("-c", "user.name=Colin", "merge", "-q", "--no-ff", "--no-commit", "main")
    repo.git("commit", "-q", "--author=Colin <colin@example.com>", "-m", "Merge main")
    at.on.push(NAME)
    at.vote(pull, "colin")
    at.merge(pull)
    at.tag()
    assert standing(at, ignore_paths=["CHANGELOG"])[0] is Reviewed.APPROVED


@pytest.mark.parametrize("how", BUTTONS)
def test_a_push_after_the_approval_takes_it_away(at: Shop, how: str) -> None:
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    at.on.repo.switch(NAME)
    older, newer = pull.head, at.on.repo.commit("More", {"src/cart.py": "x = 1\n"})
    at.on.push(NAME)
    at.merge(pull, how)
    at.tag()
    found = at.told()
    assert broken(found) == ["review-missing"]
    (violation,) = found.violations
    assert f"approved {older[:12]}, and {newer[:12]} was merged" in violation.detail


def test_an_approval_of_the_new_head_counts_again(at: Shop) -> None:
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    at.on.repo.switch(NAME)
    at.on.repo.commit("More", {"src/cart.py": "x = 1\n"})
    at.on.push(NAME)
    at.vote(pull)
    at.merge(pull)
    at.tag()
    assert broken(at.told()) == []


def test_an_approval_after_the_merge_comes_too_late(at: Shop) -> None:
    at.fix("Fix login-crash")
    pull = at.open()
    at.merge(pull)
    at.on.world.vote(pull, OTHER, "approved")
    at.tag()
    said = standing(at)
    assert said[0] is Reviewed.MISSING
    assert "approved after it was merged" in said[1]


def test_who_changed_their_mind_approves_no_more(at: Shop) -> None:
    later = "unapproved" if at.on.kind == "gitlab" else "rejected"
    assert reviewed(at, (OTHER, "approved"), (OTHER, later))[0] is Reviewed.MISSING


def test_who_changed_their_mind_the_other_way_does(at: Shop) -> None:
    first = "commented" if at.on.kind == "gitlab" else "rejected"
    assert reviewed(at, (OTHER, first), (OTHER, "approved"))[0] is Reviewed.APPROVED


def test_a_comment_takes_no_approval_back(tmp_path: Path) -> None:
    for kind in ("github", "gitea"):
        with shop(kind, tmp_path / kind) as at:
            assert reviewed(at, (OTHER, "approved"), (OTHER, "commented"))[0] is Reviewed.APPROVED


def test_a_dismissed_approval_does_not_count(tmp_path: Path) -> None:
    for kind in ("github", "gitea"):
        with shop(kind, tmp_path / kind) as at:
            at.fix("Fix login-crash")
            pull = at.open()
            at.vote(pull)
            pull.votes[0].dismissed = True
            at.merge(pull)
            at.tag()
            assert standing(at)[0] is Reviewed.MISSING


def test_who_has_no_say_approves_nothing(tmp_path: Path) -> None:
    with shop("gitea", tmp_path) as at:
        at.fix("Fix login-crash")
        pull = at.open()
        at.vote(pull)
        pull.votes[0].official = False
        at.merge(pull)
        at.tag()
        said = standing(at)
        assert said[0] is Reviewed.MISSING
        assert "has no say in the branch" in said[1]


def test_of_a_deleted_account_it_cannot_be_told_who_it_was(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        assert reviewed(at, ("", "approved"))[0] is Reviewed.UNKNOWN


# Ways to main


def test_a_push_to_main_is_reviewed_by_nobody(at: Shop) -> None:
    repo = at.on.repo
    repo.switch("main")
    repo.commit("Fix login-crash", {"src/login.py": "x = 1\n"})
    at.on.push("main")
    at.tag()
    assert standing(at) == (Reviewed.MISSING, "no pull request brought it to main")


def test_a_merge_by_hand_is_a_push(at: Shop) -> None:
    """Of the branch's own pull request to another branch nothing follows for main."""
    at.fix("Fix login-crash")
    pull = at.open(target="dev")
    at.vote(pull)
    at.merge(pull)
    repo = at.on.repo
    repo.switch("main")
    repo.merge(NAME)
    at.on.push("main")
    at.tag()
    assert standing(at) == (Reviewed.MISSING, "no pull request brought it to main")


def test_an_open_pull_request_brought_nothing(at: Shop) -> None:
    """The fix was pushed under a pull request that is still open with more."""
    fix, _ = at.fix("Fix login-crash", "More")
    pull = at.open()
    at.vote(pull)
    at.on.project.git("update-ref", "refs/heads/main", fix)
    at.tag(at=fix)
    assert standing(at)[0] is Reviewed.MISSING


def test_what_was_pushed_beside_a_pull_request_is_told_apart(at: Shop) -> None:
    """A rebased pull request lands last; the commit pushed before it is none of its own."""
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    at.on.repo.switch("main")
    pushed = at.on.repo.commit("Slip it in", {"src/cart.py": "x = 1\n"})
    at.on.push("main")
    at.merge(pull, "rebase")
    at.tag()
    found = at.told()
    assert [(v.rule, v.commit) for v in found.violations] == [("review-missing", pushed)]


def test_a_commit_made_to_look_like_a_reviewed_one_is_told_apart(at: Shop) -> None:
    """The same words and the same second, pushed before the button made its own."""
    if at.on.kind in ("github", "gitlab"):
        return
    (fix,) = at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    repo = at.on.repo
    repo.switch("main")
    date = repo.git("log", "-1", "--format=%at", fix)
    repo.write({"src/cart.py": "evil = 1\n"})
    repo.git("add", "-A")
    repo.git("commit", "-q", f"--date={date} +0000", "-m", "Fix login-crash")
    at.on.push("main")
    at.merge(pull, "rebase")
    at.tag()
    found = at.told()
    assert [(v.rule, v.commit) for v in found.violations] == [("review-missing", repo.oid("main^"))]


def test_what_the_merge_itself_changes_was_reviewed_by_nobody(at: Shop) -> None:
    """Somebody merges by hand what was approved, and slips something in."""
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    repo = at.on.repo
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", NAME)
    repo.write({"src/cart.py": "evil = 1\n"})
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", f"Merge branch '{NAME}'")
    at.on.push("main")
    at.tag()
    found = at.told()
    assert [(v.rule, v.commit) for v in found.violations] == [("review-missing", repo.oid("main"))]
    assert "itself changes what nobody could review" in found.violations[0].detail


def test_two_fixes_of_one_pull_request_are_one_breach(at: Shop) -> None:
    at.fix("Fix login-crash", "More")
    at.merge(at.open())
    at.tag()
    (violation,) = at.told().violations
    assert violation.detail.endswith("(and 1 more fixes)")


SELF = {
    "rule": "self-approved",
    "tag": "v2.3.1",
    "reason": "Friday evening",
    "approved_by": "cto@example.com",
    "expires": "2099-01-01",
}


def test_who_allowed_a_breach(at: Shop) -> None:
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull, AUTHOR, "approved")
    at.merge(pull)
    at.tag()
    found = at.told(waivers=[SELF])
    assert [(v.rule, v.waiver and v.waiver.approved_by) for v in found.violations] == [
        ("self-approved", "cto@example.com")
    ]
    assert found.broken == ()
    other = at.told(waivers=[{**SELF, "tag": "v2.3.2"}])
    assert [v.rule for v in other.broken] == ["self-approved", "waiver-unused"]


# What the forge does not tell


def test_what_is_still_looked_up_is_unknown(tmp_path: Path) -> None:
    with shop("bitbucket-cloud", tmp_path) as at:
        assert isinstance(at.on.server.shape, BitbucketCloudShape)
        at.on.server.shape.indexing = 99
        said = reviewed(at, (OTHER, "approved"))
        assert said[0] is Reviewed.UNKNOWN
        assert "not-ready" in said[1]


def test_an_approval_without_its_commit_is_unknown(tmp_path: Path) -> None:
    """GitLab says in a note when it was; without it nobody knows what was approved."""
    with shop("gitlab", tmp_path) as at:
        at.fix("Fix login-crash")
        pull = at.open()
        at.vote(pull)
        pull.notes.clear()
        at.merge(pull)
        at.tag()
        said = standing(at)
        assert said[0] is Reviewed.UNKNOWN
        assert "does not tell which commit" in said[1]


def test_a_commit_that_the_forge_does_not_know_is_unknown(at: Shop) -> None:
    """The wrong project, or a mirror that lags."""
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull)
    at.merge(pull)
    at.tag()
    here = at.bare
    at.on.project.bare = at.on.repo.path.parent / "empty.git"
    at.on.repo.git("init", "-q", "--bare", str(at.on.project.bare))
    at.on.project.pulls.clear()
    found = at.told(path=str(here))
    review = the_fix(found).review
    assert review is not None
    assert review.standing is Reviewed.UNKNOWN
    assert broken(found) == []
    assert "review-unknown" in codes(found)
