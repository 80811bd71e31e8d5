"""Main took a fix back, and has it all the same in other words: then the branches still owe it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.audit import audit_repository
from auditor.config.configuration import RepositoryConfig
from tests.build import Files, Repo, fixed, started
from tests.judged import NOW, audit, judged, pair

# A word of a list, which a later one moved to another line

MARKERS = """\
def read(response):
    if response.status == 200:
        list_markers = ('Addresses', 'Identities',
{markers})
        item_markers = ('member', 'item', 'entry')
        return parse(response, list_markers, item_markers)
"""
GROUND = " " * 24 + "'Attributes', 'SendPoints'"
FIXED = " " * 24 + "'DkimTokens', 'Attributes',\n" + " " * 24 + "'SendPoints'"
SINCE = " " * 24 + "'DkimTokens', 'DkimAttributes',\n" + GROUND


def markers(text: str) -> Files:
    return {"ses/connection.py": MARKERS.format(markers=text)}


@pytest.mark.parametrize(
    ("since", "status"),
    [(SINCE, "missing"), (GROUND, "withdrawn"), (SINCE.replace("DkimTokens", "Rules"), "withdrawn")],
    ids=["moved on", "as before", "another word"],
)
def test_a_word_of_a_list(repo: Repo, since: str, status: str) -> None:
    """Boto's 1a079dadc394: the line that it changed is as before, and the word that it brought stands above."""
    started(repo, markers(GROUND))
    fixed(repo, markers(FIXED))
    repo.commit("Know more of them", markers(since))
    assert judged(repo) == status


# Reverted, and brought in again with more care

AUTH = """\
def canonical(request):
{path}    # Normalize the path.
    normalized = normpath({given})
    # Then quote what is left.
    encoded = quote(normalized)
{slash}    return encoded
"""
SLASH = "    if request.path.endswith('/'):\n      encoded = encoded + '/'\n"
CAREFUL = "    if len(path) > 1 and path.endswith('/'):\n        encoded += '/'\n"


def auth(slash: str = "", path: str = "") -> Files:
    text = AUTH.format(slash=slash, path=path, given="path" if path else "request.path")
    return {"auth.py": text, "NOTES.md": "# Notes\n"}


@pytest.mark.parametrize(
    ("slash", "status"),
    [(CAREFUL, "missing"), ("", "withdrawn"), ("    log(encoded)\n", "withdrawn")],
    ids=["again", "not again", "something else"],
)
@pytest.mark.parametrize("merged", [False, True], ids=["not merged", "merged"])
def test_it_was_reverted_and_came_in_other_words(repo: Repo, slash: str, status: str, merged: bool) -> None:
    """Boto's dec541f7e565."""
    started(repo, auth())
    fix = fixed(repo, auth(SLASH))
    repo.revert(fix)
    repo.commit("Work on it", auth(slash, "    path = request.path\n"))
    if merged:
        repo.switch("qa")
        repo.merge("main")
    assert judged(repo) == ("present" if merged and status == "missing" else status)


@pytest.mark.parametrize("branches", [["qa"], ["qa", "dev"], ["dev", "qa"]])
def test_what_another_branch_brings_to_light(repo: Repo, branches: list[str]) -> None:
    """Another one lacks the fix, and so main's commits are looked at: they say no more of this one."""
    started(repo, auth())
    repo.revert(fixed(repo, auth(SLASH)))
    repo.switch("qa")
    repo.merge("main", "--ff-only")
    repo.switch("main")
    repo.commit("Work on it", auth(CAREFUL, "    path = request.path\n"))
    repo.switch("qa")
    repo.merge("main", "--ff-only")
    repo.commit("Of our own", auth(CAREFUL + "    log(encoded)\n", "    path = request.path\n"))
    assert pair(audit(repo, branches=branches), "v2.4.1", "qa").status.value == "present"


# Reverted by a commit that says so, and landed again: what main did is the same for each branch

PAY = """\
def pay(cart, card):
{guard}    amount = total(cart)
    card.charge(amount)
    return amount
"""
GUARD = "    if not cart.items:\n        raise ValueError('nothing to pay')\n"


def pay(guard: str = "") -> Files:
    return {"pay.py": PAY.format(guard=guard)}


HELPER = {
    **pay("    guarded(cart)\n"),
    "guards.py": f"def guarded(cart):\n{GUARD}",
}
BRANCHES = ["has it", "all of main", "old lines", "-s ours", "nothing"]


def goes_its_way(repo: Repo, how: str) -> None:
    """The branch's way, from which it comes back without the fix, or with it."""
    repo.switch("qa")
    repo.commit("Work on it", {"other.txt": "other\n"})
    if how != "nothing":
        repo.merge("main" if how == "all of main" else "v2.4.1", *(("-s", "ours") if how == "-s ours" else ()))
    if how == "old lines":
        repo.commit("Back to what worked", pay())


