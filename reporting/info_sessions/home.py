"""Information sessions as families see them: on the week's page, on their own, in the weekly message, as a calendar."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from interventions.models import InfoAnswer, InfoSession
from learners.models import Enrolment, Learner
from learners.reach import running
from reporting.info_sessions.page import READ, STILL, audiences
from tenancy.actor import Actor

MOST = 5
TOLD_AHEAD = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Invited:
    """A session that a family is invited to, and what it has said."""

    session: InfoSession
    answer: InfoAnswer | None

    @property
    def is_over(self) -> bool:
        return self.session.starts_at < timezone.now()


def invited_to(actor: Actor) -> list[Invited]:
    """What is to come for the actor's children, the next first. Two queries."""
    rows = InfoSession.objects.visible_to(actor, *READ).filter(starts_at__gte=timezone.now() - STILL)
    sessions = list(rows.select_related("school").order_by("starts_at", "id")[:MOST])
    return _with_answers(actor, sessions)


def invitation_to(actor: Actor, session: InfoSession) -> Invited:
    return _with_answers(actor, [session])[0]


def _with_answers(actor: Actor, sessions: list[InfoSession]) -> list[Invited]:
    answers = InfoAnswer.objects.filter(Q(session__in=sessions), member_id=actor.member_id)
    said = {one.session_id: one for one in answers}
    return [Invited(one, said.get(one.pk)) for one in sessions]


def upcoming_for(learners: Iterable[Learner], today: date) -> dict[int, list[InfoSession]]:
    """{learner: sessions of the next three weeks for its family}. Three queries, whatever the number."""
    now, people = timezone.now(), list(learners)
    rows = InfoSession.objects.filter(called_off_at=None, starts_at__gte=now, starts_at__lt=now + TOLD_AHEAD)
    sessions = list(rows.prefetch_related(audiences()).order_by("starts_at", "id")[:50])
    places = Enrolment.objects.filter(running(today), learner__in=people, is_withdrawn=False)
    seats = set(places.values_list("learner_id", "section_id"))
    return {one.pk: [session for session in sessions if _is_for(session, one, seats)] for one in people}


def _is_for(session: InfoSession, learner: Learner, seats: set[tuple[int, int]]) -> bool:
    """The same rule as `for_my_children`, over what was read."""
    named, is_here = list(session.audiences.all()), learner.home_school_id == session.school_id
    if not named:
        return is_here
    return any((learner.pk, one.section_id) in seats or (is_here and one.grade == learner.grade != "") for one in named)


def calendar_of(session: InfoSession, address: str, made_at: datetime) -> str:
    """The session as an iCalendar file (RFC 5545), times in UTC, lines folded at 75 octets."""
    stamp = "%Y%m%dT%H%M%SZ"
    ends = session.starts_at + timedelta(minutes=session.minutes)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Waymark//Information sessions//EN", "METHOD:PUBLISH",
        "BEGIN:VEVENT", f"UID:{session.public_id}@waymark", f"DTSTAMP:{made_at.astimezone(UTC):{stamp}}",
        f"DTSTART:{session.starts_at.astimezone(UTC):{stamp}}", f"DTEND:{ends.astimezone(UTC):{stamp}}",
        f"SUMMARY:{_escaped(session.title)}", f"LOCATION:{_escaped(session.place or session.link)}",
        f"DESCRIPTION:{_escaped(' '.join(part for part in (session.about, session.link, address) if part))}",
        f"SEQUENCE:{session.version - 1}", f"STATUS:{'CANCELLED' if session.called_off_at else 'CONFIRMED'}",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(text.splitlines())


def folded(line: str) -> Collection[str]:
    """At most 75 octets a line; what goes on begins with a space. Never inside a character."""
    found, part = [], ""
    for character in line:
        if len((part + character).encode()) > 75:
            found.append(part)
            part = " "
        part += character
    return [*found, part]
