"""`make sabotage` on a small history: it finds what it plants, and counts all."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.bench.sabotage import __main__ as sabotage
from tests.bench.sabotage import cut
from tests.bench.sabotage.pick import opened
from tests.bench.sabotage.story import build
from tests.build import PINNED, Repo

CASES = 24
WORDS = ("account", "basket", "carrier", "discount", "estimate", "freight", "gift", "handler", "invoice", "journal")
BODY = """\
def {word}_of(order):
    {word} = order.lookup("{word}")
    if not {word}.known:
        raise Unknown{word}(order.number)
    return {word}.{name}_price * order.{word}s


"""
FIXED = """\
def {word}_of(order):
    {word} = order.lookup("{word}", locked=True)
    if not {word}.known:
        log.warning("no {word} of %s", order)
        return default_{word}(order)
    if {word}.currency != order.{word}_currency:
        raise Foreign{word}(order.currency)
    return {word}.{name}_price * order.{word}s


"""


def text(name: str, fixed: int) -> str:
    """A module of which the first functions are fixed."""
    return "".join((FIXED if n < fixed else BODY).format(name=name, word=word) for n, word in enumerate(WORDS))


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fixes of two modules in turn, one function each, with a line of news."""
    repo = Repo(tmp_path_factory.mktemp("real") / "shop")
    repo.commit("Start", {f"src/{name}.py": text(name, 0) for name in ("cart", "stock")})
    for step, word in enumerate(WORDS):
        for name in ("cart", "stock"):
            news = {f"news/{name}-{step}.rst": f"The {word} of a {name} is locked.\n"}
            repo.commit(f"Fix {word} of {name}", {f"src/{name}.py": text(name, step + 1), **news})
    return repo.path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cases are built."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(sabotage, "_memory", lambda: str(folder))
    return folder


def run(history: Path, *more: str) -> int:
    return sabotage.main([str(history), "main", "--count", str(CASES), *more])


def counted(out: str) -> dict[str, list[int]]:
    """The numbers of each row of the table."""
    names = (*sabotage._ROWS.values(), "total")
    rows = {name: re.search(rf"^{name} ([ \d]+)$", out, re.MULTILINE) for name in names}
    return {name: [int(n) for n in row[1].split()] for name, row in rows.items() if row}


