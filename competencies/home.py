"""Writing a competency's words for families, in one language: what it means, and ideas for ten minutes at home."""

import unicodedata

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.models import Competency, CompetencyHomeWords
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

LONGEST, MOST_IDEAS, LONGEST_IDEA = 1000, 5, 400


@transaction.atomic
def write_competency_words(
    actor: Actor, *, competency: Competency, language: str, meaning: str = "", ideas: str = ""
) -> CompetencyHomeWords | None:
    """In the place of what stood there in this language; nothing at all takes it out. Raises Invalid."""
    meaning = " ".join(meaning.split())
    lines = [" ".join(line.split()) for line in ideas.splitlines() if line.strip()]
    problems = []
    if len(meaning) > LONGEST:
        text = _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(meaning), "most": LONGEST}
        problems.append(problem("meaning", text))
    if len(lines) > MOST_IDEAS:
        text = _("These are %(n)d ideas. Keep the best %(most)d") % {"n": len(lines), "most": MOST_IDEAS}
        problems.append(problem("ideas", text))
    for n, line in enumerate(lines[:MOST_IDEAS], 1):
        if len(line) > LONGEST_IDEA:
            values = {"place": n, "n": len(line), "most": LONGEST_IDEA}
            text = _("Idea %(place)d has %(n)d characters. Shorten it to %(most)d")
            problems.append(problem("ideas", text % values))
    for name, text in (("meaning", meaning), ("ideas", "".join(lines))):
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            problems.append(problem(name, _("This contains a control character. Type it again")))
    if problems:
        raise Invalid(problems)
    detail = {"language": language}
    if not meaning and not lines:
        CompetencyHomeWords.objects.filter(competency=competency, language=language).delete()
        record_audit(actor, "competency_words.taken_out", target=competency, detail=detail)
        return None
    row: CompetencyHomeWords = CompetencyHomeWords.objects.update_or_create(
        competency=competency, language=language,
        defaults={
            "meaning": meaning, "ideas": "\n".join(lines), "written_at": timezone.now(),
            "written_by_id": actor.member_id,
        },
    )[0]  # fmt: skip
    record_audit(actor, "competency_words.written", target=competency, detail=detail)
    return row
