"""What a competency means at home, in each language. Each view: parse, one call, render."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from competencies.home import LONGEST_IDEA, MOST_IDEAS, write_competency_words
from competencies.models import CompetencyHomeWords
from reporting.curriculum.rights import EDIT, EDITORS, visible_competency
from reporting.family.home_words import language_of
from reporting.form_problems import problems_of
from reporting.pages import PageRequest, page_errors
from tenancy.errors import Invalid
from tenancy.gate import requires


@require_http_methods(["GET", "POST"])
@requires(*EDIT, EDITORS)
@page_errors
def home(request: PageRequest, competency_id: UUID) -> HttpResponse:
    competency = visible_competency(request.actor, competency_id, EDIT)
    language, problems = language_of(request.GET.get("in", "")), {}
    rows = {row.language: row for row in CompetencyHomeWords.objects.filter(competency=competency)}
    values = {name: getattr(rows.get(language), name, "") for name in ("meaning", "ideas")}
    if request.method == "POST":
        values = {name: request.POST.get(name, "") for name in values}
        try:
            write_competency_words(request.actor, competency=competency, language=language, **values)
        except Invalid as error:
            problems = problems_of(error)
        else:
            messages.success(request, _("Saved. Families read it at once."))
            return redirect("curriculum_competency", competency_id)
    context = {"competency": competency, "language": language, "written": sorted(rows), "values": values}
    context |= {"problems": problems, "most": MOST_IDEAS, "longest": LONGEST_IDEA}
    return render(request, "curriculum/home.html", context, status=422 if problems else 200)
