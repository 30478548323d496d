"""Messages: read, written, sent again. Each view: parse, one call, render."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interventions.delivery import try_again
from interventions.models import Message
from interventions.models.messages import Audience
from interventions.reading import READ, open_message
from interventions.writing import write_message
from reporting.form_problems import add_problems
from reporting.messaging.forms import WriteForm
from reporting.messaging.page import (
    WRITE,
    Writing,
    box,
    log_of,
    may_send_again,
    moment_in_words,
    writer_of,
    writing_page,
)
from reporting.pages import PageRequest, page_errors, read_uuid
from tenancy.actor import GRD, LRN
from tenancy.errors import Invalid
from tenancy.gate import ANYBODY, STAFF, requires

GUARDIANS, LEARNERS = frozenset({GRD}), frozenset({LRN})


@require_GET
@requires(*READ, ANYBODY)
@page_errors
def all_messages(request: PageRequest) -> HttpResponse:
    return render(request, "messaging/box.html", {"box": box(request.actor)})


@require_GET
@requires(*READ, GUARDIANS)
@page_errors
def messages_of_family(request: PageRequest) -> HttpResponse:
    return render(request, "messaging/box.html", {"box": box(request.actor, Audience.GUARDIAN), "is_home": True})


@require_GET
@requires(*READ, LEARNERS)
@page_errors
def my_messages(request: PageRequest) -> HttpResponse:
    return render(request, "messaging/box.html", {"box": box(request.actor, Audience.LEARNER), "is_home": True})


@require_GET
@requires(*READ, ANYBODY)
@page_errors
def one(request: PageRequest, message_id: UUID) -> HttpResponse:
    message, is_first = open_message(request.actor, message_id=message_id)
    request.person = replace(request.person, unread=request.person.unread - is_first)
    is_mine = message.recipient_id == request.actor.member_id
    context = {
        "message": message,
        "writer": writer_of(message),
        "is_mine": is_mine,
        "is_home": is_mine and message.audience != Audience.STAFF,
        "may_send_again": may_send_again(request.actor, message),
    }
    return render(request, "messaging/message.html", context)


@require_POST
@requires(*WRITE)
@page_errors
def again(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = try_again(request.actor, message_id=message_id)
    messages.success(request, _("It is sent again. %(when)s") % {"when": _when(request, [message])})
    return redirect("message", message_id=message_id)


@require_GET
@requires(*READ, STAFF)
@page_errors
def log(request: PageRequest, learner_id: UUID) -> HttpResponse:
    return render(request, "messaging/log.html", {"log": log_of(request.actor, learner_id)})


@require_http_methods(["GET", "POST"])
@requires(*WRITE)
@page_errors
def write(request: PageRequest, learner_id: UUID) -> HttpResponse:
    asked = {name: read_uuid(request.GET.get(name)) for name in ("milestone", "alert", "template")}
    page = writing_page(request.actor, request.tenant, learner_id, asked, request.GET.get("to", ""))
    form = WriteForm(request.POST if request.method == "POST" else None, initial={**page.start, "key": uuid4()})
    sent = _sent(request, page, form) if form.is_valid() else []
    if sent:
        text = ngettext("Your message is in the app now.", "Your %(n)d messages are in the app now.", len(sent))
        messages.success(request, f"{text % {'n': len(sent)}} {_when(request, sent)}".strip())
        return redirect("learner_messages", learner_id=learner_id)
    context = {"page": page, "form": form}
    return render(request, "messaging/write.html", context, status=422 if form.errors else 200)


def _sent(request: PageRequest, page: Writing, form: WriteForm) -> list[Message]:
    try:
        return write_message(request.actor, learner=page.learner, alert=page.alert, **form.cleaned_data)
    except Invalid as error:
        add_problems(form, error)
        return []


def _when(request: PageRequest, rows: list[Message]) -> str:
    """When it goes out by e-mail, if it does."""
    waiting = [row.send_after for row in rows if row.state == Message.State.WAITING]
    if not waiting:
        return ""
    at = max(waiting)
    if at <= timezone.now():
        return _("The e-mail goes out within a minute.")
    return _("The e-mail goes out on %(at)s.") % {"at": moment_in_words(at, request.tenant)}
