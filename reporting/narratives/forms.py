"""Forms of narratives. What is wrong with the words is said by the services."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from learners.models import Section, Term

CONTROL = {"null_characters_not_allowed": _("This contains a control character. Type it again")}


class NarrativeForm(forms.Form):
    """`sections`: none where it is fixed already."""

    section = forms.ChoiceField(label=_("Class"), error_messages={"invalid_choice": _("Choose a class from the list")})
    term = forms.ChoiceField(
        label=_("Term"), required=False, error_messages={"invalid_choice": _("Choose a term from the list")}
    )
    language = forms.ChoiceField(
        label=_("Written in"), choices=settings.LANGUAGES, required=False, initial="en",
        error_messages={"invalid_choice": _("Choose a language from the list")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("What you want to say"), required=False, strip=False, error_messages=CONTROL,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What is mastered, what comes next, what helps. Describe the work, not the child."),
    )  # fmt: skip

    def __init__(self, *args: Any, sections: Sequence[Section], terms: Sequence[Term], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = {str(one.public_id): one for one in sections}
        self.terms = {str(one.public_id): one for one in terms}
        fields: Any = self.fields
        fields["section"].choices = [(key, one.title) for key, one in self.sections.items()]
        fields["term"].choices = [("", _("No term")), *((key, one.title) for key, one in self.terms.items())]
        if not sections:
            del self.fields["section"]

    @property
    def says(self) -> dict[str, Any]:
        values = self.cleaned_data
        found = {
            "text": values["text"], "term": self.terms.get(values["term"]), "language": values["language"] or "en",
        }  # fmt: skip
        return {**found, "section": self.sections[values["section"]]} if "section" in self.fields else found


class PhraseForm(forms.Form):
    text = forms.CharField(
        label=_("Sentence"), required=False, error_messages=CONTROL,
        help_text=_("{learner} is filled in with the name, like: {learner} explains steps to others."),
    )  # fmt: skip
    is_shared = forms.BooleanField(label=_("Share it with everybody who writes here"), required=False)
