"""Recognises the bundle that was imported last into a roster that nobody has changed since (interop.md OR-9).

An import leaves the tenant in a state that the same bundle leaves as it is. So if bundle and roster have the same
fingerprints as after the last import, everything is unchanged, and nothing needs to be read twice to say so. Both
fingerprints stand in the audit entry of the import; without one the import just takes its time.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from integrations.oneroster.bulk import fetch
from integrations.oneroster.bundle import Bundle
from integrations.oneroster.problems import Problem
from integrations.oneroster.report import OUTCOMES, RosterReport
from integrations.oneroster.source import UnreadableFile
from learners.demographics import kept_dimensions
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.models import AuditEntry

ACTION = "roster.imported"
# Raise it when the meaning of a file changes, so that no bundle counts as imported under the old one.
RULES = 1
CHUNK = 1 << 20
TABLES = (
    "tenancy_member", "tenancy_rolegrant", "learners_school", "learners_term", "learners_course", "learners_section",
    "learners_sectionterm", "learners_learner", "learners_schoolpost", "learners_guardianlink", "learners_enrolment",
    "learners_sectionstaff", "learners_demographics",
)  # fmt: skip
STATE = " UNION ALL ".join(
    f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text "  # noqa: S608 - constants
    f"FROM {table} t WHERE t.tenant_id = %(tenant)s"
    for table in TABLES
)


def bundle_print(bundle: Bundle) -> str:
    """Fingerprint of what the files say; how they are packed does not matter. "" for a damaged bundle."""
    digest = sha256(" ".join((f"{RULES}", *kept_dimensions())).encode())
    try:
        for name in sorted(bundle.source.names):
            own = sha256()
            with bundle.source.open(name) as stream:
                while chunk := stream.read(CHUNK):
                    own.update(chunk)
            digest.update(f"\0{name}\0{own.hexdigest()}".encode())
    except UnreadableFile:
        return ""
    return digest.hexdigest()


def roster_print() -> str:
    """Fingerprint of every row of the open tenant's roster. One query."""
    return sha256(repr(sorted(fetch(STATE))).encode()).hexdigest()


def last_report(bundle_digest: str) -> RosterReport | None:
    """The report for a bundle that was the last one imported, if the roster is as it left it; else None."""
    entry = AuditEntry.objects.filter(action=ACTION).order_by("-at", "-id").first()
    if not bundle_digest or entry is None or entry.detail.get("bundle") != bundle_digest:
        return None
    if entry.detail.get("roster") != roster_print():
        return None
    report = RosterReport(entry.detail["version"])
    report.problems = [Problem(**problem) for problem in entry.detail["problems"]]
    for kind, counts in entry.detail["counts"]:
        report.counts[kind] = Counter({outcome: 0 for outcome in OUTCOMES if outcome in counts})
        for outcome in ("created", "updated", "unchanged"):
            if outcome in counts:
                report.count(kind, "unchanged", counts[outcome])
        if "skipped" in counts:
            report.count(kind, "skipped", counts["skipped"])
    return report


def remember(actor: Actor, bundle_digest: str, report: RosterReport) -> None:
    """Audit the import, with what `last_report` needs. No personal values: counts, warnings and fingerprints."""
    detail = {
        "bundle": bundle_digest,
        "roster": roster_print(),
        "version": report.version,
        "counts": [[kind, dict(counts)] for kind, counts in report.counts.items()],  # a list keeps its order
        "problems": [problem.as_dict() for problem in report.problems],
    }
    record_audit(actor, ACTION, detail=detail)
