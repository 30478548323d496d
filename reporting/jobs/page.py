"""Background jobs that did not come to their end, and how far the others are behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from interventions.models import AlertMark, AlertRun
from milestones.lag import Parked, lag, parked_levels
from tenancy.actor import Actor
from tenancy.models import FailedJob

READ = ("Background job (state, error list)", "read")
NAMES: dict[str, Any] = {
    "drain_stale": _("Working out levels after an import or a change of rules"),
    "run_policy_trials": _("Trying drafts of policies"),
    "announce_policies": _("Putting policies into force"),
    "follow_calendar": _("Following the calendar: levels that depend on the day"),
    "end_overrides": _("Ending levels that were set until a day"),
    "follow_paces": _("How long learners usually stay in a level"),
    "sweep_artefacts": _("Clearing away files that nothing knows of"),
    "prepare_reviews": _("Preparing review sessions"),
    "verify_all": _("The nightly check of all levels"),
    "follow_moves": _("Today: looking at learners whose level moved"),
    "watch_all": _("Today: looking at everybody, every hour"),
    "send_messages": _("Sending messages by e-mail"),
    "send_digests": _("Sending the day's queue to teachers who asked for it"),
    "run_roster_imports": _("Roster imports: looking, saving, undoing"),
    "forget_roster_imports": _("Deleting uploaded rosters after their days"),
    "make_report_cards": _("Report cards of whole classes"),
    "forget_report_cards": _("Deleting files of report cards after their days"),
    "forget_old_keys": _("Forgetting old answers of the API"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """next_at: when it is tried again by itself; None: no longer."""

    key: str
    name: Any
    tries: int
    problem: str
    first_at: datetime
    last_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Jobs:
    """parked: levels that no worker tries any more.

    levels_since, moves_since: how long the oldest thing waits to be worked out; None: nothing waits.
    """

    failed: tuple[Job, ...]
    parked: tuple[Parked, ...]
    levels_since: datetime | None
    moves_since: datetime | None
    watched_at: datetime | None


def jobs_page(actor: Actor) -> Jobs:
    """Five queries."""
    rows = FailedJob.objects.visible_to(actor, *READ).order_by("-last_at", "job")
    return Jobs(
        failed=tuple(
            Job(row.job, NAMES.get(row.job, row.job), row.tries, row.problem, row.first_at, row.last_at, row.next_at)
            for row in rows
        ),
        parked=tuple(parked_levels()),
        levels_since=lag().since,
        moves_since=AlertMark.objects.aggregate(at=Min("at"))["at"],
        watched_at=AlertRun.objects.order_by("-id").values_list("at", flat=True).first(),
    )
