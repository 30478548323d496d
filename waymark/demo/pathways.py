"""Routes and working levels of the district, and a framework that is being written there."""

from collections.abc import Sequence

from competencies.editing import Wording, create_competency, create_framework
from competencies.lifecycle import move_competency, move_framework
from competencies.models import Competency, Framework, Prerequisite
from learners.models import Learner
from learners.working_levels import set_working_level
from milestones.models import CompetencyStatus
from milestones.routes import NEXT, move_on_route
from status_engine import Level
from tenancy.actor import Actor

STUDIO = (
    ("A", "Looking and noticing", "", ()),
    ("A.1", "Draws an object from observation, proportions kept", "I can draw a thing so that its parts fit", ()),
    ("A.2", "Names the colours that were mixed and in what order", "I can say how I mixed a colour", ()),
    ("A.3", "Sorts pictures by what their makers wanted to show", "I can say what a picture is about", ("A.1",)),
    ("B", "Making", "", ()),
    ("B.1", "Mixes a wanted colour in three tries", "I can mix the colour I want", ("A.2",)),
    ("B.2", "Builds a figure that stands by itself", "I can build a figure that stands", ("A.1",)),
    ("B.3", "Plans a picture with foreground and background", "I can plan near and far in a picture", ("B.1", "A.3")),
    ("C", "Showing", "", ()),
    ("C.1", "Explains a choice in the own work to a visitor", "I can tell a visitor why I made it so", ("B.3",)),
    ("C.2", "Understands what makes a good exhibition", "", ("C.1",)),
)  # fmt: skip
LEARNERS, STEPS = 12, 2


def add_pathways(actor: Actor) -> None:
    """For the tenant's teachers to look at; where there are no frameworks with prerequisites, nothing."""
    framework = Framework.objects.filter(title__startswith="Mathematics").order_by("id").first()
    if framework is None:
        return
    _studio(actor)
    edges = list(
        Prerequisite.objects.filter(after__framework=framework, is_in_cycle=False)
        .order_by("after__tree_order", "before_id").values_list("before_id", "after_id")
    )  # fmt: skip
    learners = Learner.objects.filter(competency_statuses__competency__framework=framework).distinct()
    for n, learner in enumerate(learners.order_by("sourced_id")[:LEARNERS]):
        _route(actor, learner, edges)
        if n % 4 == 0 and learner.grade.lstrip("0").isdigit():
            note = "Reads the tasks of the next grade with ease; agreed with the family"
            set_working_level(actor, learner=learner, subject="Mathematics", grade=_next_grade(learner), note=note)


def _next_grade(learner: Learner) -> str:
    return str(int(learner.grade.lstrip("0")) + 1)


def _route(actor: Actor, learner: Learner, edges: Sequence[tuple[int, int]]) -> None:
    """The first competencies whose prerequisites this learner has met, as a teacher would choose them."""
    rows = CompetencyStatus.objects.filter(learner=learner, level__gte=Level.MEETS)
    met = set(rows.values_list("competency_id", flat=True))
    needs: dict[int, set[int]] = {}
    for before, after in edges:
        needs.setdefault(after, set()).add(before)
    ready = [after for after, before in needs.items() if after not in met and before <= met][:STEPS]
    for competency in Competency.objects.filter(id__in=ready).order_by("-tree_order"):
        move_on_route(actor, learner=learner, competency=competency, move=NEXT)


def _studio(actor: Actor) -> None:
    """A framework of the district's own: in use, with one retired competency and one draft that says "understands"."""
    title = "Art studio, grades 3–5"
    framework = create_framework(actor, title=title, language="en", notes="Written by the district's art teachers.")
    made: dict[str, Competency] = {}
    for code, statement, family, before in STUDIO[:-1]:
        made[code] = _one(actor, framework, made, code, statement, family, before)
    move_framework(actor, framework=framework, to="active")
    code, statement, family, before = STUDIO[-1]
    framework.refresh_from_db()
    _one(actor, framework, made, code, statement, family, before)
    move_competency(actor, competency=made["A.2"], to="retired", reason="Now part of B.1")


def _one(
    actor: Actor, framework: Framework, made: dict[str, Competency], code: str, statement: str, family: str,
    before: Sequence[str],
) -> Competency:  # fmt: skip
    wording = Wording(
        statement, family, code=code, parent=made.get(code.partition(".")[0]), grades=("3", "4", "5"),
        prerequisites=tuple(made[name] for name in before),
    )  # fmt: skip
    return create_competency(actor, framework=framework, wording=wording)
