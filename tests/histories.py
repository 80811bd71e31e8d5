"""Whole histories for hypothesis: hotfixes, and how each travelled to the branches, or was lost there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from tests.build import HOUR
from tests.modelled import (
    BINARY,
    CORES,
    EXECUTABLE,
    FAR,
    FIRST_OWN,
    GONE,
    KINDS,
    LAYOUT,
    NEAR,
    PLAIN,
    Atom,
    File,
    Node,
    World,
    changed,
    kind,
    merged,
    value,
)
from tests.modelled import atoms as between
from tests.truth import BEYOND, stands

BRANCHES = ("dev", "qa")
SHAPES = (
    "replace", "insert", "remove", "indent", "two-regions", "two-files", "add", "delete", "mode", "binary", "add-edit",
)  # fmt: skip
WORK = ("far", "near", "rename", "mode", "rewrite", "delete")
TEXTS, OBSOLETE, LOGO = 4, 4, 5
EMPTY = (0,) * len(LAYOUT)


@dataclass(frozen=True)
class Op:
    """One step of a story. `which`, `how` and `also` mean what the step makes of them."""

    name: str
    branch: str
    which: int
    how: int
    also: bool
    skew: bool


def _ops(*names: str) -> st.SearchStrategy[Op]:
    return st.builds(
        Op,
        st.sampled_from(names),
        st.sampled_from(BRANCHES),
        st.integers(0, 5),
        st.integers(0, 11),
        st.booleans(),
        st.integers(0, 7).map(lambda n: n == 7),
    )


TRAVELS = ("merge", "promote", "pick", "squash", "retype")
UNDOING = ("revert", "revert_merge", "again", "restore")
stories = st.tuples(
    st.lists(_ops("work"), max_size=3),
    _ops("hotfix", "hotfix", "dev_first"),
    st.lists(_ops("work", "hotfix", "dev_first", *TRAVELS, *TRAVELS, *UNDOING, "main_revert", "main_again",
                  "main_work", "main_merge", "main_restore"), min_size=1, max_size=9),
)  # fmt: skip


class Teller:
    """Plays a story. A step that has nothing to work on is left out."""

    def __init__(self, path: Path) -> None:
        self.world = World(path)
        self.hotfixes: list[tuple[int, ...]] = []
        self.undoings: list[tuple[str, int, frozenset[Atom]]] = []
        self.minor, self.patch, self.fresh = 3, 0, 0
        first = {n: File(f"src/part{n}/file{n}.txt", PLAIN, EMPTY) for n in range(TEXTS)}
        first |= {OBSOLETE: File("obsolete.txt", PLAIN, EMPTY), LOGO: File("logo.bin", PLAIN, (0,) * len(BINARY))}
        self.free = [(n, core) for core in CORES for n in range(TEXTS)]
        self.world.nodes.clear()
        self.world.heads["main"] = -1
        self.world.commit("main", first, "Start", parents=())
        self._release()
        for name in BRANCHES:
            self.world.heads[name] = self.world.heads["main"]

    def play(self, ops: Sequence[Op]) -> World:
        """The world after all steps."""
        for op in ops:
            self.world.skew = (op.which + 1) * 100 * HOUR if op.skew else 0
            self.world.story.append(str(op))
            step: Callable[[Op], None] = getattr(self, f"_{op.name}")
            step(op)
        self.world.finish(["main", *BRANCHES])
        return self.world

    def _release(self) -> None:
        self.world.tag(f"v2.{self.minor}.0")
        self.minor, self.patch = self.minor + 1, 0

    def _new(self) -> int:
        self.fresh += 1
        return FIRST_OWN + self.fresh

    # Work of one's own

    def _work(self, op: Op) -> None:
        tree = self._worked(op.branch, op)
        if tree is not None:
            self.world.commit(op.branch, tree, f"{WORK[op.how % 6]} on {op.branch}", clean=False)

    def _worked(self, branch: str, op: Op) -> dict[int, File] | None:
        tree = dict(self.world.tip(branch).tree)
        kind, file = WORK[op.how % 6], op.which % TEXTS
        if file not in tree:
            return None
        core = CORES[op.also]
        if kind == "rename":
            tree[file] = tree[file]._replace(path=f"lib/{self._new()}/file{file}.txt")
        elif kind == "delete":
            del tree[file]
        elif kind == "mode":
            tree[file] = tree[file]._replace(mode=PLAIN + EXECUTABLE - tree[file].mode)
        else:
            slot = {"far": core + 2, "near": core + (1 if op.which < 3 else -1), "rewrite": core}[kind]
            version = -self._new() if kind == "rewrite" else self._new()
            tree = changed(tree, [(file, slot, version)], {})
        return tree

    def _beside(self, tree: dict[int, File], op: Op) -> dict[int, File]:
        """Other work in the same commit, in a file that fixes touch."""
        slot = [s for s, kind in enumerate(LAYOUT) if kind in (FAR, NEAR)][op.how % 7]
        return changed(tree, [(op.which % TEXTS, slot, self._new())], {})

    def _main_work(self, op: Op) -> None:
        if op.how % 6 == 5:
            self._new_file()
            return
        tree = self._worked("main", op)
        if tree is not None:
            self.world.commit("main", tree, f"{WORK[op.how % 6]} on main", clean=False)
            if op.also or WORK[op.how % 6] in ("rename", "mode"):
                self._release()

    def _new_file(self) -> None:
        """A file that branches do not have until they are merged."""
        file = max(f for n in self.world.nodes for f in n.tree) + 1
        tree = {**self.world.tip("main").tree, file: File(f"new{file}.txt", PLAIN, EMPTY)}
        self.world.commit("main", tree, "A new part")
        self.free.insert(0, (file, CORES[0]))
        self._release()

    # Hotfixes

    def _hotfix(self, op: Op) -> None:
        self.world.heads["hotfix"] = self.world.heads["main"]
        fixes = self._fix("hotfix", op)
        if fixes:
            self._land(op, fixes)

    def _dev_first(self, op: Op) -> None:
        made = self._fix(op.branch, op)
        self.world.heads["hotfix"] = self.world.heads["main"]
        fixes = [n for m in made if (n := self._copy(m, "hotfix", x=op.also)) is not None]
        if fixes:
            self._land(op, fixes)

    def _land(self, op: Op, fixes: Sequence[int]) -> None:
        if op.which % 3 == 2:
            tree = changed(dict(self.world.tip("main").tree), [(op.which % 2, CORES[1] + 1, self._new())], {})
            if between(self.world.tip("main").tree, tree):
                self.world.commit("main", tree, "Meanwhile on main", clean=False)
        if op.which % 3 == 0 and self.world.heads["main"] in self.world.ancestors(self.world.heads["hotfix"]):
            self.world.heads["main"] = self.world.heads["hotfix"]
        else:
            self._join("main", self.world.heads["hotfix"], "Merge branch 'hotfix/x'")
        self.patch += 1
        self.world.tag(f"v2.{self.minor - 1}.{self.patch}")
        self.hotfixes.append(tuple(fixes))

    def _fix(self, branch: str, op: Op) -> list[int]:
        """One or two commits of a fix; a second one goes on in the same region, or mends another."""
        shape = SHAPES[op.how % len(SHAPES)]
        tree = self.world.tip(branch).tree
        first = self._shape(shape, tree)
        if first is None:
            return []
        fixes = [self.world.commit(branch, first, f"Fix {shape} {self._new()}").number]
        if op.also:
            added = [a for a in self.world.made(fixes[0]) if isinstance(a.key, int) and len(first[a.file].slots) > 1]
            if added and op.which % 2:
                second: dict[int, File] | None = changed(first, [(a.file, a.key, 2) for a in added], {})
            else:
                second = self._shape("insert", first)
            if second is not None:
                fixes.append(self.world.commit(branch, second, f"Fix more {self._new()}").number)
        return fixes

    def _shape(self, shape: str, tree: object) -> dict[int, File] | None:
        assert isinstance(tree, dict)
        if shape == "add":
            file = max(f for n in self.world.nodes for f in n.tree) + 1
            return {**tree, file: File(f"added{file}.txt", PLAIN, EMPTY)}
        if shape == "delete":
            return {f: kept for f, kept in tree.items() if f != OBSOLETE} if OBSOLETE in tree else None
        if shape == "mode":
            file = 0
            fits = file in tree and tree[file].mode == PLAIN
            return changed(tree, [(file, "mode", EXECUTABLE)], {}) if fits else None
        if shape == "binary":
            return changed(tree, [(LOGO, 0, tree[LOGO].slots[0] + 1)], {}) if LOGO in tree else None
        count = 2 if shape.startswith("two") else 1
        cores = self._take(tree, count, shape)
        if len(cores) < count:
            return None
        made = changed(tree, [(f, core, 1) for f, core in cores], {})
        return self._shape("add", made) if shape == "add-edit" else made

    def _take(self, tree: dict[int, File], count: int, shape: str) -> list[tuple[int, int]]:
        """Regions that no fix has touched yet, standing as they stood at first."""
        fit = [c for c in self.free if c[0] in tree and tree[c[0]].slots[c[1]] == 0]
        if shape in KINDS:
            fit = [c for c in fit if kind(*c) == shape]
        elif shape == "two-regions":
            fit = next(([c for c in fit if c[0] == f] for f, _ in fit if sum(c[0] == f for c in fit) > 1), [])
        elif count > 1:
            fit = list({f: (f, core) for f, core in reversed(fit)}.values())
        taken = fit[:count] if len(fit) >= count else []
        self.free = [c for c in self.free if c not in taken]
        return taken

    # Travels

    def _join(self, branch: str, other: int, message: str, how: int = 0) -> None:
        world = self.world
        ours, theirs = world.tip(branch), world.nodes[other]
        base = world.nodes[world.bases(ours.number, other)[-1]]
        tree = merged(base.tree, ours.tree, theirs.tree, old_side=how == 2)
        if how == 3:
            tree = dict(ours.tree)
        elif how == 4 and self.hotfixes:
            files = {a.file for fixes in self.hotfixes for n in fixes for a in world.made(n)}
            tree = {f: kept for f, kept in tree.items() if f not in files}
            tree |= {f: kept for f, kept in ours.tree.items() if f in files}
        elif how == 5:
            tree = dict(theirs.tree)
        world.story.append(f"  joined as {('true', 'true', 'old side', 'ours', 'ours for fixed files', 'theirs')[how]}")
        world.commit(branch, tree, message, other, clean=False)

    def _merge(self, op: Op) -> None:
        """Main, or one hotfix's tag, to a branch: a merge of some kind, or a fast-forward."""
        hot = [n for name, n in self.world.tags if not name.endswith(".0")]
        source = hot[op.which % len(hot)] if op.also and hot else self.world.heads["main"]
        self._merge_from(op, source, "main")

    def _promote(self, op: Op) -> None:
        other = BRANCHES[op.branch == "dev"]
        self._merge_from(op, self.world.heads[other], other)

    def _merge_from(self, op: Op, source: int, name: str) -> None:
        head = self.world.heads[op.branch]
        if source in self.world.ancestors(head):
            return
        if op.how == 6 and head in self.world.ancestors(source):
            self.world.heads[op.branch] = source
            self.world.story.append(f"  {op.branch} fast-forwarded to {source}")
            return
        self._join(op.branch, source, f"Merge branch '{name}' into {op.branch}", op.how if op.how < 6 else 0)

    def _copy(self, fix: int, branch: str, *, x: bool, beside: Op | None = None) -> int | None:
        """A cherry-pick; where its region was rewritten, the conflict is resolved to the fix."""
        node = self.world.nodes[fix]
        tree = self._applied(self.world.made(fix), branch, node)
        if tree is None:
            return None
        exact = between(self.world.tip(branch).tree, tree) == self.world.made(fix)
        tree = self._beside(tree, beside) if beside else tree
        message = node.subject + (f"\n\n(cherry picked from commit {node.oid})" if x else "")
        brings = frozenset({fix})
        return self.world.commit(branch, tree, message, like=fix, brings=brings, clean=exact and not beside).number

    def _applied(self, made: frozenset[Atom], branch: str, source: Node) -> dict[int, File] | None:
        """The branch's tree with a change applied, or None where it cannot be, or is there already."""
        tree = self.world.tip(branch).tree
        if any((a.key != "file" and a.file not in tree) or stands(a, tree) is BEYOND for a in made):
            return None
        wanted = changed(dict(tree), [(a.file, a.key, a.new) for a in made if self._open(a, tree)], source.tree)
        return wanted if between(tree, wanted) else None

    def _open(self, atom: Atom, tree: object) -> bool:
        assert isinstance(tree, dict)
        return value(tree, atom.file, atom.key) != atom.new

    def _fixes(self) -> list[int]:
        return [n for fixes in self.hotfixes for n in fixes]

    def _pick(self, op: Op) -> None:
        fixes = self._fixes()
        fix = fixes[op.which % len(fixes)] if fixes else None
        if fix is None:
            return
        if op.how < 6:
            self._copy(fix, op.branch, x=op.also)
        elif op.how < 8:
            self._copy(fix, op.branch, x=op.also, beside=op)
        else:
            self.world.heads["topic"] = self.world.heads[op.branch]
            if self._copy(fix, "topic", x=op.also) is not None:
                self._work(Op("work", op.branch, op.which, 0, op.also, op.skew))
                self._join(op.branch, self.world.heads["topic"], "Merge branch 'topic'", 3 if op.how == 11 else 0)

    def _squash(self, op: Op) -> None:
        """One or several hotfixes as one commit, perhaps with other work, perhaps saying so."""
        if not self.hotfixes:
            return
        first = op.which % len(self.hotfixes)
        groups = self.hotfixes[first:] if op.how % 2 else [self.hotfixes[first]]
        world = self.world
        before, tree = world.tip(op.branch).tree, dict(world.tip(op.branch).tree)
        fixes = [n for group in groups for n in group]
        for fix in fixes:
            made = world.made(fix)
            if any(a.key != "file" and a.file not in tree for a in made):
                return
            tree = changed(tree, [(a.file, a.key, a.new) for a in made if self._open(a, tree)], world.nodes[fix].tree)
        if not between(before, tree):
            return
        tree = self._beside(tree, op) if op.how > 7 else tree
        world.commit(op.branch, tree, "Squash", brings=frozenset(fixes), clean=op.how <= 7)

    def _retype(self, op: Op) -> None:
        """The fix's lines typed again, in two commits."""
        fixes = self._fixes()
        fix = fixes[op.which % len(fixes)] if fixes else None
        if fix is None:
            return
        made = sorted(self.world.made(fix), key=str)
        parts = [made[:1], made[1:]] if len(made) > 1 else [made]
        for number, part in enumerate(parts):
            tree = self._applied(frozenset(part), op.branch, self.world.nodes[fix])
            if tree is not None:
                self.world.commit(op.branch, self._beside(tree, op), f"Type {number}", clean=False)

    # Undoing

    def _revert(self, op: Op) -> None:
        self._undo(op, op.branch)

    def _main_revert(self, op: Op) -> None:
        self._undo(op, "main")

    def _undo(self, op: Op, branch: str) -> None:
        """A revert that names the fix, or a commit of the branch that brought it, or says nothing."""
        fixes = self._fixes()
        fix = fixes[op.which % len(fixes)] if fixes else None
        if fix is None:
            return
        named = fix
        if op.also:
            made = self.world.made(fix)
            below = self.world.ancestors(self.world.heads[branch])
            named = max((n for n in below if made <= self.world.made(n)), default=fix)
        self._take_out(op, branch, self.world.made(fix), named)

    def _revert_merge(self, op: Op) -> None:
        merges = [n for n in self.world.trunk(op.branch) if len(self.world.nodes[n].parents) > 1]
        if merges:
            named = merges[-1 - op.which % len(merges)]
            self._take_out(op, op.branch, self.world.made(named), named)

    def _take_out(self, op: Op, branch: str, made: frozenset[Atom], named: int) -> None:
        world = self.world
        before = world.tip(branch).tree
        standing = [a for a in made if value(before, a.file, a.key) == a.new]
        source = world.nodes[world.nodes[named].parents[0]].tree
        tree = changed(dict(before), [(a.file, a.key, a.old) for a in standing], source)
        if not between(before, tree):
            return
        tree = self._beside(tree, op) if op.how == 11 and branch != "main" else tree
        message = f'Revert "{world.nodes[named].subject}"\n\nThis reverts commit {world.nodes[named].oid}.'
        said = op.how < 8
        node = world.commit(branch, tree, message if said else "Tidy up", clean=op.how != 11)
        self.undoings.append((branch, node.number, world.made(node.number)))

    def _restore(self, op: Op) -> None:
        """A file set back to what it was in an older commit, which says nothing of what that takes out."""
        self._set_back(op, op.branch)

    def _main_restore(self, op: Op) -> None:
        self._set_back(op, "main")

    def _set_back(self, op: Op, branch: str) -> None:
        world, file = self.world, op.which % TEXTS
        tree = world.tip(branch).tree
        older = [n for n in sorted(world.ancestors(world.heads[branch])) if file in world.nodes[n].tree]
        if file in tree and older:
            back = tree[file]._replace(slots=world.nodes[older[op.how % len(older)]].tree[file].slots)
            if back != tree[file]:
                world.commit(branch, {**tree, file: back}, f"Set file {file} back", clean=False)

    def _again(self, op: Op) -> None:
        self._redo(op, op.branch)

    def _main_again(self, op: Op) -> None:
        self._redo(op, "main")

    def _redo(self, op: Op, branch: str) -> None:
        mine = [(n, made) for b, n, made in self.undoings if b == branch]
        if not mine:
            return
        named, made = mine[-1 - op.which % len(mine)]
        self._take_out(op, branch, made, named)

    def _main_merge(self, op: Op) -> None:
        source = self.world.heads[op.branch]
        if source not in self.world.ancestors(self.world.heads["main"]):
            self._join("main", source, f"Merge branch '{op.branch}'")
            self._release()


def build(path: Path, story: tuple[list[Op], Op, list[Op]]) -> World:
    """The world of a story."""
    before, first, after = story
    return Teller(path).play([*before, first, *after])


__all__ = ["BRANCHES", "GONE", "Op", "build", "stories"]
