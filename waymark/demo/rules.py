"""Rules of a school, a protocol with a plan by it, and enough of the past to say whether something worked."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from interventions.models import Protocol, Resource, ResourceUse, SupportPlan
from interventions.plans import open_plan
from interventions.protocols import StepSays, create_protocol
from interventions.rules import RulePlace, RuleSays, create_rule
from learners.models import SchoolPost, SectionStaff
from milestones.models import MilestoneStatus, StatusChange
from tenancy.actor import DST, SCH, TCH, Actor

STEPS = (
    StepSays("s1", "Worked example, then one alone", "Two examples side by side, the third without help.", 3, 15, 10),
    StepSays("s2", "Hands-on: draw or build it", "Blocks, strips or a sketch before any numbers.", 4, 15, 14),
    StepSays("s3", "Teaches it to a partner", "Prepares two questions for the partner.", 3, 20, 14),
)
APPROACH = "Five minutes at the start of each lesson"
BEGAN = timedelta(days=38)
MOST = 24


def add_rules(system: Actor) -> None:
    """For the first school with an administrator; of learners who were on the way 38 days ago, every third had help."""
    post = SchoolPost.objects.filter(role=SCH, school__is_active=True).select_related("school").order_by("id").first()
    if post is None:
        return
    actor = replace(system, roles=frozenset({SCH}), member_id=post.member_id)
    protocol = create_protocol(actor, name="Three ways in", summary="When a skill is shown now and then.", steps=STEPS)
    district = replace(system, roles=frozenset({DST}))
    create_rule(district, reason="stale", action="queue", place=RulePlace(), says=RuleSays({"days": 45}))
    create_rule(
        actor, reason="stalled", action="plan", place=RulePlace(post.school), says=RuleSays({"days": 28}, protocol)
    )
    _begin_plan(system, protocol)
    _try_things()


def _begin_plan(system: Actor, protocol: Protocol) -> None:
    """A plan by the protocol, of the first teacher who has a learner at developing without a plan."""
    staff = SectionStaff.objects.order_by("id").first()
    if staff is None:
        return
    rows = MilestoneStatus.objects.filter(level=2, milestone__is_active=True, milestone__learner=None)
    rows = rows.filter(learner__enrolments__section_id=staff.section_id, learner__support_plans=None)
    status = rows.select_related("learner", "milestone").order_by("id").first()
    if status is not None:
        actor = replace(system, roles=frozenset({TCH}), member_id=staff.member_id)
        open_plan(
            actor, learner=status.learner, milestone=status.milestone, section=None, approach="", goal="",
            review_on=system.today + timedelta(days=10), protocol=protocol,
        )  # fmt: skip


def _try_things() -> None:
    at = timezone.now() - BEGAN
    lesson = Resource.objects.create(title="Match the picture to the number", kind=Resource.Kind.PRACTICE, minutes=10)
    rows = StatusChange.objects.filter(milestone__isnull=False, applies_from__lt=at, milestone__is_active=True)
    stood: dict[tuple[int, int], tuple[int, object]] = {}
    columns = ("learner_id", "milestone_id", "to_level", "applies_from")
    for learner, milestone, level, since in rows.order_by("applies_from", "id").values_list(*columns):
        stood[learner, milestone] = (level, since)
    on_the_way = [(pair, found) for pair, found in sorted(stood.items()) if found[0] in (1, 2)][::3]
    for n, ((learner, milestone), (level, since)) in enumerate(on_the_way[: 2 * MOST]):
        given = {"learner_id": learner, "milestone_id": milestone, "level_then": level, "since_then": since}
        if n % 2:
            ResourceUse.objects.create(resource=lesson, given_at=at, choice="done", **given)
        elif not SupportPlan.objects.filter(learner_id=learner, milestone_id=milestone).exists():
            SupportPlan.objects.create(
                approach=APPROACH, state="closed", result="progress", started_at=at,
                closed_at=at + timedelta(days=7), **given,
            )  # fmt: skip
