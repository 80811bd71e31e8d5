"""Stories of the histories of other projects, found by reading verdicts on them: each was once judged wrongly."""

from __future__ import annotations

import pytest

from auditor.evidence import plain_git
from tests.build import CART, LOGIN, LOGIN_FIXED, Repo, back_merge, hotfix
from tests.judged import assert_checks_hold, audit, pair, told

# Ways to say which commit was copied


@pytest.mark.parametrize(
    "words",
    [
        "Original-merge: {}",
        "This is a cherrypick of {}",
        "Cherry-pick: {}",
        "Cherry-Picked-From: {}",
        "(cherry pick from commit {})",
        "Backports commit: {} / pull request 17",
    ],
)
def test_a_pick_names_its_origin_in_other_words(repo: Repo, words: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("if account.locked:", "if account.locked or account.old:")})
    text = LOGIN_FIXED.replace("if account.locked:", "if account.locked or account.old:").replace("no", "none", 1)
    repo.commit(f"Mend login\n\n{words.format(landed.merge)}", {"src/login.py": text})
    assert told(repo) == ("present", "declared")


@pytest.mark.parametrize("words", ["(partially cherry picked from commit {})", "Partial cherry-pick of {}"])
def test_a_pick_that_calls_itself_partial_is_not_the_fix(repo: Repo, words: str) -> None:
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/cart.py": f"# cart\n{CART}"})
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    fixed = LOGIN_FIXED.replace("find(user)", "search(user)")
    repo.commit(f"Mend login\n\n{words.format(landed.fix)}", {"src/login.py": fixed})
    assert told(repo) == ("missing", None)


def test_a_line_that_a_fix_takes_and_gives_again_need_not_be_removed(repo: Repo) -> None:
    """The fix gave the last line its end; the branch had that, and another wording of the line that was mended."""
    history = '{{\n  "since": "7.0",\n  "text": "Support for {} names",\n  "more": true\n}}'
    repo.commit("Describe", {"geo.json": history.format("lower-case")})
    repo.tag("v2.4.0")
    repo.branch("qa")
    fix = hotfix(repo, "name", "v2.4.1", {"geo.json": history.format("uppercase") + "\n"}).fix
    repo.switch("qa")
    repo.commit("Describe otherwise", {"geo.json": history.format("capital-case") + "\n"})
    repo.commit(f"A real word (cherry picked from commit {fix})", {"geo.json": history.format("uppercase") + "\n"})
    later = history.format("uppercase").replace("true", "false").replace("7.0", "7.0.0")
    repo.commit("Go on", {"geo.json": later + "\n"})
    assert told(repo, "qa", "v2.4.1") == ("present", "declared")


# The same lines among other neighbours

SOCKET = """\
def serve(path, mode):
    sock = socket()
    address = Address()
    address.family = LOCAL
    address.path = path
    if listen(sock, address):
        return failed()
    if mode:
        chmod(address.path, mode)
    return sock


def close(sock):
    sock.shutdown()
    return sock.close()
"""
SOCKET_FIXED = SOCKET.replace("listen(sock, address)", "listen(sock, address, mode)").replace(
    "    if mode:\n        chmod(address.path, mode)\n", ""
)


def other_neighbours(text: str) -> str:
    return text.replace("address.path = path", "address.path = copy(path)")


@pytest.fixture
def served(repo: Repo) -> Repo:
    """A fix on main, and dev with another line right above the lines that it mends."""
    repo.commit("Serve", {"src/socket.py": SOCKET})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "race", "v2.4.1", {"src/socket.py": SOCKET_FIXED})
    repo.switch("qa")
    repo.commit("Copy safely", {"src/socket.py": other_neighbours(SOCKET)})
    return repo


def mended(repo: Repo, text: str) -> tuple[str, str | None]:
    repo.commit("Mend the race here, too", {"src/socket.py": text})
    return told(repo, "qa", "v2.4.1")


