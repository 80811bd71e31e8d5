"""Stories of the histories of other projects: the ends of lines and files, and what was taken back within others."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import judged

GUIDE = "".join(f"Step {n}: look at the log of server {n}.\n" for n in range(12))
BETTER = GUIDE.replace("server 3.", "server 3, which binds to both addresses.")


def edited(repo: Repo, old: str, new: str, later: str) -> str:
    started(repo, {"docs/guide.md": old})
    fixed(repo, {"docs/guide.md": new})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Tell more", {"docs/guide.md": later.replace("Step 7:", "Step 7 (again):")})
    return judged(repo)


@pytest.mark.parametrize(
    ("old", "new"),
    [("The end", "The end\n"), ("The end\n", "The end"), ("The end  \n", "The end\n"), ("The end\r\n", "The end\n")],
    ids=["newline added", "newline removed", "blanks removed", "line end"],
)
def test_the_end_of_a_line_that_is_as_before_takes_nothing_back(repo: Repo, old: str, new: str) -> None:
    """Editors change it, whatever else they are asked to do."""
    assert edited(repo, GUIDE + old, BETTER + new, BETTER + old) == "present"


@pytest.mark.parametrize("new", [GUIDE, BETTER], ids=["the fix did no more", "the rest is lost, too"])
def test_the_end_of_a_line_counts_where_nothing_else_is_left(repo: Repo, new: str) -> None:
    assert edited(repo, f"{GUIDE}The end", f"{new}The end\n", f"{GUIDE}The end") == "reverted"


def test_the_depth_of_a_line_is_no_end(repo: Repo) -> None:
    code = "def pay(cart):\n    if cart.open:\n        cart.close()\n        send(cart)\n" + GUIDE
    started(repo, {"src/pay.py": code})
    deeper = code.replace("        send(cart)\n", "    send(cart)\n").replace("server 9", "server nine")
    fixed(repo, {"src/pay.py": deeper})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Tell more", {"src/pay.py": deeper.replace("    send(cart)\n", "        send(cart)\n")})
    assert judged(repo) == "reverted"


# What a fix took out came back within a longer line

APPLY = """\
install() {
  sed "s/namespace/${1}/" config.yaml > all.yaml
  kubectl apply -f all.yaml || return 1

  ${NET_DIR}/third_party/istio/configure.sh

  UNINSTALL+=( all.yaml )
}
"""
WITHOUT = APPLY.replace("\n  ${NET_DIR}/third_party/istio/configure.sh\n", "")
AGAIN = APPLY.replace(
    "  ${NET_DIR}/third_party/istio/configure.sh\n",
    "  CONFIGURE=${NET_DIR}/third_party/istio/configure.sh\n  [ -f $CONFIGURE ] && $CONFIGURE\n",
)
OTHER = APPLY.replace("  ${NET_DIR}/third_party/istio/configure.sh\n", "  wait_for pods\n")


@pytest.mark.parametrize(("text", "status"), [(AGAIN, "reverted"), (OTHER, "present")])
@pytest.mark.parametrize("named", [40, 12])
def test_a_revert_that_wrote_the_line_anew(repo: Repo, text: str, status: str, named: int) -> None:
    """It names the whole id, as git does, and has the old line within a new one. A part of an id may be prose."""
    started(repo, {"install.sh": APPLY})
    oid = fixed(repo, {"install.sh": WITHOUT})
    repo.switch("qa")
    repo.merge("main")
    repo.commit(f"Configure after all\n\nThis reverts commit {oid[:named]}.", {"install.sh": text})
    assert judged(repo) == (status if named == 40 else "present")


# An import that is needed no longer

USES = "import java.util.HashMap;\nimport java.util.Map;\n\nclass Groups {\n    Map<String, Group> known;\n\n"
CODE = "".join(f"    void step{n}(Group group) {{\n        known.remove(group);\n    }}\n\n" for n in range(5))
GROUPS = (
    "    private static final String[] GROUPS = read();\n"
    "    static Set<String> names() {\n        return of(GROUPS);\n    }\n"
)


def imported(repo: Repo, later: str, groups: str = GROUPS) -> str:
    started(repo, {"Groups.java": f"{USES}{CODE}}}\n"})
    mended = USES.replace("HashMap;\n", "HashMap;\nimport java.util.HashSet;\n") + CODE + groups
    fixed(repo, {"Groups.java": f"{mended}}}\n"})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Tidy up", {"Groups.java": f"{later}}}\n"})
    return judged(repo)


def test_an_import_that_went_takes_nothing_back_where_the_code_stands(repo: Repo) -> None:
    assert imported(repo, USES + CODE + GROUPS) == "present"


def test_an_import_that_the_code_needs_is_missed(repo: Repo) -> None:
    groups = GROUPS.replace("of(", "new HashSet<>(")
    assert imported(repo, USES + CODE.replace("step1(", "first(") + groups, groups) == "reverted"


def test_an_import_that_went_with_the_code_is_a_revert(repo: Repo) -> None:
    assert imported(repo, USES + CODE.replace("step1(", "first(")) == "reverted"


def test_an_import_is_all_where_the_fix_did_no_more(repo: Repo) -> None:
    started(repo, {"Groups.java": f"{USES}{CODE}}}\n"})
    fixed(repo, {"Groups.java": USES.replace("HashMap;\n", "HashMap;\nimport java.util.HashSet;\n") + f"{CODE}}}\n"})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Tidy up", {"Groups.java": f"{USES}{CODE}    int more;\n}}\n"})
    assert judged(repo) == "reverted"
