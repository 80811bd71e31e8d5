"""`explain`: the whole trail of one verdict."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from auditor import tag_names, waiving
from auditor.audit import audit_repository
from auditor.commands.scan import Options, configuration, discovered_too
from auditor.config.configuration import Config, RepositoryConfig
from auditor.config.faults import nearest
from auditor.errors import BranchDriftError, UsageError
from auditor.fleet.progress import say
from auditor.git import process
from auditor.model import Audit, Fix, FixVerdict, Hotfix, RepositoryAudit, Status, Tool, Verdict
from auditor.output import files, told
from auditor.output.words import approval, plain, rfc3339, shows, span
from auditor.past import Episode
from auditor.system import scratch
from auditor.tag_names import REPLACED
from auditor.told import UNTOLD

_MOST_NAMES = 20


def run(tag: str, branch: str, repository: Path | None, file: Path | None, main: str | None) -> int:
    """Tells one pair's story; the exit status is that of a scan of this pair alone."""
    config = configuration((repository,) if repository and not file else (), file, main, () if file else (branch,))
    if repository and str(repository) not in [r.name for r in config.repositories]:
        config, _ = discovered_too(config, Options())
    wanted = [r for r in config.repositories if file is None or repository is None or r.name == str(repository)]
    if len(wanted) != 1:
        names = nearest(str(repository or ""), [r.name for r in config.repositories], _MOST_NAMES)
        raise UsageError(f"name one repository of the configuration{names}")
    process.version()
    now = int(time.time())
    alone = _alone(wanted[0], branch)
    tag = tag_names.written(tag_names.exact(os.fsencode(tag)))
    with scratch.held():
        found = audit_repository(alone, now, config.state, tag_names.shown(tag))
    found = _asked(found, alone, tag, branch, now)
    hotfix, verdict = _pair(found, tag, branch)
    recorded = _recorded(config, found.name, hotfix, branch) if file else ()
    files.write_text("-", "\n".join(_story(found, hotfix, verdict, recorded)) + "\n")
    return Audit(Tool("", "", ""), 0, 0, None, (replace(found, violations=()),)).exit_code


def _alone(config: RepositoryConfig, branch: str) -> RepositoryConfig:
    """The configuration for one branch alone: that another is absent is no matter here."""
    one = tuple(b for b in config.branches if b.name == branch)
    return config.model_copy(update={"branches": one}) if one else config


def _asked(found: RepositoryAudit, config: RepositoryConfig, tag: str, branch: str, now: int) -> RepositoryAudit:
    """The audit of this pair alone, with what the forge tells of it."""
    hotfix, verdict = _pair(found, tag, branch)
    found = replace(found, hotfixes=(replace(hotfix, verdicts=(verdict,)),))
    if config.forge is None:
        return found
    from auditor import reading

    return reading.read([config], [found], now, None)[0]


def _pair(found: RepositoryAudit, tag: str, branch: str) -> tuple[Hotfix, Verdict]:
    asked = [(h, v) for h, v in found.pairs() if v.branch == branch]
    known = [pair for pair in asked if tag in waiving.names(found, pair[0])] or _alike(found, asked, tag)
    if known:
        return known[0]
    for excluded in found.excluded:
        if excluded.tag == tag_names.shown(tag):
            raise UsageError(f"{tag} is not audited: {excluded.reason}")
    if found.errors:
        raise BranchDriftError("; ".join(f"{e.code}: {e.detail}" for e in found.errors))
    raise UsageError(_no_such(found, tag, branch))


def _alike(found: RepositoryAudit, asked: list[tuple[Hotfix, Verdict]], tag: str) -> list[tuple[Hotfix, Verdict]]:
    """The one whose name is no UTF-8, and is shown as somebody wrote it. Of several nobody can tell which is meant."""
    alike = [pair for pair in asked if REPLACED in tag and tag in (pair[0].tag, *pair[0].aliases)]
    if len(alike) > 1:
        names = sorted(n for h, _ in alike for n in waiving.names(found, h) if tag_names.shown(n) == tag)
        raise UsageError(f"{tag} is shown for several tags: {', '.join(names)}; name one of these")
    return alike


def _no_such(found: RepositoryAudit, tag: str, branch: str) -> str:
    branches = [b.name for b in found.branches]
    if branch not in branches:
        return f"{branch} is no branch that is audited{nearest(branch, branches, _MOST_NAMES)}"
    tags = [name for h in found.hotfixes for name in (h.tag, *h.aliases)]
    return f"there is no hotfix {tag}{nearest(tag, tags, _MOST_NAMES)}"


def _recorded(config: Config, repository: str, hotfix: Hotfix, branch: str) -> tuple[Episode, ...]:
    """How the pair's drift came and went, where a ledger tells; one that cannot be read is said, and costs no more."""
    from auditor.ledger import database, history

    url = config.ledger_url
    if "://" not in url and not Path(url).exists():
        return ()
    try:
        ledger = database.open_ledger(url, create=False)
        episodes = history.episodes(ledger, config.ledger_name, repository, hotfix)
    except BranchDriftError as error:
        say("warning", f"the ledger: {error}")
        return ()
    return tuple(e for e in episodes if (e.tag, e.branch) == (hotfix.tag, branch))


