"""What happened in the classrooms of the district: figures of each day, a sheet being scored, some portfolios."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from assessments.pieces import Piece
from assessments.portfolio import NewWork, add_artefact, share_artefact
from assessments.services import record_many
from competencies.indicators import create_indicator
from competencies.models import Competency, Indicator
from learners.calendar_days import set_days
from learners.models import Learner, Section
from milestones.indicator_marks import day_piece
from milestones.models import SectionMilestone
from milestones.plans import Asked, create_milestone, plan_milestones
from milestones.school_days import school_days
from milestones.score_sheets import Head, Score, open_sheet, save_score
from milestones.services import drain_tenant, release_levels
from tenancy.actor import Actor
from tenancy.models import Tenant

WEEKS, SECTIONS = 8, 4
WORDS = (
    ("The bridge that held", "Spaghetti and glue. It held four apples before the middle gave way."),
    ("How I count by quarters", "First I drew the number line, then I saw that four of them make a whole."),
    ("My plant diary", "It grew two centimetres in the week we forgot to water it. I measured twice."),
)
COMMENTS = {0: "Drew thirds of a metre. Clear.", 3: "Say how you know that it is fair."}


def add_classrooms(tenant: Tenant, actor: Actor) -> None:
    """For the first homerooms and the first mathematics class of the district."""
    homerooms = list(Section.objects.filter(subjects="Homeroom").order_by("grades", "id")[:SECTIONS])
    if not homerooms:
        return
    monday = actor.today - timedelta(days=actor.today.weekday() + 21)
    set_days(actor, first=monday, last=monday, kind="holiday", title="Staff day")
    set_days(actor, first=monday + timedelta(days=4), last=monday + timedelta(days=4), kind="half", title="Early close")
    attendance = create_indicator(actor, name="Attendance", entry="day", unit="days", follows_calendar=True)
    reading = create_indicator(actor, name="Reading at home", entry="amount", unit="minutes")
    here = Asked(attendance.competency, measure="rate", target=Decimal(95), period="term")
    reads = Asked(reading.competency, measure="sum", target=Decimal(300), period="term")
    asked = (("Here 95 % of the days", "ATT", here), ("Reads 300 minutes at home", "READ", reads))
    milestones = [
        create_milestone(actor, title=title, code=code, criteria=[one], kind="engagement", heading="Being here")
        for title, code, one in asked
    ]
    due = actor.today + timedelta(weeks=8)
    figures: list[Piece] = []
    for n, section in enumerate(homerooms):
        plan_milestones(actor, section=section, milestones=[(one, due) for one in milestones])
        figures += _figures(tenant, actor.today, section, attendance, reading, Random(n))  # noqa: S311 - sample data
    record_many(actor, pieces=[replace(piece, n=n) for n, piece in enumerate(figures)])
    drain_tenant(tenant.pk)
    for section in homerooms:
        release_levels(actor, section=section)
    _sheet(actor)
    _portfolios(actor)


def _learners(section: Section) -> list[Learner]:
    return list(Learner.objects.filter(enrolments__section_id=section.pk).distinct().order_by("folded_name", "id"))


def _figures(
    tenant: Tenant, today: date, section: Section, attendance: Indicator, reading: Indicator, dice: Random
) -> list[Piece]:
    days = school_days(today - timedelta(weeks=WEEKS), today, section.school_id)
    found = []
    for learner in _learners(section):
        away = dice.choice((0.0, 0.02, 0.04, 0.04, 0.12))
        for day in days:
            here = Decimal(int(dice.random() >= away))
            found.append(day_piece(tenant, attendance, day, learner.pk, here, Decimal(1)))
            if day.weekday() == 4:
                minutes = Decimal(dice.randrange(0, 120, 10))
                found.append(day_piece(tenant, reading, day, learner.pk, minutes, Decimal(1)))
    return found


def _sheet(actor: Actor) -> None:
    """A sheet that a teacher has begun this morning."""
    plan = SectionMilestone.objects.filter(section__subjects="Mathematics", milestone__criteria__measure="")
    one = plan.select_related("section", "milestone").order_by("section__grades", "section_id", "position").first()
    if one is None:
        return
    head = Head("Exit ticket", "formative", actor.today)
    sheet = open_sheet(actor, section=one.section, milestone=one.milestone, head=head)
    for n, learner in enumerate(_learners(one.section)[:8]):
        score = Score("absent") if n == 5 else Score("scored", 1 + (n * 7 + 2) % 4, COMMENTS.get(n, ""))
        save_score(actor, sheet=sheet, learner=learner, score=score, version=0)


def _portfolios(actor: Actor) -> None:
    learners = Learner.objects.exclude(member=None).exclude(member__user=None).order_by("sourced_id")[:12]
    competencies = list(Competency.objects.exclude(criteria=None).order_by("id").values_list("id", flat=True)[:30])
    for n, learner in enumerate(learners):
        own = replace(actor, member_id=learner.member_id)
        title, words = WORDS[n % len(WORDS)]
        shows = [competencies[(n * 5) % len(competencies)]] if competencies else []
        first = add_artefact(own, learner=learner, work=NewWork(title, words, competency_ids=shows), upload=_drawing(n))
        if n % 2 == 0:
            share_artefact(own, artefact=first, is_shared=True)
        second = NewWork("What I can do now that I could not in September", text=words)
        add_artefact(own, learner=learner, work=second)


def _drawing(n: int) -> SimpleUploadedFile:
    """A small picture, so that portfolios do not look empty."""
    sky = ((214, 233, 240), (240, 228, 208), (222, 236, 214))[n % 3]
    picture = Image.new("RGB", (480, 300), sky)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 210, 480, 300), fill=(120, 150, 110))
    spans: Sequence[int] = range(40 + 10 * (n % 3), 420, 60)
    for at in spans:
        pen.line((at, 210, at + 30, 140), fill=(150, 90, 50), width=6)
        pen.line((at + 30, 140, at + 60, 210), fill=(150, 90, 50), width=6)
    pen.line((30, 140, 450, 140), fill=(110, 60, 40), width=8)
    pen.ellipse((390, 30, 450, 90), fill=(240, 200, 90))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return SimpleUploadedFile("picture.png", out.getvalue(), "image/png")
