"""The dashboard's panels, row by row: what it answers, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.dashboard import queries as ask
from tests.dashboard.kinds import BAD, BROKE, DOUBT, STATE, AnyPanel, answer, lines, number, rows, shares

AUDIT_NOTE = "Counted by the last audit of each repository, however old it is: see the last row."


def dr_now() -> Sequence[AnyPanel]:
    return (
        answer(
            "Is DR in sync?",
            "YES: in every chosen repository the critical branch carries every hotfix, by an audit of the last 26 "
            "hours. NO: somewhere it does not, or it could not be judged. NOT KNOWN: an audit is older than that. "
            "NO DATA: there is no audit of such a branch.",
            (0, 0, 8, 8), ask.DR_NOW,
        ),
        number("Repositories not in sync", f"Repositories whose critical branch misses a hotfix, or could not be "
               f"judged. {AUDIT_NOTE}", (8, 0, 4, 4), ask.DR_REPOSITORIES),
        number("Hotfixes missing", f"Hotfixes that are missing, partial, reverted or dropped on the critical branch. "
               f"{AUDIT_NOTE}", (12, 0, 4, 4), ask.DR_DRIFTING),
        number("Hotfixes not judged", f"Hotfixes of which it is not known whether the critical branch carries them. "
               f"{AUDIT_NOTE}", (8, 4, 4, 4), ask.DR_UNKNOWN, limit=(1, DOUBT)),
        number("In sync, but audit too old", "Repositories whose critical branch was in sync at the last audit, which "
               "is older than 26 hours.", (12, 4, 4, 4), ask.DR_STALE, limit=(1, DOUBT)),
        rows("By repository", "The critical branch of each repository: NO first.", (16, 0, 8, 8),
             (("In sync", ask.state(ask.DR), "short"),), "In sync", descending=False, words={"In sync": STATE}),
    )  # fmt: skip


def drift() -> Sequence[AnyPanel]:
    return (
        rows(
            "Branches that drift", "Branches that miss a hotfix or could not be judged, the longest drift first. "
            "Drift begins with the hotfix's tag; where the hotfix was taken out again, with its removal. Back-merges "
            "are the open pull requests that would end it, where the forge tells of them.",
            (0, 0, 24, 9),
            (("Hotfixes missing", ask.DRIFT_PAIRS, "short"), ("Drifts for", ask.DRIFT_AGE, "s"),
             ("Overdue", ask.DRIFT_OVERDUE, "short"), ("Not judged", ask.DRIFT_UNKNOWN, "short"),
             ("Audited before", ask.DRIFT_AUDITED, "s"), ("Back-merges open", ask.DRIFT_OFFERED, "short"),
             ("Oldest open for", ask.DRIFT_OFFER_AGE, "s")),
            "Drifts for",
        ),
        lines("Missing hotfixes, by branch", "Pairs of hotfix and branch that drift, over time.", (0, 9, 12, 8),
              ((ask.DRIFT_BY_BRANCH, "{{branch}}"),)),
        lines("All pairs, by status", "Every pair of hotfix and branch by its status, over time.", (12, 9, 12, 8),
              ((ask.PAIRS_BY_STATUS, "{{status}}"),), stacked=True),
    )  # fmt: skip


def overdue() -> Sequence[AnyPanel]:
    return (
        number("Overdue hotfixes", f"Pairs of hotfix and branch that drift for longer than the branch's sla allows. "
               f"{AUDIT_NOTE}", (0, 0, 4, 8), ask.OVERDUE),
        rows("Overdue branches", "Branches with an overdue hotfix, the longest drift first.", (4, 0, 10, 8),
             (("Overdue", ask.OVERDUE_PAIRS, "short"), ("Drifts for", ask.OVERDUE_AGE, "s")), "Drifts for"),
        lines("Overdue hotfixes, by branch", "Overdue pairs of hotfix and branch, over time.", (14, 0, 10, 8),
              ((ask.OVERDUE_BY_BRANCH, "{{branch}}"),)),
        rows("Waivers in use", "Drift that an approved waiver covers, the first to end on top. From its end on it "
             "counts as drift.", (0, 8, 12, 7),
             (("Hotfixes waived", ask.WAIVED, "short"), ("First waiver ends", ask.WAIVER_ENDS, "dateTimeAsIso")),
             "First waiver ends", descending=False),
        rows("Broken rules", "Rules of the hotfix protocol that are broken, the most often broken first.",
             (12, 8, 12, 7), (("Broken", ask.BROKEN, "short"),), "Broken",
             labels=("repository", "rule", "severity")),
    )  # fmt: skip


def lead_time() -> Sequence[AnyPanel]:
    within = (("1 hour", 3600), ("4 hours", 14_400), ("1 day", 86_400), ("1 week", 604_800), ("30 days", 2_592_000))
    return (
        rows("Lead time, by branch", "From the tag to the arrival on the branch, of the hotfixes that arrived. Median "
             "and 90 % are estimated within the histogram's buckets; those over 90 days show as 90 days.",
             (0, 0, 14, 8),
             (("Arrived", ask.LEAD_COUNT, "short"), ("Mean", ask.LEAD_MEAN, "s"),
              ("Median", ask.lead_quantile(0.5), "s"), ("90 % within", ask.lead_quantile(0.9), "s")),
             "90 % within", labels=("branch",)),
        shares("Arrived within", "Of the hotfixes that arrived on a branch, the share that took no longer. What has "
               "not arrived yet is not in it.", (14, 0, 10, 8),
               tuple((ask.arrived_within(seconds), name) for name, seconds in within)),
        lines("Lead time over time", "Median and 90 % of all hotfixes that had arrived by then.", (0, 8, 24, 7),
              ((ask.lead_quantile(0.5), "{{branch}}: median"), (ask.lead_quantile(0.9), "{{branch}}: 90 %")), "s"),
    )  # fmt: skip


def health() -> Sequence[AnyPanel]:
    return (
        number("Repositories", "Repositories that are audited.", (0, 0, 4, 4), ask.REPOSITORIES, limit=(1e9, BAD)),
        number("Not judged in full", "Repositories in which something could not be judged at the last audit.",
               (4, 0, 4, 4), ask.NOT_JUDGED),
        number("Audit too old", "Repositories whose last audit is older than 26 hours, or dated in the future.",
               (8, 0, 4, 4), ask.STALE),
        number("Oldest audit", "How long ago the repository was audited that has waited longest.", (12, 0, 4, 4),
               ask.OLDEST_AUDIT, "s", limit=(ask.OLD, BAD)),
        rows("Versions", "The versions that judged; more than one where several machines audit.", (16, 0, 8, 4),
             (("Jobs", ask.VERSIONS, "short"),), "Version", labels=("version", "libgit2")),
        rows("Audits", "The last audit of each repository, the oldest first.", (0, 4, 24, 9),
             (("Audited before", ask.AGE, "s"), ("Judged", ask.SUCCESS, "short"),
              ("Last in full before", ask.SINCE_SUCCESS, "s"), ("Took", ask.DURATION, "s"),
              ("Hotfixes", ask.HOTFIXES, "short")),
             "Audited before", labels=("repository",), words={"Judged": BROKE}),
        lines("Slowest audits", "How long the audits of the ten slowest repositories took.", (0, 13, 8, 7),
              ((ask.SLOWEST, "{{repository}}"),), "s"),
        lines("Firing alerts", "Alerts of Branch Drift that are firing, by name.", (8, 13, 8, 7),
              ((ask.ALERTS, "{{alertname}}"),)),
        rows("No longer audited", "Repositories that were audited within the last week, and of which there are no "
             "metrics now: no panel above counts them.", (16, 13, 8, 7),
             (("Audited before", ask.GONE, "s"),), "Audited before", labels=("repository",)),
    )  # fmt: skip


ROWS: tuple[tuple[str, Callable[[], Sequence[AnyPanel]]], ...] = (
    ("Is DR in sync right now?", dr_now),
    ("Which repositories and branches drift, and for how long?", drift),
    ("What is overdue, waived, or against the rules?", overdue),
    ("How fast do fixes arrive?", lead_time),
    ("Is the audit itself healthy?", health),
)
