"""Who is left alone when a full file says nothing of them.

A full file tells also by what it leaves out. Two things are never read out of it: that somebody has gone whose row was
passed over because it could not be understood, and, where the importer asked for it, that anything has gone at all that
the file does not name. Deletions that a file spells out hold all the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from integrations.oneroster.bulk import Staging, run, stage

SPARED = Staging("roster_spared", {"sid": "text", "is_skipped": "boolean"}, ("sid", "is_skipped"))
KNOWN = {
    "learners_school": "roster_org",
    "learners_term": "roster_term",
    "learners_course": "roster_course",
    "learners_section": "roster_section",
    "tenancy_member": "roster_user",
    "learners_learner": "roster_user",
}


def spare(skipped: Iterable[str], *, keeps_missing: bool) -> None:
    """Fill the table of the spared; the staging tables of the bundle are filled. `skipped`: sourcedIds."""
    stage(SPARED, ((sid, True) for sid in sorted(set(skipped))))
    if keeps_missing:
        for table, staged in KNOWN.items():
            run(
                f"INSERT INTO roster_spared SELECT t.sourced_id, false FROM {table} t "  # noqa: S608 - constants
                "WHERE t.tenant_id = %(tenant)s AND t.sourced_id IS NOT NULL "
                f"AND NOT EXISTS (SELECT 1 FROM {staged} s WHERE s.sid = t.sourced_id)"
            )
    run("ANALYZE roster_spared")
