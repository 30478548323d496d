"""Messages that a rule writes: to the teachers of the class, the learner or the family, once for each entry."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q
from django.utils import timezone

from interventions.models import Alert, Message, Rule
from interventions.models.messages import Audience
from interventions.quiet import earliest_after
from learners.models import GuardianLink, Learner, SectionStaff
from learners.reach import running
from milestones.models import Milestone
from tenancy.context import current_tenant_id
from tenancy.models import Tenant
from tenancy.selectors import local_today

Notice = tuple[Alert, Rule]
AUDIENCE = {
    Rule.Audience.TEACHER: Audience.STAFF,
    Rule.Audience.LEARNER: Audience.LEARNER,
    Rule.Audience.HOME: Audience.GUARDIAN,
}


def write_notices(notices: Sequence[Notice]) -> None:
    """The messages of these entries. Five queries and one insert, whatever the number."""
    tenant = Tenant.objects.get(pk=current_tenant_id())
    now = timezone.now()
    send_after = earliest_after(now, tenant)
    learners = Learner.objects.in_bulk({alert.learner_id for alert, _ in notices})
    titles = dict(
        Milestone.objects.filter(id__in={alert.milestone_id for alert, _ in notices}).values_list("id", "title")
    )
    people = _recipients(notices, learners, local_today(tenant, now))
    Message.objects.bulk_create(
        [
            Message(
                learner_id=alert.learner_id, recipient_id=member, audience=AUDIENCE[Rule.Audience(rule.audience)],
                subject=rule.name,
                body=_body(rule, learners[alert.learner_id], titles[alert.milestone_id]),
                alert=alert, key=f"rule:{rule.pk}:{alert.public_id}", written_at=now, send_after=send_after,
            )
            for alert, rule in notices
            for member in people[alert.pk, rule.pk]
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _body(rule: Rule, learner: Learner, milestone: str) -> str:
    return rule.text.replace("{learner}", learner.preferred_name or learner.given_name).replace(
        "{milestone}", milestone
    )


def _recipients(
    notices: Sequence[Notice], learners: dict[int, Learner], today: date
) -> dict[tuple[int, int], list[int]]:
    """{(entry, rule): members}."""
    families = _families(list(learners), today)
    staff = _staff({alert.section_id for alert, _ in notices if alert.section_id is not None}, today)
    found: dict[tuple[int, int], list[int]] = {}
    for alert, rule in notices:
        own = learners[alert.learner_id].member_id
        found[alert.pk, rule.pk] = {
            Rule.Audience.TEACHER: staff[alert.section_id or 0],
            Rule.Audience.LEARNER: [own] if own else [],
            Rule.Audience.HOME: families[alert.learner_id],
        }[Rule.Audience(rule.audience)]
    return found


def _families(learner_ids: Sequence[int], today: date) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    links = GuardianLink.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), learner_id__in=learner_ids)
    for learner, member in links.filter(status=GuardianLink.Status.VERIFIED).values_list("learner_id", "member_id"):
        found[learner].append(member)
    return found


def _staff(section_ids: Iterable[int], today: date) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = SectionStaff.objects.filter(running(today), section_id__in=list(section_ids))
    for section, member in rows.values_list("section_id", "member_id"):
        found[section].append(member)
    return found
