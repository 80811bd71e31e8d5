"""Prometheus metrics of one run (DESIGN, Metrics), in the classic text format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Gauge,
    Histogram,
    delete_from_gateway,
    disable_created_metrics,
    generate_latest,
    push_to_gateway,
)
from prometheus_client.exposition import basic_auth_handler, default_handler

from auditor.config.rule_names import DEFAULT_SEVERITY
from auditor.model import DRIFT, IN_SYNC, Audit, RepositoryAudit, Severity, Status, Verdict
from auditor.output.words import writable
from auditor.told import OPEN_UNKNOWN

_HOUR, _DAY = 3600, 86_400
_BUCKETS = (
    600, _HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 90 * _DAY,
)  # fmt: skip
_PREFIX = "branch_drift"

Handler = Callable[..., Callable[[], Any]]
# "Created" series hold the time of this process's start, which says nothing of the audit.
disable_created_metrics()  # type: ignore[no-untyped-call]


def exposition(audit: Audit, last_success: Mapping[str, int]) -> str:
    """The metrics of a finished run; `last_success` tells of each repository when an audit last succeeded."""
    return generate_latest(_registry(audit, last_success)).decode()


def push(url: str, group: str, handler: Handler, timeout: float, audit: Audit, last_success: Mapping[str, int]) -> None:
    """Replaces everything that a Pushgateway holds of `group` (its label `instance`) by the metrics of a run.

    Raises `OSError` where the gateway cannot be reached or refuses.
    """
    push_to_gateway(url, _PREFIX, _registry(audit, last_success), {"instance": group}, timeout, handler)


def withdraw(url: str, group: str, handler: Handler, timeout: float) -> None:
    """Deletes a group from a Pushgateway. Raises `OSError` as `push` does."""
    delete_from_gateway(url, _PREFIX, {"instance": group}, timeout, handler)


def handler(user: str | None, password: str | None) -> Handler:
    """How a Pushgateway is spoken to: with these credentials, or without any."""
    return default_handler if user is None else partial(basic_auth_handler, username=user, password=password)


def _registry(audit: Audit, last_success: Mapping[str, int]) -> CollectorRegistry:
    families = _Families()
    families.build_info.labels(audit.tool.version, audit.tool.libgit2).set(1)
    families.discoveries_failed.set(sum(bool(d.errors) for d in audit.discovered))
    for repository in audit.repositories:
        _repository(families, repository, audit.finished_at)
        if repository.name in last_success:
            families.last_success.labels(writable(repository.name)).set(last_success[repository.name])
    return families.registry


class _Families:
    """Every family with its help text, which never changes: collectors drop families whose help differs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        by_branch = ("repository", "branch")
        self.pairs = self._gauge("pairs", "Pairs of hotfix and branch by status.", (*by_branch, "status"))
        self.in_sync = self._gauge(
            "in_sync", "1 if every hotfix is in sync on the branch and the scan succeeded.", by_branch
        )
        self.overdue = self._gauge("overdue_pairs", "Pairs that drift longer than the branch's SLA allows.", by_branch)
        self.oldest = self._gauge(
            "oldest_drift_timestamp_seconds", "When the oldest drift of the branch began.", by_branch
        )
        self.open_requests = self._gauge(
            "open_pull_requests", "Open back-merges to the branch at the forge.", by_branch
        )
        self.oldest_request = self._gauge(
            "oldest_pull_request_timestamp_seconds", "When the oldest open back-merge was opened.", by_branch
        )
        self.hotfixes = self._gauge("hotfixes", "Hotfixes audited.", ("repository",))
        self.violations = self._gauge("violations", "Broken rules.", ("repository", "rule", "severity"))
        self.waived = self._gauge("waived_pairs", "Pairs that drift under a waiver.", by_branch)
        self.waiver_expires = self._gauge(
            "waiver_expires_timestamp_seconds", "When the first waiver in use on the branch runs out.", by_branch
        )
        self.lead_time = Histogram(
            f"{_PREFIX}_lead_time_seconds", "From the tag to the arrival on the branch.", by_branch,
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.success = self._gauge(
            "scan_success", "1 if everything in the repository could be judged.", ("repository",)
        )
        self.duration = self._gauge("scan_duration_seconds", "How long the repository's audit took.", ("repository",))
        self.last_scan = self._gauge(
            "last_scan_timestamp_seconds", "When the repository was last scanned.", ("repository",)
        )
        self.last_success = self._gauge(
            "last_success_timestamp_seconds", "When a scan of the repository last succeeded.", ("repository",)
        )
        self.discoveries_failed = self._gauge(
            "discoveries_failed", "Forges whose repositories could not all be listed in this run.", ()
        )
        self.build_info = self._gauge("build_info", "The versions that judged.", ("version", "libgit2"))

    def _gauge(self, name: str, words: str, labels: tuple[str, ...]) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", words, labels, registry=self.registry)


def _repository(families: _Families, found: RepositoryAudit, finished_at: int) -> None:
    name = writable(found.name)
    families.hotfixes.labels(name).set(len(found.hotfixes))
    families.success.labels(name).set(not found.incomplete)
    families.duration.labels(name).set(found.duration_seconds)
    families.last_scan.labels(name).set(finished_at)
    broken = Counter((v.rule, v.severity) for v in found.broken)
    # Zero is a claim: a rule that was not judged has none.
    silent = {n.rule for n in found.not_judged}
    graded = {**DEFAULT_SEVERITY, **dict(found.graded)}
    judged = {(r, s) for r, s in graded.items() if s is not Severity.OFF and r not in silent}
    for rule, severity in sorted(judged | {(v.rule, v.severity) for v in found.violations}):
        families.violations.labels(name, rule, severity.value).set(broken[rule, severity])
    for branch in found.branches:
        verdicts = [v for _, v in found.pairs() if v.branch == branch.name]
        _branch(families, (name, writable(branch.name)), verdicts, usable=not found.errors)
        if found.forge is not None and not any(e.code == OPEN_UNKNOWN for e in found.errors):
            _offered(families, (name, writable(branch.name)), verdicts)


def _branch(families: _Families, labels: tuple[str, str], verdicts: list[Verdict], *, usable: bool) -> None:
    statuses = Counter(v.status for v in verdicts)
    for status in Status:
        families.pairs.labels(*labels, status.value).set(statuses[status])
    calm = all(v.status in IN_SYNC and not v.incomplete for v in verdicts)
    families.in_sync.labels(*labels).set(usable and calm)
    families.overdue.labels(*labels).set(sum(v.overdue for v in verdicts))
    families.waived.labels(*labels).set(statuses[Status.WAIVED])
    waived = [_end_of_day(v.waiver.expires) for v in verdicts if v.waiver]
    if waived:
        families.waiver_expires.labels(*labels).set(min(waived))
    drifting = [v.since for v in verdicts if v.status in DRIFT and v.since is not None]
    if drifting:
        families.oldest.labels(*labels).set(min(drifting))
    lead_time = families.lead_time.labels(*labels)
    for verdict in verdicts:
        if verdict.lead_time_seconds is not None:
            lead_time.observe(verdict.lead_time_seconds)


def _offered(families: _Families, labels: tuple[str, str], verdicts: list[Verdict]) -> None:
    """Of a branch whose forge told which back-merges are open; elsewhere zero would be a claim."""
    offered = [v for v in verdicts if v.pull_request is not None]
    families.open_requests.labels(*labels).set(len(offered))
    opened = [v.pull_request_opened_at for v in offered if v.pull_request_opened_at is not None]
    if opened:
        families.oldest_request.labels(*labels).set(min(opened))


def _end_of_day(day: str) -> float:
    """The moment from which a waiver that expires on `day` holds no more (UTC)."""
    return datetime.combine(date.fromisoformat(day), time(), UTC).timestamp() + _DAY