def test_the_same_lines_where_the_next_line_differs(served: Repo) -> None:
    """A replay of the fix conflicts there; but every line of it stands in its place, and stood not before."""
    assert mended(served, other_neighbours(SOCKET_FIXED)) == ("present", "squash")
    served.commit("Go on", {"src/socket.py": other_neighbours(SOCKET_FIXED).replace("shutdown()", "shutdown(2)")})
    assert told(served, "qa", "v2.4.1") == ("present", "squash")


def test_git_shows_that_the_commit_brought_such_lines(served: Repo) -> None:
    mended(served, other_neighbours(SOCKET_FIXED))
    verdict = pair(audit(served, branches=["qa"]), "v2.4.1", "qa")
    (brought, before) = [c for c in verdict.checks if " grep " in c.run]
    assert "listen(sock, address, mode)" in brought.run
    assert (brought.exit, before.exit) == (0, 1)
    assert served.oid("qa") in brought.run
    assert served.oid("qa~1") in before.run
    assert_checks_hold(served.path, verdict)
    assert all(plain_git.allowed(check.run) for check in verdict.checks)


def test_a_line_too_long_for_a_command_is_not_shown(served: Repo) -> None:
    """A system refuses words of more than some hundred thousand characters."""
    long = "    trace('" + "x" * 200_000 + "')\n"
    served.switch("main")
    hotfix(
        served,
        "trace",
        "v2.4.2",
        {"src/socket.py": SOCKET_FIXED.replace("    return sock\n", f"{long}    return sock\n")},
    )
    served.switch("qa")
    text = other_neighbours(SOCKET).replace("    return sock\n", f"{long}    return sock\n")
    served.commit("Trace here, too", {"src/socket.py": text})
    verdict = pair(audit(served, branches=["qa"]), "v2.4.2", "qa")
    assert max(len(check.run) for check in verdict.checks) < 1_000
    assert_checks_hold(served.path, verdict)


def test_such_lines_taken_out_again(served: Repo) -> None:
    mended(served, other_neighbours(SOCKET_FIXED))
    served.revert("HEAD")
    assert told(served, "qa", "v2.4.1") == ("reverted", None)


def test_the_new_line_beside_the_old_one_is_not_the_fix(served: Repo) -> None:
    old = "    if listen(sock, address):\n        return failed()\n"
    text = other_neighbours(SOCKET_FIXED).replace("    if listen(", old + "    if listen(")
    assert mended(served, text) == ("missing", None)


def test_the_same_lines_in_another_place_are_not_the_fix(repo: Repo) -> None:
    """The branch has no such function any more, and adds the same line to another one."""
    functions = "".join(
        f"def {name}(x):\n    log({name!r})\n    return result(x)\n\n\n" for name in ("load", "save", "drop")
    )
    repo.commit("Store", {"src/store.py": functions})
    repo.tag("v2.4.0")
    repo.branch("qa")
    guarded = "    if x is None:\n        return None\n"
    hotfix(
        repo, "none", "v2.4.1", {"src/store.py": functions.replace("    log('save')\n", f"    log('save')\n{guarded}")}
    )
    repo.switch("qa")
    without = functions.replace("def save(x):\n    log('save')\n    return result(x)\n\n\n", "")
    repo.commit("No saving", {"src/store.py": without})
    repo.commit("Guard", {"src/store.py": without.replace("    log('drop')\n", f"    log('drop')\n{guarded}")})
    assert told(repo, "qa", "v2.4.1") == ("missing", None)


# What a diff takes for an old line that is back

WAIT = """\
def run(jobs):
    for job in jobs:
        job.start()
    match outcome():
        case DONE:
            jobs.wait()
        case LATE(10):
            fail("late")
    report(jobs)
"""


