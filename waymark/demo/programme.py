"""What the school writes down of how its staff learn, and what it needs."""

from datetime import date, timedelta

from interventions.programme import move_need, record_development, record_need
from learners.models import School, SchoolPost
from tenancy.actor import Actor
from tenancy.models import Member

# (kind, title, days ago, hours, how many took part)
RECORDS = (
    ("workshop", "Reading a rubric together: what does Meets look like?", 88, "3", 6),
    ("workshop", "Feedback that a learner can use tomorrow", 53, "2", 5),
    ("workshop", "Planning for another try without planning twice", 18, "1.5", 4),
    ("mentor", "First weeks: planning a unit from its milestones", 74, "1", 1),
    ("mentor", "Looking at three pieces of work side by side", 46, "1", 1),
    ("mentor", "A conversation with a family, prepared together", 25, "0.75", 1),
    ("observation", "Grade 3 mathematics: questions that show thinking", 39, "0.75", 1),
    ("observation", "Grade 5 science: small groups at work", 11, "0.75", 1),
)
# (what, why, how many, cost of one, needed in so many days, state)
NEEDS = (
    ("Fraction tiles, class sets", "Ratio is assessed low in three classes", "6", "28.50", 30, "approved"),
    ("Hours of a second adult in grade 4 mathematics", "Groups need somebody to sit with them", "40", "31",
     45, "asked"),
    ("Measuring cylinders, 250 ml", "Half of the set is broken", "24", "4.20", None, "there"),
    ("Headphones", "Spoken evidence in languages", "30", "12.90", 60, "asked"),
    ("A second laminator", "The first one is enough after all", "1", "95", None, "declined"),
)  # fmt: skip


def add_programme(actor: Actor) -> None:
    """For the first school that has enough staff."""
    for school in School.objects.filter(kind="school", is_active=True).order_by("name", "id"):
        posts = SchoolPost.objects.filter(school=school, role="TCH").order_by("member_id")
        teachers = list(Member.objects.filter(id__in=posts.values("member_id")).order_by("family_name", "id"))
        if len(teachers) >= 4:
            _record(actor, school, teachers)
            return


def _record(actor: Actor, school: School, teachers: list[Member]) -> None:
    for place, (kind, title, ago, hours, number) in enumerate(RECORDS):
        turned = teachers[place % len(teachers) :] + teachers[: place % len(teachers)]
        lead, people = turned[0], turned[1 : number + 1]
        record_development(
            actor, school=school, kind=kind, title=title, on=_before(actor.today, ago), hours=hours, lead=lead,
            people=people,
        )  # fmt: skip
    for title, why, amount, cost, days, state in NEEDS:
        by = actor.today + timedelta(days=days) if days else None
        need = record_need(actor, school=school, title=title, why=why, amount=amount, cost=cost, needed_by=by)
        if state != "asked":
            move_need(actor, need=need, state=state)


def _before(today: date, days: int) -> date:
    """That many days ago, on a day of school."""
    day = today - timedelta(days=days)
    return day - timedelta(days=max(0, day.weekday() - 4))
