"""The main action of a row of Today: one, chosen by the reason (design: ui §7.3)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Assessment, Attempt, Form
from interventions.models import Alert, LearnerRequest, Reason, Resource, ResourceUse, SupportPlan
from learners.reach import my_section_ids
from milestones.selectors import CriterionReason
from tenancy.actor import Actor

Reasons = Mapping[tuple[int, int], Sequence[CriterionReason]]


@dataclass(frozen=True, slots=True)
class Move:
    """A link, or (without an address) a button that says it was done."""

    label: str
    icon: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Unused:
    """A form of a task of the class that this learner has not used."""

    assessment: UUID
    form: str


def move_of(alert: Alert, unused: Unused | None, offered: ResourceUse | None = None) -> Move:
    keys = {"learner_id": alert.learner.public_id, "milestone_id": alert.milestone.public_id}
    page = reverse("learner_milestone", kwargs=keys)
    if alert.reason == Reason.DROPPED:
        return Move(_("Check in"), "message-circle")
    if alert.reason == Reason.ASKED and alert.facts["kind"] in LearnerRequest.Kind.values:
        return Move(_("Answer"), "message-circle", reverse("answer_request", kwargs=keys))
    if alert.reason in (Reason.STALLED, Reason.BEHIND, Reason.ASKED) and unused is not None:
        label = _("Offer form %(form)s") % {"form": unused.form}
        return Move(label, "clipboard-check", reverse("task", kwargs={"task_id": unused.assessment}))
    if alert.reason in (Reason.ONE_KIND, Reason.STALE):
        label = _("Add evidence") if alert.reason == Reason.ONE_KIND else _("Quick check")
        return Move(label, "plus", reverse("add_evidence", kwargs=keys))
    if alert.reason == Reason.NOT_STARTED:
        return Move(_("Start with %(name)s") % {"name": alert.learner.given_name}, "arrow-right", page)
    if alert.reason == Reason.BLOCKED:
        return Move(_("See what blocks it"), "list-checks", page)
    if alert.reason == Reason.EARLY and offered is None:
        extensions = f"{reverse('give_resource', kwargs=keys)}?kind={Resource.Kind.EXTENSION}"
        return Move(_("Offer an extension"), "sparkles", extensions)
    return Move(_("Look closer"), "arrow-right", page)


def review_of(plan: SupportPlan) -> Move:
    return Move(_("Review plan"), "handshake", reverse("support_plan", kwargs={"plan_id": plan.public_id}))


def offers(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], ResourceUse]:
    """{(learner, milestone): the newest thing of the library that was offered}. One query."""
    rows = ResourceUse.objects.filter(
        way=ResourceUse.Way.OFFERED, learner_id__in={who for who, _ in pairs},
        milestone_id__in={what for _, what in pairs},
    ).select_related("resource").order_by("id")  # fmt: skip
    return {(use.learner_id, use.milestone_id): use for use in rows if use.milestone_id is not None}


def running_plans(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], SupportPlan]:
    """{(learner, milestone): the plan that runs}, the newest of several. One query."""
    rows = SupportPlan.objects.filter(
        state=SupportPlan.State.RUNNING, learner_id__in={who for who, _ in pairs},
        milestone_id__in={what for _, what in pairs},
    ).order_by("id")  # fmt: skip
    return {(plan.learner_id, plan.milestone_id): plan for plan in rows}


def unused_forms(actor: Actor, reasons: Reasons) -> dict[tuple[int, int], Unused]:
    """{(learner, milestone): the first form of an open task of one's classes that was not used yet}. Three queries."""
    competencies = {one.competency_id for some in reasons.values() for one in some}
    tasks: dict[int, list[tuple[int, UUID]]] = defaultdict(list)
    rows = Assessment.objects.filter(
        section_id__in=my_section_ids(actor), state=Assessment.State.OPEN, is_practice=False,
        alignments__competency_id__in=competencies,
    ).order_by("-id")  # fmt: skip
    for key, public_id, competency in rows.values_list("id", "public_id", "alignments__competency_id"):
        tasks[competency].append((key, public_id))
    keys = {key for some in tasks.values() for key, _ in some}
    forms: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for task, form, name in (
        Form.objects.filter(assessment_id__in=keys, is_active=True)
        .order_by("position", "id")
        .values_list("assessment_id", "id", "name")
    ):
        forms[task].append((form, name))
    used = set(
        Attempt.objects.filter(assessment_id__in=keys, learner_id__in={who for who, _ in reasons})
        .exclude(state=Attempt.State.CANCELLED)
        .values_list("learner_id", "form_id")
    )
    found: dict[tuple[int, int], Unused] = {}
    for (who, what), some in reasons.items():
        choices = (
            Unused(public_id, name)
            for one in some
            for task, public_id in tasks.get(one.competency_id, ())
            for form, name in forms[task]
            if (who, form) not in used
        )
        first = next(choices, None)
        if first is not None:
            found[who, what] = first
    return found
