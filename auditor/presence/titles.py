"""What a commit's title says, and which pull request it lands or copies: under such titles forges back-port changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from auditor.git import commits

# `(#12)`, `(fixes #12)`, `(!12)`, `(GH-12)`, `#12`.
_PULL = re.compile(rb"\([^()#!]*[#!](\d+)\)|\(GH-(\d+)\)|[#!](\d+)\b")
# In brackets, what says that it is a copy: `(cherry-pick #12 for 2.8)`, `[Backport 2.x]`, `[PR #12/0a1b2c backport]`.
_BRACKETS = re.compile(rb"\([^()\[\]]*\)|\[[^()\[\]]*\]")
_COPY = re.compile(rb"cherry.?pick|back.?port|\bbp\b", re.IGNORECASE)
_PARTIAL = re.compile(rb"\bpartial", re.IGNORECASE)
# `SHOP-12: `, `[SHOP-12] `, also after other labels: what a tracker calls the change.
_TICKET = re.compile(rb"^(?:\[[^\]]*\]\s*)*?\[?([A-Z][A-Z0-9]+(?:-\d{2,})+)\b")
_LABEL = re.compile(rb"^\s*\[[^\]]*\]")
# And before the title: `Backport PR #12 on branch 2.x: `, `Manual backport of #12 `, `Automated cherry pick of #12: `.
_MARK = re.compile(
    rb"[^0-9a-z\[(]*+(?:(?:manual(?:ly)?|automated?) )?(?:back-?port|cherry[- ]?pick)(?:ed|s|ing)?\b"
    rb"(?: of\b| from\b)?:?"
    rb"(?P<pulls>(?:(?: and|,| &)? (?:(?:PR|pull request|MR|merge request)s? )?"
    rb"(?:(?:[#!]|GH-)\d+\b|\d+(?=:| (?:in)?to | on |\s*$)))*)"
    rb"(?: (?:into|onto|to|on|for|from) (?:the )?(?:branch )?(?=[^\s:()]*\d)[^\s:()]++(?: release)?(?: branch)?)?",
    re.IGNORECASE,
)
# What follows a copy's title: ` into release/2.x`.
_INTO = re.compile(rb" into (?:the )?(?:branch )?(?=\S*\d|main\b|master\b|develop\b|stable\b)\S++\s*$", re.IGNORECASE)
_MERGES_INTO = re.compile(rb"^(Merge .*?) into \S++\s*$", re.IGNORECASE)
# The titles that forges give to what they merge: some are the pull request's own with its number, some say nothing.
_LANDS = re.compile(
    rb"\((?:pull request )?(?:[#!]|GH-)(\d+)\)|^Merged? (?:pull request|PR) [#!]?(\d+)"
    rb"|^(?:Auto )?merge (?:of )?#(\d+)|^Pull request #(\d+):",
    re.IGNORECASE,
)
_REQUEST = re.compile(rb"^See merge request \S*!(\d+)", re.MULTILINE)
_FORGE = re.compile(rb"^(?:Merged PR |Pull request #)\d+:", re.IGNORECASE)
_SILENT = re.compile(rb"(?:Auto )?Merged?(?: (?:branch|in|of|pull request|PR|remote-tracking)\b|\s*$)", re.IGNORECASE)
_NUMBER = re.compile(rb"\d+")
_CO_AUTHOR = re.compile(rb"^co-authored-by:(.{,1000})", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(rb"[0-9a-z\x80-\xff]+")
# Titles with fewer letters are any commit's.
_LEAST = 8
# So many bytes of a title are read: a hostile one has no end.
_MOST = 1_000


class Title(NamedTuple):
    """The words of a title, without labels, pull requests and what says that it is a copy; and who wrote the commit.

    `pulls` are the numbers of the pull requests that it names, and its `tickets`; `landed` those that it says to land,
    and `copied` those that it says to be a copy of. A `silent` one says nothing of the change, but perhaps its numbers.
    `writers` are the author, and `helpers` the co-authors whom the message names, each by name and by address.
    """

    words: tuple[bytes, ...]
    pulls: frozenset[bytes]
    author: bytes
    landed: frozenset[bytes] = frozenset()
    copied: frozenset[bytes] = frozenset()
    silent: bool = False
    tickets: frozenset[bytes] = frozenset()
    writers: frozenset[bytes] = frozenset()
    helpers: frozenset[bytes] = frozenset()


def read(raw: bytes) -> Title:
    """A title from a commit's bytes: `[2.x] Mend it (#12)` says `mend it` of pull request 12."""
    said = _BRACKETS.sub(lambda found: b"" if _is_part(found[0]) else found[0], commits.subject(raw)[:_MOST])
    notes = [found for found in _BRACKETS.findall(said) if _COPY.search(found)]
    plain, marked = _unmarked(_BRACKETS.sub(lambda found: b"" if _COPY.search(found[0]) else found[0], said))
    words = tuple(_WORD.findall(plain.lower()))
    landed = _numbers(_LANDS, [said]) | _numbers(_REQUEST, [raw] if said.startswith(b"Merge branch ") else [])
    copied = _numbers(_PULL, notes) | marked
    tickets = _numbers(_TICKET, [said, plain.strip()])
    pulls = _numbers(_PULL, [said]) | landed | copied | tickets
    title = Title(words, pulls, commits.authored(raw)[0], tickets=tickets, writers=_writers(raw), helpers=_helpers(raw))
    if words[:1] == (b"revert",):
        return title
    return title._replace(landed=landed, copied=copied, silent=not words or bool(_SILENT.match(plain)))


