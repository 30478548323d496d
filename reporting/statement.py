"""Official statements as markup: sanitised, never as they came."""

from django.utils.safestring import SafeString, mark_safe

from competencies.statements import display_statement


def statement_html(text: str) -> SafeString:
    return mark_safe(display_statement(text))  # noqa: S308 - display_statement leaves eight harmless tags
