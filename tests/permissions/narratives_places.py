"""A released narrative and a goal note of every learner of the standing cast, and a sentence of the comment bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from learners.models import Learner
from milestones.models import GoalNote, Milestone, Narrative, Phrase
from tenancy.context import tenant_context
from tenancy.ids import uuid7
from tests.builders import World

if TYPE_CHECKING:
    from tests.permissions.places import Places


def add_narratives(places: Places) -> None:
    ids = places.ids["narrative"] = {"never": str(uuid7()), "wrong_type": "12345"}
    phrases = places.ids["phrase"] = {"never": str(uuid7()), "wrong_type": "12345"}
    notes = places.ids["goal_note"] = {"never": str(uuid7()), "wrong_type": "12345"}
    home, away = places.home, places.cast.away
    with tenant_context(home.tenant.pk):
        for kind in ("own", "same_section", "same_school", "other_school"):
            learner = Learner.objects.get(public_id=places.ids["learner"][kind])
            ids[kind], notes[kind] = _add(learner), _note(learner)
        ids["deleted"] = _add(home.learner)
        Narrative.objects.filter(public_id=ids["deleted"]).delete()
        notes["deleted"] = _note(home.learner)
        GoalNote.objects.filter(public_id=notes["deleted"]).delete()
        phrases["own"] = _phrase(home)
        phrases["deleted"] = _phrase(home)
        Phrase.objects.filter(public_id=phrases["deleted"]).delete()
    with tenant_context(away.tenant.pk):
        ids["other_tenant"], phrases["other_tenant"] = _add(away.learner), _phrase(away)
        notes["other_tenant"] = _note(away.learner)


def _note(learner: Learner) -> str:
    goal = Milestone.objects.create(title="Own goal", learner=learner, proposal="confirmed")
    note: GoalNote = GoalNote.objects.create(learner=learner, milestone=goal, kind="step", text="Every day")
    return str(note.public_id)


def _add(learner: Learner) -> str:
    narrative: Narrative = Narrative.objects.create(
        learner=learner, subject="Maths", text=f"About {learner.sourced_id}", released_at=timezone.now(),
        written_by_name="Somebody",
    )  # fmt: skip
    return str(narrative.public_id)


def _phrase(world: World) -> str:
    phrase: Phrase = Phrase.objects.create(text="Draws first", is_shared=True, made_by_id=world.members["TCH"].pk)
    return str(phrase.public_id)
