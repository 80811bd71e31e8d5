"""Which tags are audited, what bounds them, and that every tag is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor import versions
from tests.build import CART, LOGIN_FIXED, Repo, hotfix
from tests.judged import audit, hotfix_of


@pytest.mark.parametrize("name", ["v2.3.1", "2.3.1", "payments/v2.3.1", "v2.3.1+build5", "release-2.3.1",
     "release-2024-2.3.1", "java-8-v1.2.3", "@acme/pay-2@2.3.1", "v2.3.1+b5", "v2.3.1+rc1"])  # fmt: skip
def test_patch_versions(name: str) -> None:
    version = versions.parse(name)
    assert version is not None
    assert version.is_patch
    assert not version.pre_release


@pytest.mark.parametrize("name", ["v2.3.0", "v2.3", "v2.3.1-rc1", "v2.3.1rc1", "2.3.1.dev2", "v2.3.1.4", "nightly",
     "payments-2.3.1-rc.1", "payments-2-rc1.2", "nightly-2026-01-02"])  # fmt: skip
def test_no_patch_versions(name: str) -> None:
    version = versions.parse(name)
    assert version is None or not version.is_patch


def test_every_tag_is_accounted_for(repo: Repo) -> None:
    hotfix(repo)
    repo.tag("v2.3.1-also", annotated=False)
    repo.tag("nightly", annotated=False)
    repo.git("tag", "blob", repo.git("hash-object", "-w", "VERSION"))
    repo.git("tag", "-a", "-m", "again", "v2.3.2", "v2.3.1")
    found = audit(repo, branches=["dev"])
    assert found.tags_total == found.tags_audited + len(found.excluded) == 6
    assert [(h.tag, h.aliases) for h in found.hotfixes] == [("v2.3.1", ("v2.3.2",))]
    assert {e.tag: e.reason for e in found.excluded} == {
        "blob": "peels to a blob, not to a commit",
        "nightly": "names no version",
        "v2.3.0": "not a patch-level version",
        "v2.3.1-also": "a pre-release",
    }


def test_release_candidate_does_not_swallow_the_fix(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.1-rc1")
    repo.commit("Polish", {"src/cart.py": CART + "# polish\n"})
    repo.tag("v2.3.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "v2.3.1")
    assert [f.subject for f in found.fixes] == ["Fix", "Polish"]
    assert found.bounds == ("v2.3.0",)


def test_two_unordered_hotfixes_both_own_what_they_share(repo: Repo) -> None:
    repo.switch("shared", "main")
    repo.commit("Shared", {"src/login.py": LOGIN_FIXED})
    for name, tag in (("a", "v2.3.1"), ("b", "v2.3.2")):
        repo.switch(f"hotfix/{name}", "shared")
        repo.commit(f"Own {name}", {f"{name}.txt": "x\n"})
        repo.tag(tag)
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.merge("hotfix/b")
    found = audit(repo, branches=["dev"])
    assert [[f.subject for f in hotfix_of(found, t).fixes] for t in ("v2.3.1", "v2.3.2")] == [
        ["Shared", "Own a"],
        ["Shared", "Own b"],
    ]


def test_other_prefixes_do_not_bound(repo: Repo) -> None:
    repo.tag("payments/v1.0.0")
    repo.commit("One", {"one.txt": "1\n"})
    repo.tag("search/v9.0.0")
    repo.commit("Two", {"two.txt": "2\n"})
    repo.tag("payments/v1.0.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "payments/v1.0.1")
    assert [f.subject for f in found.fixes] == ["One", "Two"]
    assert found.bounds == ("payments/v1.0.0",)


def test_nothing_below_owns_everything(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    repo.commit("First", {"a.txt": "a\n"})
    repo.branch("dev")
    repo.commit("Second", {"b.txt": "b\n"})
    repo.tag("v1.0.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "v1.0.1")
    assert [f.subject for f in found.fixes] == ["First", "Second"]
    assert found.verdicts[0].status == "partial"


def test_patterns_messages_excludes_and_starts(repo: Repo) -> None:
    hotfix(repo)
    hotfix(repo, "two", "v2.3.2", {"two.txt": "2\n"})
    repo.git("tag", "-a", "-m", "URGENT release", "drop-7", "main")
    by_name = audit(repo, branches=["dev"], hotfix_tags={"pattern": r"^drop-\d+$"})
    assert [h.tag for h in by_name.hotfixes] == ["drop-7"]
    by_message = audit(repo, branches=["dev"], hotfix_tags={"message": "URGENT"})
    assert [h.tag for h in by_message.hotfixes] == ["drop-7"]
    excluded = audit(repo, branches=["dev"], hotfix_tags={"exclude": [{"pattern": "v2.3.1", "reason": "old"}]})
    assert ("v2.3.1", "excluded by configuration: old") in [(e.tag, e.reason) for e in excluded.excluded]
    since_tag = audit(repo, branches=["dev"], hotfix_tags={"since": "v2.3.1"})
    assert [h.tag for h in since_tag.hotfixes] == ["v2.3.2"]
    since_day = audit(repo, branches=["dev"], hotfix_tags={"since": "2027-01-01"})
    assert [h.tag for h in since_day.hotfixes] == []


def test_no_fixes_is_unknown_unless_the_trees_agree(repo: Repo) -> None:
    repo.commit("Version", {"VERSION": "2.3.1\n"})
    repo.tag("v2.3.1")
    alike = audit(repo, branches=["dev"], ignore_paths=["VERSION"])
    assert hotfix_of(alike, "v2.3.1").verdicts[0].status == "not-applicable"
    assert audit(repo, branches=["dev"]).hotfixes[0].verdicts[0].status == "missing"


def test_tag_named_like_a_branch_fools_nobody(repo: Repo) -> None:
    hotfix(repo)
    repo.git("tag", "dev", "main")
    repo.git("tag", "main", "v2.3.0")
    found = audit(repo, branches=["dev"])
    assert hotfix_of(found, "v2.3.1").verdicts[0].status == "missing"


def test_a_start_that_is_neither_day_nor_tag_is_said_not_ignored(repo: Repo) -> None:
    hotfix(repo)
    found = audit(repo, branches=["dev"], hotfix_tags={"since": "v9.9.9"})
    assert [e.code for e in found.errors] == ["no-such-start"]
    assert found.incomplete


def test_what_follows_a_plus_sign_bounds_like_any_release(repo: Repo) -> None:
    hotfix(repo, tag="v2.3.1+b5")
    hotfix(repo, "rounding", "v2.3.2", {"src/cart.py": CART.replace("value = 0", "value = 0.0")})
    found = audit(repo, branches=["dev"])
    assert [f.subject for f in hotfix_of(found, "v2.3.2").fixes] == ["Fix rounding"]
    assert not found.violations


def test_a_tag_of_another_part_on_the_same_commit_has_its_own_bounds(repo: Repo) -> None:
    """Of a monorepo: what lies between two tags of one part was released by no tag of the other."""
    repo.tag("web/v1.0.0")
    repo.commit("Fix of web", {"src/login.py": LOGIN_FIXED})
    repo.tag("pay/v4.0.0")
    repo.commit("Fix of pay", {"src/cart.py": CART + "# fixed\n"})
    repo.tag("pay/v4.0.1")
    repo.tag("web/v1.0.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "pay/v4.0.1")
    assert found.aliases == ("web/v1.0.1",)
    assert [f.subject for f in found.fixes] == ["Fix of web", "Fix of pay"]
    assert found.bounds == ("web/v1.0.0",)


def test_part_by_part_nothing_is_lost_where_neither_bound_is_below_the_other(repo: Repo) -> None:
    for part, path in (("web", "src/login.py"), ("pay", "src/cart.py")):
        repo.switch(part, "v2.3.0")
        repo.tag(f"{part}/v1.0.0")
        repo.commit(f"Fix of {part}", {path: f"# {part}\n"})
    repo.switch("main")
    repo.merge("web")
    repo.merge("pay")
    repo.tag("pay/v1.0.1")
    repo.tag("web/v1.2.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "pay/v1.0.1")
    assert {"Fix of web", "Fix of pay"} <= {f.subject for f in found.fixes}


def test_another_name_of_the_same_version_widens_nothing(repo: Repo) -> None:
    """`release-` was used once, long ago: what was released as v2.3.0 since is not part of the hotfix."""
    repo.git("tag", "release-2.0.0", "v2.3.0")
    repo.commit("Feature", {"src/cart.py": CART + "# feature\n"})
    repo.tag("v2.4.0")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.1")
    repo.clock += 60
    repo.tag("release-2.4.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "v2.4.1")
    assert found.aliases == ("release-2.4.1",)
    assert [f.subject for f in found.fixes] == ["Fix"]
    assert found.bounds == ("v2.4.0",)


def released_beside(repo: Repo, tag: str) -> None:
    """The version is written down in a commit of its own, which main never gets."""
    repo.switch(f"release-{tag}", "main")
    repo.commit(f"Release {tag}", {"VERSION": f"{tag}\n"})
    repo.tag(tag)
    repo.switch("main")


def subjects(repo: Repo, tag: str) -> tuple[list[str], tuple[str, ...]]:
    found = hotfix_of(audit(repo, branches=["dev"]), tag)
    return [f.subject for f in found.fixes], found.bounds


def test_a_release_that_was_tagged_beside_main_bounds_with_what_main_has_of_it(repo: Repo) -> None:
    repo.commit("Feature", {"src/cart.py": CART + "# feature\n"})
    released_beside(repo, "v2.4.0")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.1")
    assert subjects(repo, "v2.4.1") == (["Fix"], ("v2.4.0",))


def test_a_release_branch_that_took_from_main_bounds_with_the_last_of_that(repo: Repo) -> None:
    repo.switch("release-2.4", "main")
    repo.commit("Prepare", {"VERSION": "v2.4\n"})
    repo.switch("main")
    repo.commit("Feature", {"src/cart.py": CART + "# feature\n"})
    repo.switch("release-2.4")
    repo.merge("main")
    repo.tag("v2.4.0")
    repo.switch("main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.1")
    assert subjects(repo, "v2.4.1") == (["Fix"], ("v2.4.0",))


@pytest.mark.parametrize("beside", ["v2.5.0", "v2.3.9", "v1.9.0", "v2.4.0-rc1", "pay/v2.4.0", "nightly"])
def test_no_other_tag_beside_main_takes_a_fix_from_its_hotfix(repo: Repo, beside: str) -> None:
    """A later version, a patch, an older line, a candidate, another part: none had the fix before this version."""
    repo.commit("Feature", {"src/cart.py": CART + "# feature\n"})
    repo.tag("v2.4.0")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    released_beside(repo, beside)
    repo.commit("Polish", {"src/till.py": "# polish\n"})
    repo.tag("v2.4.1")
    assert subjects(repo, "v2.4.1") == (["Fix", "Polish"], ("v2.4.0",))


def test_a_hotfix_is_not_bounded_by_what_was_cut_from_its_own_commit(repo: Repo) -> None:
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.1")
    released_beside(repo, "v2.4.0")
    assert subjects(repo, "v2.4.1") == (["Fix"], ("v2.3.0",))


def test_a_tag_of_unrelated_history_bounds_nothing(repo: Repo) -> None:
    repo.git("checkout", "-q", "--orphan", "pages")
    repo.commit("Pages", {"index.html": "<p>\n"})
    repo.tag("v2.4.0")
    repo.git("checkout", "-q", "-f", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.1")
    assert subjects(repo, "v2.4.1") == (["Fix"], ("v2.3.0",))


# Which of the tags on one commit names the hotfix


def names_of(repo: Repo) -> tuple[str, ...]:
    """The hotfix on main's tip: its name, and its aliases."""
    tip = repo.oid("main")
    (found,) = [h for h in audit(repo, branches=["dev"]).hotfixes if h.commit == tip]
    return (found.tag, *found.aliases)


