"""Objects made by hand are read as git reads them, and where git cannot, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.errors import RepositoryError
from auditor.git import commits
from tests.build import Repo, back_merge, hotfix, protocol
from tests.judged import audit, pair, told

PERSON = b"A <a@example.com> 1800000000 +0000"
PEOPLE = b"author " + PERSON + b"\ncommitter " + PERSON + b"\n"
# In these texts the letters stand for ids: a tree, two parents, one of them in capitals, and one that is no commit.
READ = {
    "a root": b"tree T\n" + PEOPLE + b"\nx\n",
    "two parents": b"tree T\nparent P\nparent Q\n" + PEOPLE + b"\nx\n",
    "one parent twice": b"tree T\nparent P\nparent P\n" + PEOPLE + b"\nx\n",
    "a parent below the author": b"tree T\nauthor " + PERSON + b"\nparent P\ncommitter " + PERSON + b"\n\nx\n",
    "a parent below all": b"tree T\nparent P\n" + PEOPLE + b"parent Q\n\nx\n",
    "a parent after a second tree": b"tree T\nparent P\ntree T\nparent Q\n" + PEOPLE + b"\nx\n",
    "a parent in the message": b"tree T\nparent P\n" + PEOPLE + b"\nparent Q\n",
    "a parent in capitals": b"tree T\nparent U\n" + PEOPLE + b"\nx\n",
    "parents in a merged tag": b"tree T\nparent P\n" + PEOPLE + b"mergetag object Q\n type commit\n parent Q\n\nx\n",
    "a parent in a signature": b"tree T\nparent P\n" + PEOPLE + b"gpgsig -----BEGIN\n parent Q\nparent Q\n\nx\n",
    "a blank before the parent": b"tree T\n parent P\n" + PEOPLE + b"\nx\n",
    "no message": b"tree T\nparent P\n" + PEOPLE,
    "nobody": b"tree T\nparent P\n\nx\n",
    "a NUL among the headers": b"tree T\nparent P\nauthor A\0B <a@b> 1 +0000\ncommitter " + PERSON + b"\n\nx\n",
    "line ends of another system, later": b"tree T\nparent P\n" + PEOPLE.replace(b"\n", b"\r\n") + b"\r\nx\r\n",
}
REFUSED = {
    "an abbreviated parent": b"tree T\nparent dr\n" + PEOPLE + b"\nx\n",
    "a parent too short": b"tree T\nparent S\n" + PEOPLE + b"\nx\n",
    "a parent too long": b"tree T\nparent P0\n" + PEOPLE + b"\nx\n",
    "a parent with no hexadecimal": b"tree T\nparent " + b"g" * 40 + b"\n" + PEOPLE + b"\nx\n",
    "the second parent": b"tree T\nparent P\nparent main\n" + PEOPLE + b"\nx\n",
    "a NUL in a parent": b"tree T\nparent S\0\n" + PEOPLE + b"\nx\n",
    "line ends of another system": b"tree T\r\nparent P\r\n" + PEOPLE + b"\r\nx\r\n",
    "line ends of another system in a parent": b"tree T\nparent P\r\n" + PEOPLE + b"\nx\n",
    "no tree": b"parent P\n" + PEOPLE + b"\nx\n",
    "a tree that is no id": b"tree main\nparent P\n" + PEOPLE + b"\nx\n",
    "the parent before the tree": b"parent P\ntree T\n" + PEOPLE + b"\nx\n",
    "a tree and no more": b"tree T\n",
    "nothing": b"",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev", "dr"))


def made(repo: Repo, kind: str, text: bytes) -> str:
    return repo.git("hash-object", "-t", kind, "-w", "--literally", "--stdin", stdin=text)


def pointed(repo: Repo, branch: str, oid: str) -> None:
    """Points a branch at what git itself would refuse."""
    (repo.path / ".git" / "refs" / "heads" / branch).write_text(oid + "\n")


def filled(repo: Repo, text: bytes) -> bytes:
    """A commit's text with ids in the place of letters."""
    tree, one, other = repo.oid("main^{tree}"), repo.oid("main"), repo.oid("main~1")
    ids = {b" T": tree, b" P": one, b" Q": other, b" U": one.upper(), b" S": one[:39]}
    for letter, oid in ids.items():
        for end in (b"\n", b"\r", b"0", b"\0"):
            text = text.replace(letter + end, b" " + oid.encode() + end)
    return text


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_parents_and_time_are_what_git_reads(repo: Repo, text: bytes) -> None:
    raw = filled(repo, text)
    oid = made(repo, "commit", raw)
    parents, when = commits.parents_and_time(raw)
    time, _, *above = repo.git("rev-list", "--parents", "--timestamp", "-1", oid).split()
    assert parents == above
    # Of a commit whose author and committer are torn apart git knows the time, and does not go by it.
    assert when == int(time) or (time == "0" and str(when) == repo.git("log", "-1", "--format=%ct", oid))
    assert commits.tree(raw) == repo.oid("main^{tree}")


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_git_refuses_is_no_commit(repo: Repo, text: bytes) -> None:
    raw = filled(repo, text)
    assert repo.run("rev-list", "--parents", made(repo, "commit", raw)).returncode
    with pytest.raises(RepositoryError):
        commits.parents_and_time(raw)


