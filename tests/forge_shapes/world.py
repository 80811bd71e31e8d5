"""What there is at a forge, whatever its shape: projects over real bare repositories, and what happens to them."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.build import PINNED

TOKEN = "ghp_Cana4y+/t0ken=with.Odd~Characters-42"
ROBOT = "robot"
START = 1_770_000_000


class RefusedError(Exception):
    """What a forge does not do, and why: `duplicate`, `no-branch`, `nothing`, `conflict`, `state`, `draft`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Vote:
    """A review. `opinion` is approved, rejected, commented or asked; a dismissed one stays to be seen."""

    who: str
    opinion: str
    commit: str
    at: int
    dismissed: bool = False
    official: bool = True


@dataclass
class Note:
    """A comment; a system note is the forge's own."""

    who: str
    body: str
    at: int
    system: bool = False


@dataclass
class Pull:
    """A pull request. `tips` are the tips of the source that the forge saw, and since when.

    `base` is where the target was when it was merged, `made` the commits that the button made.
    """

    number: int
    source: str
    target: str
    title: str
    body: str
    draft: bool
    author: str
    created: int
    fork: str | None = None
    state: str = "open"
    ended: int | None = None
    landed: str | None = None
    base: str | None = None
    squashed: bool = False
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    tips: list[tuple[int, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def head(self) -> str:
        return self.tips[-1][1]


@dataclass
class Written:
    """A commit as it was written."""

    commit: str
    name: str
    email: str
    at: int
    title: str
    parents: tuple[str, ...]

    @property
    def raw(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def message(self) -> str:
        return f"{self.title}\n\nWhy it was done."


@dataclass
class Fact:
    """A status, check, pipeline or deployment; `state` is passed, failed, cancelled, skipped or pending."""

    kind: str
    name: str
    state: str
    commit: str
    at: int
    replaced: bool = False


@dataclass
class Project:
    """A repository: its path, and what the forge knows of it. `links` replaces its addresses."""

    path: str
    archived: bool = False
    fork: bool = False
    empty: bool = False
    disabled: bool = False
    private: bool = False
    links: dict[str, str] = field(default_factory=dict)
    bare: Path | None = None
    pulls: list[Pull] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def git(self, *args: str) -> str:
        """Runs git in the bare repository."""
        assert self.bare is not None
        return git(self.bare, *args)

    def tip(self, branch: str) -> str | None:
        """Where a branch is now."""
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None

    def contains(self, commit: str, branch: str) -> bool:
        """Whether a branch's history has a commit."""
        return commit in self.git("rev-list", f"refs/heads/{branch}").split()

    def pull(self, number: int) -> Pull | None:
        """One by its number."""
        return next((p for p in self.pulls if p.number == number), None)

    def between(self, source: str | None, target: str | None) -> list[Pull]:
        """Those with these branches, where they are named."""
        return [p for p in self.pulls if source in (None, p.source) and target in (None, p.target)]

    def has(self, commit: str) -> bool:
        """Whether there is such a commit."""
        if self.bare is None:
            return False
        try:
            return self.git("cat-file", "-t", commit) == "commit"
        except AssertionError:
            return False

    def bringing(self, commit: str, *, every: bool = False) -> list[Pull]:
        """Those that brought a commit, or would; where the forge knows `every` commit that a button made, by these."""
        return [
            p for p in self.pulls if commit in ((p.landed, *p.made) if every else (p.landed,)) or self._in(p, commit)
        ]

    def _in(self, pull: Pull, commit: str) -> bool:
        return commit in self.commits(pull)

    def commits(self, pull: Pull) -> list[str]:
        """What a pull request brings, the oldest first."""
        return self.git("rev-list", "--reverse", pull.head, f"^{pull.base or f'refs/heads/{pull.target}'}").split()

    def written(self, pull: Pull) -> list[Written]:
        """The commits of a pull request with who wrote them."""
        said = [self.git("log", "-1", "--format=%H%x00%an%x00%ae%x00%at%x00%s%x00%P", c) for c in self.commits(pull)]
        each = [line.split("\0") for line in said]
        return [Written(oid, name, email, int(at), title, tuple(p.split())) for oid, name, email, at, title, p in each]


@dataclass
class World:
    """Everything at the forge. `users` are the names behind tokens; `page` is the longest page it gives.

    `accounts` are the names behind addresses of authors, where the forge knows them.
    """

    projects: list[Project] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=lambda: {TOKEN: ROBOT})
    page: int = 100
    host: str = "127.0.0.1"
    clock: int = START
    no_drafts: bool = False
    accounts: dict[str, str] = field(default_factory=dict)

    def owned(self, owner: str, user: str, *, deep: bool = False) -> list[Project] | None:
        """The projects of an owner that a user may see; None where there is no such owner."""
        found = [p for p in self.projects if p.owner == owner or (deep and p.owner.startswith(f"{owner}/"))]
        return [p for p in found if user or not p.private] if found or owner == "hollow" else None

    def project(self, path: str) -> Project | None:
        """One by its path, as it is after all that was pushed."""
        found = next((p for p in self.projects if p.path.casefold() == path.casefold()), None)
        if found is not None and found.bare is not None:
            self.see(found)
        return found

    def tick(self) -> int:
        """The next moment."""
        self.clock += 60
        return self.clock

    def see(self, project: Project) -> None:
        """Takes notice of pushes: tips that moved, branches that are gone, what was merged by hand."""
        for pull in project.pulls:
            if pull.state != "open" or pull.fork:
                continue
            tip = project.tip(pull.source)
            if tip is None:
                self.end(pull, "closed", None)
            elif tip != pull.head:
                pull.tips.append((self.tick(), tip))
            elif project.contains(tip, pull.target):
                pull.base = _before(project, pull)
                self.end(pull, "merged", project.tip(pull.target))

    def end(self, pull: Pull, state: str, landed: str | None) -> None:
        """Merged or closed."""
        pull.state, pull.landed, pull.ended = state, landed, self.tick()
        pull.version += 1

    def open(self, project: Project, source: str, target: str, title: str, body: str, **said: object) -> Pull:
        """Opens a pull request, for whoever may: there is at most one open between two branches."""
        tip = project.tip(source)
        if tip is None or project.tip(target) is None:
            raise RefusedError("no-branch")
        if said.get("draft") and self.no_drafts:
            raise RefusedError("draft")
        if any(p.state == "open" and not p.fork for p in project.between(source, target)):
            raise RefusedError("duplicate")
        if project.contains(tip, target):
            raise RefusedError("nothing")
        number = max((p.number for p in project.pulls), default=0) + 1
        author = str(said.get("author") or ROBOT)
        made = Pull(number, source, target, title, body, bool(said.get("draft")), author, self.tick())
        made.tips.append((made.created, tip))
        project.pulls.append(made)
        return made

    def vote(self, pull: Pull, who: str, opinion: str) -> Vote:
        """Somebody reviews the tip as it is; an approval taken back is `unapproved`."""
        at = self.tick()
        if opinion == "unapproved":
            pull.votes = [v for v in pull.votes if v.who != who]
        cast = Vote(who, opinion, pull.head, at)
        if opinion != "unapproved":
            pull.votes.append(cast)
        said = {"approved": "approved this merge request", "unapproved": "unapproved this merge request"}
        if opinion in said:
            pull.notes.append(Note(who, said[opinion], at, system=True))
        return cast

    def merge(self, project: Project, pull: Pull, how: str) -> str:
        """The merge button: `merge`, `squash` or `rebase`. Gives the commit that it made last."""
        self.see(project)
        if pull.state != "open":
            raise RefusedError("state")
        if pull.draft:
            raise RefusedError("draft")
        assert project.bare is not None
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder) / "work"
            git(Path(folder), "clone", "-q", "--no-tags", str(project.bare), str(work))
            git(work, "switch", "-q", "--detach", f"origin/{pull.source if how == 'rebase' else pull.target}")
            _press(work, pull, how)
            pull.base = git(work, "rev-parse", f"origin/{pull.target}")
            git(work, "push", "-q", "origin", f"HEAD:refs/heads/{pull.target}")
            landed = git(work, "rev-parse", "HEAD")
            pull.made = git(work, "rev-list", "--first-parent", f"{pull.base}..HEAD").split()
        pull.squashed = how == "squash"
        self.end(pull, "merged", landed)
        return landed


def _before(project: Project, pull: Pull) -> str:
    """Where the target was before somebody merged by hand: below what came with the tip."""
    line = project.git("rev-list", "--first-parent", f"refs/heads/{pull.target}").split()
    below = [c for c in line if pull.head not in project.git("rev-list", c).split()]
    return below[0] if below else line[-1]


def _press(work: Path, pull: Pull, how: str) -> None:
    try:
        if how == "merge":
            git(work, "merge", "-q", "--no-ff", "-m", f"Merge #{pull.number} {pull.title}", f"origin/{pull.source}")
        elif how == "squash":
            git(work, "merge", "-q", "--squash", f"origin/{pull.source}")
            git(work, "commit", "-q", "-m", f"{pull.title} (#{pull.number})")
        else:
            git(work, "rebase", "-q", f"origin/{pull.target}")
    except AssertionError:
        raise RefusedError("conflict") from None


def git(folder: Path, *args: str) -> str:
    """Runs git in a folder; it must succeed."""
    command = ["git", "-c", "gc.auto=0", "-c", "core.fsync=none", *args]
    environment = {**PINNED, "PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"git {args}: {done.stdout}{done.stderr}")
    return done.stdout.strip()