def test_a_lightweight_tag_that_came_later_renames_no_hotfix(repo: Repo) -> None:
    """It has no time of its own: git dates it as its commit, which is older than any tag that was made for it."""
    hotfix(repo)
    repo.clock += 100
    before = hotfix_of(audit(repo, branches=["dev"]), "v2.3.1")
    repo.tag("v2.3.3", annotated=False, at="v2.3.1^{commit}")
    assert names_of(repo) == ("v2.3.1", "v2.3.3")
    after = hotfix_of(audit(repo, branches=["dev"]), "v2.3.1")
    assert (after.tagged_at, after.tag_object, after.verdicts) == (before.tagged_at, before.tag_object, before.verdicts)


def test_nor_one_of_a_lower_version(repo: Repo) -> None:
    hotfix(repo, tag="v2.3.2")
    repo.tag("v2.3.1", annotated=False, at="main")
    assert names_of(repo) == ("v2.3.2", "v2.3.1")


def test_of_annotated_tags_the_one_made_first(repo: Repo) -> None:
    hotfix(repo, tag="v2.3.4")
    repo.clock += 100
    repo.tag("v2.3.2", at="main")
    repo.clock += 100
    repo.tag("v2.3.3", at="main")
    repo.tag("v2.3.1", annotated=False, at="main")
    assert names_of(repo) == ("v2.3.4", "v2.3.2", "v2.3.3", "v2.3.1")


