"""Trials of a draft: what they find, that they write nothing else, who sees names, and workers that die."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from competencies.content import Content, content_of_draft
from competencies.drafts import open_draft, save_draft
from competencies.models import Policy, PolicyDraft
from milestones import trials
from milestones.models import CompetencyStatus, PolicyTrial, StatusChange, TrialMove
from milestones.trials import ask_trial, cancel_trial, run_trials
from milestones.whole import read_chunks
from reporting import policy_trial_page
from tenancy.context import tenant_context
from tenancy.errors import Conflict
from tenancy.models import AuditEntry
from tests.architecture.test_query_counts import FRAME
from tests.builders import Cast, World, add_learner
from tests.reporting.test_policy_pages import address, client_of

State = PolicyTrial.State


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def policy_of(world: World, **place: Any) -> Policy:
    """The tenant's policy, or a new one of another place."""
    if not place:
        found: Policy = Policy.objects.get(school=None, framework=None, competency=None)
        return found
    made: Policy = Policy.objects.create(name="Own rule", **place)
    return made


def draft_of(world: World, policy: Policy, **rule: Any) -> PolicyDraft:
    draft = open_draft(world.system, policy=policy)
    content = content_of_draft(draft)
    changed = Content({"gates": content.rule["gates"], **rule}, content.points_possible, content.ratings)
    return save_draft(world.system, draft=draft, content=changed, seen=draft.edited_at)


def only(**method: Any) -> dict[str, Any]:
    """A rule without conditions: what a value is, a level is."""
    return {"gates": {"meets": {}, "mastery": {}}, **method}


def worked_out(world: World, policy: Policy | None = None, **rule: Any) -> PolicyTrial:
    with tenant_context(world.tenant.pk):
        draft = draft_of(world, policy or policy_of(world), **rule)
        trial = ask_trial(world.system, draft=draft)
    assert run_trials(world.tenant.pk) == 1
    with tenant_context(world.tenant.pk):
        found: PolicyTrial = PolicyTrial.objects.select_related("policy").get(pk=trial.pk)
        return found


def test_what_would_move(home: World) -> None:
    """Ana 2, 3, 4 is at Meets by 3.53; by the lowest of all conditions and the best piece she would be at Mastery."""
    with tenant_context(home.tenant.pk):
        before = list(CompetencyStatus.objects.order_by("id").values_list("level", "value", "policy_version_id"))
        changes = StatusChange.objects.count()
    trial = worked_out(home, **only(method="highest"))
    assert trial.state == State.DONE
    result = trial.result
    assert result is not None
    assert sum(map(sum, result["matrix"])) == len(before) == trial.total == trial.done
    assert result["matrix"][3][4] == 1
    assert (result["learners"], result["learners_up"], result["learners_down"]) == (3, 1, 0)
    assert [row["title"] for row in result["frameworks"]] == ["LKV Framework"]
    with tenant_context(home.tenant.pk):
        move = TrialMove.objects.get(trial=trial)
        assert (move.learner_id, move.from_level, move.to_level) == (home.learner.pk, 3, 4)
        after = list(CompetencyStatus.objects.order_by("id").values_list("level", "value", "policy_version_id"))
        assert (after, StatusChange.objects.count()) == (before, changes)


def test_the_draft_of_a_nearer_place_concerns_only_its_own(home: World) -> None:
    with tenant_context(home.tenant.pk):
        school = policy_of(home, school=home.other_school)
        other = policy_of(home, competency=home.competencies[3])
    of_school = worked_out(home, school, **only(method="highest"))
    assert of_school.result is not None
    assert of_school.result["learners"] == 1  # Cleo alone is at home there
    of_nothing = worked_out(home, other, method="highest")
    assert of_nothing.result is not None
    assert (of_nothing.result["learners"], of_nothing.result["frameworks"]) == (0, [])


def test_falls_come_first_and_the_list_is_capped(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "MOST_MOVES", 1)
    trial = worked_out(home, method="mean", gates={"meets": {"min_pieces": 50}, "mastery": {}}, developing_at=0.5)
    assert trial.result is not None
    assert (trial.result["moves"], trial.result["kept"]) == (2, 1)
    with tenant_context(home.tenant.pk):
        moves = list(TrialMove.objects.filter(trial=trial).order_by("id").values_list("from_level", "to_level"))
    assert moves == [(3, 2)]
    page = client_of(home, "DST").get(address(trial.policy, "trial/who/?way=")).content.decode()
    assert "1 more are counted without a name" in page


