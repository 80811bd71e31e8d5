"""What a commit's title says, and which pull request it lands or copies: under such titles forges back-port changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from auditor.git import commits
from auditor.presence.claims import bodies

# `(#12)`, `(fixes #12)`, `(!12)`, `(GH-12)`, `#12`.
_PULL = re.compile(rb"\([^()#!]*[#!](\d+)\)|\(GH-(\d+)\)|[#!](\d+)\b")
# In brackets, what says that it is a copy: `(cherry-pick #12 for 2.8)`, `[Backport 2.x]`, `[PR #12/0a1b2c backport]`.
_BRACKETS = re.compile(rb"\([^()\[\]]*\)|\[[^()\[\]]*\]")
_COPY = re.compile(rb"cherry.?pick|back.?port|\bbp\b", re.IGNORECASE)
_PARTIAL = re.compile(rb"\bpartial", re.IGNORECASE)
# `SHOP-12: `, `[SHOP-12] `, also after other labels: what a tracker calls the change.
_TICKET = re.compile(rb"^(?:\[[^\]]*\]\s*)*?\[?([A-Z][A-Z0-9]+(?:-\d{2,})+)\b")
_LABEL = re.compile(rb"^\s*\[[^\]]*\]")
# `[release-1.28]`, `[2.x]`, `[v2]`: for which release it is.
_RELEASE = re.compile(rb"^\s*(?:\[[^\]]*\]\s*)*?\[(?:[^\]]*\d\.(?:\d|x\b)[^\]]*|v\d+)\]", re.IGNORECASE)
# Pictures, in UTF-8, are no words; nor are the words before a title that forges show as pictures: `:bug: `.
_PICTURE = re.compile(rb"\xf0\x9f[\x80-\xbf]{2}|\xe2[\x86-\xaf][\x80-\xbf]|\xef\xb8\x8f|\xe2\x80\x8d")
_SHOWN = re.compile(rb"^\s*(?::[0-9a-z_+-]+:\s+)+", re.IGNORECASE)
# And before the title: `Backport PR #12 on branch 2.x: `, `Manual backport of #12 `, `Automated cherry pick of #12: `.
_MARK = re.compile(
    rb"[^0-9a-z\[(]*+(?:(?:manual(?:ly)?|automated?) )?(?:back[- ]?port|cherry[- ]?pick)(?:ed|s|ing)?\b"
    rb"(?: of\b| from\b)?:?"
    rb"(?P<pulls>(?:(?: and|,| &)? (?:(?:PR|pull request|MR|merge request)s? )?"
    rb"(?:(?:[#!]|GH-)\d+\b|\d+(?=:| (?:in)?to | on |\s*$)))*)"
    rb"(?: (?:into|onto|to|on|for|from) (?:the )?(?:branch )?(?=[^\s:()]*\d)[^\s:()]++(?: release)?(?: branch)?)?",
    re.IGNORECASE,
)
# Behind what it does, where it comes from: `Backported fix for the pump from #12`.
_FROM = re.compile(
    rb"[^0-9a-z\[(]*+back[- ]?port(?:ed|s|ing)?\b(?!.*\b(?:part|some)).{1,200}? from (?:PR |pull request )?[#!](\d+)"
    rb"(?:\s*\([#!]\d+\))*\s*$",
    re.IGNORECASE,
)
# Behind a title, for which release it is: `Mend the pump [release-1.28] (#12)`, `Mend the pump (release-1.28)`.
_BEHIND = re.compile(
    rb"\s*(?:\[(?:release|stable|[a-z/ -]{,20}v?\d+\.(?:\d+|x)(?:\.(?:\d+|x))?)\]"
    rb"|\((?:release|stable|branch)[/ -]v?\d+\.(?:\d+|x)(?:\.(?:\d+|x))?\))(?=(?:\s*\([^()]*\))*\s*$)",
    re.IGNORECASE,
)
# Before it, without brackets: `2.5 mend the pump`.
_BEFORE = re.compile(rb"^\s*(v?\d+\.(?:\d+|x))(?= +[a-z])", re.IGNORECASE)
# A flaw has one number, whoever mends it.
_FLAW = re.compile(rb"\b(CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})\b", re.IGNORECASE)
# What follows a copy's title: ` into release/2.x`.
_INTO = re.compile(rb" into (?:the )?(?:branch )?(?=\S*\d|main\b|master\b|develop\b|stable\b)\S++\s*$", re.IGNORECASE)
# Or ` for release-3.1`, ` - backport/cherry-pick to 3.1`, ` - 3.1`.
_FOR = re.compile(
    rb"(?: -+)?(?: for(?= release[-/])"
    rb"| (?:back-?port|cherry[- ]?pick)(?:/(?:back-?port|cherry[- ]?pick))? (?:to|for|on))"
    rb"(?: the)?(?: branch)? (?:release[-/ ])?v?\d\S*\s*$| - v?\d+\.(?:\d+|x)(?:\.(?:\d+|x))?\s*$",
    re.IGNORECASE,
)
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
# `fix(pump): `: which part of a program it is about is said by one copy, and not by the other.
_SCOPE = re.compile(rb"^(\w+)\([^()]*\)(?=!?:)")
_CO_AUTHOR = re.compile(rb"^co-authored-by:(.{,1000})", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(rb"[0-9a-z\x80-\xff]+")
# Titles with fewer letters are any commit's; with so many, of several authors, they are one change's.
_LEAST = 8
_LONG = 24
# So many bytes of a title are read: a hostile one has no end.
_MOST = 1_000


class Title(NamedTuple):
    """The words of a title, without labels, pull requests and what says that it is a copy; and who wrote the commit.

    `pulls` are the numbers of the pull requests that it names, and its `tickets`; `landed` those that it says to land,
    and `copied` those that it says to be a copy of; `flaws` the CVE and GHSA numbers of what it mends, and `flaws_told`
    those with what the message names. A `silent` one says nothing of the change, but perhaps its numbers. One that says
    that it is a copy for a release is `marked`.
    Of a `cut` one a forge left out the end.
    Of the message below, `body` stands for what it says, zero where that is next to nothing; `ported` are the pull
    requests of which it says to be a copy, and `listed` the lines of lists: titles, where a forge squashed a branch.
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
    marked: bool = False
    body: int = 0
    ported: frozenset[bytes] = frozenset()
    cut: bool = False
    flaws: frozenset[bytes] = frozenset()
    flaws_told: frozenset[bytes] = frozenset()
    listed: tuple[bytes, ...] = ()


