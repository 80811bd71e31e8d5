"""What every forge's adapter owes: the same questions answered, the same deeds done, over real repositories."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor import forges
from auditor.config.access import Access
from auditor.errors import ForgeError
from auditor.forges import FORGES, once
from auditor.forges.http import Http
from auditor.forges.interface import (
    Comment,
    NewPullRequest,
    Opinion,
    Outcome,
    Person,
    PullRequest,
    Source,
    State,
    same_commit,
)
from tests import forge_specs
from tests.forge_server import Asked, Fault, Said
from tests.forge_shapes.bitbucket_cloud import BitbucketCloudShape
from tests.forge_shapes.world import TOKEN, Fact
from tests.forge_stage import KINDS, SOURCE, TARGET, Stage, stage

NEW = NewPullRequest(SOURCE, TARGET, "Bring v2.3.1 to dev", "Why:\n\n- `v2.3.1` is missing")


@pytest.fixture(params=KINDS)
def on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with stage(request.param, tmp_path) as made:
        yield made


def person(on: Stage, name: str) -> str:
    """How a forge tells people apart."""
    return f"{{{name}}}" if on.kind == "bitbucket-cloud" else name


# Finding and opening


def test_a_pull_request_is_opened_and_found(on: Stage) -> None:
    project = on.writing()
    assert project.pull_requests(SOURCE, TARGET) == ()
    made = project.create(NEW)
    tip = on.repo.oid(SOURCE)
    assert (made.state, made.draft, made.title, made.body) == (State.OPEN, False, NEW.title, NEW.body)
    assert (made.source, made.target, made.landed, made.ended_at) == (SOURCE, TARGET, None, None)
    assert same_commit(made.head, tip)
    assert made.author == Person(person(on, "robot"), made.author.name if made.author else "")
    assert made.created_at == on.there(made.number).created
    assert made.url.startswith(on.server.url)
    assert str(made.number) in made.url
    assert project.pull_requests(SOURCE, TARGET) == (made,) == (project.pull_request(made.number),)
    assert project.pull_requests("other", TARGET) == () == project.pull_requests(SOURCE, "main")


def test_a_draft_is_one(on: Stage) -> None:
    made = on.writing().create(NewPullRequest(SOURCE, TARGET, "T", "B", draft=True))
    assert made.draft
    assert on.there(made.number).draft
    assert made.title.endswith("T")


def test_a_second_one_is_refused(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    with pytest.raises(ForgeError) as raised:
        project.create(NewPullRequest(SOURCE, TARGET, "Another", "Body"))
    assert raised.value.code == "conflict"
    assert not raised.value.uncertain
    assert project.pull_requests(SOURCE, TARGET) == (made,)


def test_a_branch_that_is_not_there_is_refused(on: Stage) -> None:
    with pytest.raises(ForgeError) as raised:
        on.writing().create(NewPullRequest("nowhere", TARGET, "T", "B"))
    assert raised.value.code in ("refused", "not-found")
    assert on.project.pulls == []


def test_all_states_are_found_and_forks_are_not_ours(on: Stage) -> None:
    project = on.writing()
    first = project.create(NEW)
    project.close(first)
    second = project.create(NEW)
    fork = on.world.open(on.project, SOURCE, "main", "Fork", "", author="mallory")
    fork.fork, fork.target = "mallory/payments", TARGET
    found = project.pull_requests(SOURCE, TARGET)
    assert {(p.number, p.state) for p in found} >= {(second.number, State.OPEN)}
    assert "mallory" not in str(found)
    project.close(second)
    assert [(p.number, p.state) for p in project.pull_requests(SOURCE, TARGET)] == [
        (first.number, State.CLOSED),
        (second.number, State.CLOSED),
    ]


def test_many_pages_are_read(tmp_path: Path) -> None:
    for kind in KINDS:
        with stage(kind, tmp_path / kind, page=3) as on:
            project = on.writing()
            numbers = []
            for _ in range(7):
                made = project.create(NEW)
                project.close(made)
                numbers.append(made.number)
            assert [p.number for p in project.pull_requests(SOURCE, TARGET)] == numbers, kind


def test_names_with_odd_characters(on: Stage) -> None:
    odd = 'backmerge/"v1"+%41&x=#é'
    on.repo.git("branch", odd, SOURCE)
    on.push(odd)
    project = on.writing()
    made = project.create(NewPullRequest(odd, TARGET, "T", "B"))
    assert project.pull_requests(odd, TARGET) == (made,)
    assert made.source == odd


# What happens to it


def test_a_push_is_seen(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    tip = on.work("more")
    assert same_commit(project.pull_request(made.number).head, tip)


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_the_merge_button(on: Stage, how: str) -> None:
    project = on.writing()
    made = project.create(NEW)
    on.work("more")
    on.repo.switch(TARGET)
    on.repo.commit("Meanwhile", {"other.txt": "x"})
    on.push(TARGET)
    tip = on.repo.oid(SOURCE)
    landed = on.world.merge(on.project, on.there(made.number), how)
    (merged,) = project.pull_requests(SOURCE, TARGET)
    assert (merged.state, merged.ended_at) == (State.MERGED, on.there(made.number).ended)
    assert same_commit(merged.landed, landed)
    assert same_commit(merged.head, tip)
    assert [p.number for p in project.pull_requests_of(landed)] == [made.number]
    assert on.project.git("show", f"{landed}:more.txt") == "more"
    parents = on.project.git("log", "-1", "--format=%P", landed).split()
    assert len(parents) == (2 if how == "merge" else 1)


def test_a_merge_by_hand_is_a_merge(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    on.repo.switch(TARGET)
    on.repo.merge(SOURCE)
    on.push(TARGET)
    assert project.pull_request(made.number).state is State.MERGED


def test_a_branch_that_is_gone_keeps_its_name(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    on.project.git("update-ref", "-d", f"refs/heads/{SOURCE}")
    (closed,) = project.pull_requests(SOURCE, TARGET)
    assert (closed.number, closed.state, closed.source) == (made.number, State.CLOSED, SOURCE)


def test_a_commit_that_nobody_asked_to_merge(on: Stage) -> None:
    assert on.reading().pull_requests_of(on.repo.oid("main")) == ()


def test_an_open_one_is_found_by_its_commit(on: Stage) -> None:
    made = on.writing().create(NEW)
    found = on.reading().pull_requests_of(on.repo.oid(SOURCE))
    assert [p.number for p in found] == ([] if on.kind == "gitea" else [made.number])


# Deeds


def test_what_it_says_is_replaced_and_the_rest_stays(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    if on.kind != "bitbucket-cloud":
        project.ask(made, ["alice"])
    project.update(made, "New facts")
    now = project.pull_request(made.number)
    assert (now.body, now.title, now.state) == ("New facts", NEW.title, State.OPEN)
    assert on.there(made.number).reviewers == ([] if on.kind == "bitbucket-cloud" else ["alice"])


def test_labels(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    if on.kind.startswith("bitbucket"):
        with pytest.raises(ForgeError, match="unsupported"):
            project.label(made, ["urgent"])
        return
    project.label(made, ["urgent", "backmerge"])
    assert set(project.pull_request(made.number).labels) == {"urgent", "backmerge"}


def test_a_label_that_is_not_there_costs_the_others_nothing(tmp_path: Path) -> None:
    with stage("gitea", tmp_path) as on:
        project = on.writing()
        made = project.create(NEW)
        with pytest.raises(ForgeError, match="there is no label nonesuch"):
            project.label(made, ["nonesuch", "urgent"])
        assert project.pull_request(made.number).labels == ("urgent",)


def test_reviewers_and_assignees(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    alice, bob = person(on, "alice"), person(on, "bob")
    project.ask(made, [alice])
    project.ask(made, [bob])
    assert on.there(made.number).reviewers == [alice, bob]
    if on.kind in ("github", "gitlab", "gitea"):
        project.assign(made, ["bob"])
        project.assign(made, ["alice"])
        assert on.there(made.number).assignees == ["bob", "alice"]
    else:
        with pytest.raises(ForgeError, match="unsupported"):
            project.assign(made, ["bob"])


def test_decorations_are_best_effort(on: Stage) -> None:
    """A person who is not there costs neither the labels nor the pull request."""
    project = on.writing()
    made = project.create(NEW)
    failed = once.decorated(project, made, ["urgent"], ["nobody"], ["alice"])
    kept = on.there(made.number)
    assert (kept.state, kept.assignees) == ("open", ["alice"] if on.kind in ("github", "gitlab", "gitea") else [])
    unable = {"github": 1, "gitlab": 1, "gitea": 1, "bitbucket-cloud": 2, "bitbucket-server": 3, "azure": 2}
    assert len(failed) == unable[on.kind], failed
    assert once.decorated(project, made, [], [], []) == ()


def test_comments(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    on.world.vote(on.there(made.number), "alice", "approved")
    project.comment(made, "First")
    project.comment(made, "Second <!-- mark -->")
    said = project.comments(made)
    assert [c.body for c in said] == ["First", "Second <!-- mark -->"]
    assert isinstance(said[0], Comment)
    assert said[0].author is not None
    assert said[0].author.id == person(on, "robot")


def test_a_comment_is_written_once(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    on.server.fail(Fault("lost", when=lambda a: a.method == "POST"))
    for _ in range(3):
        once.commented(project, made, "Done <!-- mark -->", "<!-- mark -->")
    assert [c.body for c in project.comments(made)] == ["Done <!-- mark -->"]
    with pytest.raises(ValueError, match="mark"):
        once.commented(project, made, "Done", "<!-- mark -->")


def test_closing(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    project.update(made, "Anew")
    project.close(made)
    now = project.pull_request(made.number)
    assert (now.state, now.landed) == (State.CLOSED, None)
    assert now.ended_at == on.there(made.number).ended


# Reviews


def test_reviews_name_the_commit_that_they_were_of(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    pull = on.there(made.number)
    first = pull.head
    approved = on.world.vote(pull, "alice", "approved")
    second = on.work("more")
    assert same_commit(project.pull_request(made.number).head, second)
    later = on.world.vote(pull, "bob", "approved")
    one, other = project.reviews(made)
    assert (one.reviewer.id, other.reviewer.id) == (person(on, "alice"), person(on, "bob"))
    assert (one.opinion, other.opinion) == (Opinion.APPROVED, Opinion.APPROVED)
    assert same_commit(one.commit, first)
    assert same_commit(other.commit, second)
    assert (one.at, other.at) == (approved.at, later.at)


def test_no_review_is_none(on: Stage) -> None:
    made = on.writing().create(NEW)
    assert on.reading().reviews(made) == ()


def test_only_an_approval_is_one(on: Stage) -> None:
    project = on.writing()
    made = project.create(NEW)
    pull = on.there(made.number)
    on.world.vote(pull, "alice", "commented")
    on.world.vote(pull, "bob", "asked")
    if on.kind != "gitlab":
        on.world.vote(pull, "carol", "rejected")
    found = {r.reviewer.id: r.opinion for r in project.reviews(made)}
    assert Opinion.APPROVED not in found.values()
    assert found.get(person(on, "carol")) is (None if on.kind == "gitlab" else Opinion.REJECTED)
    assert person(on, "bob") not in found


def test_an_approval_taken_back_is_none(tmp_path: Path) -> None:
    with stage("gitlab", tmp_path) as on:
        project = on.writing()
        made = project.create(NEW)
        pull = on.there(made.number)
        for opinion in ("approved", "unapproved"):
            on.world.vote(pull, "alice", opinion)
        assert project.reviews(made) == ()
        on.work("more")
        project.pull_request(made.number)
        again = on.world.vote(pull, "alice", "approved")
        (review,) = project.reviews(made)
        assert (review.at, review.commit) == (again.at, pull.head)


def test_a_note_that_looks_like_an_approval_is_none(tmp_path: Path) -> None:
    """Anyone may write the words; only the forge's own notes count."""
    with stage("gitlab", tmp_path) as on:
        project = on.writing()
        made = project.create(NEW)
        pull = on.there(made.number)
        real = on.world.vote(pull, "robot", "approved")
        on.work("more")
        project.pull_request(made.number)
        project.comment(made, "approved this merge request")
        (review,) = project.reviews(made)
        assert (review.at, review.commit) == (real.at, real.commit)


