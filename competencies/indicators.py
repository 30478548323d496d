"""Indicators of a tenant: each is a competency of the tenant's own framework of figures."""

from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from competencies.models import Competency, Framework, Indicator
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

# The same in every tenant, so that a second call finds it; identity is (tenant, identifier).
IDENTIFIER = str(uuid5(NAMESPACE_URL, "waymark:framework:figures"))
LONGEST = 100


@transaction.atomic
def create_indicator(
    actor: Actor, *, name: str, entry: str, unit: str = "", is_less_better: bool = False, follows_calendar: bool = False
) -> Indicator:
    """A new indicator with its competency. Raises Invalid for an empty or used name, or an unknown way to enter it."""
    name, unit = name.strip(), unit.strip()
    problems = _problems(name, entry, unit)
    if problems:
        raise Invalid(problems)
    framework, _made = Framework.objects.get_or_create(
        identifier_key=IDENTIFIER, defaults={"identifier": IDENTIFIER, "title": _("Figures of the school")}
    )
    identifier = str(uuid5(NAMESPACE_URL, f"waymark:figure:{name.lower()}"))
    competency: Competency = Competency.objects.create(
        framework=framework, identifier=identifier, identifier_key=identifier, statement=name, short_statement=name,
        tree_order=framework.competencies.count(),
    )  # fmt: skip
    indicator: Indicator = Indicator.objects.create(
        competency=competency, name=name, entry=entry, unit=unit, is_less_better=is_less_better,
        follows_calendar=follows_calendar,
    )  # fmt: skip
    record_audit(actor, "indicator.created", target=indicator)
    return indicator


def _problems(name: str, entry: str, unit: str) -> list[dict[str, str]]:
    found = []
    if not name:
        found.append(("name", _("Enter the name of the figure, like Attendance")))
    elif len(name) > LONGEST:
        text = _("The name has %(n)d characters. Shorten it to %(most)d")
        found.append(("name", text % {"n": len(name), "most": LONGEST}))
    elif Indicator.objects.filter(name__iexact=name).exists():
        found.append(
            ("name", _("There is a figure called %(name)s already. Give this one another name") % {"name": name})
        )
    if entry not in Indicator.Entry.values:
        found.append(("entry", _("Choose how the figure is entered from the list")))
    if len(unit) > 40:
        found.append(("unit", _("The unit has %(n)d characters. Shorten it to 40") % {"n": len(unit)}))
    return [problem(field, message) for field, message in found]
