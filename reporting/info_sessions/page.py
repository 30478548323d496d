"""What the pages of information sessions show, to the school and to families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Prefetch, Q, Subquery, Sum
from django.utils import timezone

from interventions.models import InfoAnswer, InfoAudience, InfoSession
from interventions.models.info_sessions import INFO_SESSION
from learners.models import Enrolment, GuardianLink, Learner, School, Section
from learners.posts import schools_of
from learners.reach import running
from reporting.pages import read_uuid
from tenancy.actor import Actor
from tenancy.errors import NotFound
from tenancy.models import Member, Tenant
from tenancy.selectors import zone

READ, ANNOUNCE, ANSWER = ((INFO_SESSION, what) for what in ("read", "announce, keep attendance", "answer"))
A_YEAR, STILL = timedelta(days=365), timedelta(hours=3)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One session with its figures: families that come, people they bring, families and people who came."""

    session: InfoSession
    coming: int
    people: int
    not_coming: int
    came: int
    people_came: int
    was_marked: bool


@dataclass(frozen=True, slots=True)
class Family:
    member: Member
    learners: str
    answer: InfoAnswer | None

    @property
    def place(self) -> int:
        """Who comes first, who cannot come last; by name within."""
        return 1 if self.answer is None or self.answer.comes is None else 0 if self.answer.comes else 2


@dataclass(frozen=True, slots=True)
class Choices:
    schools: Sequence[School]
    grades: Sequence[str]
    sections: Sequence[Section]


def audiences() -> Prefetch[Any]:
    return Prefetch("audiences", InfoAudience.objects.select_related("section").order_by("grade", "id"))


def sessions_of(actor: Actor) -> list[Row]:
    """Of the last year and to come, the latest first. Two queries."""
    rows = InfoSession.objects.visible_to(actor, *READ).filter(starts_at__gte=timezone.now() - A_YEAR)
    rows = rows.select_related("school").prefetch_related(audiences())
    return [_row(one) for one in counted(rows).order_by("-starts_at", "-id")[:SHOWN]]


def counted(rows: Any) -> Any:
    def of(value: Any, **where: Any) -> Subquery:
        mine = InfoAnswer.objects.filter(session_id=OuterRef("pk"), **where).order_by().values("session_id")
        return Subquery(mine.annotate(n=value).values("n"))

    return rows.annotate(
        n_coming=of(Count("id"), comes=True), n_people=of(Sum("people"), comes=True),
        n_not=of(Count("id"), comes=False), n_came=of(Count("id"), came__gt=0), n_there=of(Sum("came")),
        n_marked=of(Count("id"), came__isnull=False),
    )  # fmt: skip


def _row(one: Any) -> Row:
    return Row(
        one, coming=one.n_coming or 0, people=one.n_people or 0, not_coming=one.n_not or 0, came=one.n_came or 0,
        people_came=one.n_there or 0, was_marked=bool(one.n_marked),
    )  # fmt: skip


def visible_session(actor: Actor, session_id: UUID, right: tuple[str, str]) -> Any:
    """With its figures. Raises NotFound."""
    rows = InfoSession.objects.visible_to(actor, *right).filter(public_id=session_id).select_related("school")
    found = counted(rows.prefetch_related(audiences())).first()
    if found is None:
        raise NotFound
    return found


def session_page(actor: Actor, session_id: UUID) -> tuple[Row, list[Family]]:
    """A session and the families it is for, by name. Five queries."""
    row = _row(visible_session(actor, session_id, ANNOUNCE))
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=actor.today), status="verified")
    found = links.filter(learner__in=meant(row.session, actor.today)).select_related("member", "learner")
    children: dict[int, list[str]] = {}
    members: dict[int, Member] = {}
    for link in found.order_by("member__family_name", "member__given_name", "member_id", "learner__folded_name"):
        members[link.member_id] = link.member
        children.setdefault(link.member_id, []).append(link.learner.name)
    answers = {one.member_id: one for one in InfoAnswer.objects.filter(session=row.session).select_related("member")}
    members |= {key: one.member for key, one in answers.items() if key not in members}  # links end, answers stay
    families = [Family(one, ", ".join(children.get(key, ())), answers.get(key)) for key, one in members.items()]
    return row, sorted(families, key=lambda one: one.place)


def meant(session: InfoSession, today: date) -> Any:
    """Learners whose families the session is for."""
    learners = Learner.objects.filter(is_active=True)
    grades = [one.grade for one in session.audiences.all() if one.grade]
    sections = [one.section_id for one in session.audiences.all() if one.section_id]
    if not grades and not sections:
        return learners.filter(home_school_id=session.school_id)
    places = Enrolment.objects.filter(running(today), section_id__in=sections, is_withdrawn=False)
    of_grade = Q(home_school_id=session.school_id, grade__in=grades)
    return learners.filter(of_grade | Q(id__in=places.values("learner_id")))


def choices_of(actor: Actor) -> Choices:
    """Schools, grades and classes for whose families the actor may announce. Three queries."""
    schools = schools_of(actor)
    learners = Learner.objects.filter(home_school__in=schools, is_active=True).exclude(grade="")
    sections = Section.objects.filter(school__in=schools, is_active=True).select_related("school")
    grades = learners.order_by("grade").values_list("grade", flat=True).distinct()
    return Choices(schools, list(grades), list(sections.order_by("school__name", "title", "id")[:500]))


def values_of(post: Any, choices: Choices, tenant: Tenant) -> dict[str, Any]:
    """What the form says, as the service takes it; what makes no sense is None and said there."""
    wanted = {read_uuid(text) for text in post.getlist("sections")}
    sections = [one for one in choices.sections if one.public_id in wanted]
    texts = {name: post.get(name, "") for name in ("title", "about", "place", "link", "languages")}
    return {
        **texts, "school": next((s for s in choices.schools if str(s.public_id) == post.get("school")), None),
        "starts_at": _moment(post.get("day", ""), post.get("hour", ""), tenant), "minutes": number(post.get("minutes")),
        "capacity": number(post.get("capacity") or "0"),
        "grades": post.getlist("grades"), "sections": sections if len(sections) == len(wanted) else None,
    }  # fmt: skip


def first_values(session: InfoSession, tenant: Tenant) -> dict[str, Any]:
    here = session.starts_at.astimezone(zone(tenant.time_zone))
    texts = {name: getattr(session, name) for name in ("title", "about", "place", "link", "languages", "minutes")}
    return {
        **texts, "school": str(session.school.public_id), "day": here.date().isoformat(), "hour": f"{here:%H:%M}",
        "capacity": session.capacity or "", "version": session.version,
        "grades": [one.grade for one in session.audiences.all() if one.grade],
        "sections": [str(one.section.public_id) for one in session.audiences.all() if one.section],
    }  # fmt: skip


def came_of(post: Mapping[str, str], families: Sequence[Family]) -> dict[int, int]:
    """{member: how many came}, of those that were ticked."""
    ticked = [one.member for one in families if post.get(f"came-{one.member.public_id}")]
    return {one.pk: max(number(post.get(f"n-{one.public_id}")) or 1, 1) for one in ticked}


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _moment(day: str, hour: str, tenant: Tenant) -> datetime | None:
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour))
    except ValueError:
        return None
    return local.replace(tzinfo=zone(tenant.time_zone)) if local.tzinfo is None and local.year > 1 else None