def test_a_line_that_the_fix_moved_is_not_back_where_it_stands_as_moved(repo: Repo) -> None:
    """The branch changed the lines between: a diff may pair the line that stands with the one that was removed."""
    fixed = WAIT.replace("        case DONE:\n            jobs.wait()\n", "        case DONE:\n").replace(
        '            fail("late")\n', '            stop()\n            jobs.wait()\n            fail("late")\n'
    )
    repo.commit("Run", {"src/run.py": WAIT})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "wait", "v2.4.1", {"src/run.py": fixed})
    back_merge(repo, "main", "qa")
    repo.switch("qa")
    repo.commit("Wait longer", {"src/run.py": fixed.replace("LATE(10)", "LATE(20)")})
    assert told(repo, "qa", "v2.4.1") == ("present", "merge")
    repo.commit("Wait again", {"src/run.py": WAIT})
    assert told(repo, "qa", "v2.4.1") == ("reverted", None)


def test_lines_that_were_moved_into_a_block_did_not_give_way(repo: Repo) -> None:
    """They stand, further to the right. Where they stood first, the branch has its own line again, as ever."""
    start = "".join(f"step_{n}()\n" for n in range(6))
    added = "# the latest may be gone\nif current < planned:\n    current = planned\n"
    block = "with lock:\n" + "".join(f"    {line}\n" for line in added.splitlines())
    moved = start.replace("step_2()\n", f"step_2()\n{block}")
    main_end, own_end = "unlock()\nlog(current)\n", "unlock_read()\nlog(current)\n"
    repo.commit("Restore", {"src/restore.py": start + main_end})
    repo.tag("v2.4.0")
    repo.branch("qa")
    fix = hotfix(repo, "planned", "v2.4.1", {"src/restore.py": start + added + main_end}).fix
    hotfix(repo, "lock", "v2.4.2", {"src/restore.py": moved + main_end})
    repo.switch("qa")
    repo.commit("Own", {"src/restore.py": start + own_end})
    repo.switch("topic", "qa")
    repo.pick(fix, "-x", resolve={"src/restore.py": start + added + own_end})
    repo.switch("qa")
    repo.merge("topic")
    repo.commit("Under the lock", {"src/restore.py": moved + own_end})
    assert told(repo, "qa", "v2.4.1")[0] == "present"
    repo.commit("Own again", {"src/restore.py": start + own_end})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


def test_main_moved_lines_to_the_right_that_the_branch_says_elsewhere_in_other_words(repo: Repo) -> None:
    """What the branch had before is no way back while main has what the fix made."""
    head, tail = "class Bar:\n    width = 28\n\n", "\ndef draw(bar):\n    bar.draw()\n"
    formats = '    plain = "{current} {percent}"\n    loud = "{current} {percent} {memory}"\n'
    repo.commit("Bars", {"src/bar.py": head + tail + "def stop(bar):\n    bar.stop()\n"})
    repo.commit("Formats", {"src/bar.py": head + formats + tail})
    repo.tag("v2.4.0")
    repo.switch("qa", "main")
    repo.commit("Work", {"src/cart.py": f"# work\n{CART}"})
    fixed = formats.replace(" {percent}", "")
    hotfix(repo, "bar", "v2.4.1", {"src/bar.py": head + fixed + tail})
    back_merge(repo, "main", "qa")
    repo.commit("Group", {"src/bar.py": head + fixed.replace("    ", "        ") + tail})
    repo.switch("qa")
    said = 'FORMATS = {\n    "plain": "{current}",\n    "loud": "{current} {memory}",\n}\n'
    repo.commit("Rework", {"src/bar.py": head + tail + "def stop(bar):\n    bar.stop()\n\n\n" + said})
    assert told(repo, "qa", "v2.4.1") == ("present", "merge")


# A file that the branch has in another folder, as old as it is on main

HASHER = "".join(f"def hash_{n}(key):\n    return digest(key, {n})\n\n\n" for n in range(6))


