"""Who uses it: classes of a school without evidence lately, and work that has waited too long for a judgement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from assessments.models import Attempt
from learners.models import Section, SectionStaff
from learners.reach import running
from milestones.models import SectionMilestone
from reporting.reports.scope import Scope
from reporting.summaries.usage import newest_evidence
from reporting.workload import WAITING, handed_in_before
from tenancy.actor import INT, Actor
from tenancy.models import Tenant

DAYS, CHOICES, MOST_ADDRESSES = 14, (7, 14, 21, 28, 60), 60


@dataclass(frozen=True, slots=True)
class ClassUse:
    """newest: when its newest evidence was recorded; waiting: handed in longer than five school days ago."""

    public_id: UUID
    title: str
    teachers: str
    newest: datetime | None
    is_quiet: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """rows: quiet classes first, the longest quiet first; write_to: an address that opens a mail to their teachers."""

    rows: tuple[ClassUse, ...]
    days: int
    write_to: str

    @property
    def quiet(self) -> int:
        return sum(one.is_quiet for one in self.rows)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.rows)


def read_days(text: str) -> int:
    return int(text) if text in {str(n) for n in CHOICES} else DAYS


def adoption_of(actor: Actor, tenant: Tenant, scope: Scope, days: int) -> Adoption | None:
    """Six queries for the chosen school, or the only one; None where one has to be chosen first."""
    school = scope.school or (next(iter(scope.schools.values())) if len(scope.schools) == 1 else None)
    if school is None:
        return None
    planned = SectionMilestone.objects.filter(section_id=OuterRef("pk"), milestone__is_active=True)
    # A program may read sums of the school without the right to its roster: of the classes it gets only how many.
    seen = Section.objects.all() if actor.has(INT) else Section.objects.visible_to(actor)
    sections = list(seen.filter(Exists(planned), school_id=school.pk, is_active=True).order_by("title"))
    newest, staff = newest_evidence(school.pk), _staff(school.pk, actor)
    late = Attempt.objects.filter(
        state__in=WAITING, assessment__section__school_id=school.pk,
        handed_in_at__lt=handed_in_before(actor.today, school.pk, tenant.time_zone),
    )  # fmt: skip
    waiting = dict(late.values_list("assessment__section_id").annotate(n=Count("id")))
    limit = timezone.now() - timedelta(days=days)
    rows = []
    for one in sections:
        teachers = ", ".join(name for name, _mail in staff.get(one.pk, []))
        last = newest.get(one.pk)
        is_quiet = last is None or last < limit
        rows.append(ClassUse(one.public_id, one.title, teachers, last, is_quiet, waiting.get(one.pk, 0)))
    rows.sort(key=lambda row: (not row.is_quiet, row.newest is not None, row.newest or limit, row.title))
    quiet = {row.public_id for row in rows if row.is_quiet}
    mails = sorted({mail for one in sections if one.public_id in quiet for _, mail in staff.get(one.pk, []) if mail})
    return Adoption(tuple(rows), days, f"mailto:?bcc={quote(','.join(mails[:MOST_ADDRESSES]))}" if mails else "")


def _staff(school: int, actor: Actor) -> dict[int, list[tuple[str, str]]]:
    """{class: (name, e-mail) of its teachers today}. One query."""
    rows = SectionStaff.objects.filter(running(actor.today), section__school_id=school, role="TCH")
    found: dict[int, list[tuple[str, str]]] = {}
    fields = ("section_id", "member__given_name", "member__family_name", "member__email")
    for section, given, family, mail in rows.order_by("-is_primary", "id").values_list(*fields):
        found.setdefault(section, []).append((f"{given} {family}".strip(), mail))
    return found
