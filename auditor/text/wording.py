"""Whether words came again in other lines: pure functions over hunks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from auditor.text.lines import Hunk

_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]+")
# A line that says what a file needs, in the languages that have such lines.
_IMPORT = re.compile(
    rb"\s*((import|from|using|use|require|require_once|#\s*include|#\s*import)\s+[\w.'\"<{*]"
    rb"|(const|let|var)\s[^=]+=\s*require\("
    # A line of a block of imports, as Go has them.
    rb"|(\w+\s+|[._]\s+)?\"[a-z0-9][\w.-]*(/[\w.~-]+)+\"\s*$)"
)
# What such a line has, its white space aside.
_MAY_IMPORT = re.compile(
    rb"import|from|using|use|require|#include|#import|const|let|var|(\w*|[._])\"[a-z0-9][\w.-]*(/[\w.~-]+)+\"$"
)
# Such a line may open a list of them, and of Go alone the lines of a list do not say that they are some.
_OPENS = re.compile(rb"\s*(?:import|use|from\s+\S+\s+import)\b[^()]*[({]\s*$")
_CLOSES = re.compile(rb"[^({]*[)}]")
# So many lines has the longest list.
_LONGEST = 300
# Words with fewer letters than these in all tell nothing.
TELLING = 8
# So far from a change it is close by, in lines.
_NEAR = 6

# Asks of a hunk between two texts whether its words are in a third, given the changes from the first to that.
InWords = Callable[[Hunk, Sequence[bytes], Sequence[bytes], Sequence[bytes], Sequence[Hunk]], bool]


def reworded(
    hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether half of the words that a hunk brought, by their letters, came again close by: it was written anew.

    One word alone tells nothing. `since`: the changes from `old` to `there`.
    """
    brought, again = _brought([hunk], old, new), _brought(_close(hunk, since), old, there)
    wanted, shared = sum(map(len, brought)), brought & again
    return len(shared) > 1 and wanted >= TELLING and 2 * sum(map(len, shared)) >= wanted


def has_new_words(
    hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether all words that a hunk brought to its neighbourhood came again close by, if they tell anything.

    `since`: the changes from `old` to `there`.
    """
    known = set(all_words(old[max(0, hunk.old - _NEAR) : hunk.old + hunk.removed + _NEAR]))
    brought = set(all_words(hunk.added_of(new))) - known
    came = set(all_words(line for h in _close(hunk, since) for line in h.added_of(there)))
    return sum(map(len, brought)) >= TELLING and brought <= came


def _close(hunk: Hunk, since: Sequence[Hunk]) -> list[Hunk]:
    return [h for h in since if h.old <= hunk.old + hunk.removed + _NEAR and hunk.old <= h.old + h.removed + _NEAR]


def said_again(some: Iterable[bytes], others: Iterable[bytes]) -> bool:
    """Whether half of the words of some lines, by their letters, are in others, in whatever words beside them."""
    wanted, there = set(all_words(some)), b"\n".join(others)
    return 2 * sum(len(word) for word in wanted if word in there) >= sum(map(len, wanted))


def tells(text: Iterable[bytes]) -> bool:
    """Whether some lines are more than braces and the like."""
    return letters(text) >= TELLING


def is_import(line: bytes) -> bool:
    """Whether a line says what a file needs of others."""
    return bool(_IMPORT.match(line))


def may_import(bare: bytes) -> bool:
    """Whether a line that is given without its white space may be one: a quick no, while a yes proves nothing."""
    return bool(_MAY_IMPORT.match(bare))


def imports(text: Sequence[bytes]) -> Iterator[bytes]:
    """The lines of a text that say what it needs of others, those of a list in brackets among them."""
    left = 0
    for line in text:
        if left or is_import(line) or _OPENS.match(line):
            yield line
        left = _LONGEST if not left and _OPENS.match(line) else 0 if _CLOSES.match(line) else max(0, left - 1)


def letters(text: Iterable[bytes]) -> int:
    """How many letters and digits some lines have."""
    return sum(map(len, all_words(text)))


def words(line: bytes) -> list[bytes]:
    """The words and numbers of a line, in their order."""
    return _WORD.findall(line)


def plain(line: bytes) -> bytes:
    """A line by its words alone, so that one stands in another where all its words do, in their order."""
    return b" ".join([b"", *all_words([line]), b""])


def _brought(hunks: Iterable[Hunk], old: Sequence[bytes], new: Sequence[bytes]) -> set[bytes]:
    """The words that the new lines of some hunks have, and the old ones have not."""
    removed: set[bytes] = set()
    added: set[bytes] = set()
    for hunk in hunks:
        removed.update(all_words(hunk.removed_of(old)))
        added.update(all_words(hunk.added_of(new)))
    return added - removed


def all_words(text: Iterable[bytes]) -> Iterator[bytes]:
    """The words and numbers of some lines."""
    return (word for line in text for word in _WORD.findall(line))
