"""How the district plans: a check-list and a long-term goal of a class, a group, dates of learners, own goals."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from competencies.models import Indicator
from learners.groups import save_group
from learners.models import Learner, Section
from milestones.assignment import To, give_milestone, set_learner_date
from milestones.checklists import checklist_of, tick_item
from milestones.making import Making, make_milestone
from milestones.models import Criterion, Milestone, SectionMilestone
from milestones.own_milestones import Wish, confirm_milestone, decline_milestone, propose_milestone
from milestones.plans import Asked
from milestones.services import release_levels
from reporting.planning.measures import figure_asked
from tenancy.actor import Actor

ITEMS = ("Draws the plan of the bridge", "Names three forces", "Tests it with a weight", "Writes down what happened")
GOALS = (
    ("Read two books each month and tell the class about one", "I want to choose stories for my little brother."),
    ("Explain fractions to somebody younger", "When I can explain it, I know that I know it."),
    ("Hand in homework on four of five days", "I forget it when I am tired."),
    ("Learn the bass guitar", "We want to start a band."),
)


def add_plans(actor: Actor) -> None:
    """For the first mathematics class and its homeroom; nothing where there is none."""
    section = Section.objects.filter(subjects="Mathematics").order_by("-grades", "id").first()
    if section is None:
        return
    learners = list(Learner.objects.filter(enrolments__section_id=section.pk).distinct().order_by("folded_name", "id"))
    planned = list(
        SectionMilestone.objects.filter(section_id=section.pk)
        .select_related("milestone")
        .order_by("position", "id")[:8]
    )
    _class_work(actor, section, learners, [row.milestone for row in planned])
    _own_goals(actor, section, learners, [row.milestone for row in planned])
    release_levels(actor, section=section)


def _class_work(actor: Actor, section: Section, learners: list[Learner], planned: list[Milestone]) -> None:
    bridge = Making(
        "Builds a bridge that holds four apples", "The engineering week in spring", heading="Projects", items=ITEMS
    )
    list_of = make_milestone(actor, making=bridge, section=section, due_on=actor.today + timedelta(weeks=5))
    for n, learner in enumerate(learners[:12]):
        for item in checklist_of(list_of, learner)[: n % 5]:
            tick_item(actor, learner=learner, item=item)
    far = Making(
        "Ready for the numbers of next year", "So that the first weeks of next year are easy", heading="Projects",
        horizon=Milestone.Horizon.LONG, steps=planned[:3],
    )  # fmt: skip
    make_milestone(actor, making=far, section=section, due_on=actor.today + timedelta(weeks=20))
    group = save_group(actor, section=section, name="Readers of Tuesday", learners=learners[:5])
    save_group(actor, section=section, name="Quick starters", learners=learners[5:9])
    late = actor.today + timedelta(weeks=6)
    give_milestone(actor, milestone=planned[-1], to=To(group=group), due_on=late)
    reason = "Was away for two weeks; we start again together"
    set_learner_date(actor, learner=learners[2], milestone=planned[0], due_on=late, reason=reason)


def _own_goals(actor: Actor, section: Section, learners: list[Learner], planned: list[Milestone]) -> None:
    """Two that wait, one that is confirmed, one "not now"; the first learners with an account of their own."""
    criterion = Criterion.objects.filter(milestone=planned[0]).select_related("competency").first()
    reading = Indicator.objects.filter(name="Reading at home").select_related("competency").first()
    with_account = [one for one in learners if one.member_id is not None] or learners
    due = actor.today + timedelta(weeks=9)
    for n, (title, why) in enumerate(GOALS):
        learner = with_account[n % len(with_account)]
        asked = Asked(criterion.competency) if criterion is not None and n == 1 else None
        if reading is not None and n == 0:
            asked = figure_asked(reading, Decimal(300))
        wish = Wish(title, why, "academic" if n < 2 else "engagement", due, asked)
        goal = propose_milestone(replace(actor, member_id=learner.member_id), learner=learner, wish=wish)
        if n == 1 and asked is not None:
            confirm_milestone(actor, milestone=goal, wish=wish, answer="A fine goal. Shall we start with halves?")
        if n == 3:
            reason = "The music room opens again in February. Ask me then, and we find a teacher."
            decline_milestone(actor, milestone=goal, reason=reason)