def read(raw: bytes) -> Title:
    """A title from a commit's bytes: `[2.x] Mend it (#12)` says `mend it` of pull request 12."""
    below = bodies.read(raw)
    line, cut = bodies.cut(_PICTURE.sub(b" ", bodies.whole(commits.subject(raw), below)[:_MOST]))
    line = _BEFORE.sub(rb"[\1]", line)
    whole = _BRACKETS.sub(lambda found: b"" if _is_part(found[0]) else found[0], line)
    said = _BEHIND.sub(b"", whole)
    notes = [found for found in _BRACKETS.findall(said) if _COPY.search(found)]
    plain, numbers = _unmarked(_BRACKETS.sub(lambda found: b"" if _COPY.search(found[0]) else found[0], said))
    marked = bool(notes or _RELEASE.match(said)) or numbers is not None or said != whole
    landed = _numbers(_LANDS, [said]) | _numbers(_REQUEST, [raw] if said.startswith(b"Merge branch ") else [])
    copied = _numbers(_PULL, notes) | (numbers or set()) | _numbers(_FROM, [said])
    tickets = _numbers(_TICKET, [said, plain.strip()])
    title = _signed(raw, tuple(_WORD.findall(plain.lower())))._replace(
        pulls=_numbers(_PULL, [said]) | landed | copied | tickets,
        tickets=tickets,
        marked=marked and whole == line,
        cut=cut,
        flaws=_flaws(said),
        flaws_told=_flaws(said) | _flaws(below),
        body=bodies.said(below),
        ported=bodies.copied(below),
        listed=bodies.listed(below),
    )
    if title.words[:1] == (b"revert",):
        return title
    return title._replace(landed=landed, copied=copied, silent=not title.words or bool(_SILENT.match(plain)))


def listed(squashed: Title, other: Title) -> frozenset[bytes] | None:
    """The numbers beside the title of another commit, which a message lists; None where it does not list that."""
    longest = max(other.words, key=len, default=b"")
    maybe = (line for line in squashed.listed if longest and longest in line.lower())
    found = (one for line in maybe if (one := read(b"\n\n" + line)).words == other.words)
    return next((one.pulls | one.flaws for one in found), None)