def test_dismissed_reviews_and_deleted_accounts(tmp_path: Path) -> None:
    for kind in ("github", "gitea"):
        with stage(kind, tmp_path / kind) as on:
            project = on.writing()
            made = project.create(NEW)
            on.world.vote(on.there(made.number), "alice", "approved").dismissed = True
            on.world.vote(on.there(made.number), "", "approved")
            one, other = project.reviews(made)
            assert one.opinion is Opinion.DISMISSED
            assert other.reviewer == Person("", "a deleted account")


# What it brings, and what is open


def test_the_commits_of_a_pull_request(tmp_path: Path) -> None:
    """All of them, over all pages, also after it was merged; with the account of the author where the forge has it."""
    for kind in KINDS:
        with stage(kind, tmp_path / kind, page=2) as on:
            on.world.accounts["ada@example.com"] = "ada"
            project = on.writing()
            made = project.create(NEW)
            tips = {on.repo.oid(SOURCE), *(on.work(f"more{n}") for n in range(4))}
            before = project.commits(project.pull_request(made.number))
            on.world.merge(on.project, on.there(made.number), "squash")
            after = project.commits(project.pull_request(made.number))
            assert {c.commit for c in after} == {c.commit for c in before} == tips, kind
            names = {"Ada"} if kind == "bitbucket-server" else {"Ada Author"}
            assert {c.name for c in after} == names, kind
            assert {c.email for c in after} == {"ada@example.com"}
            knows = kind in ("github", "gitea", "bitbucket-cloud", "bitbucket-server")
            assert {c.author.id if c.author else None for c in after} == {person(on, "ada") if knows else None}
            assert {c.title for c in after} == {"Fix login-crash", "more0", "more1", "more2", "more3"}
            assert all(c.at == int(on.repo.git("log", "-1", "--format=%at", c.commit)) for c in after)
            assert not any(c.merge for c in after)


