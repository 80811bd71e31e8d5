"""Titles of back-ports, as forges, bots and people write them: what they say, and what they claim."""

from __future__ import annotations

import time

import pytest

from auditor.presence.claims import titles
from tests.build import Files, Repo, started
from tests.judged import audit, pair, told


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


def read(title: str, body: str = "", who: str = "Mona Main <mona@example.com>") -> titles.Title:
    message = f"{title}\n\n{body}".encode("utf-8", "surrogateescape")
    return titles.read(f"tree 0\nauthor {who} 1700000000 +0000\n\n".encode() + message)


# What a title says

SAYS = "mend the pump"


@pytest.mark.parametrize(
    ("title", "words", "landed", "copied"),
    [
        # As people and forges land changes
        ("Mend the pump", SAYS, "", ""),
        ("Mend the pump (#12)", SAYS, "12", ""),
        ("Mend the pump (!12)", SAYS, "12", ""),
        ("Mend the pump #12", SAYS, "", ""),
        ("Mend the pump (fixes #12)", SAYS, "", ""),
        ("Merged PR 12: Mend the pump", SAYS, "12", ""),
        ("Pull request #12: Mend the pump", SAYS, "12", ""),
        # Copies that say so in brackets
        ("Mend the pump (#10) (#12)", SAYS, "10 12", ""),
        ("Mend the pump (backport #10) (#12)", SAYS, "12", "10"),
        ("Mend the pump (bp #10)", SAYS, "", "10"),
        ("Mend the pump (cherry-pick #10 for 2.8) (#12)", SAYS, "12", "10"),
        ("Mend the pump (cherry picked from commit 0123abcd)", SAYS, "", ""),
        ("Mend the pump (v1.47.x backport) (#12)", SAYS, "12", ""),
        ("Mend the pump [backport to release-1.6] (#12)", SAYS, "12", ""),
        ("fix(cherry-pick-2.14): mend the pump", "fix mend the pump", "", ""),
        ("[Backport 2.x] Mend the pump (#12)", SAYS, "12", ""),
        ("Mend the pump (release-2.5) (#12)", SAYS, "12", ""),
        ("Mend the pump (stable/2.5)", SAYS, "", ""),
        ("Mend the pump (2.5)", "mend the pump 2 5", "", ""),
        ("2.5 mend the pump (#12)", SAYS, "12", ""),
        ("v2.x Mend the pump", SAYS, "", ""),
        ("2.5.1 pumps", "2 5 1 pumps", "", ""),
        ("[backport][stable-2.16] Mend the pump", SAYS, "", ""),
        ("[release/9.0] Mend the pump (#12)", SAYS, "12", ""),
        ("[PR #10/68a1f42c backport][3.11] Mend the pump (#12)", SAYS, "12", "10"),
        ("[3.9] bpo-38976: Mend the pump (GH-10) (GH-12)", "bpo 38976 mend the pump", "10 12", ""),
        # And before or after their titles
        ("Backport PR #10: Mend the pump", SAYS, "", "10"),
        ("Backport PR #10 on branch v3.1.x (Mend the pump)", SAYS, "", "10"),
        ("Backport PR #10 on branch 5.x: Mend the pump", SAYS, "", "10"),
        ("[5.x] Backport PR #10: Mend the pump", SAYS, "", "10"),
        ("Backport: Mend the pump", SAYS, "", ""),
        ("Backport of: Mend the pump (#10) (#12)", SAYS, "10 12", ""),
        ("Backport of Mend the pump into release/1.10.x (#12)", SAYS, "12", ""),
        ("Backport of Mend the pump into release/2.0.x- #12 (#12)", SAYS, "12", ""),
        ("Manual Backport of Mend the pump into main (#12)", SAYS, "12", ""),
        ("Manual backport of #10 Mend the pump (#12)", SAYS, "12", "10"),
        ("backport #10: Mend the pump (#12)", SAYS, "12", "10"),
        ("Backport of 62336: Mend the pump (#12)", SAYS, "12", "62336"),
        ("Cherry-pick: Mend the pump", SAYS, "", ""),
        ("Automated cherry pick of #10: Mend the pump", SAYS, "", "10"),
        ("Automated cherry pick of #10 #11: Mend the pump", SAYS, "", "10 11"),
        ('🤖 backported "Mend the pump" (#12)', SAYS, "12", ""),
        # Behind them, for which release
        ("Mend the pump for release-3.1 (#12)", SAYS, "12", ""),
        ("Mend the pump (fixes #10) - 3.1 (#12)", SAYS, "12", ""),
        ("Mend the pump (#10) - backport/cherry-pick to 3.1 (#12)", SAYS, "10 12", ""),
        ("Mend the pump cherry-pick to release-3.1 (#12)", SAYS, "12", ""),
        ("Mend the pump [release-1.28] (#12)", SAYS, "12", ""),
        ("Mend the pump [RELEASE]", SAYS, "", ""),
        ("Mend the pump [0.18]", SAYS, "", ""),
        ("Back port Mend the pump", SAYS, "", ""),
        ("Mend the pump [tank]", "mend the pump tank", "", ""),
        ("Mend [2.0] the pump", "mend 2 0 the pump", "", ""),
        ("Mend the pump {CVE-2026-12345}", "mend the pump cve 2026 12345", "", ""),
        ("Raise the pump to 3.1 (#12)", "raise the pump to 3 1", "12", ""),
        ("Raise the pump for 3.1 (#12)", "raise the pump for 3 1", "12", ""),
        # Which part of a program it is about
        ("fix(pump): mend the pump (#12)", "fix mend the pump", "12", ""),
        ("fix(pump)!: mend the pump", "fix mend the pump", "", ""),
        ("call(pump) and mend it", "call pump and mend it", "", ""),
        # Pictures, and the words that forges show as such
        ("🐛 Mend the pump (#12)", SAYS, "12", ""),
        ("[release-1.7] ⚠️🐛 Mend the pump ✨", SAYS, "", ""),
        ("[release-1.7] :seedling: :bug: Mend the pump", SAYS, "", ""),
        ("🐛Mend the👩‍🔧pump", SAYS, "", ""),
        (":bug: Backport PR #10: 🐛 Mend the pump", SAYS, "", "10"),
        ("Mend ::pump:: and :ref:", "mend pump and ref", "", ""),
        (":ref Mend the pump", "ref mend the pump", "", ""),
        ("修復幫浦: Größe", "修復幫浦 größe", "", ""),
        # What looks like it
        ("Backport of: Move the pump into the cellar (#12)", "move the pump into the cellar", "12", ""),
        ("Move the pump into v2 (#12)", "move the pump into v2", "12", ""),
        ("Backport 2.9 fixes", "2 9 fixes", "", ""),
        ("Backport 3 of the fixes", "3 of the fixes", "", ""),
        ("Backport other/pump#10: Mend it", "other pump mend it", "", ""),
        ("Backports are mended in #10", "are mended in", "", ""),
        ("Mend the backport of the pump in #10", "mend the backport of the pump in", "", ""),
        ("Mend the pump (partial backport of #10) (#12)", SAYS, "12", ""),
        ("Partial backport of #10: Mend the pump", "partial backport of mend the pump", "", ""),
        ('Revert "Mend the pump (#10)" (#12)', "revert mend the pump", "", ""),
        ('Revert "Backport PR #10: Mend the pump"', "revert backport pr mend the pump", "", ""),
        ('Backport PR #10: Revert "Mend the pump (#9)"', "revert mend the pump", "", ""),
    ],
)
def test_what_a_title_says(title: str, words: str, landed: str, copied: str) -> None:
    said = read(title)
    assert (b" ".join(said.words).decode(), said.silent) == (words, False)
    assert said.landed == {n.encode() for n in landed.split()}
    assert said.copied == {n.encode() for n in copied.split()}
    assert said.landed | said.copied <= said.pulls


