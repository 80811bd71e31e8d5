"""The questions that the dashboard asks of Prometheus, in PromQL. What begins with `$` Grafana fills in."""

from __future__ import annotations

R = 'repository=~"$repository"'
RB = f'{R},branch=~"$branch"'
DR = f'{R},branch=~"$critical"'
UNKNOWN = 'status="unknown"'
DRIFTING = 'status=~"missing|partial|reverted|dropped"'
BY = "by (repository, branch)"
# Once a day is expected; the alert about stale scans has the same limit.
OLD = 26 * 3600

# Where two jobs report the same repository, the worse answer counts, as in the alerts.
AGE = f"time() - min by (repository) (branch_drift_last_scan_timestamp_seconds{{{R}}})"
FRESH = f"(abs({AGE}) <= bool {OLD})"


def state(where: str) -> str:
    """A branch's state: 0 not in sync; 1 in sync, but by an audit that is too old to say so of today; 2 in sync.

    Drift and what could not be judged are both 0. The lowest of many is the worst.
    """
    return f"min {BY} (branch_drift_in_sync{{{where}}}) * on (repository) group_left () (1 + {FRESH})"


def pairs(where: str, status: str) -> str:
    """Pairs of some statuses, a value a branch."""
    return f"sum {BY} (max by (repository, branch, status) (branch_drift_pairs{{{where},{status}}}))"


def worst(metric: str, where: str) -> str:
    """A count, a value a branch."""
    return f"max {BY} (branch_drift_{metric}{{{where}}})"


def buckets(le: str = "") -> str:
    """The lead time's buckets, which count anew in each audit: they are no counters, and have no rate."""
    return f"max by (repository, branch, le) (branch_drift_lead_time_seconds_bucket{{{RB}{le}}})"


UNSYNCED = f"min {BY} (branch_drift_in_sync{{{RB}}}) == 0"
ARRIVED = f"max {BY} (branch_drift_lead_time_seconds_count{{{RB}}})"
SPENT = f"max {BY} (branch_drift_lead_time_seconds_sum{{{RB}}})"

DR_NOW = f"min({state(DR)}) or vector(-1)"
DR_REPOSITORIES = f"sum({state(DR)} == bool 0)"
DR_STALE = f"sum({state(DR)} == bool 1)"
DR_DRIFTING = f"sum({pairs(DR, DRIFTING)})"
DR_UNKNOWN = f"sum({pairs(DR, UNKNOWN)})"

DRIFT_PAIRS = f"{pairs(RB, DRIFTING)} and ({UNSYNCED})"
DRIFT_AGE = f"time() - min {BY} (branch_drift_oldest_drift_timestamp_seconds{{{RB}}})"
DRIFT_UNKNOWN = f"{pairs(RB, UNKNOWN)} and ({UNSYNCED})"
DRIFT_OVERDUE = f"{worst('overdue_pairs', RB)} and ({UNSYNCED})"
DRIFT_AUDITED = f"(({UNSYNCED}) * 0) + on (repository) group_left () ({AGE})"
DRIFT_OFFERED = f"{worst('open_pull_requests', RB)} and ({UNSYNCED})"
DRIFT_OFFER_AGE = f"time() - min {BY} (branch_drift_oldest_pull_request_timestamp_seconds{{{RB}}}) and ({UNSYNCED})"
DRIFT_BY_BRANCH = f"sum by (branch) ({pairs(RB, DRIFTING)})"
PAIRS_BY_STATUS = f"sum by (status) (max by (repository, branch, status) (branch_drift_pairs{{{RB}}}))"

OVERDUE = f"sum({worst('overdue_pairs', RB)})"
OVERDUE_PAIRS = f"{worst('overdue_pairs', RB)} > 0"
OVERDUE_AGE = f"({DRIFT_AGE}) and ({OVERDUE_PAIRS})"
OVERDUE_BY_BRANCH = f"sum by (branch) ({worst('overdue_pairs', RB)})"
WAIVED = f"{worst('waived_pairs', RB)} > 0"
WAIVER_ENDS = f"1000 * min {BY} (branch_drift_waiver_expires_timestamp_seconds{{{RB}}})"
BROKEN = f"max by (repository, rule, severity) (branch_drift_violations{{{R}}}) > 0"

LEAD_COUNT = f"sum by (branch) ({ARRIVED})"
LEAD_MEAN = f"sum by (branch) ({SPENT}) / sum by (branch) ({ARRIVED})"


def lead_quantile(share: float) -> str:
    """The lead time that this share of the arrived hotfixes did not exceed, a value a branch."""
    return f"histogram_quantile({share}, sum by (le, branch) ({buckets()}))"


def arrived_within(seconds: int) -> str:
    """The share of the arrived hotfixes that took no longer; `seconds` is a bucket's bound."""
    power = len(str(seconds)) - 1
    # A bound is written as 3600.0, and one of a million or more as 2.592e+06.
    spelling = f"{seconds / 10**power:.10g}e[+]{power:02}" if power >= 6 else f"{seconds}([.]0)?"
    bound = f',le=~"{spelling}"'
    return f"sum({buckets(bound)}) / sum({ARRIVED})"


_SCANNED = f"branch_drift_last_scan_timestamp_seconds{{{R}}}"
_ONCE = " or ".join(f"{_SCANNED} offset {days}d" for days in (1, 3, 7))
GONE = f"time() - (max by (repository) ({_ONCE}) unless max by (repository) ({_SCANNED}))"
REPOSITORIES = f"count({AGE})"
NOT_JUDGED = f"sum(min by (repository) (branch_drift_scan_success{{{R}}}) == bool 0)"
STALE = f"sum(abs({AGE}) > bool {OLD})"
OLDEST_AUDIT = f"max({AGE})"
VERSIONS = "count by (version, libgit2) (branch_drift_build_info)"
ALERTS = 'sum by (alertname) (ALERTS{alertname=~"BranchDrift.+",alertstate="firing"})'
SUCCESS = f"min by (repository) (branch_drift_scan_success{{{R}}})"
SINCE_SUCCESS = f"time() - max by (repository) (branch_drift_last_success_timestamp_seconds{{{R}}})"
DURATION = f"max by (repository) (branch_drift_scan_duration_seconds{{{R}}})"
HOTFIXES = f"max by (repository) (branch_drift_hotfixes{{{R}}})"
SLOWEST = f"topk(10, {DURATION})"
