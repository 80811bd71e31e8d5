"""What many commits change, as one git process tells it: what comparing trees tells, lost trees included."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from auditor.errors import RepositoryError
from auditor.git import process
from auditor.git.changes import Changes, additions, each
from auditor.git.store import Store, open_store
from tests.build import Repo

NAMES = ("a.txt", ":100644 100644 a b M", "0" * 40, "deep/er/b.txt", "new\nline", 'tab\t"q"', "\udcff.bin")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, list[str]]:
    repo = Repo(tmp_path_factory.mktemp("changes") / "r")
    commits = []
    for number in range(14):
        names = (NAMES[number % len(NAMES)], NAMES[number * 3 % len(NAMES)])
        commits.append(repo.commit("work", {} if number == 4 else dict.fromkeys(names, f"{number}\n")))
    return repo, commits


@pytest.fixture
def stores(history: tuple[Repo, list[str]], tmp_path: Path) -> Iterator[tuple[Store, Store, Repo]]:
    """A copy of the repository to break: compared in this process, and by git."""
    repo = Repo(shutil.copytree(history[0].path, tmp_path / "copy"))
    with open_store(repo.path) as quick, open_store(repo.path) as asking:
        asking.small = False
        yield quick, asking, repo


def steps(commits: list[str]) -> list[str]:
    return [commits[0], *(f"{after} {before}" for before, after in pairwise(commits))]


def lose_tree(repo: Repo, commit: str) -> None:
    tree = repo.git("cat-file", "commit", commit).split()[1]
    (repo.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink(missing_ok=True)


@pytest.mark.parametrize("lost", [(), (0,), (6,), (6, 7), (13,), (0, 3, 5, 12, 13), tuple(range(14))])
def test_one_process_says_what_comparing_trees_says(
    stores: tuple[Store, Store, Repo], history: tuple[Repo, list[str]], lost: tuple[int, ...]
) -> None:
    quick, asking, repo = stores
    commits = history[1]
    for number in lost:
        lose_tree(repo, commits[number])
    expected = list(each(quick, steps(commits)))
    assert list(each(asking, steps(commits))) == expected
    unknown = {n for n in range(14) if expected[n] is None}
    assert unknown >= set(lost) - {4}
    assert unknown <= {*lost, *(n + 1 for n in lost), *((5,) if 3 in lost else ())} | ({4} if 3 in lost else set())


@pytest.mark.parametrize("paths", [NAMES[:1], NAMES[1:3], (*NAMES, *(f"none{n}" for n in range(9)))])
def test_of_some_paths_only(
    stores: tuple[Store, Store, Repo], history: tuple[Repo, list[str]], paths: tuple[str, ...]
) -> None:
    quick, asking, repo = stores
    lose_tree(repo, history[1][8])
    questions = steps(history[1])
    assert list(each(asking, questions, paths)) == list(each(quick, questions, paths))
    assert {c.path for changes in each(asking, questions, paths) for c in changes or ()} == set(paths) & set(NAMES)


def test_additions(stores: tuple[Store, Store, Repo], history: tuple[Repo, list[str]]) -> None:
    quick, asking, repo = stores
    lose_tree(repo, history[1][9])
    questions = steps(history[1])
    found = list(additions(asking, questions))
    assert found == list(additions(quick, questions))
    assert sum(len(changes or ()) for changes in found) == len(NAMES)


def test_a_folder_in_the_place_of_a_file_is_not_that_file(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    first = repo.commit("work", {"a": "1\n", "b": "1\n"})
    second = repo.commit("work", {"a": None, "b": "2\n"})
    others = [repo.commit("work", {"a/x": f"{n}\n"}) for n in range(4)]
    questions = steps([first, second, *others])

    def asked(*, small: bool) -> list[Changes | None]:
        with open_store(repo.path) as store:
            store.small = small
            return list(each(store, questions, ("a",)))

    assert asked(small=False) == asked(small=True)
    assert [len(changes or ()) for changes in asked(small=False)] == [1, 1, 0, 0, 0, 0]


def test_a_commit_that_is_not_there_takes_no_others_place(
    stores: tuple[Store, Store, Repo], history: tuple[Repo, list[str]]
) -> None:
    _, asking, _ = stores
    commits = history[1]
    found = list(each(asking, [*commits[:3], "1" * 40, *commits[3:]]))
    assert found[3] is None
    assert [*found[:3], *found[4:]] == list(each(asking, commits))


def test_fields_are_told_as_they_come_and_failure_after_them(history: tuple[Repo, list[str]], tmp_path: Path) -> None:
    repo, commits = history
    told = process.fields(repo.path / ".git", "ls-tree", "-z", "--name-only", commits[-1])
    assert next(told).decode() == min(NAMES[:6])
    del told
    with pytest.raises(RepositoryError, match="diff-tree"):
        list(process.fields(tmp_path, "diff-tree", "--stdin", stdin=b""))
