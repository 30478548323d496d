"""Tasks of every class of the standing cast, with attempts of every learner, rubrics of a teacher, requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessments.models import Assessment, AssessmentCompetency, Attempt, CalibrationPiece, Form, RetryRequest
from competencies.models import Rubric, RubricCriterion
from learners.models import Learner, Section
from tenancy.context import tenant_context
from tenancy.ids import uuid7

if TYPE_CHECKING:
    from tests.builders import World
    from tests.permissions.places import Places

OUTSIDE = {"wrong_type": "12345"}


def add_tasks(places: Places) -> None:
    """`task`, `form`: one per class; `attempt`: one per learner, in the class of the learner; `rubric`, `sample`: made
    by the teacher; `asked`: a request of each learner, under the class of the learner."""
    home, away = places.home, places.cast.away
    names = ("task", "form", "attempt", "rubric", "sample", "asked")
    for name in names:
        places.ids[name] = {"never": str(uuid7()), **OUTSIDE}
    with tenant_context(home.tenant.pk):
        sections = {
            k: Section.objects.get(public_id=places.ids["section"][k]) for k in ("own", "same_school", "other_school")
        }
        for kind, section in sections.items():
            places.ids["task"][kind], places.ids["form"][kind] = _task(home, section)
        for kind in ("own", "same_section", "same_school", "other_school"):
            learner = Learner.objects.get(public_id=places.ids["learner"][kind])
            section = sections["own" if kind == "same_section" else kind]
            places.ids["attempt"][kind] = _attempt(section, learner)
            asked = RetryRequest.objects.create(learner=learner, competency=home.competencies[0])
            places.ids["asked"][kind] = str(asked.public_id)
        practice = {kind: _practice(section) for kind, section in sections.items()}
        places.ids["practice"] = {"never": str(uuid7()), **OUTSIDE, **practice}
        rubric = _rubric(home)
        places.ids["rubric"]["own"] = str(rubric.public_id)
        sample = CalibrationPiece.objects.create(rubric=rubric, title="LKV sample", work="x")
        places.ids["sample"]["own"] = str(sample.public_id)
    with tenant_context(away.tenant.pk):
        places.ids["practice"]["other_tenant"] = _practice(away.section)
        foreign, form = _task(away, away.section)
        attempt, rubric = _attempt(away.section, away.learner), _rubric(away)
        asked = RetryRequest.objects.create(learner=away.learner, competency=away.competencies[0])
        sample = CalibrationPiece.objects.create(rubric=rubric, title="HRB sample", work="x")
        values = (foreign, form, attempt, str(rubric.public_id), str(sample.public_id), str(asked.public_id))
        for name, value in zip(names, values, strict=True):
            places.ids[name]["other_tenant"] = value


def _task(world: World, section: Section) -> tuple[str, str]:
    task = Assessment.objects.create(
        section=section, title=f"{section.title} check", purpose="formative", method="quiz",
        made_by_id=world.members["TCH"].pk,
    )  # fmt: skip
    AssessmentCompetency.objects.create(assessment=task, competency=world.competencies[0])
    form = Form.objects.create(assessment=task, name="A")
    return str(task.public_id), str(form.public_id)


def _practice(section: Section) -> str:
    values = {"purpose": "formative", "method": "quiz", "is_practice": True}
    task = Assessment.objects.create(section=section, title=f"{section.title} practice", **values)
    Form.objects.create(assessment=task, name="A")
    return str(task.public_id)


def _attempt(section: Section, learner: Learner) -> str:
    form = Form.objects.filter(assessment__section=section).first()
    assert form is not None
    attempt = Attempt.objects.create(assessment=form.assessment, form=form, learner=learner, number=1)
    return str(attempt.public_id)


def _rubric(world: World) -> Rubric:
    rubric: Rubric = Rubric.objects.create(
        title=f"{world.marker} rubric", made_by_id=world.members["TCH"].pk, is_shared=True
    )
    RubricCriterion.objects.create(rubric=rubric, title=f"{world.marker} drawing")
    return rubric
