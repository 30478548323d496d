"""Reports of administrators: sums with small groups hidden; names only for those who may see them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from milestones.models import Milestone
from milestones.reviews_prepare import put_on_next
from reporting.levels import WORDS
from reporting.models import ALL_GRADES
from reporting.pages import PageRequest, page_errors
from reporting.reports import page
from reporting.reports.adoption import CHOICES, adoption_of, read_days
from reporting.reports.fairness import fairness_of, without_grade
from reporting.reports.files import report_file
from reporting.reports.gaps import gaps_of
from reporting.reports.keeping_views import saved_views
from reporting.reports.milestone import milestone_report as report_of_milestone
from reporting.reports.names import DRILL, names_of
from reporting.reports.scope import COMPARE, Scope, read_scope
from reporting.reports.stays import TRIED, read_limit, tried_of
from reporting.reviews.page import PREPARE, school_for
from tenancy.access import may_at_all, would_gain
from tenancy.actor import DST, SCH
from tenancy.errors import NotFound
from tenancy.gate import requires

READ = ("School or district aggregate", "read")
ADMINISTRATORS = frozenset({SCH, DST})
TABS = (
    ("mastery_report", gettext_lazy("Report")),
    ("trend_report", gettext_lazy("Trend")),
    ("time_in_level", gettext_lazy("Time in level")),
    ("gaps_report", gettext_lazy("Curriculum gaps")),
    ("fairness_report", gettext_lazy("Groups")),
    ("cohorts_report", gettext_lazy("Cohorts")),
    ("adoption_report", gettext_lazy("Use")),
)


def report_page(request: PageRequest, template: str, scope: Scope, status: int = 200, **context: Any) -> HttpResponse:
    """A report with what the frame of all of them needs."""
    actor = request.actor
    common = {
        "scope": scope, "kinds": Milestone.Kind.choices, "weeks": COMPARE, "all_grades": ALL_GRADES,
        "may_name": may_at_all(actor, *DRILL) or would_gain(actor, *DRILL),
        "may_prepare": may_at_all(actor, *PREPARE), "levels": list(WORDS.values()), "tabs": TABS,
    }  # fmt: skip
    return render(request, f"reports/{template}.html", common | context, status=status)


@require_GET
@requires(*READ)
@page_errors
def mastery_report(request: PageRequest) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    report, gaps = page.mastery_report(scope), gaps_of(scope)
    reaching = report.reaching(scope.target) if scope.target else 0
    return report_page(request, "mastery", scope, report=report, gaps=gaps, reaching=reaching,
                       saved=saved_views(request.actor))  # fmt: skip


@require_GET
@requires(*READ)
@page_errors
def time_in_level(request: PageRequest) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    days = read_limit(request.GET.get("stall", ""))
    tried = tried_of(scope, page.shown_milestones(scope), days) if days else ()
    return report_page(request, "stays", scope, stays=page.stays_of(scope), days=days, tried=tried, usual=TRIED)


@require_GET
@requires(*READ)
@page_errors
def gaps(request: PageRequest) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    return report_page(request, "gaps", scope, gaps=gaps_of(scope))


@require_GET
@requires(*READ)
@page_errors
def fairness(request: PageRequest) -> HttpResponse:
    scope = without_grade(read_scope(request.actor, request.tenant, request.GET))
    return report_page(request, "fairness", scope, fairness=fairness_of(scope), may_keep=request.actor.has(DST))


@require_GET
@requires(*READ)
@page_errors
def milestone_report(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    return report_page(request, "milestone", scope, report=report_of_milestone(request.actor, scope, milestone_id))


@require_GET
@requires(*READ)
@page_errors
def report_csv(request: PageRequest, block: str) -> HttpResponse:
    text = report_file(read_scope(request.actor, request.tenant, request.GET), block)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{block}.csv"'
    return response


@require_GET
@requires(*DRILL, roles=ADMINISTRATORS)
@page_errors
def report_names(request: PageRequest) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    return report_page(request, "names", scope, names=names_of(request.actor, scope))


@require_GET
@requires(*READ)
@page_errors
def adoption(request: PageRequest) -> HttpResponse:
    scope, days = read_scope(request.actor, request.tenant, request.GET), read_days(request.GET.get("days", ""))
    use = adoption_of(request.actor, request.tenant, scope, days)
    return report_page(request, "adoption", scope, use=use, days=days, choices=CHOICES)


@require_POST
@requires(*PREPARE)
@page_errors
def send_to_review(request: PageRequest, milestone_id: UUID) -> HttpResponse:
    scope = read_scope(request.actor, request.tenant, request.GET)
    milestone = Milestone.objects.visible_to(request.actor).filter(public_id=milestone_id, learner=None).first()
    if milestone is None or scope.school is None:
        raise NotFound
    school = school_for(request.actor, str(scope.school.public_id))
    session = put_on_next(request.actor, school=school, milestone=milestone)
    messages.success(request, _("It is on the list of “%(title)s”.") % {"title": session.title})
    return redirect(f"{reverse('gaps_report')}?{scope.query}")
