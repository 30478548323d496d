"""Quiet hours: nothing is sent in the evening, at night, or on Saturday and Sunday, where the school is."""

from datetime import datetime, time, timedelta

from tenancy.models import Tenant
from tenancy.selectors import zone

FROM, UNTIL = time(19), time(7)
WEEKEND = 5  # the first day of it, Monday = 0


def earliest_after(moment: datetime, tenant: Tenant) -> datetime:
    """The moment itself, or the next school morning if it falls into the quiet hours."""
    here = moment.astimezone(zone(tenant.time_zone))
    day = here.date()
    if here.time() >= FROM:
        day += timedelta(days=1)
    while day.weekday() >= WEEKEND:
        day += timedelta(days=1)
    morning = datetime.combine(day, UNTIL, here.tzinfo)
    return max(moment, morning.astimezone(moment.tzinfo))
