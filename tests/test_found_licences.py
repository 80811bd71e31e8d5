"""Stories of the histories of other projects: files that have but their licence in common are not one file."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import told

LICENCE = """\
/*
   Copyright The containerd Authors.

   Licensed under the Apache License, Version 2.0 (the "License");
   you may not use this file except in compliance with the License.
   You may obtain a copy of the License at

       http://www.apache.org/licenses/LICENSE-2.0

   Unless required by applicable law or agreed to in writing, software
   distributed under the License is distributed on an "AS IS" BASIS,
   WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
   See the License for the specific language governing permissions and
   limitations under the License.
*/

"""
CONTEXT_TEST = f"""\
{LICENCE}package log

import (
	"context"
	"reflect"
	"testing"
)

func TestLoggerContext(t *testing.T) {{
	ctx := WithLogger(context.Background(), G(ctx).WithField("test", "one"))
	if actual := GetLogger(ctx).Data["test"]; actual != "one" {{
		t.Errorf("expected: %v, got: %v", "one", actual)
	}}
	if !reflect.DeepEqual(G(ctx), GetLogger(ctx)) {{
		t.Errorf("should be the same: %+v, %+v", G(ctx), GetLogger(ctx))
	}}
}}
"""
COMPAT = """
func TestCompat(t *testing.T) {
	entry := L.WithFields(Fields{"hello1": "world1"})
	if !reflect.DeepEqual(Fields(entry.Data), expected) {
		t.Errorf("expected: %T, got: %T", expected, entry.Data)
	}
}
"""
LOCKS_TEST = f"""\
{LICENCE}package local

import (
	"context"
	"testing"
)

func TestTryLock(t *testing.T) {{
	s := &store{{locks: map[string]*lock{{}}}}
	if err := s.tryLock("testref"); err != nil {{
		t.Fatal(err)
	}}
	defer s.unlock("testref")
}}
"""
MORE_TESTS = CONTEXT_TEST.replace('"testing"\n', '"testing"\n\n\t"github.com/sirupsen/logrus"\n') + COMPAT
FIELDS = f"{LICENCE}package log\n\ntype Fields = logrus.Fields\n\nvar L = logrus.NewEntry(logrus.StandardLogger())\n"
FIELDS_FIXED = FIELDS.replace("= logrus.Fields", "map[string]any")
FILES = {"log/context.go": FIELDS, "log/context_test.go": CONTEXT_TEST}


def gone_on(repo: Repo, **more: str) -> tuple[str, str | None]:
    """The branch has the fix by a merge, and later other files in the place of its own."""
    started(repo, FILES)
    fixed(repo, {"log/context.go": FIELDS_FIXED, "log/context_test.go": MORE_TESTS})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Use the module", {**dict.fromkeys(FILES), **more})
    return told(repo, "qa", "v2.4.1")


@pytest.mark.parametrize("name", ["content/local/locks_test.go", "content/context_test.go"])
def test_another_small_test_under_the_same_licence_is_not_the_file(repo: Repo, name: str) -> None:
    assert gone_on(repo, **{name: LOCKS_TEST}) == ("present", "merge")


def test_nor_is_another_file_of_a_few_lines(repo: Repo) -> None:
    assert gone_on(repo, **{"content/defaults.go": f"{LICENCE}package content\n\nvar L = 1\n"}) == ("present", "merge")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("core/log/context_test.go", CONTEXT_TEST.replace("package log", "package logging")),
        ("core/logging_test.go", CONTEXT_TEST.replace("package log", "package core")),
        ("core/log/context_test.go", CONTEXT_TEST.removeprefix(LICENCE)),
        (
            "core/context_test.go",
            CONTEXT_TEST.replace("GetLogger(ctx)", "core.Get()").replace("WithLogger", "core.With"),
        ),
    ],
)
def test_a_small_file_that_was_moved_and_lost_the_fix_is_followed(repo: Repo, name: str, text: str) -> None:
    moved = {name: text, "core/context.go": FIELDS.replace("package log", "package core")}
    assert gone_on(repo, **moved)[0] == "reverted"


def test_the_few_lines_of_a_file_are_followed(repo: Repo) -> None:
    """What of it is there under a licence is as before the fix."""
    old = f"{LICENCE}package shop\n\nconst timeout = 30\n"
    started(repo, {"shop/timeout.go": old})
    fixed(repo, {"shop/timeout.go": old.replace("30", "60")})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Move it", {"shop/timeout.go": None, "core/shop/timeout.go": old.replace("shop\n", "core\n")})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


@pytest.mark.parametrize(("text", "status"), [(LOCKS_TEST, "present"), (CONTEXT_TEST + COMPAT, "reverted")])
def test_another_file_in_the_place_of_one_that_the_fix_removed_is_another(repo: Repo, text: str, status: str) -> None:
    started(repo, FILES)
    fixed(repo, {"log/context.go": FIELDS_FIXED, "log/context_test.go": None})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Test it", {"log/context_test.go": text})
    assert told(repo, "qa", "v2.4.1")[0] == status


def steps(word: str, first: int, last: int) -> str:
    return "".join(f"func {word}{n}(order Order) {{\n\t{word}.handle(order, {n})\n}}\n\n" for n in range(first, last))


@pytest.mark.parametrize(("shared", "status"), [(9, "reverted"), (2, "present")])
def test_a_file_that_was_moved_and_reworked_is_followed(repo: Repo, shared: int, status: str) -> None:
    """By more than braces: nine of twenty functions are as they were, or two."""
    old = f"{LICENCE}package akka\n\n{steps('akka', 0, 20)}"
    mended = old.replace("\takka.handle(order, 1)\n", "\tcheck(order)\n\takka.handle(order, 1)\n")
    started(repo, {"server/akka/akka_server.go": old})
    fixed(repo, {"server/akka/akka_server.go": mended})
    repo.switch("qa")
    repo.merge("main")
    other = f"{LICENCE}package pekko\n\n{steps('akka', 0, shared)}{steps('pekko', shared, 20)}"
    repo.commit("Move", {"server/akka/akka_server.go": None, "server/pekko/pekko_server.go": other})
    assert told(repo, "qa", "v2.4.1")[0] == status