@pytest.mark.parametrize(
    ("title", "landed", "copied"),
    [
        ("Merge pull request #12 from joe/pump", "12", ""),
        ("Merge pull request 'Mend the pump' (#12) from joe/pump into main", "12", ""),
        ("Merge pull request #12 in SHOP/shop from pump to main", "12", ""),
        ("Merged in joe/pump (pull request #12)", "12", ""),
        ("Merge #12", "12", ""),
        ("Auto merge of #12 - joe:pump, r=mona", "12", ""),
        ("Merge PR #12", "12", ""),
        ("Merge branch 'pump'", "", ""),
        ("Backport #10", "", "10"),
        ("Backport PR #10 on branch 7.x", "", "10"),
        ("Backport pull request #10 from shop/release-10.9.z", "", "10"),
        ("Cherry-pick #10 to v1.84.x (#12)", "12", "10"),
        ("Cherrypick PR 10 into v1.83.x (#12)", "12", "10"),
        ("Cherrypick 10 into v1.83.x (#12)", "12", "10"),
        ("Cherry-pick #10 and #11 into v1.83.x release branch (#12)", "12", "10 11"),
        ("(#12)", "12", ""),
    ],
)
def test_titles_that_say_nothing_but_numbers(title: str, landed: str, copied: str) -> None:
    said = read(title)
    assert said.silent
    assert said.landed == {n.encode() for n in landed.split()}
    assert said.copied == {n.encode() for n in copied.split()}


