"""What a service refused, put onto the form that asked for it: a Django form, or boxes that the page draws itself."""

from django import forms

from tenancy.errors import DomainError, Invalid, problem

Problems = dict[str, str]
"""{field: what is wrong with it}."""


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Each sentence at its field; what belongs to no field of the form stands above all of them."""
    for one in _refused(error):
        form.add_error(one["field"] if one["field"] in form.fields else None, one["message"])


def problems_of(error: DomainError) -> Problems:
    """The first sentence of each field; what belongs to no field stands under "form"."""
    found: Problems = {}
    for one in _refused(error):
        found.setdefault(one["field"] or "form", one["message"])
    return found


def _refused(error: DomainError) -> list[dict[str, str]]:
    return error.problems if isinstance(error, Invalid) else [problem(error.field or "", error.message)]
