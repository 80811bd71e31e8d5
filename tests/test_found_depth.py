"""Stories of the histories of other projects: a file that a branch has at another depth of indentation throughout."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import judged


def within(body: str) -> str:
    """The body in a namespace of its own, as it was; a branch has the namespace for the whole file."""
    return "namespace Shop\n{\n" + "".join(f"    {line}".rstrip() + "\n" for line in body.splitlines()) + "}\n"


def flat(body: str) -> str:
    return f"namespace Shop;\n\n{body}"


BODY = (
    "public class Blob\n{\n"
    + "".join(f"    public int Part{n} => {n};\n" for n in range(9))
    + """
    public int Read(Buffer buffer)
    {
        var count = buffer.Length;
        var rc = blob_read(_blob, buffer, count);
        ThrowForError(rc);
        _position += count;
        return count;
    }
}
"""
)
CALL = "        var rc = blob_read(_blob, buffer, count);\n        ThrowForError(rc);\n"
GUARDED = """\
        // A newer library returns an error where nothing is to be read.
        if (count > 0)
        {
            var rc = blob_read(_blob, buffer, count);
            ThrowForError(rc);
        }
"""
FIXED = BODY.replace(CALL, GUARDED)


def climbed(repo: Repo, there: str) -> str:
    """The branch flattened the file, has it as told since, and keeps its side when main's fix is merged."""
    started(repo, {"src/Blob.cs": within(BODY)})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("One namespace a file", {"src/Blob.cs": flat(BODY)})
    repo.commit("Work on blobs", {"src/Blob.cs": there, "src/other.cs": "class Other;\n"})
    repo.switch("main")
    fixed(repo, {"src/Blob.cs": within(FIXED)})
    repo.switch("qa")
    repo.merge("main", resolve={"src/Blob.cs": there})
    return judged(repo)


def test_a_guard_around_lines_that_are_less_deep_throughout_is_there(repo: Repo) -> None:
    """The guarded lines stand there as deep as they were without a guard before."""
    assert climbed(repo, flat(FIXED)) == "present"


@pytest.mark.parametrize(
    "there",
    [
        flat(BODY),
        flat(BODY).replace("_position += count", "_position = _position + count"),
    ],
    ids=["as before", "as before beside other work"],
)
def test_a_merge_that_kept_lines_without_the_guard_dropped_it(repo: Repo, there: str) -> None:
    assert climbed(repo, there) == "dropped"


STEPS = "".join(f"    step_{n}(cart)\n" for n in range(9))
PAY = f"def pay(cart):\n    check(cart)\n{STEPS}    charge(cart)\n    send(cart)\n    close(cart)\n"
ONLY_IF_OPEN = PAY.replace(
    "    charge(cart)\n    send(cart)\n", "    if cart.open:\n        charge(cart)\n        send(cart)\n"
)


def deeper(text: str) -> str:
    return "class Till:\n" + "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(("later", "status"), [(PAY, "reverted"), (ONLY_IF_OPEN, "present")])
def test_what_a_branch_has_deeper_throughout_is_there_as_it_is_without_that(
    repo: Repo, later: str, status: str
) -> None:
    started(repo, {"src/pay.py": PAY})
    fixed(repo, {"src/pay.py": ONLY_IF_OPEN})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Work on it", {"src/pay.py": deeper(later)})
    assert judged(repo) == status