def test_a_merge_branch_title_names_its_merge_request_below() -> None:
    merged = read("Merge branch 'pump' into 'main'", "Mend the pump\n\nSee merge request shop/shop!12\n")
    assert merged.words == (b"merge", b"branch", b"pump")
    assert merged.landed == frozenset({b"12"})
    assert read("Mend the pump", "See merge request shop/shop!12\n").landed == frozenset()


@pytest.mark.parametrize("before", ["", "Backport ", "Merge ", "Backport PR #1", "[1.x] Cherry pick of"])
@pytest.mark.parametrize(
    "more",
    [
        "(", "[", ")", "(backport", "(backport)", " into 1-", " and", " #1", "1", "-", " PR", "#", "(#", " into x",
        "merge of ", "\udcff", " on branch 1", "backport ",
    ],
)  # fmt: skip
def test_a_hostile_title_costs_no_time(before: str, more: str) -> None:
    message = before + more * 20_000 + " x"
    start = time.process_time()
    for _ in range(10):
        read(message)
    assert time.process_time() - start < 0.1


# What it claims: a change that a branch has for itself, with but most of its lines

MONA, QUINN, BOT = "Mona Main <mona@example.com>", "Quinn Qa <quinn@example.com>", "Bot <bot@example.com>"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
PUMP = "pump = open_pump(1)\nif pump.fails():\n    pump.close()\n    raise PumpError(pump)\npump.start_slowly()\n"


def mended(text: str, last: str, pump: str = PUMP) -> str:
    return text.replace("option_7 = read(7)\n", f"{pump}return {last}\n")


OWN = SERVER.replace("read(6)", "read(6, own)")
MENDED, THEIRS = mended(SERVER, "main, pump"), mended(OWN, "pump, ours")
THIRD = mended(OWN, "pump, ours", "pump = open_pump(1)\nif pump.fails():\n    forget(pump)\n    start_another()\n")


def begun(repo: Repo, ours: str, files: Files | None = None) -> None:
    """A fix on main, and qa with a text of its own."""
    started(repo, {"src/server.py": SERVER, "NEWS": "1\n"})
    repo.commit(ours, {"src/server.py": MENDED, **(files or {})}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, QUINN)


def landed(repo: Repo, ours: str, theirs: str, text: str = THEIRS, who: str = QUINN) -> tuple[str, str | None]:
    begun(repo, ours)
    repo.commit(theirs, {"src/server.py": text}, who)
    return judged(repo)


TITLE = "Mend the pump"
FORMS = [
    (f"Backport of: {TITLE} (#10) (#12)", f"{TITLE} (#10)"),
    (f"Manual backport of #10 {TITLE} (#12)", f"{TITLE} (#10)"),
    (f"backport #10: {TITLE} (#12)", f"{TITLE} (#10)"),
    (f"Backport PR #10: {TITLE}", f"{TITLE} (#10)"),
    (f"{TITLE} (#10)", f"Backport PR #10: {TITLE}"),
    (f"{TITLE} (backport #10) (#12)", f"[8.x] Backport PR #10: {TITLE}"),
    (f"[PR #10/68a1f42c backport][3.11] {TITLE} (#12)", f"{TITLE} (#10)"),
    (f"[3.9] {TITLE} (GH-10) (GH-12)", f"{TITLE} (GH-10)"),
    (f"Merged PR 10: {TITLE}", f"Merged PR 10: {TITLE}"),
    # But numbers
    ("Cherry-pick #10 to v1.84.x (#12)", f"{TITLE} (#10)"),
    (f"{TITLE} (#10)", "Backport PR #10 on branch 7.x"),
    ("Backport PR #10 on branch 8.x", "Backport PR #10 on branch 7.x"),
    ("Backport PR #10 on branch 8.x", f"{TITLE} (backport #10) (#12)"),
]


