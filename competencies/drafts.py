"""A policy's way from a first thought to a published version: draft, proposal, approval by a second person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from competencies.content import Content, check_content, content_of_draft, content_of_version
from competencies.models import Policy, PolicyDraft, PolicyVersion
from competencies.services import publish_version
from competencies.stricter import looser_problems
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

SHORTEST_REASON, LONGEST_REASON = 15, 2000
FURTHEST = timedelta(days=730)  # a mistyped year, not a plan


@transaction.atomic
def create_place(
    actor: Actor, *, name: str, school_id: int | None = None, framework_id: int | None = None,
    competency_id: int | None = None,
) -> Policy:  # fmt: skip
    """A place for a policy of its own. It holds for nobody until a version is published. Raises Conflict."""
    try:
        with transaction.atomic():
            policy: Policy = Policy.objects.create(
                name=name, school_id=school_id, framework_id=framework_id, competency_id=competency_id
            )
    except IntegrityError as error:
        raise Conflict("There is a policy for this place already. Open it and edit its draft") from error
    record_audit(actor, "policy.created", target=policy)
    return policy


@transaction.atomic
def open_draft(actor: Actor, *, policy: Policy) -> PolicyDraft:
    """The policy's draft; a new one starts as the newest version of its place, else of the tenant.

    Raises NotFound where not even the tenant has a version to start from.
    """
    draft: PolicyDraft | None = policy.drafts.first()
    if draft is not None:
        return draft
    own = _newest(Policy.objects.filter(pk=policy.pk))
    version = own or tenant_version()
    if version is None:
        raise NotFound
    content = content_of_version(version)
    draft, is_new = PolicyDraft.objects.get_or_create(
        policy=policy,
        defaults={
            "based_on": own, "rule": dict(content.rule), "points_possible": content.points_possible,
            "ratings": content.stored_ratings, "edited_by_id": actor.member_id,
        },
    )  # fmt: skip
    if is_new:
        record_audit(actor, "policy.draft_opened", target=policy)
    return draft


@transaction.atomic
def save_draft(actor: Actor, *, draft: PolicyDraft, content: Content, seen: datetime) -> PolicyDraft:
    """The whole draft anew. `seen`: its `edited_at` as it was on the page.

    Raises Invalid with every problem, Conflict where somebody else saved in between, Refused while it is proposed.
    """
    check_content(content)
    locked = _locked(draft)
    if locked.is_proposed:
        raise Refused("This draft is proposed and waits for approval. Withdraw the proposal to edit it")
    if locked.edited_at != seen:
        raise Conflict("Somebody else changed this draft while you did", code="edited")
    locked.rule, locked.points_possible = dict(content.rule), content.points_possible
    locked.ratings = content.stored_ratings
    locked.edited_at, locked.edited_by_id = timezone.now(), actor.member_id
    _take_back(locked)
    locked.save()
    record_audit(actor, "policy.draft_saved", target=locked.policy)
    return locked


@transaction.atomic
def discard_draft(actor: Actor, *, draft: PolicyDraft) -> None:
    """Raises Refused while it is proposed."""
    locked = _locked(draft)
    if locked.is_proposed:
        raise Refused("This draft is proposed and waits for approval. Withdraw the proposal to discard it")
    record_audit(actor, "policy.draft_discarded", target=locked.policy)
    locked.delete()


@transaction.atomic
def propose(
    actor: Actor, *, draft: PolicyDraft, seen: datetime, in_force_on: date | None, applies_to_past: bool, reason: str
) -> PolicyDraft:
    """Ask a second person to publish exactly this. `in_force_on`: from the tenant's midnight, None = on approval.

    Raises Invalid, Conflict where the draft changed since it was `seen`, Refused where it is proposed already.
    """
    locked = _locked(draft)
    if locked.is_proposed:
        raise Refused("This draft is proposed already. Withdraw the proposal to change it")
    if locked.edited_at != seen:
        raise Conflict("Somebody else changed this draft since you opened this page. Look at it again", code="edited")
    problems = _proposal_problems(actor, locked.policy, in_force_on, reason.strip())
    if locked.policy.school_id is not None:
        problems += _school_problems(locked)
    if problems:
        raise Invalid(problems)
    locked.proposed_at, locked.proposed_by_id = timezone.now(), actor.member_id
    locked.in_force_on, locked.applies_to_past, locked.reason = in_force_on, applies_to_past, reason.strip()
    locked.save()
    record_audit(actor, "policy.proposed", target=locked.policy, detail={"applies_to_past": applies_to_past})
    return locked


@transaction.atomic
def withdraw_proposal(actor: Actor, *, draft: PolicyDraft) -> None:
    """Back to editing. Without a proposal there is nothing to do."""
    locked = _locked(draft)
    if locked.proposed_at is None:
        return
    _take_back(locked)
    locked.save()
    record_audit(actor, "policy.proposal_withdrawn", target=locked.policy)


@transaction.atomic
def approve(actor: Actor, *, draft: PolicyDraft, seen: datetime) -> PolicyVersion:
    """Publish what somebody else proposed. `seen`: the `proposed_at` that was on the page.

    Raises Refused for one's own proposal or one that lapsed, Conflict where another proposal stands by now.
    """
    locked = _locked(draft)
    if not locked.is_proposed:
        raise Refused("This proposal was for 72 hours and has run out, or was withdrawn. Ask for a new one")
    if actor.member_id is None or locked.proposed_by_id == actor.member_id:
        raise Refused("You proposed this yourself. A second person has to approve it")
    if locked.proposed_at != seen:
        raise Conflict("This draft was proposed anew since you opened this page. Look at it again", code="edited")
    content = content_of_draft(locked)
    check_content(content)
    problems = _day_problems(actor, locked.policy, locked.in_force_on, is_past_fine=True)
    if problems:
        raise Conflict(problems[0]["message"])
    version = publish_version(
        actor,
        policy=locked.policy,
        content=content,
        reason=locked.reason,
        in_force_from=_moment(actor, locked.in_force_on),
        applies_to_past=locked.applies_to_past,
        proposed_by_id=locked.proposed_by_id,
    )
    locked.delete()
    return version


def tenant_version() -> PolicyVersion | None:
    """The version in force for the whole tenant. One query and one for its ratings."""
    places = Policy.objects.filter(school=None, framework=None, competency=None)
    return _newest(places, in_force_by=timezone.now())


def _newest(places: QuerySet[Policy], in_force_by: datetime | None = None) -> PolicyVersion | None:
    rows = PolicyVersion.objects.filter(policy__in=places).select_related("scale").prefetch_related("scale__ratings")
    if in_force_by is not None:
        rows = rows.filter(in_force_from__lte=in_force_by)
    found: PolicyVersion | None = rows.order_by("-in_force_from", "-number").first()
    return found


def _locked(draft: PolicyDraft) -> PolicyDraft:
    """The draft as it is now, and nobody else's until the end. Raises NotFound when it is gone."""
    rows = PolicyDraft.objects.select_for_update(no_key=True, of=("self",)).select_related("policy")
    found: PolicyDraft | None = rows.filter(pk=draft.pk).first()
    if found is None:
        raise NotFound
    return found