def test_what_is_open(tmp_path: Path) -> None:
    """Of all that is open, forks aside; not what was closed or merged."""
    for kind in KINDS:
        with stage(kind, tmp_path / kind, page=2) as on:
            project = on.writing()
            wanted = []
            for number in range(5):
                on.repo.git("branch", f"b{number}", SOURCE)
                on.push(f"b{number}")
                wanted.append(project.create(NewPullRequest(f"b{number}", TARGET, "T", "B")).number)
            project.close(project.pull_request(wanted.pop()))
            fork = on.world.open(on.project, SOURCE, TARGET, "Fork", "", author="mallory")
            fork.fork = "mallory/payments"
            assert sorted(p.number for p in project.open_pull_requests()) == wanted, kind


def test_a_commit_that_is_not_there_is_an_error(on: Stage) -> None:
    for ask in (on.reading().pull_requests_of, on.reading().runs):
        with pytest.raises(ForgeError):
            ask("ab" * 20)


# Statuses and deployments


def facts(on: Stage, kind: str, *states: str) -> list[Fact]:
    tip = on.repo.oid(SOURCE)
    made = [Fact(kind, f"ci/{state}", state, tip, on.world.tick()) for state in states]
    on.project.facts += made
    return made


def test_statuses_say_how_it_went(on: Stage) -> None:
    kinds = ("passed", "failed", "pending")
    made = facts(on, "status", *kinds)
    tip = on.repo.oid(SOURCE)
    on.project.facts.append(Fact("status", "ci/elsewhere", "passed", on.repo.oid("main"), on.world.tick()))
    found = {r.name: r for r in on.reading().runs(tip)}
    assert {name: r.outcome.value for name, r in found.items()} == {f"ci/{k}": k for k in kinds}
    assert {r.source for r in found.values()} == {Source.STATUS}
    assert {r.commit for r in found.values()} == {tip}
    assert found["ci/passed"].at == made[0].at
    assert found["ci/passed"].url == "https://ci.example/ci/passed"


