"""The configuration: text stays text, and every fault is named with its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from auditor.commands import init
from auditor.config import configuration as config
from auditor.config.configuration import FileConfig, load
from auditor.config.rule_names import RULES
from auditor.config.values import Sla
from auditor.errors import UsageError
from auditor.model import Severity
from tests.build import Repo, protocol
from tests.judged import audit

EXAMPLE = Path(__file__).parent.parent / "config" / "branch-drift.example.yaml"


def waiver(about: str) -> str:
    said = f"{about}, reason: r, approved_by: b, expires: 2099-01-01"
    return f"repositories: [{{name: a, path: x, waivers: [{{{said}}}]}}]\n"


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    file = tmp_path / "c.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(UsageError) as raised:
        load(file)
    return [f.removeprefix(f"{file}:").removeprefix(str(file)) for f in raised.value.faults]


def test_example_loads_and_shows_every_key() -> None:
    loaded = load(EXAMPLE)
    assert loaded.repositories[0].branches[3].sla == Sla("4h", 4 * 3600, None)
    assert loaded.repositories[0].limits.memory == 2 * 1024**3
    text = EXAMPLE.read_text()
    schema = FileConfig.model_json_schema()
    keys = {k for part in (schema, *schema["$defs"].values()) for k in part.get("properties", {})}
    assert {k for k in keys if f"{k}:" not in text} == set()


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json.dumps(FileConfig.model_json_schema())))


def test_yaml_guesses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("repositories:\n- {name: 1.10, path: x, main: no, branches: [22:30, 0x1f, on]}\n")
    (repository,) = load(file).repositories
    assert (repository.name, repository.main) == ("1.10", "no")
    assert [b.name for b in repository.branches] == ["22:30", "0x1f", "on"]


def test_every_fault_at_once(tmp_path: Path) -> None:
    text = """\
stat: x
repositories:
  - name: a
    pth: x
    branches: [dev, dev]
    rules: {tag-not-anotated: off}
    hotfix_tags: {pattern: '('}
  - name: b
    path: y
    branches: [{name: dr, sla: soon}]
    waivers: [{tag: v1, branch: dr, reason: r, approved_by: a, expires: 31.1.2027}]
    limits: {memory: 2GB}
