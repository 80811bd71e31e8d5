"""Whatever stands in its trees, a repository is judged, and its verdicts are shown by plain git.

Random commits and merges: texts of every kind, binaries, links, submodules, folders in the place of files. What a
merge holds is taken from a side, from both, or from neither. Nobody knows the right verdicts here; none may be a
fault of the program, and each check command must hold. `ANY_TREES=2000 pytest tests/test_any_tree.py` makes so many.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.model import Status
from tests.build import LOGIN, LOGIN_FIXED, hotfix, protocol
from tests.judged import assert_checks_hold, audit, told

ROUNDS = int(os.environ.get("ANY_TREES", "20"))
# A submodule where a file was taken apart, and one beside which a mode is as before.
KNOWN = (60, 142, 635)
PATHS = (b"a.txt", b"b/c.txt", b"b/d/e.txt", b"b", b"a.txt/f.txt", b"caf\xe9.txt", b"moved/c.txt", b".gitattributes")
WORDS = (b"one", b"two", b"three", b"  four", b"\tfive", b"", b"}", b"six\r", b"\xff\xfe", b"seven " * 40)
Entry = tuple[bytes, bytes]  # mode, and the content or the id of a submodule's commit


def text(chance: random.Random) -> bytes:
    end = chance.choice((b"\n", b"\n", b"\n", b""))
    return b"\n".join(chance.choices(WORDS, k=chance.randrange(9))) + end


def entry(chance: random.Random) -> Entry:
    kind = chance.choice(("text",) * 6 + ("program", "binary", "empty", "link", "submodule"))
    if kind == "submodule":
        return b"160000", b"%040x" % chance.randrange(1, 9)
    if kind == "link":
        return b"120000", chance.choice((b"a.txt", b"../../etc/passwd", b"b"))
    content = {"binary": b"\0\1" + chance.randbytes(3), "empty": b""}.get(kind, text(chance))
    return (b"100755" if kind == "program" else b"100644"), content


def edited(chance: random.Random, old: Entry) -> Entry:
    """A text with a line more, less or other; of what is no text, another one."""
    if old[0] not in (b"100644", b"100755") or chance.random() < 0.2:
        return entry(chance)
    lines = old[1].split(b"\n")
    at = chance.randrange(len(lines))
    lines[at : at + chance.randrange(2)] = chance.choices(WORDS, k=chance.randrange(3))
    return old[0], b"\n".join(lines)


def without_clashes(tree: dict[bytes, Entry], path: bytes) -> dict[bytes, Entry]:
    """The tree without what cannot stand beside `path`: a file in the place of its folder, or files below it."""
    return {p: e for p, e in tree.items() if not p.startswith(path + b"/") and not path.startswith(p + b"/")}


def step(chance: random.Random, tree: dict[bytes, Entry]) -> dict[bytes, Entry]:
    found = dict(tree)
    for path in chance.sample(PATHS, chance.randrange(1, 4)):
        if path in found and chance.random() < 0.2:
            content, moved = found.pop(path), chance.choice(PATHS)
            if chance.random() < 0.5:
                found = {**without_clashes(found, moved), moved: content}
        else:
            found = {**without_clashes(found, path), path: edited(chance, found.get(path, entry(chance)))}
    return found


def merged(chance: random.Random, ours: dict[bytes, Entry], theirs: dict[bytes, Entry]) -> dict[bytes, Entry]:
    whole = chance.choice((ours, theirs, None, None, None))
    if whole is not None:
        return whole
    found = dict(ours)
    for path, content in theirs.items():
        if chance.random() < 0.5:
            found = {**without_clashes(found, path), path: content}
    return step(chance, found) if chance.random() < 0.3 else found


def stream(chance: random.Random) -> Iterator[bytes]:
    """A fast-import stream: some commits on main and dev, merges between them, tags on main."""
    trees: dict[int, dict[bytes, Entry]] = {0: {}}
    tips = {b"main": 1, b"dev": 1}
    for mark in range(1, chance.randrange(6, 22)):
        branch = chance.choice((b"main", b"main", b"dev")) if mark > 1 else b"main"
        above = [tips[branch]] if mark > 1 else []
        other = tips[b"dev" if branch == b"main" else b"main"]
        ours = trees[above[0]] if above else {}
        if above and other not in above and chance.random() < 0.4:
            above.append(other)
            trees[mark] = merged(chance, ours, trees[other])
        else:
            trees[mark] = step(chance, ours)
        yield from commit(mark, branch, above, trees[mark], chance)
        tips[branch] = mark
        if branch == b"main" and chance.random() < 0.5:
            yield b"reset refs/tags/v1.%d.%d\nfrom :%d\n\n" % (mark // 3, mark % 3, mark)
    for branch, tip in tips.items():
        yield b"reset refs/heads/%s\nfrom :%d\n\n" % (branch, tip)


def commit(
    mark: int, branch: bytes, above: list[int], tree: dict[bytes, Entry], chance: random.Random
) -> Iterator[bytes]:
    when = b"A <a@example.com> %d +0000" % (1_700_000_000 + chance.randrange(100_000))
    said = chance.choice((b"work", b"Merge branch 'hotfix/x'", b"Revert something", b"caf\xe9"))
    yield b"commit refs/build/%s\nmark :%d\nauthor %s\ncommitter %s\n" % (branch, mark, when, when)
    yield b"data %d\n%s\n" % (len(said), said)
    for word, parent in zip((b"from", b"merge"), above, strict=False):
        yield b"%s :%d\n" % (word, parent)
    yield b"deleteall\n"
    for path, (mode, content) in tree.items():
        name = b'"' + path.replace(b"\xe9", b"\\351") + b'"'
        if mode == b"160000":
            yield b"M 160000 %s %s\n" % (content, name)
        else:
            yield b"M %s inline %s\ndata %d\n%s\n" % (mode, name, len(content), content)


@pytest.mark.parametrize("seed", sorted({*range(ROUNDS), *KNOWN}))
def test_any_trees_are_judged(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "r.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
    made = b"".join(stream(random.Random(seed)))
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input=made, check=True)
    found = audit(path, branches=["dev"])
    assert not found.errors
    for _, verdict in found.pairs():
        assert verdict.status is not Status.UNKNOWN or verdict.reason.startswith("no-fixes")
        assert all(f.status is not Status.UNKNOWN for f in verdict.fixes), verdict.fixes
        assert_checks_hold(path, verdict)


def test_a_folder_of_a_files_name_is_not_that_file(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    repo.commit("A tool", {"tool": "run\n"})
    repo.tag("v2.5.0")
    hotfix(repo, tag="v2.5.1", files={"tool": "run well\n"})
    repo.switch("dev")
    repo.commit("Another", {"tool/x.py": "x = 1\n"})
    assert told(repo, "dev", "v2.5.1") == ("not-applicable", None)


def test_a_folder_in_the_place_of_what_the_fix_added(tmp_path: Path) -> None:
    """A replay in plain git would tell of the folder, too: the check is another one then."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    hotfix(repo, files={"src/login.py": LOGIN_FIXED, "guard": "on\n"})
    repo.switch("dev")
    repo.merge("main")
    repo.commit("Undo", {"src/login.py": "# more\n" + LOGIN, "guard": None, "guard/x.py": "x = 1\n"})
    assert told(repo)[0] == "reverted"