def hash_mended_on_main(repo: Repo) -> None:
    """qa has no such file yet; work goes on there."""
    repo.branch("qa")
    repo.commit("Hashes", {"src/mvcc/hash.py": HASHER})
    repo.tag("v2.4.0")
    hotfix(repo, "hash", "v2.4.1", {"src/mvcc/hash.py": HASHER.replace("digest(key, 3)", "digest(key or '', 3)")})
    repo.switch("qa")


@pytest.fixture
def hashed(repo: Repo) -> Repo:
    """Made on qa, in another folder, and back-ported to main, where a hotfix mends it; qa has reworked it since."""
    hash_mended_on_main(repo)
    repo.commit("Hashes", {"src/storage/mvcc/hash.py": HASHER.replace("digest(key, 0)", "digest(key)")})
    return repo


def reworked(repo: Repo, text: str) -> None:
    """So that nobody takes it for the file on main any more."""
    own = "".join(f"class Hasher{n}:\n    seed = {n}\n    table = table({n}, 'wide')\n\n\n" for n in range(20))
    repo.commit("Rework", {"src/storage/mvcc/hash.py": own + text.replace("def hash_", "def make_hash_")})


def test_a_file_that_the_branch_has_in_another_folder_was_in_its_history(hashed: Repo) -> None:
    reworked(hashed, HASHER)
    assert told(hashed, "qa", "v2.4.1") == ("missing", None)


def test_a_fix_of_a_file_that_the_branch_has_in_another_folder(hashed: Repo) -> None:
    text = HASHER.replace("digest(key, 0)", "digest(key)").replace("digest(key, 3)", "digest(key or '', 3)")
    hashed.commit("Mend the hash", {"src/storage/mvcc/hash.py": text})
    reworked(hashed, text)
    assert told(hashed, "qa", "v2.4.1")[0] == "present"


def test_such_a_fix_whose_old_line_is_back(hashed: Repo) -> None:
    text = HASHER.replace("digest(key, 0)", "digest(key)").replace("digest(key, 3)", "digest(key or '', 3)")
    hashed.commit("Mend the hash", {"src/storage/mvcc/hash.py": text})
    reworked(hashed, text)
    assert told(hashed, "qa", "v2.4.1")[0] == "present"
    reworked(hashed, text.replace("digest(key or '', 3)", "digest(key, 3)"))
    assert told(hashed, "qa", "v2.4.1") == ("reverted", None)
    assert_checks_hold(hashed.path, pair(audit(hashed, branches=["qa"]), "v2.4.1", "qa"))


def test_such_a_fix_within_other_work(hashed: Repo) -> None:
    """No commit makes its change, but its lines are there."""
    text = HASHER.replace("digest(key, 0)", "digest(key)").replace("digest(key, 3)", "digest(key or '', 3)")
    hashed.commit("Mend the hash", {"src/storage/mvcc/hash.py": text.replace("digest(key, 2)", "digest(key, 22)")})
    assert told(hashed, "qa", "v2.4.1")[0] == "present"
    assert_checks_hold(hashed.path, pair(audit(hashed, branches=["qa"]), "v2.4.1", "qa"))


def test_a_namesake_in_another_folder_is_another_file(repo: Repo) -> None:
    hash_mended_on_main(repo)
    repo.commit("Hashes of mail", {"src/mail/hash.py": "def mail_hash(mail):\n    return mail.id\n" * 12})
    assert told(repo, "qa", "v2.4.1") == ("not-applicable", None)


def test_a_namesake_that_main_once_had_too_is_another_file(repo: Repo) -> None:
    """Packages have files that are made alike; one of them was moved before another one was made."""
    package = "".join(f'"key {n}": "value {n}",\n' for n in range(12))
    repo.commit("The html package", {"extra/html-extension/package.json": package})
    repo.rename("extra/html-extension/package.json", "extra/html/package.json")
    repo.commit("A shorter name")
    repo.branch("qa")
    repo.commit("The cache package", {"extra/cache/package.json": package.replace("value 3", "cache")})
    repo.tag("v2.4.0")
    hotfix(repo, "cache", "v2.4.1", {"extra/cache/package.json": package.replace("value 3", "no cache")})
    assert told(repo, "qa", "v2.4.1") == ("not-applicable", None)


