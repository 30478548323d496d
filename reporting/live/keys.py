"""Which boards show a learner: those of their classes, and the Today of who teaches them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import close_old_connections

from learners.models import Enrolment, SectionStaff
from learners.reach import running
from tenancy.context import tenant_context
from tenancy.models import Tenant
from tenancy.selectors import local_today


def class_key(section: UUID) -> str:
    return f"class:{section}"


def today_key(member: UUID) -> str:
    return f"today:{member}"


def keys_of(tenant_id: int, learner_ids: Iterable[int]) -> set[str]:
    """The boards on which these learners stand today. Three queries."""
    with tenant_context(tenant_id):
        today = local_today(Tenant.objects.get(pk=tenant_id))
        here = Enrolment.objects.filter(running(today), learner_id__in=list(learner_ids), is_withdrawn=False)
        sections = dict(here.values_list("section_id", "section__public_id"))
        staff = SectionStaff.objects.filter(running(today), section_id__in=list(sections))
        members = set(staff.values_list("member__public_id", flat=True))
    return {class_key(one) for one in sections.values()} | {today_key(one) for one in members}


def keys_in_thread(tenant_id: int, learner_ids: Iterable[int]) -> set[str]:
    """The same for a thread that no request tidies up after."""
    try:
        return keys_of(tenant_id, learner_ids)
    finally:
        close_old_connections()