def test_chunks_and_progress(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worked out in pieces of one pair each, it finds the same; how far it is stands in its row after each."""
    whole = worked_out(home, **only(method="highest"))
    read, seen = read_chunks, []
    monkeypatch.setattr(trials, "read_chunks", lambda book: read(book, size=1))
    levels = trials.levels_under

    def noted(*values: Any) -> Any:
        seen.append(PolicyTrial.objects.order_by("-id").values_list("done", flat=True).first())
        return levels(*values)

    monkeypatch.setattr(trials, "levels_under", noted)
    parts = worked_out(home, **only(method="highest"))
    assert seen == [0, 1, 2]
    assert {**(parts.result or {}), "seconds": 0} == {**(whole.result or {}), "seconds": 0}


def test_cancelled_while_it_runs(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read, levels = read_chunks, trials.levels_under
    monkeypatch.setattr(trials, "read_chunks", lambda book: read(book, size=1))

    def cancel(*values: Any) -> Any:
        cancel_trial(home.system, trial=PolicyTrial.objects.get(state=State.RUNNING))
        return levels(*values)

    monkeypatch.setattr(trials, "levels_under", cancel)
    trial = worked_out(home, method="highest")
    assert (trial.state, trial.result, trial.done) == (State.CANCELLED, None, 0)
    with tenant_context(home.tenant.pk):
        assert not TrialMove.objects.exists()
        with pytest.raises(Conflict, match="not being worked out any more"):
            cancel_trial(home.system, trial=trial)


def test_asking_again_cancels_the_one_before(home: World) -> None:
    with tenant_context(home.tenant.pk):
        draft = draft_of(home, policy_of(home), method="highest")
        first, second = (ask_trial(home.system, draft=draft) for _ in range(2))
    assert run_trials(home.tenant.pk) == 1
    with tenant_context(home.tenant.pk):
        states = dict(PolicyTrial.objects.values_list("id", "state"))
    assert states == {first.pk: State.CANCELLED, second.pk: State.DONE}


def test_killed_worker(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease is respected until it runs out; then the trial is worked out from the beginning, once."""

    class Killed(BaseException):
        """Not an error that anybody catches."""

    read, levels, calls = read_chunks, trials.levels_under, []
    monkeypatch.setattr(trials, "read_chunks", lambda book: read(book, size=1))

    def die(*values: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return levels(*values)

    monkeypatch.setattr(trials, "levels_under", die)
    with pytest.raises(Killed):
        worked_out(home, **only(method="highest"))
    with tenant_context(home.tenant.pk):
        trial = PolicyTrial.objects.get()
        assert (trial.state, trial.done) == (State.RUNNING, 1)
    assert run_trials(home.tenant.pk) == 0
    with tenant_context(home.tenant.pk):
        PolicyTrial.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert run_trials(home.tenant.pk) == 1
    with tenant_context(home.tenant.pk):
        trial.refresh_from_db()
        assert (trial.state, trial.done) == (State.DONE, 3)
        assert TrialMove.objects.count() == 1


def test_a_worker_that_was_too_slow_writes_nothing(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another worker took the trial over in between: the slow one stops."""
    levels = trials.levels_under

    def taken_over(*values: Any) -> Any:
        PolicyTrial.objects.update(leased_until=timezone.now() + timedelta(hours=1))
        return levels(*values)

    monkeypatch.setattr(trials, "levels_under", taken_over)
    trial = worked_out(home, method="highest")
    assert (trial.state, trial.done, trial.result) == (State.RUNNING, 0, None)


def test_failure_is_said_and_does_not_hold_up_others(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*values: Any) -> Any:
        raise ValueError("no such thing")

    monkeypatch.setattr(trials, "levels_under", fail)
    trial = worked_out(home, method="highest")
    assert (trial.state, trial.error) == (State.FAILED, "ValueError: no such thing")
    page = client_of(home, "DST").get(address(trial.policy, "draft/")).content.decode()
    assert "ValueError: no such thing" in page


def test_panel_asks_again_only_while_it_runs(home: World) -> None:
    client = client_of(home, "DST")
    with tenant_context(home.tenant.pk):
        draft = draft_of(home, policy_of(home), **only(method="highest"))
        ask_trial(home.system, draft=draft)
    where = address(draft.policy, "trial/")
    waiting = client.get(where, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in waiting
    assert "Waiting for a free worker." in waiting
    assert client.post(address(draft.policy, "trial/cancel/")).status_code == 302
    assert "Stopped before the end." in client.get(where).content.decode()
    with tenant_context(home.tenant.pk):
        ask_trial(home.system, draft=draft)
    run_trials(home.tenant.pk)
    done = client.get(where, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert "1 level would go up" in done
    assert client.post(address(draft.policy, "trial/cancel/")).status_code == 409


def test_names_only_for_who_may_see_them(home: World) -> None:
    """The administrator of a school sees its own learners; others are counted. Looking is written down."""
    with tenant_context(home.tenant.pk):
        policy = policy_of(home, school=home.school)
        gus = add_learner(home, "Gus", home.other_section)
    trial = worked_out(home, policy, **only(method="highest"))
    with tenant_context(home.tenant.pk):
        stranger = {"learner": home.stranger_learner, "competency": home.competencies[0]}
        TrialMove.objects.create(trial=trial, from_level=2, to_level=3, **stranger)
    school, district = client_of(home, "SCH"), client_of(home, "DST")
    page = school.get(address(policy, "trial/who/?way=up")).content.decode()
    assert "Ana LKV" in page
    assert "Cleo" not in page
    assert "1 move is of a learner whose name you cannot see." in page
    assert "Cleo LKV" in district.get(address(policy, "trial/who/?way=up")).content.decode()
    unproved = client_of(home, "DST", stepped=False)
    assert unproved.get(address(policy, "trial/who/")).status_code == 302
    found = school.get(address(policy, "trial/learners/?q=a")).content.decode()
    assert "Ana LKV" in found
    assert "Cleo" not in found
    assert school.get(address(policy, f"trial/learners/{home.stranger_learner.public_id}/")).status_code == 404
    assert school.get(address(policy, f"trial/learners/{gus.public_id}/")).status_code == 404
    with tenant_context(home.tenant.pk):
        looked = AuditEntry.objects.filter(action="policy.trial_names")
        assert next(entry.detail for entry in looked.order_by("id")) == {"why": "policy_trial", "learners": 1}


def test_pages_of_names(home: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kept move can be reached; a page that is not there is the nearest one."""
    monkeypatch.setattr(policy_trial_page, "SHOWN", 2)
    trial = worked_out(home, **only(method="highest"))
    with tenant_context(home.tenant.pk):
        for n in range(4):
            who = add_learner(home, f"M{n}", home.section)
            values = {"competency": home.competencies[0], "from_level": 2, "to_level": 3}
            TrialMove.objects.create(trial=trial, learner=who, **values)
    client, seen = client_of(home, "DST"), []
    for number in ("1", "2", "3"):
        page = client.get(address(trial.policy, f"trial/who/?way=up&page={number}")).content.decode()
        assert f"Page {number} of 3" in page
        assert ('rel="prev"' in page, 'rel="next"' in page) == (number != "1", number != "3")
        seen += re.findall(r"(Ana|M\d) LKV</a>", page)
    assert seen == ["Ana", "M0", "M1", "M2", "M3"]
    for number, shown in (("0", 1), ("99", 3), ("x", 1), ("-1", 1), ("²", 1)):
        page = client.get(address(trial.policy, f"trial/who/?way=up&page={number}")).content.decode()
        assert f"Page {shown} of 3" in page, number


def test_one_learner_both_ways(home: World) -> None:
    trial = worked_out(home, **only(method="highest"))
    client = client_of(home, "DST")
    page = client.get(address(trial.policy, f"trial/learners/{home.learner.public_id}/")).content.decode()
    assert "Newer pieces count more: each new one makes 65 % of the value. Value: 3.53." in page
    assert "The best piece counts. Value: 4.00." in page
    assert page.index("Now, version 1") < page.index('data-level="meets"') < page.index('data-level="mastery"')
    with tenant_context(home.tenant.pk):
        assert AuditEntry.objects.filter(action="policy.trial_learner").count() == 1
        ida = add_learner(home, "Ida", home.section)
    nothing = client.get(address(trial.policy, f"trial/learners/{ida.public_id}/")).content.decode()
    assert "concerns none of this learner" in nothing


def test_no_names_of_a_trial_of_another_draft(home: World) -> None:
    """After an edit the figures are of an older draft: they are marked, and lead to no names."""
    trial = worked_out(home, method="highest")
    with tenant_context(home.tenant.pk):
        draft_of(home, policy_of(home), method="latest")
    client = client_of(home, "DST")
    page = client.get(address(trial.policy, "draft/")).content.decode()
    assert "older draft" in page
    assert "See who" not in page
    assert client.get(address(trial.policy, "trial/who/")).status_code == 404


def test_queries_do_not_grow(home: World) -> None:
    """More places, versions, moves and learners cost the same number of queries on every page."""
    trial = worked_out(home, **only(method="highest"))
    client, policy = client_of(home, "DST"), trial.policy
    learner = f"trial/learners/{home.learner.public_id}/"
    ends = ("", "draft/", "draft/compare/", "draft/propose/", "trial/", "trial/who/?way=up", "trial/learners/", learner)

    def counts() -> list[int]:
        found = []
        for path in ("/policies/", *(address(policy, end) for end in ends)):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200, path
            found.append(sum(not FRAME.match(one["sql"]) for one in captured.captured_queries))
        return found

    with tenant_context(home.tenant.pk):
        policy.versions.update(proposed_by_id=home.members["SCH"].pk)
    before = counts()
    with tenant_context(home.tenant.pk):
        for n in range(5):
            policy_of(home, competency=home.competencies[n % 4]) if n < 4 else policy_of(home, school=home.school)
        version = policy.versions.get()
        for number in range(2, 9):
            version.pk, version.number = None, number
            version.proposed_by_id, version.approved_by_id = home.members["SCH"].pk, home.members["DST"].pk
            version.save()
        for n in range(10):
            who = add_learner(home, f"M{n}", home.section)
            values = {"competency": home.competencies[0], "from_level": 2, "to_level": 3}
            TrialMove.objects.create(trial=trial, learner=who, **values)
    after = counts()
    # A policy of every competency takes the learner's pairs away from the tenant's: nothing is left to explain.
    assert after[:-1] == before[:-1]
    assert max(after) <= 22
