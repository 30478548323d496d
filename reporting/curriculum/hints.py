"""The hint against vague verbs, in words."""

from django.utils.translation import gettext as _

from competencies.models import Framework
from competencies.vague import vague_verb


def hint_for(statement: str, framework: Framework) -> str:
    """What to say about a statement that is written here; nothing about those that somebody else publishes."""
    found = None if framework.is_from_elsewhere else vague_verb(statement, framework.language)
    if found is None:
        return ""
    values = {"verb": found.verb, "one": found.instead[0], "two": found.instead[1], "three": found.instead[2]}
    return (
        _(
            "“%(verb)s” cannot be seen from outside. Say what somebody does who has learned it: %(one)s, %(two)s or "
            "%(three)s, for example. This is a hint; it is saved either way."
        )
        % values
    )
