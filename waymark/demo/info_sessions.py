"""Information sessions of the sample: one that was, with who came, and one to come, with answers."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from interventions.info_answers import answer
from interventions.info_sessions import announce, mark_attendance
from interventions.models import InfoSession
from learners.models import GuardianLink, School, SchoolPost
from tenancy.actor import GRD, SCH, Actor
from tenancy.models import Tenant
from tenancy.selectors import zone

SESSIONS = (
    ("How levels work, and how to help at home",
     "What the five levels mean, how a level changes, and ideas for home. Children are welcome.", 9,
     "English, Spanish"),
    ("Reading a report card without grades", "We look at a report card together. Bring your questions.", -12,
     "English, Arabic"),
)  # fmt: skip


def add_info_sessions(tenant: Tenant, system: Actor) -> None:
    """As the school's administrator; families of the sample answer."""
    post = SchoolPost.objects.filter(role=SCH).select_related("member").order_by("id").first()
    school = School.objects.filter(kind="school", pk=post.school_id).first() if post else None
    if post is None or school is None:
        return
    office = replace(system, roles=frozenset({SCH}), member_id=post.member_id, label=post.member.name)
    links = GuardianLink.objects.filter(status="verified", learner__home_school=school, member__user__isnull=False)
    families = list({link.member_id: link.member for link in links.select_related("member").order_by("id")}.values())
    for title, about, days, languages in SESSIONS:
        day = system.today + timedelta(days=abs(days))
        session = announce(
            office, school=school, title=title, about=about, place="School library", languages=languages, minutes=60,
            starts_at=datetime.combine(day, time(18), zone(tenant.time_zone)), capacity=40, grades=(), sections=(),
        )  # fmt: skip
        for n, member in enumerate(families[:14]):
            family = replace(system, roles=frozenset({GRD}), member_id=member.pk, label=member.name)
            answer(family, session=session, comes=n % 4 != 3, people=1 + n % 2)
        if days < 0:
            was = session.starts_at + timedelta(days=2 * days)
            InfoSession.objects.filter(pk=session.pk).update(starts_at=was)
            session.starts_at = was
            mark_attendance(office, session=session, invited=families, came={one.pk: 1 for one in families[:9:2]})