def _story(found: RepositoryAudit, hotfix: Hotfix, verdict: Verdict, recorded: tuple[Episode, ...]) -> Iterator[str]:
    via = f", via {verdict.via}" if verdict.via else ""
    yield f"{plain(hotfix.tag)} on {plain(verdict.branch)} of {plain(found.name)}: {verdict.status}{via}"
    yield f"  {plain(verdict.reason)}"
    yield ""
    tagger = plain(hotfix.tagger or "nobody (a lightweight tag)")
    bounds = plain(", ".join(hotfix.bounds) or "nothing")
    yield f"hotfix   {hotfix.commit}, tagged {rfc3339(hotfix.tagged_at)} by {tagger}"
    yield f"         selected by: {plain(hotfix.selected_by)}; bounded by: {bounds}"
    if hotfix.aliases:
        yield f"         also tagged: {plain(', '.join(hotfix.aliases))}"
    for name in sorted(n for n in waiving.names(found, hotfix) if n != tag_names.shown(n)):
        yield f"         {plain(tag_names.shown(name))} is no UTF-8; in a waiver: tag: {plain(tag_names.quoted(name))}"
    yield from _times(verdict)
    yield from map(_episode, recorded)
    yield from _offered(verdict)
    yield from _fixes(hotfix, verdict)
    yield from _automation(hotfix, verdict)
    yield from (f"not told by the forge: {plain(e.detail)}" for e in found.errors if e.code in UNTOLD)
    yield from _checks(verdict)


def _episode(episode: Episode) -> str:
    runs = f"runs {episode.first_run} to {episode.last_run}"
    by = f"run {episode.first_run}" if episode.first_run == episode.last_run else runs
    until = f"to {rfc3339(episode.ended_at)}" if episode.ended_at is not None else "on"
    return f"recorded {episode.status} by {by}, from {rfc3339(episode.started_at)} {until}"


def _times(verdict: Verdict) -> Iterator[str]:
    if verdict.since is not None:
        lead = f", {span(verdict.lead_time_seconds)} after the tag" if verdict.lead_time_seconds is not None else ""
        yield f"since    {rfc3339(verdict.since)}{lead}"
    if verdict.due_at is not None:
        yield f"due      {rfc3339(verdict.due_at)}{' (overdue)' if verdict.overdue else ''}"
    if verdict.waiver:
        yield f"waiver   {plain(approval(verdict.waiver))} (else {verdict.covers})"
    if verdict.forecast:
        paths = plain(", ".join(verdict.forecast.conflicts))
        said = "would be clean" if verdict.forecast.clean else f"would conflict in {paths}"
        yield f"forecast a back-merge {said}"


def _offered(verdict: Verdict) -> Iterator[str]:
    if verdict.pull_request is not None:
        since = f", open since {rfc3339(verdict.pull_request_opened_at)}" if verdict.pull_request_opened_at else ""
        yield f"offered  {plain(verdict.pull_request)}{since}"


def _automation(hotfix: Hotfix, verdict: Verdict) -> Iterator[str]:
    """What the automation matrix asks of the hotfix on main and on this branch."""
    every = (*hotfix.pipelines, *verdict.pipelines)
    if every:
        yield from ("", f"automation ({len(every)})")
        yield from (f"  {told.required_line(required)}" for required in every)


def _fixes(hotfix: Hotfix, verdict: Verdict) -> Iterator[str]:
    known = {f.commit: f for f in hotfix.fixes}
    yield ""
    if not verdict.fixes:
        yield from _unasked(hotfix, verdict)
        return
    yield f"fixes ({len(verdict.fixes)})"
    for judged in verdict.fixes:
        fix = known[judged.commit]
        yield f"  {fix.commit} {plain(fix.subject)}"
        yield f"    {judged.status}{_rung(judged)}: {plain(judged.evidence.detail)}"
        yield from _changed(fix)


def _rung(judged: FixVerdict) -> str:
    """How its presence is known; of one that was undone, how it had come."""
    if judged.via is None:
        return ""
    return f" via {judged.via}" if judged.status is Status.PRESENT else f" (it had come by {judged.via})"


def _unasked(hotfix: Hotfix, verdict: Verdict) -> Iterator[str]:
    """The fixes where the verdict is about the hotfix as a whole."""
    together = ", which together change nothing" if verdict.status is Status.NOT_APPLICABLE and hotfix.fixes else ""
    yield f"fixes ({len(hotfix.fixes)}){together}"
    for fix in hotfix.fixes:
        yield f"  {fix.commit} {plain(fix.subject)}"
        yield from _changed(fix)


def _changed(fix: Fix) -> Iterator[str]:
    yield f"    changes {plain(', '.join(fix.paths))}"
    yield from (f"    review {line}" for line in (told.review_lines(fix.review) if fix.review else ()))


def _checks(verdict: Verdict) -> Iterator[str]:
    if not verdict.checks:
        return
    yield ""
    yield "check it with plain git, in any full clone"
    for check in verdict.checks:
        printed = f" and prints {check.stdout!r}" if check.stdout is not None else ""
        yield f"  $ {check.run}"
        yield f"    {shows(check, verdict)}exits with {check.exit}{printed}"
