"""Runners that race, by random schedules: `python -m tests.races 200`.

Two to eight of them plan and carry out back-merges of one repository at one forge. Each stops before every request and
every git command; a schedule, which its seed gives, says who goes on, whose answer is lost, who is refused and who dies
there, and what people do meanwhile. There is never a second branch or open pull request for a pair, and none after the
first unless a person ended that between a runner's look and its deed; nothing that anybody pushed is lost; and one more
run finishes what was left.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from auditor.backmerge import names, whole
from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Action, Entry
from auditor.config.configuration import RepositoryConfig, load
from auditor.errors import ForgeError
from auditor.forges.http import Http, Reply
from auditor.forges.pace import Clock, Pace
from auditor.git.remote import Remote
from auditor.git.session import Done
from tests.build import LOGIN, hotfix, protocol
from tests.forge_server import ForgeServer
from tests.forge_shapes.world import TOKEN, Project, RefusedError, World
from tests.forge_stage import KINDS, SHAPES
from tests.judged import NOW

_TAG = "v2.3.1"
_BRANCHES = ("dev", "qa")
_STUCK = 120.0


class KilledError(BaseException):
    """A runner is gone, where it stood."""


class Turnstile:
    """Lets runners on as the schedule says: one at a time, or now and then a few at once."""

    def __init__(self, chance: random.Random, runners: int) -> None:
        self.chance = chance
        self.mishaps = chance.choice((0.0, 0.05, 0.2))
        self.live = set(range(runners))
        self.waiting: set[int] = set()
        self.orders: dict[int, str] = {}
        self.moved = threading.Condition()

    def step(self, me: int) -> str:
        """Waits to be let on; what befalls the runner: nothing, `lost`, `refused` or `killed`."""
        with self.moved:
            self.waiting.add(me)
            self.moved.notify_all()
            if not self.moved.wait_for(lambda: me in self.orders, _STUCK):
                raise AssertionError("a runner was never let on")
            return self.orders.pop(me)

    def leave(self, me: int) -> None:
        """A runner is done."""
        with self.moved:
            self.live.discard(me)
            self.moved.notify_all()

    def turn(self, meanwhile: Callable[[], None]) -> None:
        """Until all are done."""
        while True:
            with self.moved:
                if not self.moved.wait_for(lambda: self.waiting == self.live, _STUCK):
                    raise AssertionError("a runner neither goes on nor ends")
                if not self.live:
                    return
                meanwhile()
                many = self.chance.choice((1, 1, 1, 3))
                for me in self.chance.sample(sorted(self.live), min(many, len(self.live))):
                    self.waiting.discard(me)
                    self.orders[me] = self._order()
                self.moved.notify_all()

    def _order(self) -> str:
        return self.chance.choice(("lost", "refused", "killed")) if self.chance.random() < self.mishaps else ""


_here = threading.local()


def _stopping(now: Callable[..., Any], refused: Callable[[], Any], lost: Callable[[], Any]) -> Callable[..., Any]:
    """A deed before which a runner waits; whoever is none is not held up."""

    def done(*args: Any, **keys: Any) -> Any:
        turnstile: Turnstile | None = getattr(_here, "turnstile", None)
        order = turnstile.step(_here.me) if turnstile else ""
        if order == "killed":
            raise KilledError
        if order == "refused":
            return refused()
        found = now(*args, **keys)
        return lost() if order == "lost" else found

    return done


def _fail(code: str, *, uncertain: bool) -> Reply:
    raise ForgeError(code, "by the schedule", uncertain=uncertain)


def _own_pace(_: str) -> Pace:
    """Real runners are processes of their own, which wait for one another at no lock."""
    return Pace()


def _hasty() -> Clock:
    return Clock(sleep=lambda _: None)


@contextmanager
def stopping() -> Iterator[None]:
    """Requests and git commands wait for their turn; pauses take no time, and no two runners share a process."""
    exchange = _stopping(
        Http.exchange, lambda: _fail("unreachable", uncertain=False), lambda: _fail("broken-off", uncertain=True)
    )
    command = _stopping(Remote._run, lambda: Done(128, b"", "fatal: by the schedule"), lambda: None)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(Http, "exchange", exchange))
        stack.enter_context(mock.patch.object(Remote, "_run", command))
        stack.enter_context(mock.patch("auditor.forges.client.pace.of", _own_pace))
        stack.enter_context(mock.patch("auditor.forges.client.Clock", _hasty))
        stack.enter_context(mock.patch("auditor.forges.pace.BETWEEN_WRITES", 0.0))
        stack.enter_context(mock.patch.dict("os.environ", {"RACE_TOKEN": TOKEN}))
        yield


@cache
def _template() -> Path:
    """A hotfix that goes to dev by a merge, and to qa by a person's hand."""
    folder = Path(tempfile.mkdtemp(prefix="races-"))
    repo = protocol(folder / "work", branches=_BRANCHES)
    hotfix(repo)
    repo.switch("qa")
    repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")})
    repo.git("clone", "-q", "--bare", "--template=", ".", str(folder / "bare.git"))
    return folder


