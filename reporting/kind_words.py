"""What the kinds of evidence are called."""

from collections.abc import Callable

from django.utils.translation import gettext as _

KINDS: dict[str, Callable[[], str]] = {
    "formative": lambda: _("formative"),
    "summative": lambda: _("summative"),
    "performance": lambda: _("performance task"),
    "observation": lambda: _("observation"),
    "self_assessment": lambda: _("self-assessment"),
    "indicator": lambda: _("indicator"),
}
