"""Whether a hunk's lines stand in a text with the lines around them, wherever that is."""

from __future__ import annotations

from auditor.git.marks import share
from auditor.git.replays import Replays
from auditor.text import lines, wording
from auditor.text.lines import Hunk

# Of lines that gave way less than this stands somewhere.
_FEW = 1 / 2


class Blocks(Replays):
    """Answers about lines that a text has elsewhere, which a diff would pair with others."""

    def moved_whole(self, hunk: Hunk, before: str, after: str, there: str) -> bool:
        """Whether a hunk's new lines stand somewhere with the lines around them, and its old ones do not.

        Where lines repeat, as in a list of releases, a diff may pair the old line with a younger twin.
        """
        old = lines.with_surroundings(self.lines(before), hunk.old, hunk.removed)
        new = lines.with_surroundings(self.lines(after), hunk.new, hunk.added)
        data = self.store.blob(there)
        if hunk.added == 0 or lines.has_block(data, old):
            return False
        return lines.has_block(data, new) or self._has_indented(there, new, old)

    def _has_indented(self, there: str, new: bytes, old: bytes) -> bool:
        """The same, where all these lines stand deeper there, or less deep, by as much.

        What a guard holds may stand then as deep as it did without the guard.
        """
        block = lines.split(new)
        if not self.has_words(block, there):
            return False
        data = self.store.blob(there)
        return lines.has_indented(data, block) and not lines.has_indented(data, lines.split(old))

    def _back_whole(self, hunk: Hunk, before: str, after: str, there: str) -> bool:
        """Whether a hunk's old lines stand once more, somewhere, with the lines around them, and few new ones do.

        Where a function was moved, or two neighbours changed places, which lines a diff pairs is chance.
        """
        text, added = self.lines(before), hunk.added_of(self.lines(after))
        # Where each tells, one line on each side is enough: a function that was moved has one more often than two.
        near = text[max(0, hunk.old - 1) : hunk.old + hunk.removed + 1]
        around = 1 if all(wording.tells([line]) for line in near) else lines.AROUND
        old = lines.with_surroundings(text, hunk.old, hunk.removed, around)
        new = lines.with_surroundings(self.lines(after), hunk.new, hunk.added)
        data = self.store.blob(there)
        if hunk.removed == 0 or lines.has_block(data, new) or (added and share(added, self.standing(there)) >= _FEW):
            return False
        return lines.count_block(data, old) > lines.count_block(self.store.blob(after), old)
