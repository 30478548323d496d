"""The week of a family as a mail and as a text of at most 320 characters: of what was released, in whole sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.mails import first_name, for_reader, home_of, language_for
from interventions.models import InfoSession
from interventions.sms import MOST
from interventions.weeks import Week
from learners.models import GuardianLink, Learner
from reporting.family.subjects import Shared, Subject, shared_of, subjects_by_learner, working_on
from reporting.family.timeline import Event, steps_of
from reporting.info_sessions.home import upcoming_for
from reporting.levels import WORDS
from status_engine import Level
from tenancy.actor import GRD, Actor
from tenancy.models import Member, Tenant
from tenancy.selectors import local_today, zone

A_WEEK = timedelta(days=7)
LONGEST_TITLE, LONGEST_HELP = 60, 110


@dataclass(frozen=True, slots=True)
class ChildWeek:
    """head: always said; parts: most important first, said while there is room."""

    name: str
    address: str
    head: str
    parts: tuple[str, ...]
    subjects: tuple[Subject, ...]
    now: tuple[Shared, ...]


def compose_weeks(tenant: Tenant, members: Sequence[Member]) -> dict[int, Week]:
    """{member: the week of their children}, in each one's language. As many queries for fifty families as for one.

    They grow with the languages of the readers, which are few.
    """
    today = local_today(tenant)
    children = _children(members, today)
    groups: dict[str, list[Member]] = {}
    for member in members:
        if children.get(member.pk):
            groups.setdefault(language_for(tenant, member.user), []).append(member)
    found: dict[int, Week] = {}
    for some in groups.values():
        with for_reader(tenant, some[0].user):
            learners = {one.pk: one for member in some for one in children[member.pk]}
            weeks, sessions = _weeks(tenant, today, learners), upcoming_for(learners.values(), today)
            for member in some:
                keys = [one.pk for one in children[member.pk]]
                invited = {one.pk: one for key in keys for one in sessions.get(key, ())}
                found[member.pk] = _week(tenant, keys, [weeks[key] for key in keys], list(invited.values()))
    return found


def _children(members: Sequence[Member], today: date) -> dict[int, list[Learner]]:
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), status=GuardianLink.Status.VERIFIED)
    rows = links.filter(member__in=members, learner__is_active=True).select_related("learner")
    found: dict[int, list[Learner]] = {}
    for link in rows.order_by("learner__folded_name", "learner_id"):
        found.setdefault(link.member_id, []).append(link.learner)
    return found


def _week(tenant: Tenant, keys: Sequence[int], weeks: Sequence[ChildWeek], sessions: Sequence[InfoSession]) -> Week:
    names = " · ".join(one.name for one in weeks)
    home, here = home_of(tenant), zone(tenant.time_zone)
    values = {
        "weeks": weeks, "tenant": tenant, "title": _("%(names)s this week") % {"names": names},
        "settings": home + reverse("family_settings"), "time_zone": tenant.time_zone,
        "sessions": [(one, home + reverse("family_session", args=[one.public_id])) for one in sessions],
    }  # fmt: skip
    told = [(one.title, date_format(one.starts_at.astimezone(here), "j M, H:i")) for one in sessions]
    text = _("Information session: %(title)s, %(when)s.")
    also = [text % {"title": _short(title), "when": when} for title, when in told[:1]]
    return Week(str(values["title"]), in_short(weeks, also=also), values, frozenset(keys))


def in_short(weeks: Sequence[ChildWeek], most: int = MOST, also: Sequence[str] = ()) -> str:
    """Every child's first sentence, then the others in turn as long as they fit. Sentences stay whole."""
    said = [[one.head] for one in weeks]
    for place in range(max((len(one.parts) for one in weeks), default=0)):
        for kept, one in zip(said, weeks, strict=True):
            if place < len(one.parts) and len(_joined([*said, [one.parts[place]]])) <= most:
                kept.append(one.parts[place])
    for sentence in also:
        if len(_joined([*said, [sentence]])) <= most:
            said.append([sentence])
    text = _joined(said)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _joined(said: Sequence[Sequence[str]]) -> str:
    return " ".join(sentence for some in said for sentence in some)


