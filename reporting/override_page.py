"""What the page "Set level myself" needs: of what a level can be set, what the rule says, and what stands."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from competencies.statements import label
from learners.models import Learner
from milestones.models import CompetencyStatus, Criterion, LevelOverride, Milestone, MilestoneStatus
from milestones.overrides import Place, learners_to_judge
from reporting.reach import published_milestone, section_of
from reporting.set_levels import SetLevel, set_levels
from tenancy.actor import Actor
from tenancy.errors import Conflict, NotFound

WHOLE = "milestone"


@dataclass(frozen=True, slots=True)
class Thing:
    """What can be set: the milestone (key "milestone") or one of its competencies (key: its number)."""

    key: str
    label: str
    level: int
    computed_level: int


@dataclass(frozen=True, slots=True)
class OverridePage:
    learner: Learner
    milestone: Milestone
    section_id: UUID | None
    section_title: str
    things: tuple[Thing, ...]
    standing: tuple[SetLevel, ...]

    def place(self, key: str) -> Place:
        """Where the chosen thing is. `key` is one of `things`."""
        if key == WHOLE:
            return Place(self.learner, self.milestone)
        criteria = Criterion.objects.select_related("competency")
        return Place(self.learner, criteria.get(milestone_id=self.milestone.pk, competency_id=key).competency)


def override_page(actor: Actor, learner_id: UUID, milestone_id: UUID, section_id: UUID | None) -> OverridePage:
    """Raises NotFound where the actor may not set levels of the learner."""
    learner = learners_to_judge(actor).filter(public_id=learner_id).first()
    if learner is None:
        raise NotFound
    milestone = published_milestone(actor, milestone_id, learner)
    section = section_of(actor, learner, section_id, milestone)
    things = _things(learner, milestone)
    keys = [int(thing.key) for thing in things[1:]]
    standing = [row for row in set_levels(actor, learner.pk, milestone.pk, keys) if row.stands]
    return OverridePage(
        learner=learner,
        milestone=milestone,
        section_id=section.public_id if section else None,
        section_title=section.title if section else "",
        things=tuple(things),
        standing=tuple(standing),
    )


def override_to_end(actor: Actor, learner_id: UUID, milestone_id: UUID, override_id: UUID) -> LevelOverride:
    """The override, if it is of this learner and of this milestone or its competencies.

    Raises NotFound, or Conflict when it does not stand any more.
    """
    learner = learners_to_judge(actor).filter(public_id=learner_id).first()
    if learner is None:
        raise NotFound
    milestone = published_milestone(actor, milestone_id, learner)
    competencies = Criterion.objects.filter(milestone_id=milestone.pk).values("competency_id")
    rows = LevelOverride.objects.filter(Q(milestone_id=milestone.pk) | Q(competency_id__in=competencies))
    rows = rows.filter(learner_id=learner.pk, public_id=override_id).prefetch_related("ends")
    override: LevelOverride | None = rows.select_related("learner", "milestone", "competency").first()
    if override is None:
        raise NotFound
    if override.ends.all():
        raise Conflict(_("This was ended before. Look at the level again."))
    return override


def _things(learner: Learner, milestone: Milestone) -> list[Thing]:
    whole = MilestoneStatus.objects.filter(learner_id=learner.pk, milestone_id=milestone.pk)
    level, computed = whole.values_list("level", "computed_level").first() or (0, 0)
    things = [Thing(WHOLE, milestone.title, level, computed)]
    rows = Criterion.objects.filter(milestone_id=milestone.pk).order_by("position", "id")
    fields = ("competency_id", "competency__code", "competency__short_statement", "competency__statement")
    criteria = list(rows.values_list(*fields))
    statuses = CompetencyStatus.objects.filter(learner_id=learner.pk, competency_id__in=[row[0] for row in criteria])
    levels = {pk: (level, computed) for pk, level, computed in statuses.values_list(
        "competency_id", "level", "computed_level"
    )}  # fmt: skip
    for pk, code, short, statement in criteria:
        things.append(Thing(str(pk), label(code, short, statement), *levels.get(pk, (0, 0))))
    return things
