"""When and how school writes to a family. Each view: parse, one call, render."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from interventions.home_choice import choose_home
from interventions.models import DigestChoice, FamilyChoice
from reporting.family.settings_forms import FamilySettingsForm, first_values
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors
from tenancy.actor import GRD
from tenancy.errors import Invalid
from tenancy.gate import requires
from tenancy.languages import language_of

ACCOUNT = ("Own account, factors, sessions", "read, update")


@require_http_methods(["GET", "POST"])
@requires(*ACCOUNT, frozenset({GRD}))
@page_errors
def settings(request: PageRequest) -> HttpResponse:
    own = {"member_id": request.actor.member_id}
    row = FamilyChoice.objects.filter(**own).first() or FamilyChoice(**own)
    mails = DigestChoice.objects.filter(**own).first() or DigestChoice(**own)
    start = first_values(row, mails, getattr(request.user, "language", ""))
    sent = request.POST if request.method == "POST" else None
    form = FamilySettingsForm(sent, initial=start, zone=request.tenant.time_zone)
    if form.is_valid() and _saved(request, form):
        language = form.cleaned_data["language"] or language_of(request)
        with override(language):
            messages.success(request, _("Saved."))
        return redirect("family_settings")
    return render(request, "family/settings.html", {"form": form}, status=422 if form.errors else 200)


def _saved(request: PageRequest, form: FamilySettingsForm) -> bool:
    try:
        choose_home(request.actor, **form.says)
    except Invalid as error:
        add_problems(form, error)
        return False
    return True
