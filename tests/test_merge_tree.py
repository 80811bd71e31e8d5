"""Merges and replays come to what plain git comes to in a clone: tree, conflict and paths, unlike libgit2 alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from auditor.git.bench import Bench, scratch
from auditor.git.merge_tree import Merged, is_there
from auditor.git.store import open_store
from tests.bench import prove_plan
from tests.build import LOGIN, Repo, hotfix, protocol

TEXT = [f"line {n}" for n in range(30)]


def body(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def by_git(repo: Repo, *command: str, onto: str) -> Merged:
    repo.git("checkout", "-q", "-f", "--detach", onto)
    done = repo.run(*command)
    paths = {line.partition("\t")[2] for line in repo.git("ls-files", "-u").splitlines()}
    repo.run(command[0], "--abort")
    if done.returncode and paths:
        return Merged(None, tuple(sorted(paths)))
    return Merged(repo.git("rev-parse", "HEAD^{tree}"))


def merged(repo: Repo, ours: str, theirs: str) -> Merged:
    """By the bench; what it made is a tree that git can read whole."""
    with open_store(repo.path) as store, Bench(store) as bench:
        found = bench.merge(ours, theirs)
        with scratch(tuple(store.folders), bench.take(), {}) as folder:
            if found.tree:
                repo.git("--git-dir", str(folder), "ls-tree", "-r", found.tree)
                assert repo.run("--git-dir", str(folder), "fsck", "--connectivity-only", found.tree).returncode == 0
        return found


def replayed(repo: Repo, fix: str, onto: str) -> Merged:
    with open_store(repo.path) as store, Bench(store) as bench:
        return bench.replay(bench.tree(f"{repo.oid(f'{fix}~1')}"), bench.tree(onto), bench.tree(fix))


def begun(folder: Path) -> Repo:
    repo = Repo(folder)
    repo.commit("Begin", {"old.txt": body(TEXT), "dir/a.txt": body(TEXT), "dir/b.txt": "b\n", "other.txt": "o\n"})
    repo.branch("dev")
    return repo


def test_a_conflict_in_a_file_that_main_renamed(tmp_path: Path) -> None:
    """libgit2 names both paths, git the one on the branch."""
    repo = begun(tmp_path / "r")
    repo.git("mv", "old.txt", "new.txt")
    repo.commit("Rename")
    fix = repo.commit("Fix", {"new.txt": body(["fixed", *TEXT[1:]])})
    repo.switch("dev")
    tip = repo.commit("Own", {"old.txt": body(["own", *TEXT[1:]])})
    found = replayed(repo, fix, tip)
    assert found == by_git(repo, "cherry-pick", fix, onto=tip)
    assert found.conflicts == ("old.txt",)
    assert merged(repo, tip, fix) == by_git(repo, "merge", "-q", "--no-ff", "--no-edit", fix, onto=tip)


def test_a_folder_that_was_renamed_takes_new_files_along(tmp_path: Path) -> None:
    """git asks a person where the new file belongs; libgit2 leaves it behind."""
    repo = begun(tmp_path / "r")
    fix = repo.commit("Fix", {"dir/new.txt": "n\n"})
    repo.switch("dev")
    repo.git("mv", "dir", "moved")
    tip = repo.commit("Move")
    found = merged(repo, tip, fix)
    assert found == by_git(repo, "merge", "-q", "--no-ff", "--no-edit", fix, onto=tip)
    assert found.conflicts == ("moved/new.txt",)


def test_histories_that_cross(tmp_path: Path) -> None:
    """Two best common ancestors: git merges these first."""
    repo = begun(tmp_path / "r")
    one = repo.commit("One", {"old.txt": body(["one", *TEXT[1:]])})
    repo.switch("dev")
    two = repo.commit("Two", {"old.txt": body([*TEXT[:-1], "two"])})
    repo.merge(one)
    tip = repo.commit("Own", {"dir/a.txt": body(["own", *TEXT[1:]])})
    repo.switch("main")
    repo.merge(two)
    fix = repo.commit("Fix", {"old.txt": body(["three", *TEXT[1:-1], "two"])})
    found = merged(repo, tip, fix)
    assert found.tree
    assert found == by_git(repo, "merge", "-q", "--no-ff", "--no-edit", fix, onto=tip)


def change(repo: Repo, chance: random.Random, mark: int) -> None:
    """Anything that people do to files."""
    names = [n for n in repo.git("ls-files").splitlines() if n != "keep"]
    name = chance.choice(names) if names else "keep"
    what = chance.choice(("edit", "edit", "edit", "rename", "delete", "add", "swap"))
    if what == "rename" and name != "keep":
        target = f"{chance.choice(('', 'dir/', 'new/'))}n{mark}.txt"
        (repo.path / target).parent.mkdir(exist_ok=True)
        repo.git("mv", name, target)
        repo.commit(f"Rename {mark}")
    elif what == "delete" and len(names) > 2:
        repo.git("rm", "-q", name)
        repo.commit(f"Delete {mark}")
    elif what == "add":
        repo.commit(f"Add {mark}", {f"dir/add{mark % 4}.txt": body([*TEXT[: chance.randrange(4, 30)], str(mark)])})
    else:
        lines = (repo.path / name).read_text().splitlines() if (repo.path / name).exists() else list(TEXT)
        at = chance.randrange(len(lines))
        lines[at : at + chance.randrange(3)] = [f"edit {chance.randrange(3)}"]
        repo.commit(f"Edit {mark}", {name: body(lines)})


@pytest.mark.parametrize("seed", range(25))
def test_random_histories(seed: int, tmp_path: Path) -> None:
    """Edits, renames, deletions, and merges to and fro."""
    chance = random.Random(seed)
    repo = begun(tmp_path / "r")
    for mark in range(12):
        repo.switch(chance.choice(("main", "dev")))
        change(repo, chance, mark)
        if chance.random() < 0.25:
            other = {"main": "dev", "dev": "main"}[repo.git("branch", "--show-current")]
            if repo.run("merge", "-q", "--no-edit", other).returncode:
                repo.git("merge", "--abort")
    tip, fix = repo.oid("dev"), repo.oid("main")
    for ours, theirs in ((tip, fix), (fix, tip)):
        if repo.run("merge-base", "--is-ancestor", theirs, ours).returncode:
            assert merged(repo, ours, theirs) == by_git(repo, "merge", "-q", "--no-ff", "--no-edit", theirs, onto=ours)
    if len(repo.git("log", "-1", "--format=%P", fix).split()) == 1:
        assert replayed(repo, fix, tip) == by_git(repo, "cherry-pick", "--allow-empty", fix, onto=tip)


def test_an_older_git_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version, there in (("2.31.0", False), ("2.37.9", False), ("2.38.0", True), ("3.0.rc1", True)):
        monkeypatch.setattr("auditor.git.process.version", lambda v=version: v)
        is_there.cache_clear()
        assert is_there() is there
    monkeypatch.setattr("auditor.git.process.version", lambda: "2.31.0")
    is_there.cache_clear()
    repo = begun(tmp_path / "r")
    fix = repo.commit("Fix", {"old.txt": body(["fixed", *TEXT[1:]])})
    repo.switch("dev")
    tip = repo.commit("Own", {"other.txt": "own\n"})
    assert merged(repo, tip, fix) == by_git(repo, "merge", "-q", "--no-ff", "--no-edit", fix, onto=tip)
    is_there.cache_clear()


def test_a_whole_plan_is_made_again_by_plain_git(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `make prove-plan` does with a real history; it sees a plan that git does not bear out."""
    repo = protocol(tmp_path / "r", branches=("dev", "qa"))
    hotfix(repo)
    repo.switch("qa")
    repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")})
    assert prove_plan.main(tmp_path / "proof", str(repo.path), "main", "dev qa old=v2.3.1~1") == 0
    assert "3 drifting pairs" in capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prove_plan, "planned", lambda *_: prove_plan.Outcome("0" * 40))
        assert prove_plan.main(tmp_path / "proof", str(repo.path), "main", "dev qa") == 1
    assert "2 differ from plain git" in capsys.readouterr().out
