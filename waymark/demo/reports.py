"""The counters of the sample tenants, with a trend back to the first day of school."""

from milestones.past import OCCURRED
from reporting.summaries.history import rebuild_days
from reporting.summaries.keeping import count_whole
from tenancy.models import Tenant

DAYS = 91


def add_reports(tenant: Tenant) -> None:
    count_whole(tenant.pk)
    rebuild_days(tenant.pk, DAYS, OCCURRED)
