"""Why a learner gets no further form, in words that name what is missing and what to do."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

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


@dataclass
class Refusals:
    """Sentences about the learners of one task. What they name besides is read once, and only if it is needed."""

    task: Assessment

    def words(self, refusal: Refusal, name: str) -> str:
        """One sentence for teachers about the learner `name`."""
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
        if refusal.code == "cool_down":
            values = {"name": name, "until": self.moment(refusal.until)}
            return _("%(name)s has time to work on it until %(until)s. Wait, or give a reason to go ahead now") % values
        used = ", ".join(refusal.used)
        if refusal.code == "other_method":
            method = str(Assessment.Method(refusal.method).label).lower()
            values = {"method": method, "form": self.new_form}
            return (
                _("No unused form is left with another method than %(method)s. Make form %(form)s with another one")
                % values
            )
        if not used:
            return _("This task has no form in use. Make form %(form)s") % {"form": self.new_form}
        values = {"name": name, "used": used, "form": self.new_form}
        return _("%(name)s has used every form (%(used)s). Make form %(form)s") % values

    def learner_words(self, refusal: Refusal) -> str:
        """To the learner: when another try is possible, or that there is another way. Empty for any other refusal."""
        if refusal.code == "cool_down":
            values = {"title": self.task.title, "until": self.moment(refusal.until)}
            return (
                _("You can have another try at “%(title)s” from %(until)s. Until then there is time to practise")
                % values
            )
        if refusal.code == "maximum":
            text = ngettext(
                "You have had your %(n)d try at “%(title)s”. Talk to your teacher about another way to show it",
                "You have had all %(n)d tries at “%(title)s”. Talk to your teacher about another way to show it",
                refusal.limit,
            )
            return text % {"n": refusal.limit, "title": self.task.title}
        return ""

    def moment(self, at: datetime | None) -> str:
        """In the school's time."""
        return date_format(at.astimezone(self._zone), "D j M, H:i") if at else ""

    @cached_property
    def new_form(self) -> str:
        return next_form_name(set(self.task.forms.values_list("name", flat=True)))

    @cached_property
    def _zone(self) -> ZoneInfo:
        return zone(Tenant.objects.get(pk=current_tenant_id()).time_zone)


def check_early_reason(reason: str) -> None:
    """An empty one is none. Raises Invalid."""
    if reason and len(reason) < SHORTEST:
        message = _("The reason has %(n)d characters. Write at least 15") % {"n": len(reason)}
    elif len(reason) > LONGEST:
        message = _("The reason has %(n)d characters. Shorten it to 500") % {"n": len(reason)}
    else:
        return
    raise Invalid([problem("reason", message)])
