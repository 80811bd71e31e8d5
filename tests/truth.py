"""What an audit must say of a built world, worked out from versions in slots and from the graph alone.

Where the design leaves room, more than one status is admissible; never `present` of what is not there.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

from tests.modelled import FIRST_OWN, GONE, Atom, Node, Tree, World, atoms, value

NEW, OLD, BELOW, BEYOND, OTHER = "new", "old", "below", "beyond", "other"
LACKING = (OLD, BELOW)
PRESENT, MISSING, REVERTED, DROPPED = "present", "missing", "reverted", "dropped"
WITHDRAWN, NOT_APPLICABLE, PARTIAL, UNKNOWN = "withdrawn", "not-applicable", "partial", "unknown"
Statuses = frozenset[str]


def stands(atom: Atom, tree: Tree) -> str:
    """How an atom stands in a tree; BELOW is before even what it starts from, BEYOND is after a later fix of it."""
    found = value(tree, atom.file, atom.key)
    if atom.key == "file":
        return NEW if (found is GONE) == (atom.new is GONE) else OLD
    if found is GONE or atom.new is None or atom.old is None:
        return OTHER
    if found in (atom.new, atom.old):
        return NEW if found == atom.new else OLD
    if min(atom.new, atom.old) > found == 0:
        return BELOW
    if FIRST_OWN > atom.new > atom.old >= 0 and 0 <= found < FIRST_OWN:
        return BELOW if found < atom.old else BEYOND
    return OTHER


def _between(atom: Atom, tree: Tree) -> bool:
    """Whether a tree has a version between the one that an atom goes back to and the one that it comes from."""
    found = value(tree, atom.file, atom.key)
    return None not in (atom.new, found, atom.old) and (atom.new or 0) < (found or 0) < (atom.old or 0)


def combine(fixes: Sequence[str]) -> str:
    """The pair's status from those of its fixes (DESIGN, Verdicts), written down a second time."""
    owed = [f for f in fixes if f not in (WITHDRAWN, NOT_APPLICABLE)]
    if not owed:
        return WITHDRAWN if WITHDRAWN in fixes else NOT_APPLICABLE
    if REVERTED in owed or DROPPED in owed:
        return REVERTED if REVERTED in owed else DROPPED
    if MISSING in owed and PRESENT in owed:
        return PARTIAL
    if all(f == MISSING for f in owed):
        return MISSING
    return UNKNOWN if UNKNOWN in owed else PRESENT


def covers(larger: frozenset[Atom], made: frozenset[Atom]) -> bool:
    """Whether a change takes each atom from where it stood before a fix, or earlier, to the fix, or beyond."""
    return all(a in larger or any(_spans(other, a) for other in larger) for a in made)


def _spans(larger: Atom, atom: Atom) -> bool:
    if larger[:2] != atom[:2] or None in (*larger[2:], *atom[2:]):
        return False
    low, start, end, high = larger.old or 0, atom.old or 0, atom.new or 0, larger.new or 0
    return 0 <= low <= start < end <= high < FIRST_OWN