@pytest.mark.parametrize("how", BRANCHES)
@pytest.mark.parametrize(
    ("landed", "owed"),
    [
        (pay(GUARD.replace("nothing to pay", "the cart is empty")), True),
        (pay(GUARD.replace("ValueError('nothing to pay')", "EmptyCart(cart)")), True),
        (pay(GUARD.replace("        raise", "        warn(cart)\n        raise")), True),
        (HELPER, True),
        (pay("    log(card)\n"), False),
        ({"other.py": "other = 1\n"}, False),
    ],
    ids=["other message", "other type", "grown", "helper", "something else", "elsewhere"],
)
def test_reverted_and_landed_again(repo: Repo, landed: Files, owed: bool, how: str) -> None:
    started(repo, pay())
    fix = fixed(repo, pay(GUARD))
    repo.revert(fix)
    repo.commit("Feature", {"feature.txt": "feature\n"})
    repo.commit("Mend it with care", landed)
    goes_its_way(repo, how)
    told = dict(zip(BRANCHES, ["present", "present", "reverted", "dropped", "missing"], strict=True))
    assert judged(repo) == (told[how] if owed else "withdrawn")


# One fix in two hotfixes, neither below the other

LINES = "".join(f"line {n} of {{0}}\n" for n in range(20))


def machine(pump: int | None = None, **more: str) -> Files:
    """Files with a line of each mended, or the pump's written anew."""
    texts = {name: LINES.format(name) for name in ("pump", "valve", "hose")}
    for name, line in more.items():
        texts[name] = texts[name].replace(f"line 5 of {name}\n", f"{line}\n")
    if pump is not None:
        texts["pump"] = texts["pump"].replace(
            "line 5 of pump\n", ("guarded against overflow\n", "cool and quiet\n")[pump]
        )
    return {f"{name}.txt": text for name, text in texts.items()}


@pytest.mark.parametrize("first", ["v2.4.1", "v2.4.2"])
def test_what_main_took_back_with_one_hotfix_is_told_of_that(repo: Repo, tmp_path: Path, first: str) -> None:
    """Main took the whole of one back at once: whichever is judged first, and whether the other is judged at all."""
    tags = ["v2.4.1", "v2.4.2"]
    started(repo, machine())
    repo.switch("both", "main")
    repo.commit("Mend the pump", machine(0))
    repo.switch("one", "both")
    repo.commit("Mend the valve", machine(0, valve="opens slowly again"))
    repo.switch("two", "both")
    repo.commit("Mend the hose", machine(0, hose="long enough by now"))
    for name in ("one", "two") if first == tags[0] else ("two", "one"):
        repo.tag(tags[name == "two"], at=name)
    repo.switch("main")
    repo.merge("one")
    repo.merge("two")
    repo.commit("Simplify", machine(hose="long enough by now"))
    repo.commit("Other", machine(1, hose="long enough by now"))
    repo.switch("qa")
    repo.commit("Our own", {"ours.txt": "ours\n"})
    config = RepositoryConfig.model_validate({"name": "r", "path": repo.path, "branches": ["qa"]})
    together = audit_repository(config, NOW, tmp_path)
    for tag in tags:
        alone = audit_repository(config, NOW, tmp_path, tag)
        assert pair(together, tag, "qa") == pair(alone, tag, "qa")


# What a revert of main took, and what main kept

TILL = "def till(cart):\n{}    return cart\n\n\ndef close(cart):\n{}    return None\n"
STEPS = "".join(f"    step_{n}(cart, again=True)\n" for n in range(6))
TAKES = ("    take_all_steps(cart)\n", "    close_all_drawers(cart)\n")


def till(first: str, second: str) -> Files:
    return {"till.py": TILL.format(first, second)}


def test_a_revert_that_put_some_of_the_old_lines_back(repo: Repo) -> None:
    started(repo, till(STEPS, ""))
    fix = fixed(repo, till(*TAKES))
    repo.revert(fix, resolve=till("".join(STEPS.splitlines(keepends=True)[:2]), ""))
    assert judged(repo) == "withdrawn"


def test_a_revert_that_main_did_not_let_in(repo: Repo) -> None:
    """It was made on a topic; main kept the fix, and has gone on from it."""
    started(repo, till("", ""))
    fix = fixed(repo, till(*TAKES))
    repo.switch("topic", "main")
    repo.revert(fix)
    repo.switch("main")
    repo.merge("topic", "-s", "ours")
    repo.commit("Go on", till("    Steps(cart).run()\n", "    Drawers.of(cart).lock()\n"))
    assert judged(repo) == "missing"