def test_all_is_counted(history: Path, temporary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Most of what is planted the audit sees; what it does not is told, kept, and in the table."""
    kept = tmp_path / "kept"
    status = run(history, "--keep", str(kept))
    out = capsys.readouterr().out
    told = [line for line in out.splitlines() if line.startswith("false present: ")]
    rows = counted(out)
    total = rows.pop("total")
    assert out.splitlines()[len(told)].split() == ["present", "reverted", "total"]
    assert len(rows) == 4
    assert all(row[-1] == sum(row[:-1]) for row in rows.values())
    assert total == [sum(column) for column in zip(*rows.values(), strict=True)]
    assert total[-1] == CASES
    assert rows["taken out"][0] == len(told) < rows["taken out"][1]
    assert rows["untouched"][0] == rows["untouched"][-1] >= CASES // 4
    assert out.endswith(f"\n{CASES} cases: {len(told)} false present, 0 false drift, 0 no verdict\n")
    assert status == (1 if told else 0)
    assert len(list(kept.glob("*"))) == len(told)
    assert not list(temporary.iterdir())


def test_a_seed_gives_the_same_cases(history: Path, tmp_path: Path) -> None:
    source = opened(history, "main")
    for seed in range(10):
        one, other = (build(source, tmp_path / f"{seed}-{n}", seed, sabotaged=True) for n in range(2))
        assert (one and (one.story, one.taken)) == (other and (other.story, other.taken))


def test_a_blind_auditor_is_seen(
    history: Path, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sabotage, "asked", lambda _: sabotage.Said("present", "all is well"))
    kept = tmp_path / "kept"
    assert run(history, "--keep", str(kept)) == 1
    out = capsys.readouterr().out
    told = [line for line in out.splitlines() if line.startswith("false present: ")]
    assert len(told) == counted(out)["taken out"][-1] > 0
    assert f"{len(told)} false present, 0 false drift" in out
    assert all(re.search(r" seed \d+, by [a-z -]+, taken out: \w+ of src/\w+\.py, .*: all is well$", t) for t in told)
    assert sorted(t.split(" seed ")[1].split(",")[0] for t in told) == sorted(
        k.name.split("-")[1] for k in kept.iterdir()
    )
    for folder, line in ((k, (k / "story").read_text().splitlines()[-1]) for k in kept.iterdir()):
        assert line in told
        assert (folder / "sabotage.diff").read_text().startswith("diff --git a/src/")
        assert is_owed_by_git(folder / "repository.git", tmp_path / "clone" / folder.name)
    assert not list(temporary.iterdir())


def is_owed_by_git(repository: Path, clone: Path) -> bool:
    """Whether a pick of the fix by plain git conflicts, or changes something."""
    subprocess.run(["git", "clone", "-q", "-b", "dev", repository, clone], env=PINNED, check=True)
    picked = subprocess.run(
        ["git", "cherry-pick", "-n", "v1.0.1"], cwd=clone, env=PINNED, capture_output=True, check=False
    )
    return (
        picked.returncode != 0
        or subprocess.run(["git", "diff", "--cached", "--quiet"], cwd=clone, check=False).returncode == 1
    )


def test_false_drift_and_no_verdict_are_seen(
    history: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sabotage, "asked", lambda _: sabotage.Said("missing", "never seen"))
    assert run(history) == 0
    out = capsys.readouterr().out
    assert out.count("false drift: ") == counted(out)["untouched"][-1]
    monkeypatch.setattr(sabotage, "asked", lambda _: sabotage.Said("", "unreadable"))
    assert run(history) == 1
    out = capsys.readouterr().out
    assert out.count("no verdict: ") == CASES
    assert "unreadable" in out


def test_each_way_and_style_comes_up(history: Path, tmp_path: Path) -> None:
    source = opened(history, "main")
    cases = []
    for seed in range(50):
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            cases.append(build(source, Path(folder), seed, sabotaged=True))
    taken = [case.taken for case in cases if case and case.taken]
    assert {t.way for t in taken} == set(cut.WAYS)
    assert len({t.style for t in taken}) == 4
    assert len({case.travelled for case in cases if case}) == 4


def test_a_history_too_short_or_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo = Repo(tmp_path / "r")
    repo.commit("Start", {"a.py": BODY})
    assert run(repo.path) == 1
    assert "\n0 cases: " in capsys.readouterr().out
    for path, ref, words in ((repo.path, "nowhere", "nowhere"), (tmp_path / "none", "main", "no such folder")):
        with pytest.raises(SystemExit, match=words):
            sabotage.main([str(path), ref])


@pytest.mark.parametrize(
    ("path", "before", "after", "counts"),
    [
        ("a.py", "x = 1\n", "x = 1\n# a long comment on it\n", False),
        ("a.py", "x = 1\n", "x = 1\n\n\n", False),
        (
            "a.py",
            'def f():\n    """Short."""\n    return 1\n',
            'def f():\n    """Much longer words."""\n    return 1\n',
            False,
        ),
        ("a.py", "def f():\n    return 1\n", 'def f():\n    """Much longer words."""\n    return 1\n', False),
        ("a.py", "x = 1\n", "x = 1\nregister(handler)\n", True),
        ("a.py", "print 'an older Python'\n", "print 'an older one still'\n", True),
        ("CHANGES.rst", "Version one\n", "Version two, with fixes\n", False),
        ("a.c", "int x;\n", "int x;\n/* what it is for */\n", False),
        ("a.c", "int x;\n", "int x;\nstart_worker(x);\n", True),
    ],
)
def test_what_is_worth_taking_out(path: str, before: str, after: str, counts: bool) -> None:
    assert cut.counts(path, before.encode(), after.encode()) is counts
    assert cut.counts(path, after.encode(), before.encode()) is counts