@pytest.mark.parametrize(("ours", "theirs"), FORMS)
def test_a_back_port_of_one_pull_request_may_differ(repo: Repo, ours: str, theirs: str) -> None:
    assert landed(repo, ours, theirs) == ("present", "declared")


@pytest.mark.parametrize(("ours", "theirs"), FORMS)
def test_one_that_holds_a_third_is_not_it(repo: Repo, ours: str, theirs: str) -> None:
    assert landed(repo, ours, theirs, THIRD)[0] == "missing"


@pytest.mark.parametrize(("ours", "theirs"), FORMS)
def test_one_that_was_reverted_since_is_undone(repo: Repo, ours: str, theirs: str) -> None:
    begun(repo, ours)
    repo.revert(repo.commit(theirs, {"src/server.py": THEIRS}, QUINN))
    assert judged(repo)[0] == "reverted"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        # Other words, another number, or but a number that nobody calls a copy
        (f"Backport of {TITLE} into release/1.10.x (#12)", f"{TITLE} (#10)"),
        (f"Backport PR #10: {TITLE}", f"{TITLE} (#11)"),
        (f"Backport PR #10: {TITLE}", "Empty the tank (#10)"),
        (f"Backport PR #10: {TITLE}", f"{TITLE} part 2 (#10)"),
        (f"Backport PR #10: {TITLE}", f'Revert "{TITLE} (#10)"'),
        (f"Backport PR #10: {TITLE}", f"{TITLE}"),
        ("Cherry-pick #10 to v1.84.x (#12)", "Empty the tank (#12)"),
        ("Cherry-pick #10 to v1.84.x (#12)", f'Revert "{TITLE} (#10)"'),
        ("Cherry-pick #10 to v1.84.x (#12)", "See #10 for the tank"),
        ("Cherry-pick #10 to v1.84.x (#12)", "Cherry-pick #11 to v1.84.x (#12)"),
        ("Cherry-pick #10 and #11 to v1.84.x (#12)", f"{TITLE} (#10)"),
        ("(#10) (#12)", f"{TITLE} (#10)"),
        (f"{TITLE} (#10)", "Backport other/pump#10"),
        (f"{TITLE} (#10)", "Backport of a part of #10"),
        (f"{TITLE} (#10)", f"{TITLE} (partial backport of #10)"),
        (f"Fixes #10: {TITLE}", "Backport #10 to 2.x"),
    ],
)
def test_a_number_or_a_title_is_no_claim(repo: Repo, ours: str, theirs: str) -> None:
    assert landed(repo, ours, theirs)[0] == "missing"


SUM = "".join(f"example.com/{name} v1.0.0 h1:{name}\n" for name in ("alpha", "gamma", "omega"))
FORK = "example.com/fork v1.2.3 h1:fork\n"


