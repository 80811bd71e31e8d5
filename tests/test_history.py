"""Ancestry, bounds and merge bases, held to brute force over random graphs with skewed dates."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.git.history import History, read_history
from auditor.git.store import open_store
from auditor.presence.scene import Line, Scene
from tests.build import Repo

graphs = st.integers(2, 24).flatmap(
    lambda n: st.tuples(
        *(st.lists(st.integers(0, max(0, i - 1)), max_size=3 if i else 0, unique=True) for i in range(n))
    )
)


def history_of(graph: tuple[list[int], ...]) -> History:
    history = History()
    for number in range(len(graph)):
        history.add(f"{number:040x}")
    history.parents = [tuple(p) for p in graph]
    history.sort()
    return history


def brute(graph: tuple[list[int], ...], number: int) -> set[int]:
    found = {number}
    for parent in graph[number]:
        found |= brute(graph, parent)
    return found


@settings(max_examples=300, deadline=None)
@given(graphs)
def test_masks_and_ancestors(graph: tuple[list[int], ...]) -> None:
    history = history_of(graph)
    masks = history.masks([[n] for n in range(len(graph))])
    for number in range(len(graph)):
        below = brute(graph, number)
        assert history.ancestors(number) == below
        assert {n for n in range(len(graph)) if masks[n] >> number & 1} == below
        assert {n for n in range(len(graph)) if history.has(number, n)} == below


@settings(max_examples=300, deadline=None)
@given(graphs)
def test_merge_bases(graph: tuple[list[int], ...]) -> None:
    history = history_of(graph)
    pairs = [(one, other) for one in range(len(graph)) for other in range(len(graph))]
    for (one, other), found in zip(pairs, history.merge_bases(pairs), strict=True):
        common = brute(graph, one) & brute(graph, other)
        assert set(found) == {c for c in common if not any(c in brute(graph, d) for d in common - {c})}


@settings(max_examples=300, deadline=None)
@given(graphs)
def test_one_pair_has_the_bases_that_many_have(graph: tuple[list[int], ...]) -> None:
    history = history_of(graph)
    pairs = [(one, other) for one in range(len(graph)) for other in range(len(graph))]
    many = history.merge_bases([*pairs, *([(0, 0)] * 9)])
    assert [history.merge_bases([pair])[0] for pair in pairs] == many[: len(pairs)]


@settings(max_examples=300, deadline=None)
@given(graphs, st.sets(st.integers(0, 23)))
def test_tops(graph: tuple[list[int], ...], numbers: set[int]) -> None:
    history = history_of(graph)
    some = {n for n in numbers if n < len(graph)}
    found = history.tops(some)
    assert set(found) == {n for n in some if not any(n in brute(graph, d) for d in some - {n})}
    assert found == sorted(found, key=history.order.index)


@settings(max_examples=300, deadline=None)
@given(graphs)
def test_where_a_branch_parted_from_what_it_merged(graph: tuple[list[int], ...]) -> None:
    history = history_of(graph)
    tip = len(graph) - 1
    line = Line("dev", history.ids[tip], tip, 0, short=False)
    scene = Scene(None, history, line, [], [], lambda _: True)  # type: ignore[arg-type]
    for number in scene.arrivals(line)[0]:
        above = history.parents[number]
        if len(above) > 1:
            assert scene.parted(line, number) == scene.bases((above[0], above[1]))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=graphs, dates=st.lists(st.integers(0, 2**31), min_size=24, max_size=24))
def test_a_walk_finds_what_git_finds(tmp_path_factory: object, graph: tuple[list[int], ...], dates: list[int]) -> None:
    folder = tmp_path_factory.mktemp("graph")  # type: ignore[attr-defined]
    repo = Repo(folder)
    tree = repo.git("mktree", stdin=b"")
    oids: list[str] = []
    for number, parents in enumerate(graph):
        person = f"A <a@example.com> {dates[number]} +0000"
        above = "".join(f"parent {oids[p]}\n" for p in parents)
        text = f"tree {tree}\n{above}author {person}\ncommitter {person}\n\n{number}\n"
        oids.append(repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode()))
    with open_store(Path(folder)) as store:
        history = read_history(store, oids)
    for number, oid in enumerate(oids):
        said = subprocess.run(["git", "rev-list", oid], cwd=folder, capture_output=True, text=True, check=True)
        assert {history.ids[n] for n in history.ancestors(history.number[oid])} == set(said.stdout.split())
        assert history.time[history.number[oid]] == dates[number]
