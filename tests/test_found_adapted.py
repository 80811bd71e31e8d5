"""Picks that name the fix as their origin, and have its one or two lines in the form that the branch's lines have."""

from __future__ import annotations

import pytest

from tests.build import Repo
from tests.judged import told

ANN, BOB = "Ann <ann@example.com>", "Bob <bob@example.com>"
TITLE = "Mend what the pool does with its last item"
FILE = "".join(f"    step_{n}(pool, {n});\n" for n in range(5))


def judged(repo: Repo, ours: tuple[str, str], theirs: tuple[str, str], message: str, path: str = "src/pool.c") -> str:
    """What is said of a fix where the branch's file, that may lie elsewhere, was its own, and was changed so."""
    repo.commit("Go on", {"src/pool.c": ours[0]})
    repo.tag("v2.4.0")
    repo.branch("qa")
    oid = repo.commit(TITLE, {"src/pool.c": ours[1]}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own pool", {"src/pool.c": None, path: theirs[0]}, BOB)
    repo.commit(message.format(oid), {path: theirs[1]}, BOB)
    return told(repo, "qa", "v2.4.1")[0]


def adapted(repo: Repo, main: tuple[str, str], branch: tuple[str, str], message: str = "") -> str:
    ours, theirs = (tuple(f"{FILE}{text}\n{FILE}" for text in some) for some in (main, branch))
    assert len(ours) == len(theirs) == 2
    return judged(repo, ours, theirs, message or f"{TITLE}\n\n(cherry picked from commit {{}})")


# One line in the place of another

LENGTH = "    if (LEN(buf) < sizeof(struct header) + sizeof(struct body))"
LENGTHS = (LENGTH, LENGTH.replace("header", "tagged"))
BRACKETS = "    if (LEN(buf) < (sizeof(struct header)) + sizeof(struct body)) {"
POOL = "    pool->size_ipv6 = ipv6_bits > 96 ? (1 << (128 - ipv6_bits))"
MEMBER = POOL.replace("size_ipv6", "ipv6.size")
RECORD = "    if (rr->klass == IN && rr->ttl > 0) {"
OWN_RECORD = RECORD.replace("rr->", "record.")
OPEN = "    if ((code = open_base(name, flags)) < 0)"


@pytest.mark.parametrize(
    ("main", "branch", "status"),
    [
        (LENGTHS, (BRACKETS, LENGTHS[1]), "present"),
        (LENGTHS, (BRACKETS, LENGTH.replace("body", "tagged")), "missing"),
        (LENGTHS, (BRACKETS, LENGTH.replace("header", "other")), "missing"),
        ((POOL, POOL.replace("96", "112")), (MEMBER, MEMBER.replace("96", "112")), "present"),
        ((POOL, POOL.replace("96", "112")), (MEMBER, MEMBER.replace("96", "104")), "missing"),
        ((POOL, POOL.replace("96", "112")), (MEMBER, MEMBER.replace("128", "112")), "missing"),
        (("    version = 2.4.1", "    version = 2.4.2"), ("    version = 2.3.1;", "    version = 2.3.2;"), "missing"),
        (
            (RECORD, RECORD.replace(" && rr->ttl > 0", "")),
            (OWN_RECORD, OWN_RECORD.replace(" && record.ttl > 0", "")),
            "present",
        ),
        (
            (RECORD, RECORD.replace(" && rr->ttl > 0", "")),
            (OWN_RECORD, OWN_RECORD.replace("record.klass == IN && ", "")),
            "missing",
        ),
        (
            (OPEN, OPEN.replace("< 0", "!= SUCCESS")),
            (f"{OPEN} {{\n    }}", f"{OPEN} {{\n    }}".replace("< 0", "!= SUCCESS")),
            "present",
        ),
        (
            (OPEN, OPEN.replace("< 0", "!= SUCCESS")),
            (f"{OPEN} {{\n    }}", f"{OPEN} {{\n    }}".replace("< 0", "== SUCCESS")),
            "missing",
        ),
        (
            ("    return add(first, second)", "    return add(first, second, third)"),
            ("    return add(first, second);", "    return add(first, second), third;"),
            "missing",
        ),
        (
            ("    total = (first + second) * third", "    total = first + second * third"),
            ("    total = (first + second) * third;", "    total = first + (second * third);"),
            "missing",
        ),
        (
            ("    enable(first, second)", "    enable(first, second, third)"),
            ("    disable(other, second)", "    disable(other, second, third)"),
            "missing",
        ),
    ],
    ids=[
        "fewer brackets", "another place", "another name", "a number", "another number", "in another place",
        "a release", "whose member", "another member", "a brace", "the other way", "beside a call", "brackets alone",
        "another line",
    ],
)  # fmt: skip
def test_a_line_of_the_branchs_own(repo: Repo, main: tuple[str, str], branch: tuple[str, str], status: str) -> None:
    assert adapted(repo, main, branch) == status


def test_it_must_name_the_fix(repo: Repo) -> None:
    """A title that another has, too, is not enough."""
    branch = OWN_RECORD, OWN_RECORD.replace(" && record.ttl > 0", "")
    assert adapted(repo, (RECORD, RECORD.replace(" && rr->ttl > 0", "")), branch, TITLE) == "missing"


@pytest.mark.parametrize("message", ["Do something else\n\nBeside {}.", f"{TITLE}\n\n(partial cherry pick of {{}})"])
def test_it_must_say_to_be_all_of_it(repo: Repo, message: str) -> None:
    branch = OWN_RECORD, OWN_RECORD.replace(" && record.ttl > 0", "")
    assert adapted(repo, (RECORD, RECORD.replace(" && rr->ttl > 0", "")), branch, message) == "missing"


def test_the_line_itself_stands_there_as_before(repo: Repo) -> None:
    """What was done to the other record is not done to this."""
    branch = f"{RECORD}\n{FILE}{OWN_RECORD}", f"{RECORD}\n{FILE}{OWN_RECORD}".replace(" && record.ttl > 0", "")
    assert adapted(repo, (RECORD, RECORD.replace(" && rr->ttl > 0", "")), branch) == "missing"


def test_of_several_lines_most_stand_there_as_before(repo: Repo) -> None:
    """One of three was done to the line itself, and two to others like them."""
    lines = [RECORD.replace("klass", name) for name in ("klass", "owner", "state")]
    others = [RECORD.replace("rr->", "record.").replace("klass", name) for name in ("owner", "state")]

    def of(ours: list[str], theirs: list[str]) -> str:
        return f"\n{FILE}".join((*ours, *theirs))

    done, their_done = ([line.split(" && ")[0] + ") {" for line in some] for some in (lines, others))
    assert (
        adapted(repo, (of(lines, []), of(done, [])), (of(lines, others), of([done[0], *lines[1:]], their_done)))
        == "missing"
    )


def test_it_was_taken_back(repo: Repo) -> None:
    branch = OWN_RECORD, OWN_RECORD.replace(" && record.ttl > 0", "")
    assert adapted(repo, (RECORD, RECORD.replace(" && rr->ttl > 0", "")), branch) == "present"
    repo.revert("qa")
    assert told(repo, "qa", "v2.4.1")[0] in ("missing", "reverted")


# Lines that are put in

PACKET = "    dr.data() = *dr.ids.packet;\n{}    query(dr, false);"
OWN_PACKET = PACKET.replace("dr", "response")
SIZE = "    dr.ids.size = 0;\n"


@pytest.mark.parametrize(
    ("branch", "put_in", "status"),
    [
        (OWN_PACKET, "    response.ids.size = 0;\n", "present"),
        (OWN_PACKET, "    response.ids.size = 1;\n", "missing"),
        (OWN_PACKET, "    query.ids.size = 0;\n", "missing"),
        (OWN_PACKET, "    response.ids.size = 0;\n    keep(response);\n", "missing"),
        (OWN_PACKET.replace("packet", "question"), "    response.ids.size = 0;\n", "missing"),
        (f"{PACKET.format('')}\n{FILE}{OWN_PACKET}", "    response.ids.size = 0;\n", "missing"),
    ],
    ids=["whose", "otherwise", "of another", "more", "beside other lines", "to another"],
)
def test_a_line_that_is_put_in(repo: Repo, branch: str, put_in: str, status: str) -> None:
    """The lines beside it tell which name stands for which."""
    main = PACKET.format(""), PACKET.format(SIZE)
    assert adapted(repo, main, (branch.format(""), branch.format(put_in))) == status


def test_of_several_lines_one_is_put_in_where_the_fix_has_it(repo: Repo) -> None:
    """Two stand beside others like those of the fix, which are there as they were."""
    names = ("packet", "answer", "query")
    ours = [PACKET.replace("packet", name) for name in names]
    theirs = [OWN_PACKET.replace("packet", name) for name in names[1:]]
    size, own_size = SIZE, SIZE.replace("dr", "response")
    empty, put_in = ([text.format(line) for text in ours] for line in ("", size))
    their_empty, their_put_in = ([text.format(line) for text in theirs] for line in ("", own_size))
    main = f"\n{FILE}".join(empty), f"\n{FILE}".join(put_in)
    branch = (*empty, *their_empty), (put_in[0], *empty[1:], *their_put_in)
    one, other = (f"\n{FILE}".join(some) for some in branch)
    assert adapted(repo, main, (one, other)) == "missing"


def released(free: str, times: int, put_in: str = "{free}(&args);") -> tuple[str, str]:
    """Functions that end with what releases their arguments, of which the last leaves too early without."""
    ends = "".join(f"{FILE}    {free}(&args);\n    return {n};\n" for n in range(times))
    start, end = f"{ends}    if (!defined) {{\n", "        return;\n    }"
    return start + end, f"{start}        {put_in.format(free=free)}\n{end}"


@pytest.mark.parametrize(
    ("main", "branch", "status"),
    [
        (released("args_reset", 2), released("args_free", 2), "present"),
        (released("args_reset", 2), released("args_free", 1), "present"),
        (released("args_reset", 1), released("args_free", 1), "missing"),
        (released("args_reset", 2), tuple(f"args_reset(1)\n{t}" for t in released("args_free", 2)), "missing"),
        (tuple(f"args_free(1)\n{t}" for t in released("args_reset", 2)), released("args_free", 2), "missing"),
        (tuple(f"args_reset(1)\n{t}" for t in released("args_reset", 2)), released("args_free", 2), "missing"),
        (released("args_reset", 2), released("args_free", 2, "{free}(&args, 1);"), "missing"),
        (released("args_reset", 2), released("args_free", 2, "args_check(&args);"), "missing"),
        (
            (f"a: on\n{FILE}b: on", f"a: on\n{FILE}b: on\nc: on"),
            (f"a: off\n{FILE}b: off", f"a: off\n{FILE}b: off\nc: off"),
            "missing",
        ),
    ],
    ids=[
        "renamed", "once is alike", "once is chance", "it has both", "main has both", "not all", "more", "another",
        "a value",
    ],
)  # fmt: skip
def test_a_function_of_another_name(repo: Repo, main: tuple[str, str], branch: tuple[str, str], status: str) -> None:
    """Both files tell which name stands for which: each line of the one is in the other so."""
    assert adapted(repo, main, branch) == status


# A file that lies elsewhere

THIRD = "".join(f"    shared_{n}(pool);\n" for n in range(10))


@pytest.mark.parametrize(
    ("path", "shared", "status"),
    [
        ("src/core/pool.c", THIRD, "present"),
        ("src/core/lake.c", THIRD, "missing"),
        ("src/core/pool.c", THIRD.replace("shared", "other"), "missing"),
    ],
    ids=["its name", "another name", "another text"],
)
def test_a_file_of_one_name_in_another_folder(repo: Repo, path: str, shared: str, status: str) -> None:
    own = "".join(f"    {{0}}_{n}(pool, lake, {{0}}, {n}, on_the_way);\n" for n in range(15))
    ours = tuple(f"{THIRD}{own.format('ours')}{line}\n" for line in (RECORD, RECORD.replace(" && rr->ttl > 0", "")))
    theirs = tuple(
        f"{shared}{own.format('theirs')}{line}\n" for line in (OWN_RECORD, OWN_RECORD.replace(" && record.ttl > 0", ""))
    )
    assert len(ours) == len(theirs) == 2
    assert judged(repo, ours, theirs, f"{TITLE}\n\n(cherry picked from commit {{}})", path) == status