def same(one: Title, other: Title) -> bool:
    """Whether two titles say the same, and enough to tell something: of one author the ticket is enough."""
    if one.words != other.words:
        return False
    return _letters(one.words) >= _LEAST or _of_one_ticket(one, other)


def by_one(one: Title, other: Title) -> bool:
    """Whether two commits have one author, or one of them has the author of the other for a co-author."""
    named = one.writers & other.helpers or other.writers & one.helpers
    return bool(named) or (bool(one.author) and one.author == other.author)


def copies(one: Title, other: Title) -> bool:
    """Whether a commit says to be a copy of what another one lands, or copies, and of nothing more.

    One of them has but numbers for a title: two titles of their own are compared by what they say.
    """
    return (one.silent or other.silent) and bool(one.copied) and one.copied <= other.landed | other.copied


def copied(one: Title, other: Title) -> bool:
    """Whether another commit says, under the same terms, to be a copy of what one lands."""
    return (one.silent or other.silent) and bool(one.landed & other.copied)


def _is_part(bracketed: bytes) -> bool:
    """Whether it calls itself a copy of a part: that is no claim."""
    return bool(_COPY.search(bracketed) and _PARTIAL.search(bracketed))


def _unmarked(said: bytes) -> tuple[bytes, frozenset[bytes]]:
    """A title without labels, numbers and what says before or after it that it is a copy; the numbers that this has."""
    said = _LABEL.sub(b"", _FORGE.sub(b"", said))
    mark = _MARK.match(said)
    if mark is None:
        return _MERGES_INTO.sub(rb"\1", _PULL.sub(b"", said).lstrip()), frozenset()
    return _INTO.sub(b"", _PULL.sub(b"", said[mark.end() :])), frozenset(_NUMBER.findall(mark["pulls"]))


def _numbers(pattern: re.Pattern[bytes], texts: Iterable[bytes]) -> frozenset[bytes]:
    found = (match[match.lastindex or 0] for text in texts for match in pattern.finditer(text))
    return frozenset(found)


def _of_one_ticket(one: Title, other: Title) -> bool:
    signed = (one.tickets, one.author)
    return all(signed) and signed == (other.tickets, other.author)


def _writers(raw: bytes) -> frozenset[bytes]:
    return frozenset((commits.authored(raw)[0], commits.address(raw).lower())) - {b""}


def _helpers(raw: bytes) -> frozenset[bytes]:
    """The names and addresses of co-authors, as bots and forges name them anywhere in a message."""
    named = (line.partition(b"<") for line in _CO_AUTHOR.findall(raw.partition(b"\n\n")[2]))
    return frozenset(p for n, _, a in named for p in (n.strip(), a.partition(b">")[0].strip().lower())) - {b""}


def _letters(words: Iterable[bytes]) -> int:
    return sum(map(len, words))
