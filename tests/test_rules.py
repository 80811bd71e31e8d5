"""The rules of the hotfix protocol that a repository alone can tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.config.rule_names import RULES
from auditor.model import Audit, Tool
from auditor.output.metrics import exposition
from auditor.rules.hotfix_merges import merged_branch
from auditor.waivers import Standing
from tests.build import CART, LOGIN, Repo, back_merge, hotfix
from tests.judged import audit


def broken(repo: Repo, **keys: object) -> list[tuple[str, str]]:
    return [(v.rule, v.severity.value) for v in audit(repo, branches=["dev"], **keys).violations]


def test_nothing_broken(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    assert broken(repo) == []


def test_lightweight_tag(repo: Repo) -> None:
    hotfix(repo, annotated=False)
    assert broken(repo) == [("tag-not-annotated", "warning")]
    assert broken(repo, rules={"tag-not-annotated": "error"}) == [("tag-not-annotated", "error")]
    assert broken(repo, rules={"tag-not-annotated": "off"}) == []


def test_tag_off_main(repo: Repo) -> None:
    repo.switch("rogue", "main")
    repo.commit("Rogue", {"x.txt": "x\n"})
    repo.tag("v2.3.1")
    repo.switch("main")
    assert broken(repo) == [("tag-not-on-main", "error")]
    exclude = {"exclude": [{"pattern": r"v2\.3\.1", "reason": "a trial"}]}
    assert broken(repo, hotfix_tags=exclude) == []


def test_merge_without_a_tag_and_with_a_release_tag(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN + "# a\n"})
    repo.switch("main")
    repo.merge("hotfix/a")
    assert broken(repo) == [("hotfix-not-tagged", "warning")]
    repo.tag("v2.4.0-rc1")
    assert broken(repo) == [("hotfix-not-tagged", "warning")]
    repo.tag("v2.4.0")
    found = audit(repo, branches=["dev"]).violations
    assert [v.detail for v in found] == [
        "the merge of hotfix/a into main: its first tag is v2.4.0, which is not audited as a hotfix"
    ]
    repo.commit("Another fix", {"src/login.py": LOGIN + "# b\n"})
    repo.tag("v2.4.1")
    assert [v.detail for v in audit(repo, branches=["dev"]).violations] == [v.detail for v in found]


@pytest.mark.parametrize("early", ["v0.1.0", "v2.4.0", "v2.3.1.0"])
def test_what_a_merge_brought_was_tagged_before(repo: Repo, early: str) -> None:
    """That tag bounds the hotfix, which has no fix then: on no branch anybody is asked for it."""
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN + "# a\n"})
    repo.tag(early, annotated=False)
    repo.commit("More", {"src/more.py": "more\n"})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.9")
    said = f"the merge of hotfix/a into main: what it merged was tagged before, as {early}, which is not audited"
    found = [v for v in audit(repo, branches=["dev"]).violations if v.rule == "hotfix-not-tagged"]
    assert [v.detail for v in found] == [f"{said} as a hotfix"]


@pytest.mark.parametrize("early", ["v2.3.9-rc1", "deploy-7", "v2.3.8"])
def test_a_tag_that_takes_no_fix_away(repo: Repo, early: str) -> None:
    """A candidate for the release, what names no version, or a hotfix of its own, which is asked for itself."""
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN + "# a\n"})
    repo.tag(early)
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.9")
    assert broken(repo) == []


def test_cut_from_dev(repo: Repo) -> None:
    repo.switch("dev")
    repo.commit("Unfinished", {"src/cart.py": CART + "# new\n"})
    repo.switch("hotfix/a", "dev")
    repo.commit("Fix", {"src/login.py": LOGIN + "# a\n"})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    assert broken(repo) == [("hotfix-not-cut-from-main", "error")]


def test_dev_fast_forwarded_to_the_hotfix_claims_nothing(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN + "# a\n"})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    repo.git("branch", "-f", "dev", "hotfix/a")
    assert broken(repo) == []


def test_unsigned(repo: Repo) -> None:
    hotfix(repo)
    assert broken(repo, rules={"tag-unsigned": "error"}) == [("tag-unsigned", "error")]


def signer(repo: Repo, tmp_path: Path) -> Path:
    """Lets a repository sign its tags, and gives the file of allowed signers."""
    import subprocess

    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    signers = tmp_path / "signers"
    signers.write_text(f"colin@example.com {key.with_suffix('.pub').read_text()}")
    repo.git("config", "gpg.format", "ssh")
    repo.git("config", "user.signingkey", str(key))
    return signers


def test_signed_by_an_allowed_signer(repo: Repo, tmp_path: Path) -> None:
    signers = signer(repo, tmp_path)
    hotfix(repo, annotated=False)
    repo.git("tag", "-d", "v2.3.1")
    repo.git("tag", "-s", "-m", "signed", "v2.3.1")
    strict = {"tag-unsigned": "error"}
    assert broken(repo, rules=strict, allowed_signers=str(signers)) == []
    signers.write_text(
        "nobody@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5XNvqpvTxxPdcKqqmVEZ4bCWAKSsrlHbS3xfL3GLVR\n"
    )
    assert broken(repo, rules=strict, allowed_signers=str(signers)) == [("tag-unsigned", "error")]


def test_a_signature_under_another_name_is_none(repo: Repo, tmp_path: Path) -> None:
    keys = {"rules": {"tag-unsigned": "error"}, "allowed_signers": str(signer(repo, tmp_path))}
    hotfix(repo, annotated=False)
    repo.git("tag", "-d", "v2.3.1")
    repo.git("tag", "-s", "-m", "signed", "shop/v2.3.1")
    assert broken(repo, **keys) == []
    repo.git("update-ref", "refs/tags/v2.3.1", "refs/tags/shop/v2.3.1")
    (found,) = audit(repo, branches=["dev"], **keys).violations
    assert (found.rule, found.tag) == ("tag-unsigned", "v2.3.1")
    assert found.detail == "its signature is of a tag of another name: shop/v2.3.1"
    repo.git("tag", "-d", "shop/v2.3.1")
    assert broken(repo, **keys) == [("tag-unsigned", "error")]


def waiver(**changed: str) -> dict[str, str]:
    said = {"tag": "v2.3.1", "branch": "dev", "reason": "why", "approved_by": "who", "expires": "2099-01-31"}
    return {**said, **changed}


def test_waivers(repo: Repo) -> None:
    hotfix(repo)
    assert broken(repo, waivers=[waiver()]) == []
    assert broken(repo, waivers=[waiver(expires="2020-01-31")]) == [("waiver-expired", "warning")]
    assert broken(repo, waivers=[waiver(tag="v9.9.9")]) == [("waiver-unused", "warning")]
    back_merge(repo, "main", "dev")
    assert broken(repo, waivers=[waiver()]) == [("waiver-unused", "warning")]


def test_waiver_never_covers_the_unknown(repo: Repo) -> None:
    hotfix(repo)
    found = audit(repo, branches=["ghost"], waivers=[waiver(branch="ghost")])
    assert found.hotfixes[0].verdicts[0].status == "unknown"
    # Nor is it said to cover nothing: whoever believes that takes it out, and the next night drifts.
    assert [w.standing for w in found.waivers] == [Standing.UNKNOWN]
    assert [v.rule for v in found.violations] == []
    assert "waiver-unused" in {n.rule for n in found.not_judged}


def test_a_repository_that_could_not_be_read_breaks_no_rules_and_keeps_none(tmp_path: Path) -> None:
    ended = waiver(tag="v2.3.2", expires="2020-01-31")
    forge = {"type": "github", "project": "acme/shop"}
    found = audit(tmp_path / "gone", branches=["dev"], waivers=[waiver(), ended], forge=forge)
    assert [v.rule for v in found.violations] == ["waiver-expired"]
    assert {n.rule for n in found.not_judged} == {name for name, _ in RULES} - {"waiver-expired"}
    text = exposition(Audit(Tool("0", "0", "0"), 0, 0, None, (found,)), {})
    assert re.findall(r'violations\{.*rule="(.*?)"', text) == ["waiver-expired"]


def test_rules_that_need_more_are_listed(repo: Repo) -> None:
    found = {n.rule: n.reason for n in audit(repo, branches=["dev"]).not_judged}
    assert found["review-missing"] == "needs the forge"
    assert found["tag-moved"] == "needs an earlier run to compare with"
    assert found["tag-unsigned"] == "switched off"


@pytest.mark.parametrize(
    "subject",
    [
        "Merge branch 'hotfix/x'",
        "Merge hotfix/x into main",
        "merged hotfix/x: the login works again",
        "Merge origin/hotfix/x.",
        "Merge branch 'hotfix/x' into main",
        "Merge remote-tracking branch 'origin/hotfix/x'",
        "Merge pull request #12 from acme/hotfix/x",
        "Merge pull request 'Fix it' (#3) from hotfix/x into main",
        "Merged in hotfix/x (pull request #7)",
        "Merge pull request #7 in PAY/shop from hotfix/x to main",
    ],
)
def test_merge_subjects(subject: str) -> None:
    assert merged_branch(subject) == "hotfix/x"


@pytest.mark.parametrize(
    "subject", ["Merge branch 'main' into hotfix/x", "Merge main into hotfix/x", "Merge branch 'feature/hotfix'", "Fix"]
)
def test_other_subjects(subject: str) -> None:
    assert merged_branch(subject) is None