def test_the_last_status_of_a_name_counts(on: Stage) -> None:
    first, _ = facts(on, "status", "failed", "passed")
    again = Fact("status", first.name, "passed", first.commit, on.world.tick())
    on.project.facts.append(again)
    found = {r.name: r for r in on.reading().runs(first.commit)}
    assert (found[first.name].outcome, found[first.name].at) == (Outcome.PASSED, again.at)


def test_no_status_is_none(on: Stage) -> None:
    assert on.reading().runs(on.repo.oid(SOURCE)) == ()


def test_all_statuses_are_read(tmp_path: Path) -> None:
    for kind in KINDS:
        with stage(kind, tmp_path / kind) as on:
            tip = on.repo.oid(SOURCE)
            on.project.facts += [Fact("status", f"job-{n}", "passed", tip, on.world.tick()) for n in range(230)]
            assert len(on.reading().runs(tip)) == 230, kind


def test_other_kinds_of_runs(tmp_path: Path) -> None:
    with stage("github", tmp_path / "github") as on:
        facts(on, "check", "passed", "failed", "cancelled", "skipped", "pending")
        found = on.reading().runs(on.repo.oid(SOURCE))
        assert {r.source for r in found} == {Source.CHECK_RUN}
        assert [r.outcome.value for r in found] == ["passed", "failed", "cancelled", "skipped", "pending"]
    with stage("gitlab", tmp_path / "gitlab") as on:
        tip = on.repo.oid(SOURCE)
        for state in ("failed", "passed"):
            on.project.facts.append(Fact("pipeline", "push", state, tip, on.world.tick()))
        (run,) = on.reading().runs(tip)
        assert (run.source, run.name, run.outcome) == (Source.PIPELINE, "pipeline/push", Outcome.PASSED)


