"""A reason in words: a tag, and one sentence with a fact that points to the next move (design: ui §7.3)."""

from collections.abc import Callable, Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from interventions.models import Alert, LearnerRequest, Reason, ResourceUse, SupportPlan
from milestones.selectors import CriterionReason
from reporting.kind_words import KINDS
from reporting.levels import WORDS
from reporting.sentences import reason_of
from reporting.today.trail import Shown

Criteria = Sequence[CriterionReason]
Trail = Sequence[Shown]


def tag_of(alert: Alert) -> str:
    """Two or three words."""
    facts = alert.facts
    if alert.reason in (Reason.STALLED, Reason.ONE_KIND):
        return ngettext("%(n)s day", "%(n)s days", facts["days"]) % {"n": facts["days"]}
    if alert.reason in (Reason.NOT_STARTED, Reason.BLOCKED, Reason.BEHIND):
        return _past(facts["days"])
    if alert.reason == Reason.ATTEMPTS:
        return ngettext("%(n)s attempt", "%(n)s attempts", facts["tries"]) % {"n": facts["tries"]}
    if alert.reason == Reason.STALE:
        return _("Not seen since %(day)s") % {"day": _day(alert)}
    return str(
        {Reason.DROPPED: _("Dropped"), Reason.ASKED: _("Asked"), Reason.EARLY: _("Reached")}[Reason(alert.reason)]
    )


def sentence_of(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    return SENTENCES[alert.reason](alert, criteria, trail)


def plan_sentence(plan: SupportPlan) -> str:
    values = {"day": date_format(localtime(plan.started_at), "j M"), "approach": plan.approach}
    return _("A support plan from %(day)s is running: %(approach)s. Look at whether it helps.") % values


def offer_sentence(offer: ResourceUse) -> str:
    """What the learner chose about an extension, and which other subjects it reaches into."""
    said = OFFERED[offer.choice] % {"title": offer.resource.title}
    if not offer.resource.subjects:
        return said
    return f"{said} {_('It reaches into %(subjects)s.') % {'subjects': offer.resource.subjects}}"


OFFERED = {
    "": gettext_lazy("“%(title)s” is offered."),
    ResourceUse.Choice.TAKEN: gettext_lazy("“%(title)s” was offered and taken."),
    ResourceUse.Choice.DECLINED: gettext_lazy("“%(title)s” was offered; not now."),
    ResourceUse.Choice.DONE: gettext_lazy("“%(title)s” was offered, taken and done."),
}


def _past(days: int) -> str:
    if days < 0:
        return ngettext("in %(n)s day", "in %(n)s days", -days) % {"n": -days}
    if days == 0:
        return _("today")
    return ngettext("%(n)s day past", "%(n)s days past", days) % {"n": days}


def _day(alert: Alert) -> str:
    return date_format(localtime(alert.since), "j M")


def _level(level: int) -> str:
    return str(WORDS[level].name)


def _last(trail: Trail) -> str:
    if not trail:
        return ""
    piece = trail[-1]
    values = {"title": piece.title, "day": date_format(localtime(piece.at), "j M"), "level": _level(piece.level)}
    return _("The last piece, “%(title)s” on %(day)s, showed %(level)s.") % values


def _change(criteria: Criteria) -> str:
    """What would move the criterion that is furthest below what is asked for, by the engine's own trial."""
    below = [one for one in criteria if one.level < one.required_level]
    if not below:
        return ""
    lowest = min(below, key=lambda one: one.level)
    change = reason_of(lowest).change
    if len(criteria) == 1:
        return change
    label = lowest.code or lowest.statement[:60]
    met = len(criteria) - len(below)
    part = ngettext("%(n)s of %(all)s criterion is met", "%(n)s of %(all)s criteria are met", len(criteria))
    return f"{part % {'n': met, 'all': len(criteria)}}. {label}: {change}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _dropped(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    until = _("%(level)s until %(day)s.") % {"level": _level(alert.facts["from"]), "day": _day(alert)}
    return _joined(until, _last(trail))


def _stalled(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    return _joined(_change(criteria), _last(trail)) if criteria else ""


def _one_kind(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    kind = str(KINDS.get(alert.facts["kind"], alert.facts["kind"]))
    pieces = ngettext("%(n)s piece, of one kind: %(kind)s.", "%(n)s pieces, all of one kind: %(kind)s.",
                      alert.facts["pieces"]) % {"n": alert.facts["pieces"], "kind": kind}  # fmt: skip
    return _joined(pieces, _("A different kind of work may show more."))


def _not_started(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    return _("Nothing is recorded yet, and nothing that comes before is missing: the way is free to start.")


def _blocked(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    blockers = alert.facts["blockers"]
    changes = [reason_of(one).change for one in criteria]
    level = _level(max(one["level"] for one in blockers))
    what = ngettext(
        "Something that comes before is at %(level)s.",
        "%(n)s things that come before are not at the goal; the furthest is at %(level)s.",
        len(blockers),
    ) % {"n": len(blockers), "level": level}
    return _joined(what, changes[0] if changes else "")


def _behind(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    return _joined(_change(criteria))


def _attempts(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    return _joined(_("The same level after each. Another way of working may help."), _last(trail))


def _stale(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    values = {"level": _level(alert.level), "n": alert.facts["days"]}
    return ngettext("%(level)s was last shown %(n)s day ago.", "%(level)s was last shown %(n)s days ago.",
                    alert.facts["days"]) % values  # fmt: skip


def _asked(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    """Another try, help, or a second look at the level."""
    values = {"day": _day(alert)}
    if alert.facts["kind"] == LearnerRequest.Kind.HELP:
        return _("Asked for help on %(day)s.") % values
    if alert.facts["kind"] == LearnerRequest.Kind.SECOND_LOOK:
        return _("Asked on %(day)s to look at the level again.") % values
    return _("Asked on %(day)s to be assessed again.") % values


def _reached(alert: Alert, criteria: Criteria, trail: Trail) -> str:
    early = alert.facts.get("early")
    if not early:
        return _("Reached Mastery on %(day)s.") % {"day": _day(alert)}
    return ngettext("Reached Mastery %(n)s day before the target date.",
                    "Reached Mastery %(n)s days before the target date.", early) % {"n": early}  # fmt: skip


SENTENCES: dict[str, Callable[[Alert, Criteria, Trail], str]] = {
    Reason.DROPPED: _dropped,
    Reason.STALLED: _stalled,
    Reason.ONE_KIND: _one_kind,
    Reason.NOT_STARTED: _not_started,
    Reason.BEHIND: _behind,
    Reason.BLOCKED: _blocked,
    Reason.ATTEMPTS: _attempts,
    Reason.STALE: _stale,
    Reason.ASKED: _asked,
    Reason.EARLY: _reached,
}