# What main took back together with what it was made on


def test_lines_of_an_earlier_version_are_no_other_words_for_the_fix(repo: Repo) -> None:
    """A hotfix of two commits, set back at once: where the second one was, there is what the first one removed."""
    start, end = "slot 1 opens\n", "slot 1 closes\n"
    old = start + "slot 1 old line\nslot 1 old end\n" + end
    repo.commit("Slots", {"src/slots.txt": old})
    repo.tag("v2.4.0")
    repo.branch("qa")
    repo.switch("hotfix/slots", "main")
    repo.commit("Empty it", {"src/slots.txt": start + end})
    repo.commit("Fill it", {"src/slots.txt": start + "slot 1 new line\n" + end})
    repo.switch("main")
    repo.merge("hotfix/slots")
    repo.tag("v2.4.1")
    back_merge(repo, "main", "qa")
    assert told(repo, "qa", "v2.4.1") == ("present", "merge")
    repo.commit("Set back", {"src/slots.txt": old})
    assert told(repo, "qa", "v2.4.1") == ("withdrawn", None)
    back_merge(repo, "main", "qa")
    assert {f.status for f in pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes} == {"withdrawn"}


def test_what_was_dropped_came_with_a_later_commit_under_a_new_name(repo: Repo) -> None:
    """The whole hotfix, that is, by a pick of its second commit after the file was renamed."""
    start, end = "".join(f"above {n}\n" for n in range(9)), "".join(f"below {n}\n" for n in range(9))
    old, new = f"{start}old line\nold end\n{end}", f"{start}new line\n{end}"
    repo.commit("Slots", {"src/slots.txt": old})
    repo.tag("v2.4.0")
    repo.switch("qa", "main")
    repo.commit("Work", {"src/slots.txt": f"own line\n{old}"})
    repo.switch("hotfix/slots", "main")
    repo.commit("Empty it", {"src/slots.txt": start + end})
    fill = repo.commit("Fill it", {"src/slots.txt": new})
    repo.switch("main")
    repo.merge("hotfix/slots")
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.merge("main", "-s", "ours")
    repo.switch("main")
    repo.rename("src/slots.txt", "src/all-slots.txt")
    repo.commit("Rename")
    repo.switch("qa")
    repo.merge("main")
    assert told(repo, "qa", "v2.4.1")[0] == "dropped"
    repo.pick(fill, resolve={"src/all-slots.txt": f"own line\n{new}"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_one_of_two_words_close_by_is_no_other_wording(repo: Repo) -> None:
    """What was made of a neighbouring line shares a word with what was made of this one."""
    lines = [f"slot {n}\n" for n in range(9)]
    repo.commit("Slots", {"src/slots.txt": "".join(lines)})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "slots", "v2.4.1", {"src/slots.txt": "".join([*lines[:3], "slot 3 version 102\n", *lines[4:]])})
    back_merge(repo, "main", "qa")
    repo.commit("Another one", {"src/slots.txt": "".join([*lines[:6], "slot 6 version 108\n", *lines[7:]])})
    assert told(repo, "qa", "v2.4.1") == ("withdrawn", None)


def test_a_fix_that_main_took_back_and_got_again_by_a_merge(repo: Repo) -> None:
    """It was made on dev, which has reworked a part of it, and says nothing of it to main."""
    fixed = {"src/login.py": LOGIN_FIXED, "src/lock.py": "def locked(account):\n    return account.failures > 3\n"}
    repo.switch("dev")
    repo.commit("Lock accounts", fixed)
    repo.commit("Rework", {"src/login.py": "def enter(account):\n    return not locked(account)\n"})
    repo.switch("main")
    landed = hotfix(repo, files=fixed)
    repo.switch("qa", "main")
    repo.switch("main")
    repo.revert(landed.fix)
    assert told(repo, "qa") == ("withdrawn", None)
    repo.merge("dev")
    assert told(repo, "qa") == ("present", "merge")


# What main moved to another file is not taken back


def moved_to_tools(repo: Repo, tools: str) -> None:
    """A hotfix adds a function; main moves the lot to another file, where that function goes on."""
    check = "def check(device):\n    device.start()\n    device.play(tone)\n    return device.heard(tone)\n\n\n"
    parts = [f"def part_{n}(x):\n    return x + {n}\n\n\n" for n in range(4)]
    repo.commit("Devices", {"src/sound.py": "".join(parts), "src/tools.py": "def tool():\n    return 1\n"})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "check", "v2.4.1", {"src/sound.py": "".join([*parts[:2], check, *parts[2:]])})
    repo.commit(
        "Tidy", {"src/sound.py": "".join(parts), "src/tools.py": tools.format(check) + "def tool():\n    return 1\n"}
    )