def test_what_was_made_in_one_moment_goes_by_version(repo: Repo) -> None:
    hotfix(repo, tag="v2.3.10")
    for name in ("v2.3.9", "pay/v2.3.9", "v2.3.100"):
        repo.tag(name, at="main")
    for name in ("v2.3.20", "v2.3.3"):
        repo.tag(name, annotated=False, at="main")
    assert names_of(repo) == ("v2.3.9", "v2.3.10", "v2.3.100", "pay/v2.3.9", "v2.3.3", "v2.3.20")


def test_lightweight_tags_alone_go_by_version(repo: Repo) -> None:
    hotfix(repo)
    repo.git("tag", "-d", "v2.3.1")
    for name in ("v2.3.10", "v2.3.2", "v2.3.1"):
        repo.tag(name, annotated=False, at="main")
    assert names_of(repo) == ("v2.3.1", "v2.3.2", "v2.3.10")


def test_a_second_ref_to_a_tag_object_is_its_alias(repo: Repo) -> None:
    """`git tag NEW OLD` points at the tag's own object, whatever the versions are."""
    hotfix(repo, tag="v2.3.5")
    repo.git("tag", "v2.3.2", "v2.3.5")
    repo.clock += 100
    repo.git("tag", "-a", "-m", "again", "v2.3.1", "v2.3.5")
    assert names_of(repo)[0] == "v2.3.5"
    assert set(names_of(repo)[1:]) == {"v2.3.1", "v2.3.2"}


