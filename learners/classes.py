"""Who is in a class."""

from datetime import date

from learners.models import Enrolment, Learner, SeatingPlace
from learners.reach import running


def learners_of(section_id: int | None, today: date) -> list[Learner]:
    """Who is in the class today, by name; nobody where there is no class. One query."""
    here = Enrolment.objects.filter(running(today), section_id=section_id, is_withdrawn=False)
    rows = Learner.objects.filter(id__in=here.values("learner_id"), is_active=True)
    return list(rows.order_by("folded_name", "id"))


def seated_learners_of(section_id: int, today: date) -> list[Learner]:
    """The same in the teacher's order: seated ones first, the others by name. Two queries."""
    places = dict(SeatingPlace.objects.filter(section_id=section_id).values_list("learner_id", "position"))
    last = len(places) + 1
    return sorted(learners_of(section_id, today), key=lambda one: (places.get(one.pk, last), one.folded_name, one.pk))
