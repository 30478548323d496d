"""What a service refused, put onto the form that asked for it."""

from django import forms

from tenancy.errors import DomainError, Invalid, problem


def add_problems(form: forms.BaseForm, error: DomainError) -> None:
    """Each sentence at its field; what belongs to no field of the form stands above all of them."""
    refused = error.problems if isinstance(error, Invalid) else [problem(error.field or "", error.message)]
    for one in refused:
        form.add_error(one["field"] if one["field"] in form.fields else None, one["message"])
