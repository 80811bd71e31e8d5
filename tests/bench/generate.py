"""Generates histories to time, by `git fast-import`, the same each time."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

BRANCHES = ("dev", "qa", "ppd", "dr")
_START = 1_500_000_000
_PERSON = b"A <a@example.com> %d +0000"
_LINES = 40


class Stream:
    """A fast-import stream that keeps what each file holds."""

    def __init__(self, files: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.out: list[bytes] = []
        self.mark = 0
        self.paths = [f"src/p{n % 40}/m{n % 13}/f{n}.py" for n in range(files)]
        self.text = {p: [f"{p} line {n}" for n in range(_LINES)] for p in self.paths}

    def commit(self, ref: str, message: str, files: dict[str, list[str]], *parents: int) -> int:
        """A commit with whole files; returns its mark."""
        self.mark += 1
        when = _PERSON % (_START + self.mark * 600)
        said = message.encode()
        self.out.append(b"commit %s\nmark :%d\nauthor %s\ncommitter %s\n" % (ref.encode(), self.mark, when, when))
        self.out.append(b"data %d\n%s\n" % (len(said), said))
        for word, parent in zip((b"from", b"merge", b"merge"), parents, strict=False):
            self.out.append(b"%s :%d\n" % (word, parent))
        for path, lines in files.items():
            data = "\n".join(lines).encode() + b"\n"
            self.out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        return self.mark

    def edit(self, path: str, word: str) -> list[str]:
        """One line of a file changed, somewhere."""
        lines = self.text[path] = list(self.text[path])
        lines[self.random.randrange(_LINES)] = f"{word} {self.random.random()}"
        return lines

    def tag(self, name: str, mark: int) -> None:
        when = _PERSON % (_START + self.mark * 600)
        self.out.append(b"tag %s\nfrom :%d\ntagger %s\ndata 1\nx\n" % (name.encode(), mark, when))

    def write(self, path: Path) -> Path:
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
        command = ["git", "-C", str(path), "fast-import", "--quiet"]
        subprocess.run(command, input=b"".join(self.out), check=True)
        return path


def large(path: Path, commits: int = 80_000, hotfixes: int = 250) -> Path:
    """A long main with release series; hotfixes merged to the branches, picked, or forgotten."""
    if path.exists():
        return path
    return _history(commits, hotfixes, 5_000, 1).write(path)


def fleet(folder: Path, count: int, commits: int = 200) -> list[Path]:
    """Small repositories of twenty hotfixes each."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"r{n}.git" for n in range(count)]
    return [p if p.exists() else _history(commits, 20, 30, n).write(p) for n, p in enumerate(paths)]


def _history(commits: int, hotfixes: int, files: int, seed: int) -> Stream:
    stream = Stream(files, seed)
    main = stream.commit("refs/heads/main", "start", stream.text)
    tips = dict.fromkeys(BRANCHES, main)
    owed: dict[str, set[str]] = {branch: set() for branch in BRANCHES}
    stream.tag("v1.0.0", main)
    every = max(4, commits // hotfixes)
    for number in range(hotfixes):
        for _ in range(every - 6):
            path = stream.random.choice(stream.paths)
            main = stream.commit("refs/heads/main", f"work on {path}", {path: stream.edit(path, "work")}, main)
            _owe(owed, path)
        stream.tag(f"v{number + 2}.0.0", main)
        path = stream.random.choice(stream.paths)
        fixed = {path: stream.edit(path, "fix")}
        fix = stream.commit("refs/heads/hotfix", f"fix {path}", fixed, main)
        main = stream.commit("refs/heads/main", "Merge branch 'hotfix/x'", fixed, main, fix)
        _owe(owed, path)
        stream.tag(f"v{number + 2}.0.1", main)
        for branch in BRANCHES:
            tips[branch] = _carry(stream, branch, tips[branch], main, fixed, owed[branch], hotfixes - number)
    for branch, tip in tips.items():
        stream.out.append(b"reset refs/heads/%s\nfrom :%d\n\n" % (branch.encode(), tip))
    return stream


def _owe(owed: dict[str, set[str]], path: str) -> None:
    for paths in owed.values():
        paths.add(path)


def _carry(
    stream: Stream, branch: str, tip: int, main: int, fixed: dict[str, list[str]], owed: set[str], left: int
) -> int:
    """Hotfixes are merged back; the last eight of them are picked to qa and dr, and dr forgets every other."""
    ref = f"refs/heads/{branch}"
    if branch in ("dev", "ppd") or left > 8:
        files = {path: stream.text[path] for path in sorted(owed)}
        owed.clear()
        return stream.commit(ref, "Merge branch 'main'", files, tip, main)
    if branch == "dr" and left % 2:
        return tip
    return stream.commit(ref, "fix, picked", fixed, tip)
