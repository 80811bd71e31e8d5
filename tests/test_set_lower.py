"""A version that a fix was the first to ask for, and a branch asks for a lower one: and numbers that tell nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import merged_and, told

FILES = {
    "package.json": '{{\n  "name": "shop",\n  "overrides": {{\n{}    "express": "4.18.2"\n  }}\n}}\n',
    "deps.yml": "first: 1.0.0\n{}last: 3.0.0\n",
    "build.gradle": "dependencies {{\n{}    implementation 'a:b:1.0'\n}}\n",
    "pom.xml": "<project>\n  <properties>\n{}  </properties>\n</project>\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


def asks(name: str, line: str, version: str, more: str = "") -> Files:
    return {name: FILES[name].format(line.format(version) if version else "") + more}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("package.json", '    "lodash": "^{}",\n'),
        ("deps.yml", "log4j: {}\n"),
        ("build.gradle", "    implementation 'com.shop:card-checks:{}'\n"),
        ("pom.xml", "    <log4j.version>{}</log4j.version>\n"),
    ],
)
@pytest.mark.parametrize(("version", "status"), [("2.16.0", "reverted"), ("2.17.2", "present"), ("3.0.0", "present")])
def test_another_version(repo: Repo, name: str, line: str, version: str, status: str) -> None:
    later = asks(name, line, version, "\n")
    assert merged_and(repo, asks(name, line, ""), asks(name, line, "2.17.1"), later) == status


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [
        ("version: {}\n", "2.4.1", "2.3.9"),
        ("app_version: {}\n", "2.4.1", "2.3.9"),
        ("timeout: {}\n", "30", "20"),
        ("ratio: {}\n", "1.5", "1.2"),
    ],
    ids=["its own version", "its own version by another name", "a number", "a share"],
)
def test_what_a_branch_sets_as_it_likes(repo: Repo, line: str, one: str, other: str) -> None:
    old, new, later = (asks("deps.yml", line, version) for version in ("", one, other))
    assert merged_and(repo, old, new, later) == "present"


def test_main_asks_for_a_lower_one_too(repo: Repo) -> None:
    started(repo, asks("deps.yml", "", ""))
    fixed(repo, asks("deps.yml", "log4j: {}\n", "2.17.1"))
    repo.commit("It breaks", asks("deps.yml", "log4j: {}\n", "2.16.0"))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("It breaks more", asks("deps.yml", "log4j: {}\n", "2.15.0"))
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")
