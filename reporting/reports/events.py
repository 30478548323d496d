"""What happened when: events that administrators mark on the trend, to be read beside it."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from learners.models import School
from reporting.models import ReportEvent
from reporting.reports.scope import Scope
from tenancy.actor import DST, Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, NotFound, problem

LONGEST, MOST = 80, 200


def events_of(scope: Scope) -> list[ReportEvent]:
    """Newest first: those of everywhere, and of the schools that are looked at. One query."""
    schools = [scope.school.pk] if scope.school else list(scope.schools)
    rows = ReportEvent.objects.filter(Q(school=None) | Q(school__in=schools), day__lte=scope.today)
    return list(rows.select_related("school").order_by("-day", "title")[:MOST])


@transaction.atomic
def mark_event(actor: Actor, *, day: date | None, title: str, school: School | None) -> ReportEvent:
    """Mark a day; the same again changes nothing. Raises Invalid: no day, no title, everywhere by one school."""
    title = " ".join(title.replace("\x00", "").split())
    problems = []
    if day is None or day > actor.today:
        problems.append(problem("day", _("Enter a day up to today, like 19 Nov 2026")))
    if not 0 < len(title) <= LONGEST:
        text = _("Enter what happened in at most %(most)d characters, like New reading programme")
        problems.append(problem("title", text % {"most": LONGEST}))
    if school is None and not actor.has(DST):
        problems.append(problem("school", _("Choose a school above, then mark the event there")))
    if problems:
        raise Invalid(problems)
    row, is_new = ReportEvent.objects.get_or_create(
        day=day, title=title, school=school, defaults={"made_by_id": actor.member_id}
    )
    if is_new:
        record_audit(actor, "report.event_marked", target=row)
    found: ReportEvent = row
    return found


@transaction.atomic
def forget_event(actor: Actor, *, event: ReportEvent) -> None:
    """Raises NotFound for one of everywhere, where the actor is of one school."""
    if event.school_id is None and not actor.has(DST):
        raise NotFound
    record_audit(actor, "report.event_removed", target=event)
    event.delete()