def _weeks(tenant: Tenant, today: date, learners: Mapping[int, Learner]) -> dict[int, ChildWeek]:
    """{learner: the week}, as guardians linked to these learners may read it."""
    actor, keys = Actor(tenant.pk, today, frozenset({GRD}), children=frozenset(learners)), sorted(learners)
    found, steps = shared_of(actor, keys), steps_of(actor, keys, timezone.now() - A_WEEK)
    shared = {key: found.get(key, []) for key in keys}
    subjects = subjects_by_learner(shared, today)
    return {key: _child(tenant, learners[key], shared[key], subjects[key], steps.get(key, [])) for key in keys}


def _child(
    tenant: Tenant, learner: Learner, shared: Sequence[Shared], subjects: tuple[Subject, ...], events: Sequence[Event]
) -> ChildWeek:
    now, name = tuple(working_on(shared, 2)), first_name(learner)
    parts = (*_moved_down(events), *_needs(subjects), *_working(now), *_at_home(now))
    address = home_of(tenant) + reverse("child", args=[learner.public_id])
    return ChildWeek(name, address, _head(name, events, shared), parts, subjects, now)


def _head(name: str, events: Sequence[Event], shared: Sequence[Shared]) -> str:
    ups = [one for one in events if one.kind == "up" or (one.kind == "first" and (one.level or 0) >= Level.MEETS)]
    if ups:
        newest = ups[0]
        values = {"name": name, "n": len(ups), "title": _short(newest.what), "level": WORDS[newest.level or 0].name}
        text = ngettext(
            "%(name)s this week: one step up, %(title)s is at %(level)s.",
            "%(name)s this week: %(n)d steps up, the newest: %(title)s is at %(level)s.",
            len(ups),
        )
        return text % values
    if not shared:
        return _("%(name)s this week: the school has not shared levels yet.") % {"name": name}
    at_goal = sum(one.level >= Level.MEETS for one in shared)
    values = {"name": name, "n": at_goal, "all": len(shared)}
    return _("%(name)s this week: nothing new, %(n)d of %(all)d at the goal.") % values


def _moved_down(events: Sequence[Event]) -> list[str]:
    text = _("%(title)s is now at %(level)s; the next piece of work can change it.")
    downs = [one for one in events if one.kind == "down"][:1]
    return [text % {"title": _short(one.what), "level": WORDS[one.level or 0].name} for one in downs]


def _needs(subjects: Sequence[Subject]) -> list[str]:
    found = []
    for subject in subjects:
        if subject.status.needs_a_hand:
            doing = [one.doing.approach for one in subject.doing if one.doing]
            values = {"subject": subject.title or _("Milestones"), "doing": _short(doing[0]) if doing else ""}
            if doing:
                found.append(_("%(subject)s needs a hand. School does: %(doing)s.") % values)
            else:
                found.append(_("%(subject)s needs a hand; the teachers plan the next step.") % values)
    return found


def _working(now: Sequence[Shared]) -> list[str]:
    if not now:
        return []
    one = now[0]
    if one.doing is not None and one.doing.review_on is not None:
        text = _("Working on %(title)s: %(doing)s until %(day)s.")
        day = date_format(one.doing.review_on, "j M")
        return [text % {"title": _short(one.title), "doing": _short(one.doing.approach), "day": day}]
    return [_("Working on %(title)s.") % {"title": _short(one.title)}]


def _at_home(now: Sequence[Shared]) -> list[str]:
    texts = [one.words.help.split("\n")[0] for one in now if one.words.help]
    return [_("At home: %(help)s") % {"help": text} for text in texts if len(text) <= LONGEST_HELP][:1]


def _short(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"
