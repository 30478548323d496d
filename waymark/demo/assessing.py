"""Tasks of a mathematics class of the district: forms, attempts in every state, a rubric, practice."""

from dataclasses import replace

from assessments.assessing import TaskContent, add_form, create_assessment
from assessments.attempts import assign_class, hand_in
from assessments.marking import Judgement, judge, release, send_back
from assessments.marks import criteria_of
from assessments.models import Assessment, Attempt
from competencies.models import Rubric
from competencies.rubrics import CriterionContent, RubricContent, create_rubric
from learners.models import Section, SectionStaff
from milestones.models import SectionMilestone
from tenancy.actor import Actor

EXPLAINS = {
    1: ("Names the parts with help", "I can name the parts with help"),
    2: ("Carries it out; cannot yet say why it works", "I can do it, and I am working on saying why"),
    3: ("Explains with a drawing or a story", "I can explain it with a drawing or a story"),
    4: ("Explains in a situation that is new", "I can explain it in a new situation"),
}
DRAWS = {
    1: ("The drawing does not show the quantities yet", "My drawing is a start"),
    2: ("The drawing shows some of the quantities", "My drawing shows part of it"),
    3: ("The drawing shows all quantities and how they belong together", "My drawing shows all of it"),
    4: ("Chooses among several drawings and says why", "I can choose the drawing that fits best"),
}
WORK = "I split the strip into four equal parts and took three of them, because the whole is four fourths."
LEVELS = (3, 2, 3, 4, 1, 3, 2, 3)


def add_tasks(actor: Actor) -> None:
    """For the first mathematics class that has a teacher; elsewhere nothing."""
    staff = SectionStaff.objects.filter(section__subjects="Mathematics", section__is_active=True)
    first = staff.select_related("section").order_by("section__grades", "section_id").first()
    if first is None:
        return
    teacher = replace(actor, roles=frozenset({"TCH"}), member_id=first.member_id)
    keys = _competencies(first.section)
    rubric = create_rubric(teacher, content=_rubric(keys[0]))
    quiz = _task(
        teacher, first.section, "Check-in: parts of a whole", "formative", "quiz", keys[:2], cool_down_hours=48
    )
    _task(teacher, first.section, "Practice: number lines", "formative", "quiz", keys[:3], is_practice=True)
    poster = _task(
        teacher, first.section, "Poster: how I know", "performance", "presentation", keys[:1], rubric=rubric,
        needs_second_marking=False,
    )  # fmt: skip
    assign_class(teacher, assessment=quiz)
    assign_class(teacher, assessment=poster)
    _work_on(actor, teacher, quiz, range(0, 8), 5)
    release(teacher, assessment=quiz)
    _work_on(actor, teacher, poster, range(0, 6), 2)


def _competencies(section: Section) -> tuple[int, ...]:
    plans = SectionMilestone.objects.filter(section=section, milestone__criteria__measure="").order_by("position", "id")
    keys = plans.values_list("milestone__criteria__competency_id", flat=True)
    return tuple(dict.fromkeys(keys))[:4]


def _rubric(competency_id: int) -> RubricContent:
    criteria = (CriterionContent("Explaining", EXPLAINS), CriterionContent("Drawing", DRAWS))
    return RubricContent(
        "Explaining with a drawing", criteria, "For posters, talks and exit tickets", competency_id=competency_id
    )


def _task(
    teacher: Actor, section: Section, title: str, purpose: str, method: str, keys: tuple[int, ...],
    rubric: Rubric | None = None, **more: object,
) -> Assessment:  # fmt: skip
    content = TaskContent(title, purpose, method, keys, rubric_id=rubric.pk if rubric else None)
    task = create_assessment(teacher, section=section, content=replace(content, **more))  # type: ignore[arg-type]
    add_form(teacher, assessment=task, name="B")
    return task


def _work_on(actor: Actor, teacher: Actor, task: Assessment, which: range, judged: int) -> None:
    """Some hand in; of these some are judged, one is sent back."""
    attempts = list(task.attempts.select_related("learner").order_by("learner__folded_name", "id"))
    for n in which:
        if n >= len(attempts):
            break
        attempt: Attempt = attempts[n]
        learner = replace(actor, roles=frozenset({"LRN"}), member_id=attempt.learner.member_id)
        hand_in(learner, attempt=attempt, work=WORK if n % 3 else f"{WORK} ({n})")
        if n < judged:
            judge(teacher, attempt=attempt, judgement=_judgement(attempt, n))
        elif n == judged:
            send_back(teacher, attempt=attempt, feedback="Show on the strip where the three parts are.")


def _judgement(attempt: Attempt, n: int) -> Judgement:
    level = LEVELS[n % len(LEVELS)]
    words = "Clear, and you say how you know." if level >= 3 else "Next: say why the parts have to be equal."
    criteria = [one.pk for one in criteria_of(attempt)]
    keys = criteria or list(attempt.assessment.alignments.values_list("competency_id", flat=True))
    return Judgement(dict.fromkeys(keys, level), feedback=words)
