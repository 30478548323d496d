"""Templates of messages, and what somebody gets by e-mail. Each view: parse, one call, render."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.digests import choose_mail
from interventions.models import DigestChoice, MessageTemplate
from interventions.wording import CHANGE, LIBRARY, change_template, make_template, own_template, switch_template
from reporting.form_problems import add_problems
from reporting.messaging.forms import MailForm, TeacherMailForm, TemplateForm
from reporting.messaging.page import TEMPLATES, templates_page
from reporting.pages import PageRequest, page_errors
from tenancy.actor import TCH
from tenancy.errors import Invalid
from tenancy.gate import EVERYBODY, requires

ACCOUNT = ("Own account, factors, sessions", "read, update")


@require_GET
@requires(*TEMPLATES)
@page_errors
def templates(request: PageRequest) -> HttpResponse:
    return render(request, "messaging/templates.html", {"templates": templates_page(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(LIBRARY, "create")
@page_errors
def new_template(request: PageRequest) -> HttpResponse:
    form = TemplateForm(request.POST if request.method == "POST" else None, initial={"audience": "guardian"})
    return _template(request, form, lambda: make_template(request.actor, **form.cleaned_data), None)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE)
@page_errors
def edit_template(request: PageRequest, template_id: UUID) -> HttpResponse:
    template = own_template(request.actor, template_id)
    start = {name: getattr(template, name) for name in ("name", "audience", "subject", "body")}
    form = TemplateForm(request.POST if request.method == "POST" else None, initial=start)
    change = change_template
    return _template(
        request, form, lambda: change(request.actor, template_id=template_id, **form.cleaned_data), template
    )


@require_POST
@requires(*CHANGE)
@page_errors
def switch(request: PageRequest, template_id: UUID) -> HttpResponse:
    is_active = request.POST.get("on") == "1"
    switch_template(request.actor, template_id=template_id, is_active=is_active)
    messages.success(request, _("It is offered again.") if is_active else _("It is no longer offered."))
    return redirect("message_templates")


@require_http_methods(["GET", "POST"])
@requires(*ACCOUNT, EVERYBODY)
@page_errors
def mail(request: PageRequest) -> HttpResponse:
    row = DigestChoice.objects.filter(member_id=request.actor.member_id).first() or DigestChoice()
    start = {"wants_messages": row.wants_messages, "is_on": row.is_on, "hour": row.hour}
    kind = TeacherMailForm if request.actor.has(TCH) else MailForm
    form = kind(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid() and _saved(form, lambda: choose_mail(request.actor, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("mail_choice")
    return render(request, "messaging/mail.html", {"form": form}, status=422 if form.errors else 200)


def _template(
    request: PageRequest, form: TemplateForm, save: Callable[[], object], template: MessageTemplate | None
) -> HttpResponse:
    if form.is_valid() and _saved(form, save):
        messages.success(request, _("Saved."))
        return redirect("message_templates")
    context = {"form": form, "template": template}
    return render(request, "messaging/template.html", context, status=422 if form.errors else 200)


def _saved(form: MailForm | TemplateForm, save: Callable[[], object]) -> bool:
    try:
        save()
    except Invalid as error:
        add_problems(form, error)
        return False
    return True
