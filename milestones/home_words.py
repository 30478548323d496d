"""Writing a milestone's words for families, in one language."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from milestones.models import HomeWords, Milestone
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

LONGEST = {"title": 200, "meaning": 1000, "help": 2000, "ask": 300}


@transaction.atomic
def write_home_words(
    actor: Actor, *, milestone: Milestone, language: str, title: str = "", meaning: str = "", help: str = "",
    ask: str = "",
) -> HomeWords | None:  # fmt: skip
    """In the place of what stood there in this language; nothing at all takes it out. Raises Invalid."""
    words = {"title": title, "meaning": meaning, "help": help, "ask": ask}
    words = {name: text.replace("\r\n", "\n").strip() for name, text in words.items()}
    problems = []
    for name, text in words.items():
        if len(text) > LONGEST[name]:
            much = {"n": len(text), "most": LONGEST[name]}
            problems.append(problem(name, _("This has %(n)d characters. Shorten it to %(most)d") % much))
        elif not_storable(text, has_lines=name in {"meaning", "help"}):
            problems.append(problem(name, _("This contains a control character. Type it again")))
    if problems:
        raise Invalid(problems)
    detail = {"language": language}
    if not any(words.values()):
        HomeWords.objects.filter(milestone=milestone, language=language).delete()
        record_audit(actor, "home_words.taken_out", target=milestone, detail=detail)
        return None
    values = {**words, "written_at": timezone.now(), "written_by_id": actor.member_id}
    row: HomeWords = HomeWords.objects.update_or_create(milestone=milestone, language=language, defaults=values)[0]
    record_audit(actor, "home_words.written", target=milestone, detail=detail)
    return row
