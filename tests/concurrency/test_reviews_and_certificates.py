"""Sessions, decisions and certificates under several hands at once: one of each, and nobody's words are lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from milestones.certificates import issue_certificate
from milestones.models import Certificate, Release, ReviewItem, ReviewSession
from milestones.reviews import Slower, decide
from milestones.reviews_prepare import prepare_session
from tenancy.context import tenant_context
from tests.builders import Cast
from tests.concurrency.together import at_once


def test_several_that_prepare_make_one_list(committed_cast: Cast) -> None:
    home = committed_cast.home

    def prepare() -> bool:
        with tenant_context(home.tenant.pk):
            return prepare_session(home.system, school=home.school, for_day=home.system.today)[1]

    assert sorted(str(one) for one in at_once([prepare] * 3)) == ["False", "False", "True"]


def test_two_that_decide_at_once(committed_cast: Cast) -> None:
    home = committed_cast.home
    with tenant_context(home.tenant.pk):
        session = ReviewSession.objects.create(school=home.school, title="R", for_day=home.system.today)
        item = ReviewItem.objects.create(session=session, milestone=home.milestone)

    def say(decision: str) -> Any:
        def work() -> str:
            with tenant_context(home.tenant.pk):
                return decide(home.system, item=item, decision=decision, note="", version=1).decision

        return work

    answers = at_once([say("keep"), say("split")])
    slower = [one for one in answers if isinstance(one, Slower)]
    assert len(slower) == 1, answers
    assert slower[0].theirs.decision == next(one for one in answers if isinstance(one, str))


def test_two_that_issue_make_one_certificate(committed_cast: Cast) -> None:
    home = committed_cast.home
    with tenant_context(home.tenant.pk):
        Release.objects.create(learner=home.classmate, milestone=home.milestone, level=3)

    def issue() -> str:
        with tenant_context(home.tenant.pk):
            actor = replace(home.system, member_id=home.members["TCH"].pk)
            return issue_certificate(actor, learner=home.classmate, milestone=home.milestone).code

    answers = at_once([issue] * 3)
    assert len({str(one) for one in answers}) == 1, answers
    with tenant_context(home.tenant.pk):
        assert Certificate.objects.count() == 1