def test_deployments(on: Stage) -> None:
    tip = on.repo.oid(SOURCE)
    for name, state in (("production", "passed"), ("dr", "failed"), ("qa", "pending")):
        on.project.facts.append(Fact("deployment", name, state, tip, on.world.tick()))
    on.project.facts.append(Fact("deployment", "production", "passed", on.repo.oid("main"), on.world.tick()))
    if on.kind not in ("github", "gitlab", "bitbucket-cloud"):
        with pytest.raises(ForgeError) as raised:
            on.reading().deployments(tip)
        assert raised.value.code == "unsupported"
        return
    found = {r.environment: r.outcome.value for r in on.reading().deployments(tip)}
    assert found == {"production": "passed", "dr": "failed", "qa": "pending"}
    (one,) = on.reading().deployments(tip, "dr")
    assert (one.outcome, one.source, one.commit) == (Outcome.FAILED, Source.DEPLOYMENT, tip)


def test_a_deployment_that_was_replaced_still_went_as_it_did(tmp_path: Path) -> None:
    with stage("github", tmp_path) as on:
        tip = on.repo.oid(SOURCE)
        on.project.facts.append(Fact("deployment", "dr", "passed", tip, on.world.tick(), replaced=True))
        (found,) = on.reading().deployments(tip)
        assert found.outcome is Outcome.PASSED


def test_what_a_forge_is_still_looking_up_is_no_answer(tmp_path: Path) -> None:
    with stage("bitbucket-cloud", tmp_path) as on:
        assert isinstance(on.server.shape, BitbucketCloudShape)
        on.server.shape.indexing = 1
        with pytest.raises(ForgeError, match="not-ready"):
            on.reading().pull_requests_of(on.repo.oid(SOURCE))
        assert on.reading().pull_requests_of(on.repo.oid(SOURCE)) == ()


# Once, whatever happens


def is_create(asked: Asked) -> bool:
    return asked.method == "POST" and "query" not in asked.path


