"""Reads a learner's pathway: for staff by the current levels, for the learner by those that a teacher released."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from competencies.models import Framework, Prerequisite
from learners.models import Learner, WorkingLevel
from milestones.models import CompetencyStatus, Criterion, Release, RouteStep
from reporting.curriculum.grades import grade_key, has_grade
from reporting.curriculum.pathway import FIELDS, Item, Way, way
from reporting.curriculum.rights import DATES, LEVELS, PLAN, competencies_for, frameworks_for
from reporting.curriculum.texts import folded
from reporting.reach import visible_learner
from status_engine import LEVEL_NAMES
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.errors import NotFound

ALL = "all"
NUMBER_OF = {name: number for number, name in enumerate(LEVEL_NAMES)}


@dataclass(frozen=True, slots=True)
class PathwayPage:
    """`grade` is what the lists are limited to, "" for all; `working`: (subject, grade, note) of the learner."""

    learner: Learner
    framework: Framework | None
    frameworks: tuple[Framework, ...]
    grades: tuple[str, ...]
    grade: str
    way: Way
    working: tuple[tuple[str, str, str], ...]
    subject: str  # what the form for a working level starts with
    may_plan: bool
    has_route: bool


@dataclass(frozen=True, slots=True)
class Asked:
    framework: UUID | None = None
    grade: str = ""


def pathway_page(actor: Actor, learner_id: UUID, asked: Asked) -> PathwayPage:
    """For staff: nine queries. Raises NotFound."""
    learner = visible_learner(actor, learner_id, *DATES)
    rows = CompetencyStatus.objects.visible_to(actor, *LEVELS).filter(learner_id=learner.pk)
    found = list(rows.values_list("competency_id", "competency__framework_id", "level"))
    levels = {key: level for key, _, level in found}
    return _page(
        actor, learner, asked, levels, Counter(framework for _, framework, _ in found), can_plan(actor, learner)
    )


def can_plan(actor: Actor, learner: Learner) -> bool:
    return can(actor, *PLAN, learner)


def my_pathway_page(actor: Actor, asked: Asked) -> PathwayPage:
    """For the learner: eight queries, and nothing that was not released. Raises NotFound without a record."""
    learner = Learner.objects.visible_to(actor, "Learner directory fields").order_by("id").first()
    if learner is None:
        raise NotFound
    levels, frameworks = _released(actor, learner)
    return _page(actor, learner, asked, levels, frameworks, False)


def _released(actor: Actor, learner: Learner) -> tuple[dict[int, int], Counter[int]]:
    """{competency: level} as it was released, and how many per framework. Two queries.

    A milestone of one competency says its level; of several, each says what the explanation says that came with it.
    """
    releases = list(
        Release.objects.visible_to(actor, *LEVELS)
        .filter(learner_id=learner.pk, milestone__is_active=True)
        .order_by("released_at", "id")
        .values_list("milestone_id", "level", "explanation")
    )
    criteria: dict[int, list[tuple[int, str, int]]] = {}
    rows = Criterion.objects.filter(milestone_id__in=[row[0] for row in releases], measure="")
    fields = ("milestone_id", "competency_id", "competency__public_id", "competency__framework_id")
    for milestone, key, public_id, framework in rows.values_list(*fields):
        criteria.setdefault(milestone, []).append((key, str(public_id), framework))
    levels: dict[int, int] = {}
    frameworks: dict[int, int] = {}
    for milestone, level, explanation in releases:
        of = criteria.get(milestone, [])
        said = {one.get("competency"): one.get("level") for one in (explanation or {}).get("criteria", [])}
        for key, public_id, framework in of:
            number = level if len(of) == 1 else NUMBER_OF.get(said.get(public_id, ""))
            if number is not None:
                levels[key], frameworks[key] = number, framework
    return levels, Counter(frameworks.values())


def _page(
    actor: Actor, learner: Learner, asked: Asked, levels: Mapping[int, int], used: Counter[int], may_plan: bool
) -> PathwayPage:
    """Five queries: frameworks, competencies, prerequisites, the learner's route and working levels."""
    frameworks = list(frameworks_for(actor).filter(state="active").order_by("title", "id"))
    working = list(
        WorkingLevel.objects.visible_to(actor, *DATES).filter(learner_id=learner.pk)
        .order_by("subject").values_list("subject", "grade", "note")
    )  # fmt: skip
    framework = _chosen(frameworks, asked.framework, used)
    items: list[Item] = []
    if framework is not None:
        rows = competencies_for(actor).filter(framework_id=framework.pk).order_by("tree_order", "id")
        items = [Item(*row) for row in rows.values_list(*FIELDS)]
    edges = Prerequisite.objects.filter(after_id__in=[item.id for item in items], is_in_cycle=False)
    steps = RouteStep.objects.visible_to(actor, *DATES).filter(learner_id=learner.pk).order_by("position", "id")
    route = list(steps.values_list("competency_id", flat=True))
    grades = tuple(sorted({grade for item in items for grade in item.grades}, key=grade_key))
    grade = "" if asked.grade == ALL else asked.grade or _usual_grade(learner, framework, working, grades)
    found = way(items, list(edges.values_list("before_id", "after_id").order_by("id")), levels, route, grade)
    return PathwayPage(
        learner, framework, tuple(frameworks), grades, grade, found, tuple(working), _subject(framework, working),
        may_plan, bool(set(route) & {item.id for item in items}),
    )  # fmt: skip


def _chosen(frameworks: list[Framework], wanted: UUID | None, used: Counter[int]) -> Framework | None:
    """The one asked for, else the one with most of the learner's levels. Raises NotFound for one that is not there."""
    if wanted is not None:
        found = next((one for one in frameworks if one.public_id == wanted), None)
        if found is None:
            raise NotFound
        return found
    return max(frameworks, key=lambda one: used.get(one.pk, 0), default=None)


def _is_of(framework: Framework, subject: str) -> bool:
    """A working level counts in frameworks that name its subject."""
    subjects = " ".join(str(one) for one in framework.extra.get("subjects", []))
    return folded(subject) in folded(f"{framework.title} {subjects}")


def _usual_grade(
    learner: Learner, framework: Framework | None, working: list[tuple[str, str, str]], grades: tuple[str, ...]
) -> str:
    """The working level of the subject, else the grade of the roster; nothing where the framework has no such grade."""
    own = next((grade for subject, grade, _ in working if framework and _is_of(framework, subject)), learner.grade)
    return next((grade for grade in grades if own and has_grade([grade], own)), "")


def _subject(framework: Framework | None, working: list[tuple[str, str, str]]) -> str:
    if framework is None:
        return ""
    known = next((subject for subject, _, _ in working if _is_of(framework, subject)), "")
    subjects = framework.extra.get("subjects") or []
    return known or (str(subjects[0]) if subjects else framework.title.split(":")[0].split(" ")[0])