@pytest.mark.parametrize(("who", "line"), [(BOT, FORK), (QUINN, FORK), (BOT, FORK.replace("1.2.3", "1.2.4"))])
def test_another_back_port_of_one_title_by_one_bot_must_hold_all(repo: Repo, who: str, line: str) -> None:
    """Each has a pull request of its own."""
    started(repo, {"go.sum": SUM, "go.mod": "use alpha\n"})
    text = SUM.replace("example.com/gamma", f"{FORK}example.com/gamma")
    repo.commit(f"Backport of {TITLE} into release/1.10.x (#12)", {"go.sum": text}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    theirs = "".join(f"example.com/{name} v2.0.0 h1:{name}\n" for name in ("beta", "delta", "zeta"))
    repo.commit("Our own", {"go.sum": theirs})
    text = theirs.replace("example.com/zeta", f"{line}example.com/zeta")
    repo.commit(f"Backport of {TITLE} into release/1.9.x (#13)", {"go.sum": text}, who)
    assert judged(repo) == (("present", "declared") if (who, line) == (BOT, FORK) else ("missing", None))


def test_a_change_corrected_when_it_landed_again_is_not_the_first_one(repo: Repo) -> None:
    """By one author, under one long title, with but one other line: the branch has what was wrong with it."""
    title = "import: fix crash when referencing the resource from the id field"
    begun(repo, f"{title} (#12)")
    repo.commit(f"{title} (#10)", {"src/server.py": mended(OWN, "None")}, BOT)
    assert judged(repo)[0] == "missing"


# A copy that says so, of another pull request

LONG = "Mend the pump where it leaks, and tell why it did"
LEAKS = "".join(f"leaks({n}, at=place_{n})\n" for n in range(36))


def copied(repo: Repo, ours: str, theirs: str, who: str = BOT, pump: str = LEAKS) -> str:
    """Of the 37 lines that main adds qa has 36: 97 %."""
    begun(repo, ours, {"src/server.py": mended(SERVER, "main, pump", LEAKS)})
    repo.commit(theirs, {"src/server.py": mended(OWN, "pump, ours", pump)}, who)
    return judged(repo)[0]


COPIES = [
    (f"[release-1.28] {LONG} (#12)", f"{LONG} (#10)"),
    (f"{LONG} (#10)", f"[release-1.28] {LONG} (#12)"),
    (f"[release-1.27] {LONG} (#11)", f"[release-1.28] {LONG} (#12)"),
    (f"[2.x] 🐛 {LONG} (#12)", f":bug: {LONG} (#10)"),
    (f"{LONG} [backport to release-1.6] (#12)", f"{LONG} (#10)"),
    (f"{LONG} (release-1.28) (#12)", f"{LONG} (#10)"),
    (f"1.28 {LONG[0].lower()}{LONG[1:]} (#12)", f"{LONG} (#10)"),
    (f"Backport of {LONG} into release/1.10.x (#12)", f"{LONG} (#10)"),
    (f'[3.9] Revert "{LONG}" (#12)', f'Revert "{LONG}" (#10)'),
]


@pytest.mark.parametrize(("ours", "theirs"), COPIES)
@pytest.mark.parametrize("who", [BOT, QUINN])
def test_a_copy_that_says_so_may_differ_in_a_line_of_twenty(repo: Repo, ours: str, theirs: str, who: str) -> None:
    assert copied(repo, ours, theirs, who) == "present"


@pytest.mark.parametrize(("ours", "theirs"), COPIES)
def test_one_that_differs_in_more_is_not_it(repo: Repo, ours: str, theirs: str) -> None:
    assert copied(repo, ours, theirs, pump=LEAKS.replace("leaks(7", "leak(7")) == "missing"


@pytest.mark.parametrize(
    ("ours", "theirs", "who"),
    [
        (f"{LONG} (#12)", f"{LONG} (#10)", BOT),
        (f"[release] {LONG} (#12)", f"{LONG} (#10)", BOT),
        (f"[docs] {LONG} (#12)", f"{LONG} (#10)", BOT),
        (f"[SHOP-128] {LONG} (#12)", f"{LONG} (#10)", BOT),
        (f"[release-1.28] {LONG} (partial backport) (#12)", f"{LONG} (#10)", BOT),
        (f"[release-1.28] {LONG} (#12)", f"{LONG}, part 2 (#10)", BOT),
        (f"[release-1.28] {LONG} (#12)", f'Revert "{LONG}" (#10)', BOT),
        ("[release-1.28] Mend the pump (#12)", "Mend the pump (#10)", QUINN),
    ],
    ids=["none", "no release", "another label", "a ticket", "a part", "another title", "a revert", "a short title"],
)
def test_what_does_not_say_so_must_hold_all(repo: Repo, ours: str, theirs: str, who: str) -> None:
    assert copied(repo, ours, theirs, who) == "missing"


def test_a_copy_that_left_one_place_as_it_was_is_not_it(repo: Repo) -> None:
    """By its lines it has 97 %, but what is left out is a change of its own."""
    ours, theirs = COPIES[0]
    safe = mended(SERVER, "main, pump", LEAKS).replace(
        "option_15 = read(15)\n", "option_15 = read(15)\nassert safe(option_15)\n"
    )
    begun(repo, ours, {"src/server.py": safe})
    repo.commit(theirs, {"src/server.py": mended(OWN, "main, pump", LEAKS)}, BOT)
    assert judged(repo)[0] == "missing"


def test_a_copy_that_was_reverted_since_is_undone(repo: Repo) -> None:
    ours, theirs = COPIES[0]
    begun(repo, ours, {"src/server.py": mended(SERVER, "main, pump", LEAKS)})
    repo.revert(repo.commit(theirs, {"src/server.py": mended(OWN, "pump, ours", LEAKS)}, BOT))
    assert judged(repo)[0] == "reverted"


def test_less_than_all_is_never_told_as_all(repo: Repo) -> None:
    many = "".join(f"leaks({n}, at=place_{n})\n" for n in range(400))
    begun(repo, f"{LONG} (#12)", {"src/server.py": mended(SERVER, "main, pump", many)})
    repo.commit(f"{LONG} (#10)", {"src/server.py": mended(OWN, "pump, ours", many)}, BOT)
    assert judged(repo)[0] == "missing"
    detail = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes[0].evidence.detail
    assert detail.endswith("but it holds 99% of its added and 100% of its removed lines")


# Merges of the pull request that the fix says to be a copy of


def merged(repo: Repo, ours: str, theirs: str, resolve: Files | None = None, body: str = "") -> str:
    """On qa the pull request is a merge of two commits, each with but a part of the fix."""
    begun(repo, ours)
    repo.switch("pump", "qa")
    repo.commit("Open it", {"src/server.py": mended(OWN, "nothing", "pump = open_pump(1)\nif pump.fails():\n")}, QUINN)
    repo.commit("Close it, too", {"src/server.py": THEIRS}, QUINN)
    repo.switch("qa")
    message = ("-m", theirs, *(("-m", body) if body else ()))
    return repo.merge("pump", *message, resolve=resolve)


MERGES = [
    ("Backport PR #10: Mend the pump", "Merge pull request #10 from joe/pump", ""),
    ("[2.x] Mend the pump (backport #10) (#12)", "Merge pull request #10 from joe/pump", ""),
    ("Backport PR #10 on branch 2.x", "Merge pull request 'Mend' (#10) from joe/pump into qa", ""),
    ("Mend the pump (cherry-pick !10)", "Merge branch 'pump' into 'qa'", "Mend it\n\nSee merge request shop/shop!10"),
    ("Backport #10: Mend the pump", "Merged in joe/pump (pull request #10)", ""),
    ("Backport #10: Mend the pump", "Merged PR 10: Mend the pump", ""),
    ("Backport #10: Mend the pump", "Pull request #10: Mend the pump", ""),
    ("Merge pull request #10 from joe/pump", "Merge pull request #10 from joe/pump", ""),
    ("Merge branch 'pump'", "Merge branch 'pump' into 'qa'", "See merge request shop/shop!10"),
]


@pytest.mark.parametrize(("ours", "theirs", "body"), MERGES)
def test_the_merge_of_its_pull_request(repo: Repo, ours: str, theirs: str, body: str) -> None:
    ours = ours if body.startswith("Mend") or not body else f"{ours}\n\n{body}"
    merged(repo, ours, theirs, body=body)
    assert judged(repo) == ("present", "declared")


BACKPORT, MERGE = "Backport PR #10: Mend the pump", "Merge pull request #10 from joe/pump"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BACKPORT, "Merge pull request #11 from joe/pump"),
        (BACKPORT, "Merge branch 'pump'"),
        (BACKPORT, "Merge pull request #11 from joe/issue-#10"),
        ("Mend the pump (#10)", MERGE),
        ("Mend the pump, see #10", MERGE),
        ("Partial backport of #10: Mend the pump", MERGE),
        ("Backport #10 and #11: Mend the pump", MERGE),
        ('Revert "Backport PR #10: Mend the pump"', MERGE),
        ("Backport PR #10: Mend the pump", "Merged PR 10: Empty the tank"),
    ],
)
def test_the_merge_of_another_one(repo: Repo, ours: str, theirs: str) -> None:
    merged(repo, ours, theirs)
    assert judged(repo)[0] == "missing"