def test_main_moved_the_fix_to_another_file(repo: Repo) -> None:
    moved_to_tools(repo, "# devices\n{}")
    assert told(repo, "qa", "v2.4.1") == ("missing", None)
    repo.switch("qa")
    repo.merge("main")
    assert told(repo, "qa", "v2.4.1") == ("present", "merge")


def test_main_took_the_fix_out_and_wrote_something_else_elsewhere(repo: Repo) -> None:
    moved_to_tools(repo, "# devices\n")
    assert told(repo, "qa", "v2.4.1") == ("withdrawn", None)


def test_main_got_the_fix_and_its_moving_by_one_merge(repo: Repo) -> None:
    """On main's own line the fix never stood in its first place."""
    check = "def check(device):\n    device.start()\n    device.play(tone)\n    return device.heard(tone)\n\n\n"
    parts = [f"def part_{n}(x):\n    return x + {n}\n\n\n" for n in range(4)]
    repo.commit("Devices", {"src/sound.py": "".join(parts)})
    repo.tag("v2.4.0")
    repo.branch("qa")
    repo.switch("hotfix/check", "main")
    repo.commit("Check", {"src/sound.py": "".join([*parts[:2], check, *parts[2:]])})
    repo.commit("Tidy", {"src/sound.py": "".join(parts), "src/tools.py": check})
    repo.switch("main")
    repo.merge("hotfix/check")
    repo.tag("v2.4.1")
    found = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert [f.status.value for f in found.fixes] == ["missing", "missing"]


# The same lines in two places


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize("other", ["as it was", "reworked"])
def test_one_of_two_places_with_the_same_lines_restored(repo: Repo, lines: int, other: str) -> None:
    """That the lines stand in the other place, also where one of them is another since, says nothing of this one."""
    parts = [f"def part_{n}(x):\n    load({n})\n    return x + {n}\n\n\n" for n in range(4)]
    guard = "".join(["    check(x)\n", "    count(x)\n", "    allow(x, 1)\n"][:lines])
    fixed = [p.replace("    load(", f"{guard}    load(") if n in (1, 2) else p for n, p in enumerate(parts)]
    repo.commit("Parts", {"src/parts.py": "".join(parts)})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "guard", "v2.4.1", {"src/parts.py": "".join(fixed)})
    back_merge(repo, "main", "qa")
    repo.switch("qa")
    first = fixed[1].replace("allow(x, 1)", "allow(x, 2)") if other == "reworked" else fixed[1]
    repo.commit("Lose one", {"src/parts.py": "".join([fixed[0], first, parts[2], fixed[3]])})
    assert told(repo, "qa", "v2.4.1") == ("reverted", None)
