"""A library, what was given from it, what learners asked, and learners who work together."""

from dataclasses import replace
from datetime import timedelta

from interventions.asking import ask
from interventions.giving import choose, give_resource
from interventions.library import Draft, Tag, copy_resource, make_resource
from interventions.models import PeerPair, Resource, ResourceUse, SupportPlan
from interventions.peer_matches import matches
from interventions.peers import answer_pair, log_peer_session, propose_pair
from learners.models import Learner, SectionStaff
from milestones.models import Criterion, Milestone, MilestoneStatus, SectionMilestone
from status_engine import Level
from tenancy.actor import LRN, TCH, Actor

# title, kind, minutes, level of whom it is made for, link, other subjects, what it is
SHELF = (
    ("Five quick rounds", "practice", 10, 2, "", "", "Five short tasks, each different. Stop when it is easy."),
    ("Watch, pause, predict", "video", 8, 1, "https://example.org/watch", "",
     "Pause before each step and say what comes next."),
    ("Read it, draw it", "reading", 12, 2, "https://example.org/read", "", "One page. Draw what it says as you go."),
    ("A poster for the corridor", "extension", 40, None, "", "Art, Language arts",
     "Show somebody younger how it works, on one sheet."),
    ("Find it outside school", "extension", 30, None, "https://example.org/outside", "Science",
     "Look for three places where this is used, and bring one."),
)  # fmt: skip
ASKED = (
    ("help", "I can do the first part. Then I do not know which one comes next."),
    ("help", ""),
    ("look", "I showed it to my group on Tuesday, without help."),
)
MET = ((9, 15, "Three examples, one of them wrong on purpose"), (2, 20, "Drew it, then said it without looking"))


def add_helping(system: Actor) -> None:
    """For the teacher of the running support plans; nothing where there is none."""
    plan = SupportPlan.objects.filter(kind="support", state="running").order_by("id").first()
    if plan is None or plan.owner_id is None:
        return
    teacher = replace(system, roles=frozenset({TCH}), member_id=plan.owner_id)
    staff = SectionStaff.objects.filter(member_id=plan.owner_id).order_by("section_id")
    sections = list(staff.values_list("section_id", flat=True))
    planned = SectionMilestone.objects.filter(section_id__in=sections, milestone__is_active=True)
    milestones = list(Milestone.objects.filter(id__in=planned.values("milestone_id")).order_by("id"))
    shelf = _shelf(teacher, milestones)
    milestone = Milestone.objects.get(pk=plan.milestone_id)
    learner = Learner.objects.get(pk=plan.learner_id)
    give_resource(
        teacher, resource_id=shelf[0].public_id, learner=learner, milestone=milestone, way="assigned", plan=plan
    )
    rows = MilestoneStatus.objects.filter(
        milestone__in=milestones, learner__enrolments__section_id__in=sections, learner__member__isnull=False
    ).distinct()
    _offer(teacher, shelf[3:], list(rows.filter(level=Level.MASTERY).order_by("-since", "id")[:3]))
    on_the_way = list(rows.filter(level=Level.DEVELOPING).order_by("since", "id")[:40])
    _ask(system, on_the_way)
    _pair(system, teacher, on_the_way)


def _shelf(teacher: Actor, milestones: list[Milestone]) -> list[Resource]:
    rows = Criterion.objects.filter(milestone__in=milestones, measure="").order_by("milestone_id", "position")
    keys = list(dict.fromkeys(rows.values_list("competency__public_id", flat=True)))
    made = []
    for n, (title, kind, minutes, level, url, subjects, summary) in enumerate(SHELF):
        tags = tuple(Tag(key, level) for key in keys[n : n + 5])
        draft = Draft(title=title, kind=kind, summary=summary, url=url, minutes=minutes, subjects=subjects, tags=tags)
        made.append(make_resource(teacher, draft=draft))
    copy_resource(teacher, resource_id=made[0].public_id)
    return made


def _offer(teacher: Actor, extensions: list[Resource], reached: list[MilestoneStatus]) -> None:
    """One is taken, one is left for now, one waits."""
    for n, status in enumerate(reached):
        learner, milestone = status.learner, status.milestone
        resource = extensions[n % len(extensions)]
        give_resource(teacher, resource_id=resource.public_id, learner=learner, milestone=milestone, way="offered")
        if n < 2:
            use = ResourceUse.objects.get(resource=resource, learner=learner, milestone=milestone)
            choose(as_learner(teacher, learner), use_id=use.public_id, choice=("taken", "declined")[n])


def _ask(system: Actor, on_the_way: list[MilestoneStatus]) -> None:
    by_learner = {one.learner_id: one for one in on_the_way}
    for (kind, text), status in zip(ASKED, by_learner.values(), strict=False):
        actor = as_learner(system, status.learner)
        ask(actor, milestone_id=status.milestone.public_id, kind=kind, text=text)


def _pair(system: Actor, teacher: Actor, on_the_way: list[MilestoneStatus]) -> None:
    """The first pair meets, in the second one of the two has said yes."""
    pairs: list[PeerPair] = []
    for status in on_the_way:
        learner, milestone = status.learner, status.milestone
        found = matches(teacher, learner, milestone)
        if len(pairs) < 2 and found and not any(one.learner_id == learner.pk for one in pairs):
            tutor = found[0].learner
            pair = propose_pair(teacher, learner=learner, milestone=milestone, tutor_id=tutor.public_id)
            answer_pair(as_learner(system, tutor), pair_id=pair.public_id, agrees=True)
            pairs.append(pair)
    if pairs:
        learner = as_learner(system, pairs[0].learner)
        answer_pair(learner, pair_id=pairs[0].public_id, agrees=True)
        for back, minutes, what in MET:
            day = system.today - timedelta(days=back)
            log_peer_session(teacher, pair_id=pairs[0].public_id, on=day, minutes=minutes, what=what)


def as_learner(system: Actor, learner: Learner) -> Actor:
    return replace(system, roles=frozenset({LRN}), member_id=learner.member_id)