"""
    found = faults(tmp_path, text)
    for line, words in (
        (1, 'did you mean "state"'),
        (4, 'did you mean "path"'),
        (5, "dev listed twice"),
        (6, 'did you mean "tag-not-annotated"'),
        (7, "is no regular expression"),
        (10, "is no duration"),
        (11, "is no day"),
        (12, "is no size"),
    ):
        assert any(f.startswith(f"{line}: ") and words in f for f in found), (line, words, found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("[1", "is not YAML"),
        ("a:\n\tb: 1\n", "is not YAML"),
        (b"\xff\xfe\x00", "is not"),
        ("repositories: []\n", "at least 1 item"),
        ("repositories: [{name: a, path: x}, {name: a, path: y}]\n", "given twice"),
        ("repositories: [{name: a, name: b, path: x}]\n", "given twice"),
        ("repositories: [{name: a, path: x, main: dev}]\n", "is main"),
        ("state: x/state\nrepositories: [{name: a, path: x}]\n", "inside the audited repository"),
        ("[" * 2000 + "]" * 2000, "nested"),
        ("just words\n", "must be keys and values (name: value)"),
        ("repositories: [{name: a, path: x, branches: dev}]\n", "branches: must be a list"),
        ("repositories: [{name: a, path: x, branches: []}]\n", "branches: needs at least 1 item"),
        ("repositories: [{name: '', path: x}]\n", "name: must not be empty"),
        ("repositories: [{name: a, path: x, rules: {tag-moved: fatal}}]\n", "must be 'error', 'warning', 'info' or"),
        ("repositories: [17]\n", "repositories.0: must be keys and values"),
        ("ledger: postgresql://me:hush@db/x\nrepositories: [{name: a, path: x}]\n", "holds a password"),
        ("ledger: postgresql://db/x?password=hush\nrepositories: [{name: a, path: x}]\n", "holds a password"),
        ("ledger: {url: mysql://db/x}\nrepositories: [{name: a, path: x}]\n", "is no ledger"),
        ("ledger: x/ledger\nrepositories: [{name: a, path: x}]\n", "inside the audited repository"),
        ("ledger: {anchor: {file: x/anchors}}\nrepositories: [{name: a, path: x}]\n", "inside the audited repository"),
        ("ledger: {anchor: {tag: {repository: x}}}\nrepositories: [{name: a, path: x}]\n", "inside the audited repos"),
        ("repositories: [{name: a, path: x, calendar: {time_zone: Mars/Olympus}}]\n", "is no time zone"),
        (
            "repositories: [{name: a, path: x, calendar: {weekend: [mon, tue, wed, thu, fri, sat, sun]}}]\n",
            "no business",
        ),
        (
            (
                "repositories: [{name: a, path: x, acknowledged: [{rule: tag-moved, ref: v1, was: 4b8, reason: r, "
                "approved_by: b}]}]\n"
            ),
            "no full object id",
        ),
        (
            (
                "repositories: [{name: a, path: x, waivers: [{tag: v1, branch: dr, reason: r, approved_by: b, "
                "approved_at: 2999-01-01, expires: 2999-02-01}]}]\n"
            ),
            "in the future",
        ),
        (
            (
                "repositories: [{name: a, path: x, waivers: [{tag: v1, branch: dr, reason: r, approved_by: b, "
                "approved_at: 2026-02-01, expires: 2026-01-01}]}]\n"
            ),
            "after it expires",
        ),
        (waiver("tag: v1"), "needs branch: or, for a broken rule, rule:"),
        (waiver("branch: dr"), "needs tag:"),
        (waiver("tag: v1, branch: dr, commit: 4b825dc642cb6eb9a060e54bf8d69288fbee4904"), "commit: goes with rule:"),
        (waiver("rule: self-approved"), "self-approved: name the tag, branch or commit that it is waived for"),
        (waiver("rule: self-aproved, tag: v1"), 'there is no rule self-aproved; did you mean "self-approved"?'),
        (waiver("rule: tag-moved, tag: v1"), "tag-moved is approved under acknowledged:"),
        (waiver("rule: waiver-expired, tag: v1"), "waiver-expired is about a waiver, and cannot be waived"),
        (waiver("rule: self-approved, commit: 4b8"), "no full object id"),
    ],
)
def test_one_fault(tmp_path: Path, text: str | bytes, words: str) -> None:
    assert any(words in f for f in faults(tmp_path, text))


def test_an_unknown_rule_beside_a_wrong_grade(tmp_path: Path) -> None:
    text = "repositories:\n- name: a\n  path: x\n  rules:\n    tag-not-anotated: off\n    tag-moved: fatal\n"
    unknown = 'there is no rule tag-not-anotated; did you mean "tag-not-annotated"?'
    assert faults(tmp_path, text) == [
        f"5: repositories.0.rules.tag-not-anotated: {unknown}",
        "6: repositories.0.rules.tag-moved: must be 'error', 'warning', 'info' or 'off'",
    ]


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert "aliases" in faults(tmp_path, bomb)[0]


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_defaults_hold_unless_replaced(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "defaults: {main: trunk, branches: [a], rules: {tag-not-annotated: error}}\n"
        "repositories: [{name: x, path: x}, {name: y, path: y, branches: [b], rules: {}}]\n"
    )
    one, other = load(file).repositories
    assert (one.main, [b.name for b in one.branches]) == ("trunk", ["a"])
    assert [b.name for b in other.branches] == ["b"]
    assert one.severity("tag-not-annotated") is Severity.ERROR
    assert other.severity("tag-not-annotated") is Severity.WARNING
    assert one.path == tmp_path / "x"


def test_a_fault_of_the_defaults_is_not_one_of_each_repository(tmp_path: Path) -> None:
    text = """\
defaults: {main: [a], branches: [{sla: soon}], nmae: x}
repositories:
  - {name: a, path: x}
  - {path: x, main: {}}
