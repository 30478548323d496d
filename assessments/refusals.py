"""Why a learner gets no further form, in words that name what is missing and what to do."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.assessing import next_form_name
from assessments.models import Assessment, Attempt
from assessments.next_form import Refusal
from tenancy.context import current_tenant_id
from tenancy.errors import Invalid, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

SHORTEST, LONGEST = 15, 500  # characters of a reason


def refusal_words(refusal: Refusal, task: Assessment, name: str) -> str:
    """One sentence about the learner `name`."""
    if refusal.code == "under_way":
        values = {"name": name, "form": refusal.used[0], "state": str(Attempt.State(refusal.state).label).lower()}
        return _("%(name)s still has form %(form)s (%(state)s). Judge or cancel it first") % values
    if refusal.code == "maximum":
        text = ngettext(
            "%(name)s has used %(n)d of %(n)d attempt. Raise the maximum of the task to give another one",
            "%(name)s has used %(n)d of %(n)d attempts. Raise the maximum of the task to give another one",
            refusal.limit,
        )
        return text % {"name": name, "n": refusal.limit}
    if refusal.code == "cool_down" and refusal.until is not None:
        until = refusal.until.astimezone(zone(Tenant.objects.get(pk=current_tenant_id()).time_zone))
        values = {"name": name, "until": date_format(until, "D j M, H:i")}
        return _("%(name)s has time to work on it until %(until)s. Wait, or give a reason to go ahead now") % values
    form = next_form_name(set(task.forms.values_list("name", flat=True)))
    used = ", ".join(refusal.used)
    if refusal.code == "other_method":
        method = str(Assessment.Method(refusal.method).label).lower()
        values = {"method": method, "form": form}
        return (
            _("No unused form is left with another method than %(method)s. Make form %(form)s with another one")
            % values
        )
    if not used:
        return _("This task has no form in use. Make form %(form)s") % {"form": form}
    return _("%(name)s has used every form (%(used)s). Make form %(form)s") % {"name": name, "used": used, "form": form}


def check_early_reason(reason: str) -> None:
    """An empty one is none. Raises Invalid."""
    if reason and len(reason) < SHORTEST:
        message = _("The reason has %(n)d characters. Write at least 15") % {"n": len(reason)}
    elif len(reason) > LONGEST:
        message = _("The reason has %(n)d characters. Shorten it to 500") % {"n": len(reason)}
    else:
        return
    raise Invalid([problem("reason", message)])
