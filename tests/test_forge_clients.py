"""The stand-in forge, asked by clients that other people wrote: what our adapters see, they see, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import github
import gitlab
import pytest

from auditor.forges.interface import NewPullRequest, Opinion, State
from tests.forge_shapes.world import TOKEN, Fact
from tests.forge_stage import SOURCE, TARGET, Stage, stage

NEW = NewPullRequest(SOURCE, TARGET, "Bring v2.3.1 to dev", "Why")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[tuple[Stage, github.Github]]:
    with stage("github", tmp_path) as on:
        address = f"{on.server.url}/api/v3"
        with github.Github(
            base_url=address, auth=github.Auth.Token(TOKEN), retry=None, seconds_between_writes=0
        ) as them:
            yield on, them


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[Stage, gitlab.Gitlab]]:
    with stage("gitlab", tmp_path) as on, gitlab.Gitlab(on.server.url, private_token=TOKEN) as them:
        yield on, them


def test_github_what_they_open_we_find(hub: tuple[Stage, github.Github]) -> None:
    on, them = hub
    repository = them.get_repo("acme/payments")
    theirs = repository.create_pull(base=TARGET, head=SOURCE, title="T", body="B", draft=True)
    (ours,) = on.reading().pull_requests(SOURCE, TARGET)
    assert (ours.number, ours.title, ours.body, ours.draft) == (theirs.number, theirs.title, theirs.body, theirs.draft)
    assert (ours.head, ours.url) == (theirs.head.sha, theirs.html_url)
    assert ours.created_at == int(theirs.created_at.timestamp())
    with pytest.raises(github.GithubException) as raised:
        repository.create_pull(base=TARGET, head=SOURCE, title="Again", body="")
    assert raised.value.status == 422


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_github_what_we_open_they_merge(hub: tuple[Stage, github.Github], how: str) -> None:
    on, them = hub
    ours = on.writing().create(NEW)
    on.writing().label(ours, ["urgent"])
    repository = them.get_repo("acme/payments")
    (theirs,) = repository.get_pulls(state="all", head=f"acme:{SOURCE}", base=TARGET)
    assert (theirs.number, theirs.title, [label.name for label in theirs.labels]) == (
        ours.number,
        NEW.title,
        ["urgent"],
    )
    done = theirs.merge(merge_method=how)
    assert done.merged
    assert repository.get_pull(ours.number).merged
    merged = on.reading().pull_request(ours.number)
    assert (merged.state, merged.landed) == (State.MERGED, done.sha)
    assert [p.number for p in repository.get_commit(done.sha).get_pulls()] == [ours.number]
    assert [p.number for p in on.reading().pull_requests_of(done.sha)] == [ours.number]


def test_github_reviews_checks_and_deployments_are_the_same(hub: tuple[Stage, github.Github]) -> None:
    on, them = hub
    ours = on.writing().create(NEW)
    pull = on.there(ours.number)
    on.world.vote(pull, "alice", "approved")
    on.world.vote(pull, "bob", "rejected")
    tip = on.repo.oid(SOURCE)
    for kind in ("status", "check", "deployment"):
        on.project.facts += [
            Fact(kind, f"{kind}-{s}", s, tip, on.world.tick()) for s in ("passed", "failed", "pending")
        ]
    repository = them.get_repo("acme/payments")
    theirs = [(r.user.login, r.state, r.commit_id) for r in repository.get_pull(ours.number).get_reviews()]
    names = {Opinion.APPROVED: "APPROVED", Opinion.REJECTED: "CHANGES_REQUESTED"}
    assert theirs == [(r.reviewer.id, names[r.opinion], r.commit) for r in on.reading().reviews(ours)]
    commit = repository.get_commit(tip)
    seen = {s.context for s in commit.get_combined_status().statuses} | {c.name for c in commit.get_check_runs()}
    assert seen == {r.name for r in on.reading().runs(tip)}
    deployed = {d.environment for d in repository.get_deployments(sha=tip)}
    assert deployed == {r.environment for r in on.reading().deployments(tip)}
    written = [(c.sha, c.commit.author.email, len(c.parents)) for c in repository.get_pull(ours.number).get_commits()]
    assert written == [(c.commit, c.email, 1) for c in on.reading().commits(ours)]
    assert [p.number for p in repository.get_pulls(state="open")] == [ours.number]
    assert [p.number for p in on.reading().open_pull_requests()] == [ours.number]


def test_github_what_we_close_is_closed(hub: tuple[Stage, github.Github]) -> None:
    on, them = hub
    project = on.writing()
    ours = project.create(NEW)
    project.update(ours, "Anew")
    project.comment(ours, "Bye")
    project.close(ours)
    theirs = them.get_repo("acme/payments").get_pull(ours.number)
    assert (theirs.state, theirs.merged, theirs.body) == ("closed", False, "Anew")
    assert [c.body for c in theirs.get_issue_comments()] == ["Bye"]


def test_gitlab_what_they_open_we_find(lab: tuple[Stage, gitlab.Gitlab]) -> None:
    on, them = lab
    project = them.projects.get(on.project.path)
    said = {"source_branch": SOURCE, "target_branch": TARGET, "title": "Draft: T", "description": "B"}
    theirs = project.mergerequests.create(said)
    (ours,) = on.reading().pull_requests(SOURCE, TARGET)
    assert (ours.number, ours.title, ours.body, ours.draft) == (theirs.iid, theirs.title, theirs.description, True)
    assert (ours.head, ours.url) == (theirs.sha, theirs.web_url)
    with pytest.raises(gitlab.exceptions.GitlabCreateError) as raised:
        project.mergerequests.create(said)
    assert raised.value.response_code == 409


@pytest.mark.parametrize("squash", [False, True])
def test_gitlab_what_we_open_they_merge(lab: tuple[Stage, gitlab.Gitlab], squash: bool) -> None:
    on, them = lab
    ours = on.writing().create(NEW)
    project = them.projects.get(on.project.path)
    (theirs,) = project.mergerequests.list(state="all", source_branch=SOURCE, target_branch=TARGET, get_all=True)
    assert (theirs.iid, theirs.title) == (ours.number, NEW.title)
    theirs.merge(squash=squash)
    merged = on.reading().pull_request(ours.number)
    assert merged.state is State.MERGED
    assert merged.landed == on.project.tip(TARGET)
    assert [m["iid"] for m in project.commits.get(str(merged.landed), lazy=True).merge_requests()] == [ours.number]


def test_gitlab_approvals_statuses_and_deployments_are_the_same(lab: tuple[Stage, gitlab.Gitlab]) -> None:
    on, them = lab
    ours = on.writing().create(NEW)
    on.world.vote(on.there(ours.number), "alice", "approved")
    tip = on.repo.oid(SOURCE)
    for kind in ("status", "deployment"):
        on.project.facts += [
            Fact(kind, f"{kind}-{s}", s, tip, on.world.tick()) for s in ("passed", "failed", "pending")
        ]
    project = them.projects.get(on.project.path)
    theirs = project.mergerequests.get(ours.number).approvals.get()
    assert [a["user"]["username"] for a in theirs.approved_by] == [r.reviewer.id for r in on.reading().reviews(ours)]
    statuses = {s.name for s in project.commits.get(tip, lazy=True).statuses.list(get_all=True)}
    assert statuses == {r.name for r in on.reading().runs(tip)}
    deployed = {d.environment["name"] for d in project.deployments.list(get_all=True)}
    assert deployed == {r.environment for r in on.reading().deployments(tip)}
    request = project.mergerequests.get(ours.number)
    written = [(c.id, c.author_email, c.title) for c in request.commits()]
    assert written == [(c.commit, c.email, c.title) for c in on.reading().commits(ours)]
    opened = project.mergerequests.list(state="opened", get_all=True)
    assert [m.iid for m in opened] == [p.number for p in on.reading().open_pull_requests()] == [ours.number]


def test_gitlab_what_we_close_is_closed(lab: tuple[Stage, gitlab.Gitlab]) -> None:
    on, them = lab
    project = on.writing()
    ours = project.create(NEW)
    project.label(ours, ["urgent"])
    project.ask(ours, ["alice"])
    project.comment(ours, "Bye")
    project.close(ours)
    theirs = them.projects.get(on.project.path).mergerequests.get(ours.number)
    assert (theirs.state, theirs.labels, [r["username"] for r in theirs.reviewers]) == ("closed", ["urgent"], ["alice"])
    notes = theirs.notes.list(get_all=True, order_by="created_at", sort="asc")
    assert [n.body for n in notes] == ["Bye"]