def test_a_tag_of_a_tag_has_a_time_of_its_own(repo: Repo) -> None:
    hotfix(repo)
    repo.clock += 100
    repo.git("tag", "-a", "-m", "again", "v2.3.0-final+x.1", "v2.3.1")
    repo.git("tag", "-a", "-m", "again", "v1.9.9", "v2.3.1")
    assert names_of(repo) == ("v2.3.1", "v1.9.9")


def test_a_tag_object_without_a_date_comes_after_those_with_one(repo: Repo) -> None:
    hotfix(repo, tag="v2.3.3")
    for name in ("v2.3.1", "v2.3.2"):
        made = f"object {repo.oid('main')}\ntype commit\ntag {name}\n\nold\n".encode()
        repo.git("update-ref", f"refs/tags/{name}", repo.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=made))
    assert names_of(repo) == ("v2.3.3", "v2.3.1", "v2.3.2")


def test_a_moved_tag_leaves_the_hotfix_to_the_next(repo: Repo) -> None:
    hotfix(repo)
    repo.tag("v2.3.2", annotated=False, at="main")
    old = repo.oid("main")
    repo.commit("Later", {"src/cart.py": CART + "# later\n"})
    repo.git("tag", "-f", "-a", "-m", "moved", "v2.3.1", "main")
    found = {h.tag: h.commit for h in audit(repo, branches=["dev"]).hotfixes}
    assert found == {"v2.3.1": repo.oid("main"), "v2.3.2": old}
