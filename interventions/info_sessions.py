"""Information sessions: announced, changed and called off by the school, and who came."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.info_answers import MOST_PEOPLE
from interventions.models import InfoAnswer, InfoAudience, InfoSession
from interventions.texts import Problems, text_problems
from learners.models import Learner, School, Section
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.models import Member

LONGEST = {"title": 120, "about": 2000, "place": 200, "link": 500, "languages": 120}
MOST_MINUTES, MOST_ROOM, FARTHEST = 600, 5000, timedelta(days=400)


@transaction.atomic
def announce(
    actor: Actor, *, school: School | None, starts_at: datetime | None, minutes: int | None, capacity: int | None,
    grades: Collection[str], sections: Collection[Section] | None, session: InfoSession | None = None, version: int = 0,
    **texts: str,
) -> InfoSession:  # fmt: skip
    """A new session, or `session` changed; answers stay. Raises Invalid, and Conflict where somebody was faster."""
    words = {name: texts.get(name, "").replace("\r\n", "\n").strip() for name in LONGEST}
    problems = [*_text_problems(words), *_figure_problems(starts_at, minutes, capacity)]
    if school is None:
        problems.append(problem("school", _("Choose a school from the list"), "unknown"))
    elif sections is None or any(section.school_id != school.pk for section in sections) or _unknown(grades, school):
        problems.append(problem("sections", _("Choose grades and classes of this school"), "other_school"))
    if problems:
        raise Invalid(problems)
    values = {**words, "school": school, "starts_at": starts_at, "minutes": minutes, "capacity": capacity}
    if session is None:
        session = InfoSession.objects.create(made_by_id=actor.member_id, **values)
    else:
        standing = InfoSession.objects.filter(pk=session.pk, version=version, called_off_at=None)
        if not standing.update(**values, version=F("version") + 1):
            raise Conflict(_("Somebody changed this session or called it off. Open it again"))
        InfoAudience.objects.filter(session=session).delete()
    named = [InfoAudience(session=session, grade=grade) for grade in sorted(set(grades))]
    named += [InfoAudience(session=session, section=one) for one in sections or ()]
    InfoAudience.objects.bulk_create(named)
    record_audit(actor, "info_session.changed" if version else "info_session.announced", target=session)
    return session


@transaction.atomic
def call_off(actor: Actor, *, session: InfoSession) -> None:
    """It does not take place; families see that. Raises Conflict for a second time."""
    if not InfoSession.objects.filter(pk=session.pk, called_off_at=None).update(called_off_at=timezone.now()):
        raise Conflict(_("This session was called off already"))
    record_audit(actor, "info_session.called_off", target=session)


@transaction.atomic
def mark_attendance(actor: Actor, *, session: InfoSession, invited: Collection[Member], came: Mapping[int, int]) -> int:
    """How many people came of each family, by member; who is not named was not there. Returns families that came."""
    if session.starts_at - timedelta(hours=2) > timezone.now():
        raise Conflict(_("The session has not begun. Mark who came on the day"))
    now = timezone.now()
    rows = [
        InfoAnswer(
            session=session, member=one, came=min(came.get(one.pk, 0), MOST_PEOPLE), marked_at=now,
            marked_by_id=actor.member_id,
        )
        for one in invited
    ]  # fmt: skip
    InfoAnswer.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["tenant", "session", "member"],
        update_fields=["came", "marked_at", "marked_by_id"],
    )  # fmt: skip
    there = sum(bool(row.came) for row in rows)
    record_audit(actor, "info_session.marked", target=session, detail={"families": there})
    return there


def _unknown(grades: Collection[str], school: School) -> bool:
    """A grade that nobody of the school is in would leave nobody, or everybody, invited."""
    here = Learner.objects.filter(home_school=school, is_active=True, grade__in=grades).exclude(grade="")
    return set(grades) != set(here.values_list("grade", flat=True).distinct())


def _text_problems(words: Mapping[str, str]) -> Problems:
    required = {"title": _("Enter what it is about, like Helping with fractions at home")}
    found: Problems = []
    for name, most in LONGEST.items():
        found += text_problems(name, words[name], most, required.get(name, ""))
    parts = urlsplit(words["link"]) if words["link"] else None
    if parts is not None and (parts.scheme not in {"http", "https"} or not parts.netloc):
        found.append(problem("link", _("Enter an address that begins with https://"), "bad_link"))
    if not words["place"] and not words["link"]:
        found.append(problem("place", _("Enter where it is, or the link for taking part online"), "empty"))
    return found


def _figure_problems(starts_at: datetime | None, minutes: int | None, capacity: int | None) -> Problems:
    found, now = [], timezone.now()
    if starts_at is None or not now <= starts_at <= now + FARTHEST:
        text = _("Enter a day and an hour to come, within the next %(n)d days")
        found.append(problem("day", text % {"n": FARTHEST.days}, "bad_day"))
    if minutes is None or not 10 <= minutes <= MOST_MINUTES:
        text = _("Enter the minutes as a number from 10 to %(most)d") % {"most": MOST_MINUTES}
        found.append(problem("minutes", text, "bad_number"))
    if capacity is None or not 0 <= capacity <= MOST_ROOM:
        text = _("Enter for how many there is room, up to %(most)d, or leave it empty") % {"most": MOST_ROOM}
        found.append(problem("capacity", text, "bad_number"))
    return found