def test_people_and_title_come_from_their_own_headers() -> None:
    head = b"tree " + b"a" * 40 + b"\n"
    twice = head + PEOPLE.replace(b"\ncommitter", b"\nauthor B <b@b> 5 +0000\ncommitter") + b"\nx\n"
    assert commits.authored(twice) == (b"A", b"1800000000")
    assert commits.parse_commit(twice).author == "A <a@example.com>"
    within = head + b"\nTitle\n\nauthor B <b@b> 5 +0000\ncommitter B <b@b> 5 +0000\n"
    assert commits.authored(within) == (b"", b"")
    assert commits.address(within) == b""
    assert commits.parents_and_time(within) == ([], 0)
    assert commits.parse_commit(within).author == ""
    signed = head + PEOPLE + b"gpgsig x\n author B <b@b> 5 +0000\n committer B <b@b> 5 +0000\n \n end\n\nTitle\n"
    assert commits.parse_commit(signed) == commits.Commit("A <a@example.com>", 1800000000, "Title")


@pytest.mark.parametrize(
    "line",
    [b"A <a@b> 12 +0000", b"A <a@b>12", b"A <a@b>  12 +0000", b"A a@b 12 +0000", b"A <a@b>"],
)
def test_the_time_stands_behind_the_address(repo: Repo, line: bytes) -> None:
    raw = filled(repo, b"tree T\nauthor " + line + b"\ncommitter " + line + b"\n\nx\n")
    time = repo.git("rev-list", "--timestamp", "-1", made(repo, "commit", raw)).split()[0]
    assert commits.parents_and_time(raw)[1] == int(time)


def test_more_digits_than_any_clock_has() -> None:
    who = b"A <a@b> " + b"9" * 5000 + b" +0000"
    raw = b"tree " + b"a" * 40 + b"\nauthor " + who + b"\ncommitter " + who + b"\n\nx\n"
    assert commits.parents_and_time(raw)[1] == 0
    assert commits.parse_commit(raw).authored_at == 0


def test_a_parent_below_the_author_brings_nothing(repo: Repo) -> None:
    landed = hotfix(repo)
    text = f"tree {repo.oid('dev^{tree}')}\nparent {repo.oid('dev')}\n".encode() + PEOPLE
    repo.git("update-ref", "refs/heads/dev", made(repo, "commit", text + f"parent {landed.merge}\n\nx\n".encode()))
    assert told(repo) == ("missing", None)


def test_a_parent_in_capitals_is_the_same_commit(repo: Repo) -> None:
    hotfix(repo)
    raw = f"tree {repo.oid('main^{tree}')}\nparent {repo.oid('main').upper()}\n".encode() + PEOPLE + b"\nx\n"
    repo.git("update-ref", "refs/heads/dev", made(repo, "commit", raw))
    assert told(repo) == ("present", "merge")


@pytest.mark.parametrize("later", [False, True])
def test_a_malformed_commit_costs_its_own_branch(repo: Repo, later: bool) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dr")
    odd = made(repo, "commit", filled(repo, b"tree T\nparent dr\n" + PEOPLE + b"\nx\n"))
    top = f"tree {repo.oid('dev^{tree}')}\nparent {odd}\n".encode() + PEOPLE + b"\nx\n"
    pointed(repo, "dev", made(repo, "commit", top) if later else odd)
    found = audit(repo, branches=["dev", "dr"])
    assert pair(found, "v2.3.1", "dev").status == "unknown"
    assert pair(found, "v2.3.1", "dr").status == "present"
    assert [e.code for e in found.errors] == ["objects-missing"]
    assert odd in found.errors[0].detail


def test_a_malformed_commit_in_a_hotfix(repo: Repo) -> None:
    hotfix(repo)
    tree = repo.oid("main^{tree}")
    odd = made(repo, "commit", f"tree {tree}\nparent main\n".encode() + PEOPLE + b"\nx\n")
    top = made(repo, "commit", f"tree {tree}\nparent {repo.oid('main')}\nparent {odd}\n".encode() + PEOPLE + b"\nx\n")
    pointed(repo, "main", top)
    (repo.path / ".git" / "refs" / "tags" / "v2.3.2").write_text(top + "\n")
    found = audit(repo, branches=["dev"])
    assert pair(found, "v2.3.2", "dev").status == "unknown"
    assert pair(found, "v2.3.1", "dev").status == "missing"
    assert [e.code for e in found.errors] == ["objects-missing"]


def test_a_malformed_tag_peels_to_nothing(repo: Repo) -> None:
    hotfix(repo)
    text = f"type commit\nobject {repo.oid('main')}\ntag v2.3.2\ntagger ".encode() + PERSON + b"\n\nx\n"
    odd = made(repo, "tag", text)
    (repo.path / ".git" / "refs" / "tags" / "v2.3.2").write_text(odd + "\n")
    found = audit(repo, branches=["dev"])
    assert pair(found, "v2.3.1", "dev").status == "missing"
    assert [(e.code, odd in e.detail) for e in found.errors] == [("objects-missing", True)]


def test_a_tag_that_names_its_commit_in_capitals(repo: Repo) -> None:
    hotfix(repo, annotated=False)
    repo.git("tag", "-d", "v2.3.1")
    text = f"object {repo.oid('main').upper()}\ntype commit\ntag v2.3.1\ntagger ".encode() + PERSON + b"\n\nx\n"
    repo.git("update-ref", "refs/tags/v2.3.1", made(repo, "tag", text))
    assert told(repo) == ("missing", None)