@dataclass
class Race:
    """A forge, a repository there, and people who work on it."""

    server: ForgeServer
    world: World
    project: Project
    config: RepositoryConfig
    chance: random.Random
    state: Path
    by_people: list[tuple[str, str]] = field(default_factory=list)
    ended: dict[int, str] = field(default_factory=dict)

    def meanwhile(self) -> None:
        """What people do now and then."""
        if self.chance.random() < 0.15:
            with self.server.lock:
                self.chance.choice((self._commit, self._commit, self._press, self._close, self._close))()

    def _commit(self) -> None:
        branch = self.chance.choice((*_BRANCHES, *(names.source(_TAG, b) for b in _BRANCHES)))
        tip = self.project.tip(branch)
        if tip:
            said = f"By hand {len(self.by_people)}"
            made = self.project.git("commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", said)
            self.project.git("update-ref", f"refs/heads/{branch}", made, tip)
            self.by_people.append((branch, made))

    def _press(self) -> None:
        for pull in self.project.pulls:
            if pull.state == "open" and not pull.draft:
                how = self.chance.choice(("merge", "squash", "rebase"))
                try:
                    self.world.merge(self.project, pull, how)
                    self.ended[pull.number] = how
                except RefusedError:
                    return

    def _close(self) -> None:
        self.world.see(self.project)
        for pull in self.project.pulls:
            if pull.state == "open" and self.chance.random() < 0.5:
                self.world.end(pull, "closed", None)
                self.ended[pull.number] = "closed"

    def work(self) -> tuple[list[Entry], list[Any]]:
        """What one runner does."""
        problems: list[Any] = []
        found = draft(self.config, NOW, self.state, Wanted())
        problems += found.errors
        steps, asked = whole.asked_about([self.config], [found], Wanted(), problems)
        return whole.carried_out([self.config], steps, asked, problems), problems


@contextmanager
def race(seed: int) -> Iterator[Race]:
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    with tempfile.TemporaryDirectory(prefix="race-") as name:
        folder = Path(name)
        bare = shutil.copytree(_template() / "bare.git", folder / "bare.git")
        path = "acme/shop/payments" if kind in ("gitlab", "azure") else "acme/payments"
        project = Project(path, bare=bare)
        world = World([project])
        with ForgeServer(SHAPES[kind](world)) as server:
            world.host = server.host
            forge = {
                "type": kind,
                "url": server.url,
                "project": path,
                "token_env": "RACE_TOKEN",
                "push": f"file://{bare}",
            }
            entry = {"name": "shop", "path": str(bare), "branches": list(_BRANCHES), "forge": forge}
            (folder / "c.yaml").write_text(json.dumps({"state": "state", "repositories": [entry]}))
            config = load(folder / "c.yaml").repositories[0]
            yield Race(server, world, project, config, chance, folder / "state")


def run(seed: int, pool: ThreadPoolExecutor) -> Counter[str]:
    """One schedule; what came of it. Raises `AssertionError` for what must never be."""
    with race(seed) as there:
        turnstile = Turnstile(there.chance, there.chance.randint(2, 8))

        def runner(me: int) -> str:
            _here.turnstile, _here.me = turnstile, me
            try:
                if turnstile.step(me) == "killed":
                    return "killed"
                return "failed" if there.work()[1] else "done"
            except KilledError:
                return "killed"
            finally:
                _here.turnstile = None
                turnstile.leave(me)

        runners = [pool.submit(runner, me) for me in sorted(turnstile.live)]
        turnstile.turn(there.meanwhile)
        ended = Counter(each.result() for each in runners)
        _hold(there)
        entries, problems = there.work()
        assert not problems, problems
        _hold(there)
        _whole(there, entries)
        second = len(there.project.pulls) - len({p.target for p in there.project.pulls})
        people = {"commits by people": len(there.by_people), "ended by people": len(there.ended)}
        return ended + Counter({"runners": len(runners), "closed as second": second, **people})


def _hold(there: Race) -> None:
    """What holds at any moment."""
    there.world.see(there.project)
    for target in _BRANCHES:
        pulls = there.project.between(names.source(_TAG, target), target)
        assert sum(p.state == "open" for p in pulls) <= 1, pulls
        # The look and the deed are two requests: a person who ends one between them leaves room for another.
        assert all(p.number in there.ended for p in pulls[:-1]), pulls
    ours = {names.source(_TAG, b) for b in _BRANCHES}
    heads = there.project.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").split()
    assert {h for h in heads if h.startswith(names.PREFIX)} <= ours, heads
    assert {p.source for p in there.project.pulls} <= ours
    for branch, commit in there.by_people:
        assert there.project.contains(commit, branch), f"{commit} on {branch} is lost"


def _whole(there: Race, entries: Sequence[Entry]) -> None:
    """After one more run every pair has its pull request, unless people took its branch before."""
    assert {(e.tag, e.branch) for e in entries} == {(_TAG, b) for b in _BRANCHES}
    for entry in entries:
        source = names.source(entry.tag, entry.branch)
        if entry.action is Action.TAKEN:
            assert any(branch == source for branch, _ in there.by_people), entry
        else:
            assert any((p.source, p.target) == (source, entry.branch) for p in there.project.pulls), entry


def main(number: int, first: int = 0) -> int:
    began = time.monotonic()
    total: Counter[str] = Counter()
    with stopping(), ThreadPoolExecutor(8) as pool:
        for seed in range(first, first + number):
            try:
                total += run(seed, pool)
            except AssertionError as error:
                print(f"schedule {seed}: {error}")
                return 1
    said = ", ".join(f"{n} {what}" for what, n in sorted(total.items()))
    print(f"{number} schedules in {time.monotonic() - began:.0f} s: {said}; never two open for a pair, nothing lost")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
