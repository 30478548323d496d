"""The page of a learner and a milestone: what comes first, statements, history, odd situations."""

from __future__ import annotations

import pytest
from django.test import Client

from assessments.services import record_evidence, withdraw_evidence
from competencies.models import Prerequisite
from learners.models import Enrolment, SchoolPost
from milestones.models import Milestone, SectionMilestone
from milestones.selectors import CriterionReason, milestone_reasons
from reporting import learner_page
from tenancy.context import tenant_context
from tests.builders import World, add_competency, piece
from tests.reporting.conftest import As, milestone_page, text_of


def test_needs_first_with_the_learners_level(home: World, teacher: Client) -> None:
    """Ratios asks for competencies 1 and 2; 0 comes before 1, a loop and an inner edge are left out."""
    with tenant_context(home.tenant.pk):
        zero, one, two, three = home.competencies
        Prerequisite.objects.create(before=one, after=two)
        Prerequisite.objects.create(before=three, after=two, is_in_cycle=True)
        nought = add_competency(home.framework, "LKV.early", 0)
        Prerequisite.objects.create(before=nought, after=two)
        Prerequisite.objects.create(before=zero, after=two)
    words = text_of(teacher.get(milestone_page(home, milestone=home.other_milestone)))
    part = words.split("Needs first")[1].split("Help on the way")[0]
    assert part.strip() == "LKV.0 Can do LKV.0 Meets LKV.early Can do LKV.early Not started"
    assert "Needs first" not in text_of(teacher.get(milestone_page(home)))


def test_statement_of_each_criterion(home: World, teacher: Client) -> None:
    one = text_of(teacher.get(milestone_page(home)))
    assert "Can do LKV.0" in one
    both = text_of(teacher.get(milestone_page(home, milestone=home.other_milestone)))
    assert "LKV.1 Can do LKV.1" in both
    assert "LKV.2 Can do LKV.2" in both


def test_why_and_what_would_change_it(home: World, teacher: Client) -> None:
    words = text_of(teacher.get(milestone_page(home, home.classmate)))
    assert "Why Beginning?" in words
    assert "To be at Developing , all of these have to hold." in words
    assert "Missing: The value is Developing (2) or above. Now: 1" in words
    assert "What would change it: 1 more piece at Meets (3) or above from a new task moves this to Developing." in words
    assert "1 piece counted." in words


def test_milestones_come_after_the_content_in_the_page(home: World, teacher: Client) -> None:
    body = teacher.get(milestone_page(home)).content.decode()
    assert body.index('id="tl"') < body.index('class="ms-list"')


def test_withdrawn_and_hidden_pieces(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        row = record_evidence(home.system, piece=piece(home, home.classmate, home.competencies[0], 3, title="Gone"))
        withdraw_evidence(home.system, evidence=row, reason="Typed for the wrong child")
    response = teacher.get(milestone_page(home, home.classmate))
    words = text_of(response)
    assert "1 piece was withdrawn." in words
    assert "withdrawn Typed for the wrong child" in words
    assert f"{row.public_id}/withdraw/" not in response.content.decode()


def test_fragment_is_the_panel(home: World, teacher: Client) -> None:
    response = teacher.get(milestone_page(home), headers={"HX-Request": "true"})
    body = response.content.decode()
    assert body.strip().startswith("<header>")
    assert "<html" not in body
    assert "HX-Request" in response.headers["Vary"]
    assert "Why this level" in body


def test_learner_in_no_section_of_the_reader(home: World, signed_in: As) -> None:
    """The administrator of the learner's school still sees the record; nothing leads to a class."""
    with tenant_context(home.tenant.pk):
        Enrolment.objects.filter(learner=home.learner).delete()
        assert SchoolPost.objects.filter(member=home.members["SCH"], school=home.school).exists()
    client = signed_in("SCH")
    for address in (f"/learners/{home.learner.public_id}/", milestone_page(home)):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "Why " in text_of(response)
        assert "ms-list" not in response.content.decode()
        assert f"/classes/{home.section.public_id}/" not in response.content.decode()


def test_learner_without_any_milestone(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        SectionMilestone.objects.all().delete()
    assert teacher.get(f"/learners/{home.learner.public_id}/").status_code == 200, "what there are levels for"
    response = teacher.get(f"/learners/{home.stranger_learner.public_id}/")
    assert response.status_code == 404


def test_milestone_that_was_switched_off_or_has_no_criteria(home: World, teacher: Client) -> None:
    with tenant_context(home.tenant.pk):
        Milestone.objects.filter(pk=home.other_milestone.pk).update(is_active=False)
        empty = Milestone.objects.create(title="Empty", code="E")
    assert teacher.get(milestone_page(home, milestone=home.other_milestone)).status_code == 404
    assert teacher.get(milestone_page(home, milestone=empty)).status_code == 200
    assert teacher.get(f"{milestone_page(home, milestone=empty)}evidence/new/").status_code == 404


@pytest.mark.parametrize("section", ["nonsense", "00000000-0000-0000-0000-000000000000", "'", "%00"])
def test_bad_section_in_the_address(home: World, teacher: Client, section: str) -> None:
    for page in (milestone_page(home), f"/learners/{home.learner.public_id}/", f"{milestone_page(home)}evidence/new/"):
        assert teacher.get(f"{page}?section={section}").status_code == 200


def test_level_that_is_not_what_the_ledger_gives_is_said(
    home: World, teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = milestone_reasons

    def untrue(learner_id: int, milestone: Milestone) -> list[CriterionReason]:
        return [
            CriterionReason(**{f: getattr(row, f) for f in row.__slots__} | {"is_true_to_ledger": False})
            for row in asked(learner_id, milestone)
        ]

    monkeypatch.setattr(learner_page, "milestone_reasons", untrue)
    assert "is being worked out anew" in text_of(teacher.get(milestone_page(home)))
