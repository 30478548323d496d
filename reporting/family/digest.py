"""The week of a family as a mail and as a text of at most 320 characters: of what was released, in whole sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interventions.mails import first_name, home_of
from interventions.sms import MOST
from interventions.weeks import Week
from learners.models import Learner
from reporting.family.page import DIRECTORY
from reporting.family.subjects import Shared, Subject, shared_with, subjects_of, working_on
from reporting.family.timeline import Event, timeline_of
from reporting.levels import WORDS
from status_engine import Level
from tenancy.actor import Actor
from tenancy.models import Tenant

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


def compose_week(tenant: Tenant, actor: Actor) -> Week | None:
    """None where no child is linked."""
    rows = Learner.objects.visible_to(actor, *DIRECTORY).filter(is_active=True).order_by("folded_name", "id")
    weeks = [_child(tenant, actor, learner) for learner in rows]
    if not weeks:
        return None
    names = " · ".join(one.name for one in weeks)
    home = home_of(tenant)
    values = {
        "weeks": weeks, "tenant": tenant, "title": _("%(names)s this week") % {"names": names},
        "settings": home + reverse("family_settings"),
    }  # fmt: skip
    return Week(subject=str(values["title"]), text=in_short(weeks), values=values)


def in_short(weeks: Sequence[ChildWeek], most: int = MOST) -> str:
    """Every child's first sentence, then the others in turn as long as they fit. Sentences stay whole."""
    said = [[one.head] for one in weeks]
    for place in range(max((len(one.parts) for one in weeks), default=0)):
        for kept, one in zip(said, weeks, strict=True):
            if place < len(one.parts) and len(_joined([*said, [one.parts[place]]])) <= most:
                kept.append(one.parts[place])
    text = _joined(said)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _joined(said: Sequence[Sequence[str]]) -> str:
    return " ".join(sentence for some in said for sentence in some)


def _child(tenant: Tenant, actor: Actor, learner: Learner) -> ChildWeek:
    shared = shared_with(actor, learner)
    since = timezone.now() - A_WEEK
    events = [one for one in timeline_of(actor, learner) if one.at >= since]
    subjects, now = subjects_of(learner, shared, actor.today), tuple(working_on(shared, 2))
    name = first_name(learner)
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