def _take_back(draft: PolicyDraft) -> None:
    draft.proposed_at = draft.proposed_by_id = draft.in_force_on = None
    draft.reason, draft.applies_to_past = "", True


def _proposal_problems(actor: Actor, policy: Policy, in_force_on: date | None, reason: str) -> list[dict[str, str]]:
    problems = _day_problems(actor, policy, in_force_on, is_past_fine=False)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        text = (
            f"The reason has {len(reason)} characters. Write from {SHORTEST_REASON} to {LONGEST_REASON}: "
            "what changes for whom, and why"
        )
        problems.append(problem("reason", text, "length"))
    return problems


def _day_problems(
    actor: Actor, policy: Policy, in_force_on: date | None, *, is_past_fine: bool
) -> list[dict[str, str]]:
    """A day that is over, or too far away, or before one on which another version is already to come into force."""
    field = {"field": "in_force_on", "code": "day"}
    if in_force_on is not None and in_force_on < actor.today and not is_past_fine:
        return [{**field, "message": f"The day was {in_force_on:%Y-%m-%d}. Use today or a later day"}]
    if in_force_on is not None and in_force_on > actor.today + FURTHEST:
        return [{**field, "message": f"The day was {in_force_on:%Y-%m-%d}. Use a day within two years"}]
    begins = _moment(actor, in_force_on)
    later = policy.versions.filter(in_force_from__gt=begins).order_by("-in_force_from").first()
    if later is not None:
        day = later.in_force_from.astimezone(_zone(actor)).date()
        text = f"Version {later.number} comes into force on {day:%Y-%m-%d}. Use that day or a later one"
        return [{**field, "message": text}]
    return []


def _zone(actor: Actor) -> ZoneInfo:
    return zone(Tenant.objects.values_list("time_zone", flat=True).get(pk=actor.tenant_id))


def _moment(actor: Actor, day: date | None) -> datetime:
    """The tenant's midnight of a day to come, else now: nothing comes into force before it was approved."""
    now = timezone.now()
    if day is None:
        return now
    return max(now, datetime(day.year, day.month, day.day, tzinfo=_zone(actor)))


def _school_problems(draft: PolicyDraft) -> list[dict[str, str]]:
    version = tenant_version()
    if version is None:
        return []
    return looser_problems(content_of_draft(draft).engine(), content_of_version(version).engine())
