"""Guards of a fix that a branch left where they are, with nothing that leaves there, or turned round."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.text import turned
from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import audit, merged_and, pair, told

C = "int pay(cart *c)\n{{\n\tint sum = total(c);\n{}\tcharge(c, sum);\n\treturn sum;\n}}\n"
GUARD = "\tif (card_is(c->card) == EXPIRED) {\n\t\tlog_error(c);\n\t\treturn -1;\n\t}\n"
PYTHON = "def pay(cart):\n    amount = total(cart)\n{}    charge(cart, amount)\n    return amount\n"
GUARD_PY = "    if cart.card.expired:\n        log_error(cart)\n        raise CardError(cart.card)\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


def c(guard: str, more: str = "") -> Files:
    return {"pay.c": C.format(guard) + more}


def python(guard: str, more: str = "") -> Files:
    return {"pay.py": PYTHON.format(guard) + more}


PASSES = {
    "deleted": GUARD.replace("\t\treturn -1;\n", ""),
    "a comment": GUARD.replace("return", "// return"),
    "told instead": GUARD.replace("return -1;", 'warn("expired %s", c->card);'),
    "turned round": GUARD.replace("==", "!="),
    "turned round whole": GUARD.replace("if (", "if (!"),
}


@pytest.mark.parametrize("guard", PASSES.values(), ids=PASSES)
@pytest.mark.parametrize("more", ["", "\nint refund(cart *c);\n"], ids=["alone", "with other work"])
def test_it_lets_all_pass(repo: Repo, guard: str, more: str) -> None:
    assert merged_and(repo, c(""), c(GUARD), c(guard, more)) == "reverted"


@pytest.mark.parametrize("guard", PASSES.values(), ids=PASSES)
def test_main_let_all_pass_too(repo: Repo, guard: str) -> None:
    started(repo, c(""))
    fixed(repo, c(GUARD))
    repo.commit("Not now", c(guard))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Refunds", c(guard, "\nint refund(cart *c);\n"))
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")


@pytest.mark.parametrize(
    ("guard", "did"),
    [
        (PASSES["deleted"], "left a guard of it in pay.c that lets all pass"),
        (PASSES["turned round"], "turned a condition of it round in pay.c"),
    ],
)
def test_the_merge_let_it_in_so(repo: Repo, guard: str, did: str) -> None:
    started(repo, c(""))
    fixed(repo, c(GUARD))
    repo.switch("qa")
    repo.commit("Refunds", c("", "\nint refund(cart *c);\n"))
    repo.merge("main", resolve=c(guard, "\nint refund(cart *c);\n"))
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.status == "dropped"
    assert did in verdict.fixes[0].evidence.detail


BODY = "\t\tlog_error(c);\n\t\treturn -1;\n"
HOLDS = {
    "another end": GUARD.replace("return -1;", "goto out;"),
    "another way to say no": GUARD.replace("return -1;", "c->state = REFUSED;"),
    "at the end of both": GUARD.replace("\t\treturn -1;\n", "") + "\tif (card_is_bad(c->card))\n\t\treturn -1;\n",
    "both cases changed places": GUARD.replace("==", "!=").replace(
        "\t\tlog_error(c);\n\t\treturn -1;\n", "\t\tmark(c);\n"
    )
    + "\telse {\n\t\tlog_error(c);\n\t\treturn -1;\n\t}\n",
    "without the log": GUARD.replace("\t\tlog_error(c);\n", "\t\tlog_refusal(c);\n"),
    "wider": GUARD.replace("EXPIRED)", "EXPIRED || is_lost(c))"),
}


@pytest.mark.parametrize("guard", HOLDS.values(), ids=HOLDS)
def test_it_still_holds(repo: Repo, guard: str) -> None:
    assert merged_and(repo, c(""), c(GUARD), c(guard)) == "present"


def test_it_was_put_right_again(repo: Repo) -> None:
    steps = [c(PASSES["turned round"]), c(PASSES["deleted"]), c(GUARD, "\nint refund(cart *c);\n")]
    assert merged_and(repo, c(""), c(GUARD), *steps) == "present"


@pytest.mark.parametrize(
    "guard",
    [
        GUARD_PY.replace("if ", "if not "),
        GUARD_PY.replace("raise CardError(cart.card)", "pass"),
        GUARD_PY.replace("        log_error(cart)\n        raise CardError(cart.card)\n", "        pass\n"),
        GUARD_PY.replace("raise CardError(cart.card)", 'print("expired", cart.card)'),
    ],
)
def test_in_python(repo: Repo, guard: str) -> None:
    assert merged_and(repo, python(""), python(GUARD_PY), python(guard)) == "reverted"


@pytest.mark.parametrize(
    ("line", "contrary"),
    [
        (b"if (a === b) {", b"if (a !== b) {"),
        (b"if a < limit {", b"if a > limit {"),
        (b"if a <= limit:", b"if a > limit:"),
        (b"if a is None:", b"if a is not None:"),
        (b"if a not in b:", b"if a in b:"),
        (b"if not a:", b"if a:"),
        (b"  unless a", b"  if a"),
        (b'if [ -z "$a" ]; then', b'if [ -n "$a" ]; then'),
        (b"assert a", b"assert not a"),
        (b"} else if (a) {", b"} else if (!a) {"),
    ],
)
def test_contraries(line: bytes, contrary: bytes) -> None:
    assert turned.is_condition(line)
    assert contrary in turned.contraries(line)