def test_a_merge_that_holds_a_third_is_not_it(repo: Repo) -> None:
    merged(repo, BACKPORT, MERGE, {"src/server.py": THIRD})
    assert judged(repo)[0] == "missing"


def test_a_merge_that_kept_the_old_side_has_nothing_of_it(repo: Repo) -> None:
    merged(repo, BACKPORT, MERGE, {"src/server.py": OWN})
    assert judged(repo)[0] == "missing"


def test_a_merge_that_was_reverted_since(repo: Repo) -> None:
    repo.revert(merged(repo, BACKPORT, MERGE), "-m", "1")
    assert judged(repo)[0] == "reverted"


def test_a_merge_whose_lines_were_taken_out_again_in_silence(repo: Repo) -> None:
    merged(repo, BACKPORT, MERGE)
    repo.commit("Tidy", {"src/server.py": OWN}, QUINN)
    assert judged(repo)[0] == "reverted"


def test_a_merge_of_another_project_with_that_number(repo: Repo) -> None:
    """The fix's one line stands after it, too, but in another place: the fix's own is as before it."""
    text = "".join(f"option_{n} = read({n})\nstop(pump)\n" for n in range(9))
    started(repo, {"src/server.py": text})
    ours = text.replace("option_7 = read(7)\nstop(pump)\n", "option_7 = read(7)\nraise PumpError(pump)\n")
    repo.commit(BACKPORT, {"src/server.py": ours}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.switch("pump", "qa")
    theirs = text.replace("option_2 = read(2)\nstop(pump)\n", "option_2 = read(2)\nraise PumpError(pump)\n")
    repo.commit("Raise it", {"src/server.py": theirs}, QUINN)
    repo.switch("qa")
    repo.merge("pump", "-m", MERGE)
    assert judged(repo)[0] == "missing"


def test_a_copy_on_the_branch_of_the_merge_that_brought_the_fix(repo: Repo) -> None:
    """Main merged the pull request, and the branch has a copy of it in one commit."""
    started(repo, {"src/server.py": SERVER})
    repo.switch("pump", "main")
    repo.commit("Mend it", {"src/server.py": MENDED}, MONA)
    repo.switch("main")
    repo.merge("pump", "-m", MERGE)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, QUINN)
    repo.commit("Backport PR #10: The pump mended", {"src/server.py": THEIRS}, QUINN)
    assert judged(repo) == ("present", "declared")