def is_long(title: Title) -> bool:
    """Whether a title is one change's, whoever wrote it."""
    return _letters(title.words) >= _LONG


def same(one: Title, other: Title) -> bool:
    """Whether two titles say the same, and enough to tell something: of one author the ticket is enough."""
    if one.words != other.words:
        return one.cut != other.cut and _begins(*((one, other) if one.cut else (other, one)))
    return _letters(one.words) >= _LEAST or _of_one_ticket(one, other)


def _begins(cut: Title, other: Title) -> bool:
    """Whether a title begins with all that is left of one that was cut, and that is much."""
    return is_long(cut) and b"".join(other.words).startswith(b"".join(cut.words))


def marked(one: Title, other: Title) -> bool:
    """Whether one of two titles says that it is a copy for a release."""
    return one.marked or other.marked


def of_one_flaw(one: Title, other: Title) -> bool:
    """Whether two commits name one flaw that they mend, the same, and no other, and one of them below its title.

    Where both titles name it they tell two tries apart; a revert names what it takes back.
    """
    one_each = len(one.flaws_told) == 1 and one.flaws_told == other.flaws_told
    by_title = one.flaws and other.flaws
    return one_each and not by_title and b"revert" not in (*one.words[:1], *other.words[:1])


def is_copy(one: Title, other: Title) -> bool:
    """Whether so much is said alike that it is one change, by whomever, and by one title it is a copy for a release."""
    return marked(one, other) and same(one, other) and is_long(one)


def by_one(one: Title, other: Title) -> bool:
    """Whether two commits have one author, or one of them has the author of the other for a co-author."""
    named = one.writers & other.helpers or other.writers & one.helpers
    return bool(named) or (bool(one.author) and one.author == other.author)


def one_message(one: Title, other: Title) -> bool:
    """Whether one author, perhaps as a co-author, says the same twice, in a title and a message below it."""
    return bool(one.body) and one.body == other.body and same(one, other) and by_one(one, other)


def ports(one: Title, other: Title) -> bool:
    """Whether the message of one commit says that it is a copy of what the other lands, and of nothing more."""
    return bool(one.ported) and one.ported <= other.landed


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


def _unmarked(said: bytes) -> tuple[bytes, frozenset[bytes] | None]:
    """A title without labels, numbers and what says before or after it that it is a copy; the numbers that this has."""
    said = _SCOPE.sub(rb"\1", _SHOWN.sub(b"", _LABEL.sub(b"", _FORGE.sub(b"", said))))
    mark = _MARK.match(said)
    plain = _PULL.sub(b"", said[mark.end() :] if mark else said)
    bare = _FOR.sub(b"", plain)
    if mark is not None:
        return _INTO.sub(b"", bare), frozenset(_NUMBER.findall(mark["pulls"]))
    return _MERGES_INTO.sub(rb"\1", bare.lstrip()), None if bare == plain else frozenset()


def _numbers(pattern: re.Pattern[bytes], texts: Iterable[bytes]) -> frozenset[bytes]:
    found = (match[match.lastindex or 0] for text in texts for match in pattern.finditer(text))
    return frozenset(found)


def _flaws(text: bytes) -> frozenset[bytes]:
    return frozenset(map(bytes.upper, _numbers(_FLAW, [text])))


def _of_one_ticket(one: Title, other: Title) -> bool:
    signed = (one.tickets, one.author)
    return all(signed) and signed == (other.tickets, other.author)


def _signed(raw: bytes, words: tuple[bytes, ...]) -> Title:
    """Words, and who wrote them: bots and forges name co-authors anywhere in a message."""
    author, address = commits.authored(raw)[0], commits.address(raw).lower()
    named = (line.partition(b"<") for line in _CO_AUTHOR.findall(raw.partition(b"\n\n")[2]))
    helpers = frozenset(part for n, _, a in named for part in (n.strip(), a.partition(b">")[0].strip().lower()))
    return Title(words, frozenset(), author, writers=frozenset((author, address)) - {b""}, helpers=helpers - {b""})


def _letters(words: Iterable[bytes]) -> int:
    return sum(map(len, words))