@pytest.mark.parametrize(
    "fault",
    [
        Fault("lost", when=is_create),
        Fault("cut", when=is_create),
        Fault(said=Said(500), when=is_create),
        Fault(said=Said(429, None, {"Retry-After": "1"}), when=is_create),
        Fault(said=Said(201, b"<html>"), when=is_create),
    ],
    ids=("lost", "cut", "500", "429", "no-json"),
)
def test_a_create_whose_answer_is_lost_makes_no_second(on: Stage, fault: Fault) -> None:
    on.server.fail(fault)
    made = once.opened(on.writing(), NEW)
    assert made.state is State.OPEN
    assert len(on.project.pulls) == 1
    assert once.opened(on.writing(), NEW).number == made.number
    assert len(on.project.pulls) == 1


def test_a_refusal_is_not_tried_again(on: Stage) -> None:
    with pytest.raises(ForgeError):
        once.opened(on.writing(), NewPullRequest("nowhere", TARGET, "T", "B"))
    assert sum(is_create(a) for a in on.server.asked) == 1


def test_two_who_race_open_one(on: Stage) -> None:
    """Both looked, both saw nothing: the forge refuses the second, who then finds the first."""
    made: list[PullRequest] = []
    together = threading.Barrier(2, timeout=10)

    def runner() -> None:
        with Http(10) as http:
            project = Stage(on.kind, on.server, on.world, on.project, on.repo, http, on.time).writing()
            together.wait()
            made.append(once.opened(project, NEW))

    threads = [threading.Thread(target=runner) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({p.number for p in made}) == 1
    assert len(made) == 2
    assert len(on.project.pulls) == 1


# Reading only


@pytest.mark.parametrize("how", ["closed", "squash"])
def test_what_somebody_ended_between_look_and_deed_counts(on: Stage, how: str) -> None:
    """Another runner was quicker, and a person quicker still: what the person did stands."""
    project = on.writing()
    create = project.create

    def late(new: NewPullRequest) -> PullRequest:
        first = on.there(on.writing().create(NEW).number)
        if how == "closed":
            on.world.end(first, "closed", None)
        else:
            on.world.merge(on.project, first, "squash")
        return create(new)

    project.create = late  # type: ignore[method-assign]
    found = once.only(project, NEW)
    assert found.state is (State.CLOSED if how == "closed" else State.MERGED)
    first, second = on.project.pulls
    assert (found.number, second.state) == (first.number, "closed")
    assert [n.body.partition(":")[0] for n in second.notes if not n.system] == ["branch-drift"]
    assert once.only(on.writing(), NEW).state is State.CLOSED


def test_who_may_only_ask_has_no_way_to_write(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    access = Access.model_validate({"type": on.kind, "url": on.server.url, "token_env": "CANARY"})
    with forges.asking(access) as forge:
        project = forge.reading(on.project.path)
        assert not hasattr(forge, "writing")
        for deed in ("create", "update", "label", "ask", "assign", "comment", "close"):
            assert hasattr(on.writing(), deed)
            assert not hasattr(project, deed)
        assert not hasattr(forge._reader, "send")
        assert project.pull_requests(SOURCE, TARGET) == ()
    with forges.acting(access) as forge:
        assert forge.writing(on.project.path).create(NEW).state is State.OPEN
    assert {a.method for a in on.server.asked[:-1]} == {"GET"}


# What is sent, and what is believed


@forge_specs.needed
@pytest.mark.parametrize("kind", sorted(forge_specs.PREFIXES))
def test_every_request_is_as_the_forge_describes_it(kind: str, tmp_path: Path) -> None:
    with stage(kind, tmp_path, page=3) as on:
        project = on.writing()
        made = project.create(NewPullRequest(SOURCE, TARGET, "T", "B", draft=True))
        once.decorated(project, made, ["urgent"], ["alice", "acme/team"], ["bob"])
        once.commented(project, made, "x <!-- m -->", "<!-- m -->")
        project.update(made, "Anew")
        tip = on.repo.oid(SOURCE)
        facts(on, "status", "passed")
        facts(on, "deployment", "passed")
        on.world.vote(on.there(made.number), "alice", "approved")
        project.reviews(made)
        project.commits(made)
        project.open_pull_requests()
        project.runs(tip)
        project.pull_requests_of(tip)
        if kind == "github":
            project.deployments(tip, "ci/passed")
        project.close(made)
        project.pull_requests(SOURCE, TARGET)
    asked = [a for a in on.server.asked if not a.path.endswith("/commits")]
    assert len(asked) == len(on.server.asked) - 1
    known, unknown = forge_specs.split(kind, asked)
    assert len(known) >= 11
    more = {"assignees"} if kind == "github" else {tip}
    assert {a.path.rpartition("/")[2] for a in unknown} == {"comments", *more}
    assert forge_specs.faults(kind, known) == []


def test_where_drafts_are_not_to_be_had_the_title_says_it(tmp_path: Path) -> None:
    with stage("github", tmp_path) as on:
        on.world.no_drafts = True
        made = on.writing().create(NewPullRequest(SOURCE, TARGET, "T", "B", draft=True))
        assert (made.draft, made.title) == (False, "[Draft] T")
        assert len(on.project.pulls) == 1


WRONG: tuple[object, ...] = (
    [],
    {},
    "text",
    7,
    None,
    [None],
    [[]],
    {"values": {}},
    {"value": 3},
    [{"number": "1"}],
    {"values": [{"id": True}]},
)


def test_what_has_another_shape_is_not_believed(on: Stage) -> None:
    """Nothing but words for people comes of garbage: no traceback, and no answer made up."""
    made = on.writing().create(NEW)
    project = on.reading()
    questions: tuple[Callable[[], object], ...] = (
        lambda: project.pull_request(1),
        lambda: project.pull_requests(SOURCE, TARGET),
        lambda: project.pull_requests_of("a" * 40),
        lambda: project.reviews(made),
        lambda: project.runs("a" * 40),
        lambda: project.comments(made),
    )
    for body in WRONG:
        allowed = ("unexpected", "not-json", "()" if body in NOTHING else "", "comments")
        for number, ask in enumerate(questions):
            on.server.faults.clear()
            on.server.fail(*[Fault(said=Said(200, body))] * 4)
            assert outcome(ask) in allowed, (body, number)


NOTHING: tuple[object, ...] = ([], {})


def outcome(ask: Callable[[], object]) -> str:
    """The code of the error, or the answer in short."""
    try:
        answer = ask()
    except ForgeError as error:
        return error.code
    return "comments" if isinstance(answer, tuple) and answer and isinstance(answer[0], Comment) else repr(answer)


def test_a_project_that_cannot_be_one(tmp_path: Path) -> None:
    for kind in KINDS:
        with stage(kind, tmp_path / kind) as on:
            for name in ("", "acme", "acme/..", "../x"):
                on.project.path = name
                if kind == "gitlab" and name:
                    continue
                with pytest.raises(ForgeError, match="bad-name"):
                    on.reading()


def test_tokens_of_each_kind() -> None:
    from auditor.forges.tokens import Token

    token = Token("s3cret-token")
    assert FORGES["github"].headers(token)["Authorization"] == "Bearer s3cret-token"
    assert FORGES["gitlab"].headers(token)["PRIVATE-TOKEN"] == "s3cret-token"
    assert FORGES["gitea"].headers(token)["Authorization"] == "token s3cret-token"
    assert FORGES["bitbucket-server"].headers(token)["Authorization"] == "Bearer s3cret-token"
    assert FORGES["bitbucket-cloud"].headers(token)["Authorization"] == "Bearer s3cret-token"
    assert FORGES["bitbucket-cloud"].headers(Token("me@x.example:pass"))["Authorization"].startswith("Basic bWVA")
    assert FORGES["azure"].headers(token)["Authorization"] == "Basic OnMzY3JldC10b2tlbg=="
    assert FORGES["azure"].headers(Token("eyJhbG.eyJzdW.c2ln"))["Authorization"] == "Bearer eyJhbG.eyJzdW.c2ln"


def test_commits_are_compared_whole_or_abbreviated() -> None:
    whole = "0123456789abcdef0123456789abcdef01234567"
    assert same_commit(whole, whole.upper())
    assert same_commit(whole[:12], whole)
    assert not same_commit(whole[:11], whole)
    assert not same_commit(None, None)
    assert not same_commit(whole[:12] + "0", whole)