# A twin that is a merge


def twin(repo: Repo, resolve: Files | None = None, title: str = "Merge pull request from GHSA-pq7m") -> None:
    """Main has in one commit what qa merged, by the same author at the same moment."""
    started(repo, {"src/server.py": SERVER, "NEWS": "1\n"})
    oid = repo.commit("Merge pull request from GHSA-pq7m", {"src/server.py": MENDED}, MONA)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, QUINN)
    repo.switch("hole", "qa")
    repo.commit("Close the hole", {"src/server.py": THEIRS}, QUINN)
    repo.commit("Tell of it", {"NEWS": "2\n"}, QUINN)
    repo.switch("qa")
    repo.merge("hole", resolve=resolve)
    when = repo.git("log", "-1", "--format=%ad", oid)
    repo.git("commit", "--quiet", "--amend", "--message", title, f"--date={when}", f"--author={MONA}")


def test_a_merge_of_the_same_author_moment_and_title(repo: Repo) -> None:
    twin(repo)
    assert judged(repo) == ("present", "declared")


def test_one_under_another_title_is_another_one(repo: Repo) -> None:
    twin(repo, title="Merge pull request from GHSA-0000")
    assert judged(repo)[0] == "missing"


@pytest.mark.parametrize("text", [OWN, THIRD])
def test_one_that_left_it_out_is_not_it(repo: Repo, text: str) -> None:
    twin(repo, {"src/server.py": text})
    assert judged(repo)[0] == "missing"


def test_one_that_was_reverted_since_is_no_longer_there(repo: Repo) -> None:
    twin(repo)
    repo.revert("HEAD", "-m", "1")
    assert judged(repo)[0] == "reverted"