class Truth:
    """The judge of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.main = world.tip("main")
        self.made = cache(lambda fix: sorted(world.made(fix), key=str))
        self.effective = cache(self._effective)
        self.bringers = cache(self._bringers)

    # Hotfixes

    def bounds(self, tagged: int) -> set[int]:
        """Tagged commits properly below."""
        return {n for _, n in self.world.tags if n != tagged and n in self.world.ancestors(tagged)}

    def range(self, tagged: int) -> set[int]:
        """The commits of a hotfix."""
        below = frozenset[int]().union(*(self.world.ancestors(b) for b in self.bounds(tagged)))
        return set(self.world.ancestors(tagged)) - below

    def fixes(self, tagged: int) -> list[int]:
        """Its fixes: what changes something, merges aside (none that reaches main changes anything of its own)."""
        return [n for n in sorted(self.range(tagged)) if len(self.world.nodes[n].parents) == 1 and self.made(n)]

    def nets_out(self, tagged: int) -> bool:
        """Whether a hotfix changes nothing in the end."""
        bounds = self.bounds(tagged)
        nearest = [b for b in bounds if not any(b in self.world.ancestors(c) for c in bounds - {b})]
        return not atoms(self.world.nodes[nearest[0]].tree, self.world.nodes[tagged].tree)

    # One fix on one branch

    def statuses(self, fix: int, branch: str) -> Statuses:
        """The admissible statuses."""
        main = [stands(a, self.main.tree) for a in self.made(fix)]
        if all(s is OLD for s in main):
            # A file that goes is the inverse of a fix that only adds it, and tells nothing by itself.
            sure = any(a.old is not GONE or a.key != "file" for a in self.made(fix)) or self._taken_back(fix)
            history = {PRESENT} if self._contained(fix, self.world.heads[branch]) else set()
            return frozenset({WITHDRAWN}) | (frozenset() if sure else self._owed(fix, branch, main) | history)
        before = any(s in LACKING for s in self.effective(fix)[self.main.number]) or self._taken_back(fix, told=False)
        unsure = before and NEW not in main
        return self._owed(fix, branch, main) | (frozenset({WITHDRAWN}) if unsure else frozenset())

    def _taken_back(self, fix: int, *, told: bool = True) -> bool:
        """Whether one commit of main made just the inverse, and says so."""
        inverse = {Atom(a.file, a.key, a.new, a.old) for a in self.made(fix)}
        later = (self.world.nodes[n] for n in self.world.ancestors(self.main.number) if n > fix)
        return any((n.subject.startswith("Revert") or not told) and self.world.made(n.number) == inverse for n in later)

    def _owed(self, fix: int, branch: str, main: Sequence[str]) -> Statuses:
        # What stands on main as before the fix, or before what that was made on, says nothing about a branch.
        at = [i for i, s in enumerate(main) if s not in LACKING] or list(range(len(main)))
        tip = self.world.tip(branch)
        raw = [stands(self.made(fix)[i], tip.tree) for i in at]
        contained = self._contained(fix, tip.number)
        if all(s is NEW for s in raw):
            whole = len(at) == len(main) or contained
            return frozenset({PRESENT} if whole else {PRESENT, MISSING})
        if not contained:
            return self._absent(fix, branch, at, raw)
        effective = [self.effective(fix)[tip.number][i] for i in at]
        unseen = self._unseen(fix, tip)
        if any(s in LACKING for s in raw):
            gone = all(self.made(fix)[i].key == "file" for i, s in zip(at, raw, strict=True) if s in LACKING)
            return self._undone(fix, branch, at) | unseen | (self._room(fix, branch, at) if gone else frozenset())
        if all(s is NEW for s in effective):
            taken = any(self._takes_out(fix, n) for n in self.world.ancestors(tip.number))
            history = frozenset({PRESENT} | ({REVERTED} if taken else set())) | self._deleted(fix, tip.number)
            return history | unseen | self._halfway(fix, tip.tree, at)
        return self._undone(fix, branch, at) | self._room(fix, branch, at) | unseen

    def _absent(self, fix: int, branch: str, at: Sequence[int], raw: Sequence[str]) -> Statuses:
        tip = self.world.heads[branch]
        files = {a.file for a in self.made(fix)}
        adds = any(a.key == "file" and a.old is GONE for a in self.made(fix))
        if not adds and not any(self.world.history_had(tip, f) for f in files):
            return frozenset({NOT_APPLICABLE})
        moved = BELOW not in raw and OLD not in raw
        typed = moved and all(s is NEW for s in (self.effective(fix)[tip][i] for i in at))
        again = frozenset({REVERTED} if self._was_there_before(fix, tip) else ())
        return again | frozenset({PRESENT, MISSING} if typed or self._as_tagged(fix, tip) else {MISSING})

    def _was_there_before(self, fix: int, tip: int) -> bool:
        """Whether a branch once stood as the fix leaves it, and a commit took that out, or the fix itself goes back."""
        back = all(isinstance(a.key, int) and (a.old or 0) > (a.new or 0) for a in self.made(fix))
        below = self.world.ancestors(tip)
        taken = back or any(self._takes_out(fix, n) for n in below)
        return taken and any(all(stands(a, self.world.nodes[n].tree) is NEW for a in self.made(fix)) for n in below)

    def _as_tagged(self, fix: int, tip: int) -> bool:
        """Whether what the fix touches stands as its hotfix left it in the end: the whole may have been squashed."""
        nodes, made = self.world.nodes, self.made(fix)
        tagged = [nodes[n].tree for _, n in self.world.tags if fix in self.range(n)]
        here = [value(nodes[tip].tree, a.file, a.key) for a in made]
        return any([value(tree, a.file, a.key) for a in made] == here for tree in tagged)

    def _unseen(self, fix: int, tip: Node) -> Statuses:
        """What makes more of a change than the fix, or makes it at a name that the tip does not tell, may be missed."""
        below, nodes = self.world.ancestors(tip.number), self.world.nodes
        names = {
            f.path for t in (tip, nodes[fix]) for n, f in t.tree.items() if any(n == a.file for a in self.made(fix))
        }
        told = any(self._at_names(fix, nodes[n], names) for n in self.bringers(fix) & below)
        return frozenset() if self._plainly_contained(fix, tip.number) and told else frozenset({MISSING})

    def _at_names(self, fix: int, node: Node, names: set[str]) -> bool:
        """Whether a commit makes the fix under names of the fix itself or of the branch's tip."""
        files = {a.file for a in self.made(fix)}
        return node.number == fix or all(node.tree[f].path in names for f in files if f in node.tree)

    def _undone(self, fix: int, branch: str, at: Sequence[int]) -> Statuses:
        """Reverted where the branch itself once had it whole, dropped where it never did."""
        trunk = self.world.trunk(branch)
        since = [n for n in trunk if self._contained(fix, n)]
        had = [all(self.effective(fix)[n][i] is NEW for i in at) for n in since]
        if not any(had):
            own = any(self._takes_out(fix, n) or self._goes_below(fix, n) for n in self.world.ancestors(trunk[-1]))
            # What the fix was made on came by itself, and is its old lines.
            own = own or any({BELOW, OLD} <= {self.effective(fix)[n][i] for n in since} for i in at)
            return frozenset({DROPPED, REVERTED} if own else {DROPPED})
        if any(self._lost_again(fix, n, i) for n in since for i in at):
            return frozenset({REVERTED, DROPPED})
        lost = since[len(had) - had[::-1].index(True) :][0]
        return frozenset({REVERTED, DROPPED} if len(self.world.nodes[lost].parents) > 1 else {REVERTED})

    def _lost_again(self, fix: int, number: int, at: int) -> bool:
        """Whether a merge would have brought it anew, and did not."""
        node, states = self.world.nodes[number], self.effective(fix)
        first, *others = node.parents or (number,)
        return (
            states[first][at] in LACKING
            and states[number][at] in LACKING
            and any(
                not self.bringers(fix).isdisjoint(self.world.ancestors(p) - self.world.ancestors(first)) for p in others
            )
        )

    def _takes_out(self, fix: int, number: int) -> bool:
        inverse = {Atom(a.file, a.key, a.new, a.old) for a in self.made(fix)}
        return len(self.world.nodes[number].parents) == 1 and bool(inverse & self.world.made(number))

    def _goes_below(self, fix: int, number: int) -> bool:
        """Whether a commit takes a region from the fix, or a later one, to before it."""
        back = (Atom(a.file, a.key, a.new, a.old) for a in self.world.made(number))
        single = len(self.world.nodes[number].parents) == 1
        return single and any(_spans(larger, atom) for larger in back for atom in self.made(fix))

    def _room(self, fix: int, branch: str, at: Sequence[int]) -> Statuses:
        """Lines in neither form, or a file that is gone, leave the verdict to what history plainly says."""
        taken = [n for n in self.world.ancestors(self.world.heads[branch]) if self._takes_out(fix, n)]
        inverse = {Atom(a.file, a.key, a.new, a.old) for a in self.made(fix)}
        there = any(self.made(fix)[i].file in self.world.tip(branch).tree for i in at)
        plain = there and bool(taken) and all(self.world.made(n) == inverse for n in taken)
        return frozenset() if plain else frozenset({PRESENT})

    def _halfway(self, fix: int, tree: Tree, at: Sequence[int]) -> Statuses:
        """A fix that goes back may meet a branch halfway: a merge keeps that, and what the fix made never came."""
        return frozenset({DROPPED} if any(_between(self.made(fix)[i], tree) for i in at) else ())

    def _deleted(self, fix: int, tip: int) -> Statuses:
        """A revert that says so may delete the file."""
        files = {a.file for a in self.made(fix)} - set(self.world.nodes[tip].tree)
        below = (self.world.nodes[n] for n in self.world.ancestors(tip))
        told = any(n.subject.startswith("Revert") and files - set(n.tree) for n in below)
        return frozenset({REVERTED} if told else ())

    # History

    def _contained(self, fix: int, number: int) -> bool:
        return not self.bringers(fix).isdisjoint(self.world.ancestors(number))

    def _plainly_contained(self, fix: int, number: int) -> bool:
        made = self.world.made(fix)
        found = self.bringers(fix) & self.world.ancestors(number)
        return any(n == fix or made <= self.world.made(n) for n in found)

    def _bringers(self, fix: int) -> frozenset[int]:
        """The fix, and the commits not below it that make its whole change."""
        made, below = self.world.made(fix), self.world.ancestors(fix)
        others = (n for n in self.world.nodes if n.number not in below and len(n.parents) == 1)
        copied = self.world.nodes[fix].brings
        found = (
            n.number for n in others if fix in n.brings or n.number in copied or covers(self.world.made(n.number), made)
        )
        return frozenset({fix, *found})

    def _effective(self, fix: int) -> list[tuple[str, ...]]:
        """For every commit how each atom stands there, or last stood where it now stands in neither form."""
        found: list[tuple[str, ...]] = []
        for node in self.world.nodes:
            states = (self._state(a, i, node, found) for i, a in enumerate(self.made(fix)))
            found.append(tuple(states))
        return found

    def _state(self, atom: Atom, at: int, node: Node, found: Sequence[tuple[str, ...]]) -> str:
        raw = stands(atom, node.tree)
        if raw is not OTHER or not node.parents:
            return {OTHER: OLD, BEYOND: NEW}.get(raw, raw)
        here = value(node.tree, atom.file, atom.key)
        nodes = self.world.nodes
        if here is not GONE and not 0 <= here < FIRST_OWN:
            # What somebody wrote says what it said when it was written, also where it is restored.
            first = min(
                n for n in self.world.ancestors(node.number) if value(nodes[n].tree, atom.file, atom.key) == here
            )
            return found[first if first < node.number else node.parents[0]][at]
        same = [p for p in node.parents if value(nodes[p].tree, atom.file, atom.key) == here]
        states = [found[p][at] for p in same or node.parents]
        return NEW if same and NEW in states else states[0]

    # One hotfix on one branch

    def pair(self, tagged: int, branch: str) -> Statuses:
        """The admissible statuses of a pair."""
        if self.nets_out(tagged):
            return frozenset({NOT_APPLICABLE})
        each = [self.statuses(f, branch) for f in self.fixes(tagged)]
        return frozenset(combine(choice) for choice in itertools.product(*each))
