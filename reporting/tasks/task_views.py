"""Pages of tasks: a class's list, the library, one task, its forms, giving it out, releasing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import assessing
from assessments.assessing import CHANGE, JUDGE, READ
from assessments.attempts import GivenToClass, answer_request, assign_attempt, assign_class
from assessments.marking import PUBLISH, release
from assessments.models import Assessment, Form
from assessments.pieces import not_storable
from competencies.rubrics import READ as LIBRARY
from learners.classes import learners_of
from learners.models import Learner
from reporting.form_problems import add_problems
from reporting.pages import PageRequest, page_errors, read_uuid
from reporting.reach import visible_section
from reporting.tasks import task_page, task_pages
from reporting.tasks.agreement_page import agreement_page
from reporting.tasks.task_form import AssignForm, EquivalentForm, TaskForm, initial_of
from reporting.tasks.task_pages import section_of, visible_task
from reporting.tasks.texts import text_of
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem
from tenancy.gate import requires


@require_GET
@requires(*READ)
@page_errors
def class_tasks(request: PageRequest, section_id: UUID) -> HttpResponse:
    return render(request, "tasks/class_tasks.html", {"page": task_pages.class_tasks(request.actor, section_id)})


@require_GET
@requires(*LIBRARY)
def task_library(request: PageRequest) -> HttpResponse:
    search = request.GET.get("q", "")[:100]
    search = "" if not_storable(search) else search
    context = {"cards": task_pages.task_library(request.actor, search), "q": search}
    return render(request, "tasks/library.html", context | {"sections": task_pages.my_sections(request.actor)})


@require_http_methods(["GET", "POST"])
@requires(*CHANGE)
@page_errors
def new_task(request: PageRequest, section_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *CHANGE)
    source = task_pages.shared_task(request.actor, read_uuid(request.GET.get("from")))
    choices = task_pages.choices_for(request.actor, section, source)
    initial = _fresh(choices)
    if source is not None:
        initial = initial_of(assessing.content_of(source)) | {"is_shared": False, "due_on": None}
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, competencies=choices.competencies, rubrics=choices.rubrics, initial=initial)
    context = {"section": section, "form": form, "source": source, "has_competencies": bool(choices.competencies)}
    if form.is_bound and form.is_valid():
        try:
            content = form.content()
            made = assessing.create_assessment(request.actor, section=section, content=content, copied_from=source)
            messages.success(
                request,
                _("Saved with form A. Give it to the class when it is ready.")
                if not source
                else _("Copied with its forms. Change what differs in your class."),
            )
            return redirect("task", made.public_id)
        except Invalid as error:
            add_problems(form, error)
    return render(request, "tasks/task_form.html", context, status=422 if form.is_bound else 200)


def _fresh(choices: task_pages.Choices) -> dict[str, Any]:
    only = [choices.competencies[0][0]] if len(choices.competencies) == 1 else []
    return {"scored_by": "rubric" if choices.rubrics else "level", "competencies": only}


@require_GET
@requires(*READ)
@page_errors
def task(request: PageRequest, task_id: UUID) -> HttpResponse:
    return render(request, "tasks/task.html", {"page": task_page.task_page(request.actor, task_id)})


@require_http_methods(["GET", "POST"])
@requires(*CHANGE)
@page_errors
def edit_task(request: PageRequest, task_id: UUID) -> HttpResponse:
    row = visible_task(request.actor, task_id, CHANGE)
    choices = task_pages.choices_for(request.actor, section_of(row), row)
    data = request.POST if request.method == "POST" else None
    initial = initial_of(assessing.content_of(row))
    form = TaskForm(data, competencies=choices.competencies, rubrics=choices.rubrics, initial=initial)
    status = 200
    if form.is_bound:
        status = 422
        try:
            if form.is_valid():
                assessing.update_assessment(request.actor, assessment=row, content=form.content())
                messages.success(request, _("Saved."))
                return redirect("task", task_id)
        except (Invalid, Conflict) as error:
            status = 409 if isinstance(error, Conflict) else 422
            add_problems(form, error)
    context = {"section": row.section, "task": row, "form": form, "has_competencies": True}
    return render(request, "tasks/task_form.html", context, status=status)


@require_POST
@requires(*CHANGE)
@page_errors
def task_state(request: PageRequest, task_id: UUID) -> HttpResponse:
    row, to = visible_task(request.actor, task_id, CHANGE), request.POST.get("to", "")
    if to in {"shared", "unshared"}:
        assessing.set_shared(request.actor, assessment=row, is_shared=to == "shared")
        messages.success(request, _("In the library now.") if to == "shared" else _("Taken out of the library."))
    else:
        state = Assessment.State.OPEN if to == "open" else Assessment.State.CLOSED
        assessing.set_state(request.actor, assessment=row, state=state)
        messages.success(request, _("Open again.") if to == "open" else _("Closed. Nobody gets a new attempt."))
    return redirect("task", task_id)


@require_http_methods(["GET", "POST"])
@requires(*CHANGE)
@page_errors
def new_form(request: PageRequest, task_id: UUID) -> HttpResponse:
    row = visible_task(request.actor, task_id, CHANGE)
    taken = set(row.forms.values_list("name", flat=True))
    data = request.POST if request.method == "POST" else None
    form = EquivalentForm(data, initial={"name": assessing.next_form_name(taken)})
    status = 200
    if form.is_bound:
        status = 422
        try:
            if form.is_valid():
                made = assessing.add_form(request.actor, assessment=row, **form.cleaned_data)
                messages.success(request, _("Form %(name)s is ready to be given.") % {"name": made.name})
                return redirect("task", task_id)
        except Conflict as error:
            status = 409
            add_problems(form, error)
    return render(request, "tasks/new_form.html", {"task": row, "section": row.section, "form": form}, status=status)


@require_POST
@requires(*CHANGE)
@page_errors
def form_state(request: PageRequest, task_id: UUID, form_id: UUID) -> HttpResponse:
    row = visible_task(request.actor, task_id, CHANGE)
    form = Form.objects.filter(assessment_id=row.pk, public_id=form_id).select_related("assessment").first()
    if form is None:
        raise NotFound
    is_active = request.POST.get("to") == "active"
    assessing.retire_form(request.actor, form=form, is_active=is_active)
    text = _("Form %(name)s is in use again.") if is_active else _("Form %(name)s is not given any more.")
    messages.success(request, text % {"name": form.name})
    return redirect("task", task_id)


@require_http_methods(["GET", "POST"])
@requires(*JUDGE)
@page_errors
def assign(request: PageRequest, task_id: UUID) -> HttpResponse:
    row = visible_task(request.actor, task_id, JUDGE)
    learners = learners_of(row.section_id, request.actor.today)
    named = [(one.pk, one.name) for one in learners]
    wanted = next((one.pk for one in learners if one.public_id == read_uuid(request.GET.get("learner"))), None)
    data = request.POST if request.method == "POST" else None
    form = AssignForm(data, learners=named, initial={"learner": wanted})
    status = 200
    if form.is_bound:
        status = 422
        try:
            if form.is_valid():
                messages.success(request, _give(request, row, form.cleaned_data, learners))
                return redirect("task", task_id)
        except (Invalid, Refused, Conflict) as error:
            status = 409 if isinstance(error, Conflict) else 422
            form.add_error("reason" if isinstance(error, Invalid) else "learner", error.message)
    return render(request, "tasks/assign.html", {"task": row, "section": row.section, "form": form}, status=status)


def _give(request: PageRequest, row: Assessment, values: dict[str, Any], learners: list[Learner]) -> str:
    if values["learner"] is None:
        return _given_words(assign_class(request.actor, assessment=row))
    learner = next(one for one in learners if one.pk == values["learner"])
    attempt = assign_attempt(request.actor, assessment=row, learner=learner, early_reason=values["reason"])
    return _("%(name)s has form %(form)s now.") % {"name": learner.name, "form": attempt.form.name}


def _given_words(given: GivenToClass) -> str:
    if given.without:
        raise Refused(given.without[0][1])
    text = ngettext("%(n)d learner has it now.", "%(n)d learners have it now.", given.given)
    before = ngettext("%(n)d had one before.", "%(n)d had one before.", given.had_before)
    return " ".join([text % {"n": given.given}] + ([before % {"n": given.had_before}] if given.had_before else []))


@require_POST
@requires(*PUBLISH)
@page_errors
def release_task(request: PageRequest, task_id: UUID) -> HttpResponse:
    row = visible_task(request.actor, task_id, PUBLISH)
    n = release(request.actor, assessment=row)
    text = ngettext("Released: %(n)d learner's work.", "Released: the work of %(n)d attempts.", n)
    messages.success(request, text % {"n": n} if n else _("Everything that is judged was released before."))
    return redirect("task", task_id)


@require_GET
@requires(*READ)
@page_errors
def agreement(request: PageRequest, task_id: UUID) -> HttpResponse:
    return render(request, "tasks/agreement.html", {"page": agreement_page(request.actor, task_id)})


@require_POST
@requires(*JUDGE)
@page_errors
def answer_asked(request: PageRequest, section_id: UUID, request_id: UUID) -> HttpResponse:
    section = visible_section(request.actor, section_id, *JUDGE)
    asked = task_pages.visible_request(request.actor, section, request_id)
    answer = text_of(request.POST, "answer", 500, {})[:500]
    if len(answer) < 3:
        raise Invalid([problem("answer", _("Write a short answer for the learner"), "missing")])
    answer_request(request.actor, request=asked, answer=answer)
    messages.success(request, _("Answered. The learner reads it under My work."))
    return redirect("class_tasks", section_id)