"""
    assert sorted(faults(tmp_path, text)) == [
        "1: defaults.branches.0.name: is missing",
        "1: defaults.branches.0.sla: is no duration; write it like 30m, 4h, 2d or 1w, or 3bd for business days",
        "1: defaults.main: must be text",
        '1: defaults.nmae: is no known key; did you mean "main"?',
        "4: repositories.1.main: must be text",
        "4: repositories.1.name: is missing",
    ]


def test_a_key_that_belongs_further_down_is_told_where(tmp_path: Path) -> None:
    text = "main: trunk\nrules: {}\nmian: x\nrepositories: [{name: a, path: x}]\n"
    below, *rest = sorted(faults(tmp_path, text))
    assert below == "1: main: is no known key here, but under: defaults, repositories, discover"
    assert rest[0].startswith("2: rules: is no known key here, but under: defaults, ")
    assert "mian: is no known key; known are: state" in rest[1]


@pytest.mark.parametrize(
    ("key", "at_the_top", "in_a_repository"),
    [
        ("sla: 4h", "under: defaults.branches, repositories.branches, discover.branches", "under: branches"),
        ("critical: true", "under: defaults.branches, ", "under: branches"),
        ("pattern: x", "under: defaults.hotfix_tags, ", "under: hotfix_tags, hotfix_tags.exclude"),
        ("since: x", "under: discover, defaults.hotfix_tags, ", "under: hotfix_tags, forge"),
        ("token_env: X", "under: discover, repositories.forge", "under: forge"),
        ("approved_by: X", "under: defaults.waivers, ", "under: waivers, acknowledged"),
    ],
)
def test_a_key_is_told_where_it_belongs_however_deep(
    key: str, at_the_top: str, in_a_repository: str, tmp_path: Path
) -> None:
    (said,) = faults(tmp_path, f"{key}\nrepositories: [{{name: a, path: x}}]\n")
    assert f"is no known key here, but {at_the_top}" in said
    (said,) = faults(tmp_path, f"repositories: [{{name: a, path: x, {key}}}]\n")
    assert said.endswith(f"is no known key here, but {in_a_repository}")


def test_a_key_is_told_that_it_belongs_further_up(tmp_path: Path) -> None:
    (said,) = faults(tmp_path, "repositories: [{name: a, path: x, ledger: y}]\n")
    assert said.endswith("repositories.0.ledger: is no known key here, but at: the top")
    (said,) = faults(tmp_path, "repositories: [{name: a, path: x, branches: [{name: dev, main: y}]}]\n")
    assert said.endswith("main: is no known key here, but at: defaults, repositories, discover")
    # One letter off what is known here is no key of another part.
    (said,) = faults(tmp_path, "repositories: [{name: a, path: x, branchs: [dev]}]\n")
    assert said.endswith('is no known key; did you mean "branches"?')


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("timeout: 0s", "timeout: is no time at all; give at least 1s"),
        ("fetch_timeout: 0m", "fetch_timeout: is no time at all; give at least 1s"),
        ("memory: 10KiB", "memory: is less than any audit needs; give at least 64MiB"),
        ("memory: 63MiB", "memory: is less than any audit needs; give at least 64MiB"),
    ],
)
def test_a_limit_within_which_nothing_can_be_done_is_refused(limits: str, said: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, f"repositories: [{{name: a, path: x, limits: {{{limits}}}}}]\n")
    assert fault.endswith(said)


def test_protocol_by_default(tmp_path: Path) -> None:
    zero = config.zero([tmp_path / "a.git", tmp_path / "x" / "a"], None, ())
    assert [r.name for r in zero.repositories] == ["a", "a-2"]
    assert [b.name for b in zero.repositories[0].branches] == ["dev", "qa", "ppd", "dr"]


def test_init_writes_what_loads(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev", "staging"))
    repo.tag("rel_1_0_1")
    repo.git("tag", "-d", "v2.3.0")
    file = tmp_path / "made.yaml"
    assert init.run(repo.path, str(file)) == 0
    (made,) = load(file).repositories
    assert [b.name for b in made.branches] == ["dev", "staging"]
    assert made.hotfix_tags.pattern == r"^rel_v?\d+_\d+_[1-9]\d*$"
    with pytest.raises(UsageError, match="exists already"):
        init.run(repo.path, str(file))


def test_init_says_what_is_not_there(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop", branch="next")
    repo.commit("x", {"x": "x"})
    file = tmp_path / "made.yaml"
    init.run(repo.path, str(file))
    assert "production is released from; here is none of that name" in file.read_text()
    assert "this repository has not: dev, qa, ppd, dr" in file.read_text()


def test_a_folder_in_a_repository_stands_for_it_on_the_command_line_only(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop")
    below = repo.path / "src"
    file = tmp_path / "made.yaml"
    init.run(below, str(file))
    for found in (config.zero([below], None, ()), config.zero([repo.path / ".git"], None, ()), load(file)):
        assert found.repositories[0].path in (repo.path, repo.path / ".git")
    assert config.zero([below], None, ()).repositories[0].name == "shop"
    assert config.zero([below / "typo"], None, ()).repositories[0].path == below / "typo"
    # A submodule that was never fetched is an empty folder: what lies around it is another repository.
    (repo.path / "payments").mkdir()
    (error,) = audit(repo.path / "payments").errors
    assert (error.code, error.detail) == (
        "not-found",
        f"{repo.path}/payments: no git repository; it lies inside {repo.path}",
    )


@pytest.mark.parametrize("name", ["no", "a b", "x: y", "#1", "-", "Ünï"])
def test_init_quotes_names(tmp_path: Path, name: str) -> None:
    repo = Repo(tmp_path / name)
    repo.commit("x", {"x": "x"})
    file = tmp_path / "made.yaml"
    init.run(repo.path, str(file))
    assert load(file).repositories[0].name == name
    assert yaml.safe_load(file.read_text())


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/acme/shop.git",
        "https://git.example.com:8443/acme/shop",
        "ssh://git@git.example.com:2222/acme/shop.git",
        "git@git.example.com:acme/shop.git",
        "alias:shop.git",
        "[::1]:shop.git",
        "file:///srv/git/shop one.git",
        "http://127.0.0.1:8080/shop.git",
        "http://[::1]:8080/shop.git",
    ],
)
def test_addresses(tmp_path: Path, url: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"repositories: [{{name: a, url: '{url}'}}]\n")
    (repository,) = load(file).repositories
    assert (repository.source, repository.path, repository.deadline) == (url, None, 1200)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://user:canary@host/x", "holds credentials"),
        ("https://canary@host/x", "holds credentials"),
        ("ssh://git:canary@host/x", "holds credentials"),
        ("https://host/x?private_token=canary", "query"),
        ("http://host/x", "without encryption"),
        ("git://host/x", "not allowed"),
        ("ext::sh -c 'touch canary'", "is no address"),
        ("fd::17", "is no address"),
        ("--upload-pack=canary", "is no address"),
        ("-oProxyCommand=canary:x", "is no address"),
        ("git@-oProxyCommand=canary:x", "is no address"),
        ("-canary@host:x", "is no address"),
        ("host:-canary", "is no address"),
        ("ssh://-oProxyCommand=canary/x", "no host"),
        ("ssh://-canary@host/x", "has a user"),
        ("https://host:99999/x", "is no address"),
        ("https://[::1/x", "is no address"),
        ("https:///x", "no host"),
        ("https://host", "no path"),
        ("file://host/x", "no folder"),
        ("file://", "no folder"),
        ("../canary", "is no address"),
        ("/srv/canary", "is no address"),
        ("", "must not be empty"),
    ],
)
def test_addresses_refused(tmp_path: Path, url: str, words: str) -> None:
    (said,) = faults(tmp_path, f"repositories: [{{name: a, url: {json.dumps(url)}}}]\n")
    assert said.startswith("1: repositories.0.url: ")
    assert words in said
    assert "canary" not in said


def test_an_address_with_control_characters_is_refused(tmp_path: Path) -> None:
    assert "cannot be printed" in faults(tmp_path, 'repositories: [{name: a, url: "host:a\\nb"}]\n')[0]


def test_a_path_or_an_address_but_not_both(tmp_path: Path) -> None:
    assert "needs path: or url:" in faults(tmp_path, "repositories: [{name: a}]\n")[0]
    assert "give one" in faults(tmp_path, "repositories: [{name: a, path: x, url: 'host:x'}]\n")[0]
    schema = FileConfig.model_json_schema()
    for said, good in (
        ({"path": "x"}, True),
        ({"url": "host:x"}, True),
        ({}, False),
        ({"path": "x", "url": "y"}, False),
    ):
        document = {"repositories": [{"name": "a", **said}]}
        assert jsonschema.Draft202012Validator(schema).is_valid(document) is good


@pytest.mark.parametrize("where", ["defaults", "repositories"])
def test_no_branch_at_all_is_refused_for_it_would_be_in_sync(tmp_path: Path, where: str) -> None:
    none = "branches: []"
    text = f"defaults: {{{none}}}\n" if where == "defaults" else ""
    file = tmp_path / "c.yaml"
    file.write_text(f"{text}repositories:\n  - name: a\n    path: a\n    {none if where == 'repositories' else ''}\n")
    with pytest.raises(UsageError) as refused:
        config.load(file)
    assert "branches" in str(refused.value)
    assert "at least 1 item" in str(refused.value)


def test_the_example_and_the_readme_have_every_rule_with_its_default() -> None:
    assert load(EXAMPLE).repositories[0].rules == dict(RULES)
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (error|warning|off) \| \S", readme, re.MULTILINE)
    told = {name: severity for names, severity in rows for name in re.findall(r"[a-z-]+", names)}
    assert told == {name: str(severity.value) for name, severity in RULES}
