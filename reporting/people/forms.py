"""Forms of people. What is wrong with a value is said by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.models import Learner, School
from learners.rolls import LONGEST


def school_choices(schools: list[School]) -> list[tuple[str, Any]]:
    return [("", _("Choose")), *((str(one.public_id), one.name) for one in schools)]


class LearnerForm(forms.Form):
    given_name = forms.CharField(label=_("Given name"), required=False)
    family_name = forms.CharField(label=_("Family name"), required=False)
    preferred_name = forms.CharField(label=_("Preferred name"), required=False)
    pronouns = forms.CharField(label=_("Pronouns"), required=False)
    identifier = forms.CharField(label=_("Student number"), required=False)
    grade = forms.CharField(label=_("Grade"), required=False)
    school = forms.CharField(label=_("School"), required=False, widget=forms.Select)

    def __init__(self, data: Any, schools: list[School], learner: Learner | None = None) -> None:
        initial = {name: getattr(learner, name) for name in LONGEST} if learner else {}
        if learner is not None and learner.home_school is not None:
            initial["school"] = str(learner.home_school.public_id)
        super().__init__(data, initial=initial)
        self.fields["school"].widget = forms.Select(choices=school_choices(schools), attrs={"class": "select"})
        for name in LONGEST:
            self.fields[name].widget.attrs["class"] = "input"

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in LONGEST}


class PersonForm(forms.Form):
    given_name = forms.CharField(label=_("Given name"), required=False)
    family_name = forms.CharField(label=_("Family name"), required=False)
    email = forms.CharField(label=_("Email"), required=False)
    role = forms.CharField(label=_("Role"), required=False)
    school = forms.CharField(label=_("School"), required=False)

    def __init__(self, data: Any, schools: list[School], roles: list[tuple[str, Any]]) -> None:
        super().__init__(data)
        self.fields["role"].widget = forms.Select(choices=[("", _("Choose")), *roles], attrs={"class": "select"})
        self.fields["school"].widget = forms.Select(choices=school_choices(schools), attrs={"class": "select"})
        for name in ("given_name", "family_name", "email"):
            self.fields[name].widget.attrs["class"] = "input"
