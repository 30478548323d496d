"""The trend of everybody, or of a pilot beside the others."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from reporting.models import Cohort
from reporting.reports.charts import trend_chart
from reporting.reports.cohorts import lines_of
from reporting.reports.page import Trend, trend_of
from reporting.reports.scope import Scope
from tenancy.errors import NotFound


def trend_shown(scope: Scope, marks: Sequence[tuple[date, str]] = ()) -> Trend:
    """Raises NotFound for a cohort that does not exist."""
    if not scope.cohort:
        return trend_of(scope, marks=marks)
    cohort = Cohort.objects.filter(public_id=scope.cohort, is_active=True).first()
    if cohort is None:
        raise NotFound
    lines = lines_of(scope, cohort)
    return Trend(trend_chart("trend", _("Share at Meets or above"), lines, marks), lines)
