"""What a teacher does with an entry of the queue: act on it, snooze it, hand it over, say that it is no concern."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from interventions.models import Alert, AlertAct
from interventions.models.queue import ALERT
from learners.models import Enrolment, SectionStaff
from learners.reach import running
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem
from tenancy.live import tell_boards
from tenancy.models import Member

ACKNOWLEDGE = "read, acknowledge"
REST = timedelta(days=7)  # an entry that was acted on or snoozed may come back after it
UNDO_WITHIN = timedelta(minutes=10)
SHORTEST_REASON, LONGEST_NOTE = 5, 500


def act_on_alert(actor: Actor, *, alert_id: UUID, kind: str, note: str = "", to: UUID | None = None) -> AlertAct:
    """Write down what was done, and take the entry off the list. Raises NotFound, Invalid, Conflict if it is closed."""
    if kind not in CHANGES:
        raise Invalid([problem("kind", _("“%(value)s” is nothing that can be done here.") % {"value": kind})])
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Invalid([problem("note", _("The note is too long. Use %(most)s characters or fewer.") % {"most": 500})])
    with transaction.atomic():
        alert = _locked(actor, alert_id)
        before = _state(alert)
        CHANGES[kind](actor, alert, note, to)
        alert.version += 1
        alert.save()
        act: AlertAct = AlertAct.objects.create(alert=alert, kind=kind, note=note, before=before, by_id=actor.member_id)
        record_audit(actor, f"alert.{kind}", target=alert)
        tell_boards([alert.learner_id])
        return act


def undo_last_act(actor: Actor, *, alert_id: UUID) -> Alert:
    """Put the entry back as it was before one's own last act of the last ten minutes. Raises NotFound, Conflict."""
    with transaction.atomic():
        alert = _locked(actor, alert_id)
        last = AlertAct.objects.filter(alert=alert).order_by("-id").first()
        if last is None or last.kind == AlertAct.Kind.UNDONE or last.by_id != actor.member_id:
            raise Conflict(_("There is nothing of yours to undo here."), code="nothing_to_undo")
        if last.at < timezone.now() - UNDO_WITHIN:
            raise Conflict(_("Undo is possible for ten minutes. The entry stays as it is."), code="too_late")
        before = _state(alert)
        _restore(alert, last.before)
        alert.version += 1
        alert.save()
        AlertAct.objects.create(alert=alert, kind=AlertAct.Kind.UNDONE, before=before, by_id=actor.member_id)
        record_audit(actor, "alert.undone", target=alert)
        tell_boards([alert.learner_id])
        return alert


def colleagues_for(actor: Actor, learner_ids: Collection[int]) -> dict[int, list[Member]]:
    """{learner: others who teach them today, by name}. Two queries."""
    places = Enrolment.objects.filter(running(actor.today), learner_id__in=learner_ids, is_withdrawn=False)
    sections: dict[int, list[int]] = defaultdict(list)
    for learner, section in places.values_list("learner_id", "section_id"):
        sections[section].append(learner)
    staff = SectionStaff.objects.filter(running(actor.today), section_id__in=list(sections))
    found: dict[int, dict[int, Member]] = {key: {} for key in learner_ids}
    for row in staff.exclude(member_id=actor.member_id).select_related("member"):
        for learner in sections[row.section_id]:
            found[learner][row.member_id] = row.member
    return {key: sorted(some.values(), key=lambda one: one.name) for key, some in found.items()}


def _locked(actor: Actor, alert_id: UUID) -> Alert:
    reached: Any = Alert.objects.visible_to(actor, ALERT, ACKNOWLEDGE).filter(public_id=alert_id).values("pk")
    alert: Alert | None = Alert.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if alert is None:
        raise NotFound
    if alert.closed_at is not None:
        raise Conflict(_("The reason is gone, so this entry is closed already."), code="closed")
    return alert


def _state(alert: Alert) -> dict[str, Any]:
    return {
        "hidden_until": alert.hidden_until.isoformat() if alert.hidden_until else None,
        "dismissed_at": alert.dismissed_at.isoformat() if alert.dismissed_at else None,
        "owner_id": alert.owner_id,
    }


def _restore(alert: Alert, state: dict[str, Any]) -> None:
    alert.hidden_until = date.fromisoformat(state["hidden_until"]) if state["hidden_until"] else None
    alert.dismissed_at = parse_datetime(state["dismissed_at"]) if state["dismissed_at"] else None
    alert.owner_id = state["owner_id"]


def _rest(actor: Actor, alert: Alert, note: str, to: UUID | None) -> None:
    alert.hidden_until = actor.today + REST


def _dismiss(actor: Actor, alert: Alert, note: str, to: UUID | None) -> None:
    if len(note) < SHORTEST_REASON:
        raise Invalid([problem("note", _("Say why it is not a concern, in a few words."))])
    alert.dismissed_at = timezone.now()


def _hand_over(actor: Actor, alert: Alert, note: str, to: UUID | None) -> None:
    others = colleagues_for(actor, [alert.learner_id])[alert.learner_id]
    member = next((one for one in others if one.public_id == to), None)
    if member is None:
        raise Invalid([problem("to", _("Choose somebody else who teaches this learner."))])
    alert.owner_id = member.pk
    alert.hidden_until = None


CHANGES: dict[str, Callable[[Actor, Alert, str, UUID | None], None]] = {
    AlertAct.Kind.HANDLED: _rest,
    AlertAct.Kind.SNOOZED: _rest,
    AlertAct.Kind.NO_CONCERN: _dismiss,
    AlertAct.Kind.HANDED_OVER: _hand_over,
}
