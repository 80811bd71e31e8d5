"""Objects made by hand are read as git reads them, and where git cannot, nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from auditor.errors import RepositoryError
from auditor.git import commits
from tests.build import CART, HOUR, Repo, back_merge, hotfix, protocol
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


# A tree entry: its mode, name and object.
Entry = tuple[str, str, str]


def folder(repo: Repo, *entries: Entry) -> str:
    """A tree of just these entries, in just this order."""
    raw = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    return made(repo, "tree", raw)


def entries(repo: Repo, tree: str) -> list[Entry]:
    """What a tree has, as `git ls-tree` tells it."""
    lines = (line.split(None, 3) for line in repo.git("ls-tree", tree).splitlines())
    return [(mode.lstrip("0"), name, oid) for mode, _, oid, name in lines]


def with_source(repo: Repo, rev: str, *source: Entry) -> str:
    """The tree of a commit with another folder `src`."""
    inner = folder(repo, *source)
    return folder(repo, *((m, n, inner if n == "src" else o) for m, n, o in entries(repo, rev)))


def committed(repo: Repo, branch: str, tree: str, message: str = "Mend it otherwise") -> str:
    oid = repo.git("commit-tree", tree, "-p", branch, "-m", message)
    repo.git("update-ref", f"refs/heads/{branch}", oid)
    repo.clock += HOUR
    return oid


def sources(repo: Repo) -> tuple[Entry, Entry, Entry]:
    """The other file of the folder, and the file that is fixed: before and after."""
    cart, old, new = (repo.oid(rev) for rev in ("dev:src/cart.py", "v2.3.0:src/login.py", "v2.3.1:src/login.py"))
    return ("100644", "cart.py", cart), ("100644", "login.py", old), ("100644", "login.py", new)


def doubled(repo: Repo, how: str) -> str:
    """A tree that has the fix, or has it not, as one reads it."""
    cart, old, new = sources(repo)
    inner = folder(repo, ("100644", "x", old[2]))
    within = {
        "fixed first": (cart, new, old),
        "fixed last": (cart, old, new),
        "apart": (new, cart, old),
        "a folder, too": (cart, new, ("40000", "login.py", inner)),
        "a folder, too, apart": (cart, new, ("100644", "login.py.orig", old[2]), ("40000", "login.py", inner)),
        "in disorder": (new, cart),
        "the same twice": (cart, new, new),
    }
    if how in within:
        return with_source(repo, "dev", *within[how])
    there, fixed = entries(repo, "dev"), folder(repo, cart, new)
    if how == "two folders":
        return folder(repo, *there, ("40000", "src", fixed))
    return folder(
        repo, *(e for e in there if e[1] != "src"), ("40000", "src", fixed), ("100644", "src/login.py", old[2])
    )


HOW = (
    "fixed first", "fixed last", "apart", "a folder, too", "a folder, too, apart", "in disorder", "the same twice",
    "two folders", "a path for a name",
)  # fmt: skip


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("merged", [False, True])
def test_a_file_that_can_be_read_in_two_ways_is_unknown(repo: Repo, how: str, merged: bool) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dr", *(["dev"] if merged else []))
    committed(repo, "dev", doubled(repo, how))
    found = audit(repo, branches=["dev", "dr"])
    verdict = pair(found, "v2.3.1", "dev")
    assert verdict.status == "unknown"
    assert "malformed: src/login.py in" in verdict.fixes[0].evidence.detail
    assert pair(found, "v2.3.1", "dr").status == "present"


def test_other_files_of_such_a_folder_are_judged(repo: Repo) -> None:
    hotfix(repo, files={"src/cart.py": CART.replace("value = 0", "value = 1")})
    back_merge(repo, "main", "dev", "dr")
    cart = ("100644", "cart.py", repo.oid("dev:src/cart.py"))
    login = ("100644", "login.py", repo.oid("dev:src/login.py"))
    committed(repo, "dev", with_source(repo, "dev", cart, login, ("100644", "login.py", cart[2])))
    assert told(repo) == ("present", "merge")
    committed(repo, "dr", with_source(repo, "dr", login, cart))
    assert pair(audit(repo, branches=["dr"]), "v2.3.1", "dr").status == "unknown"


@pytest.mark.parametrize("how", HOW)
def test_evidence_that_can_be_read_in_two_ways_is_none(repo: Repo, how: str) -> None:
    hotfix(repo)
    committed(repo, "dev", doubled(repo, how), "Fix login-crash")
    repo.switch("hotfix/other", "dr")
    repo.commit("Write it anew", {"src/login.py": "def login(user, password):\n    return ask(user, password)\n"})
    committed(repo, "dev", repo.oid("HEAD^{tree}"), "Write it anew")
    assert pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").status in ("unknown", "missing", "reverted")


def test_a_fix_on_main_that_can_be_read_in_two_ways(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    committed(repo, "main", doubled(repo, "fixed first"))
    repo.tag("v2.3.2", at="main")
    repo.git("branch", "-f", "dr", "main")
    found = audit(repo, branches=["dev", "dr"])
    assert {v.status.value for _, v in found.pairs()} == {"unknown"}
    assert all("malformed" in f.evidence.detail for _, v in found.pairs() for f in v.fixes if f.status == "unknown")


def nested(repo: Repo, depth: int, blob: str) -> str:
    """A tree of so many folders, one inside the other, around a file."""
    odb = pygit2.Odb(str(repo.path / ".git" / "objects"))
    mode, name, oid = b"100644", b"f", bytes.fromhex(blob)
    for _ in range(depth):
        oid = bytes.fromhex(str(odb.write(pygit2.enums.ObjectType.TREE, mode + b" " + name + b"\0" + oid)))
        mode, name = b"40000", b"d"
    return oid.hex()


def with_deep(repo: Repo, rev: str, tree: str) -> str:
    return folder(repo, *sorted([*entries(repo, rev), ("40000", "d", tree)], key=lambda e: e[1]))


# Git itself goes no deeper than 2048 folders, where it knows a limit.
@pytest.mark.parametrize("depth", [1200, 2500])
@pytest.mark.parametrize("small", [True, False])
def test_a_file_in_ever_so_many_folders(repo: Repo, depth: int, small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not small:
        monkeypatch.setattr("auditor.git.store._SMALL", 0)
    hotfix(repo)
    back_merge(repo, "main", "dr")
    old, new = (nested(repo, depth, sources(repo)[at][2]) for at in (1, 2))
    for branch in ("dev", "dr", "main"):
        committed(repo, branch, with_deep(repo, branch, old))
    repo.tag("v2.4.0", at="main")
    committed(repo, "main", with_deep(repo, "main~1", new))
    repo.tag("v2.4.1", at="main")
    committed(repo, "dr", with_deep(repo, "dr~1", new))
    found = audit(repo, branches=["dev", "dr"])
    known = [[pair(found, tag, branch).status.value for branch in ("dev", "dr")] for tag in ("v2.3.1", "v2.4.1")]
    assert known[0] == ["missing", "present"]
    assert known[1] == ["missing", "present"] or (depth > 2000 and known[1] == ["unknown", "unknown"])
    assert not found.errors
