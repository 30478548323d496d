"""Narratives: written as a draft, released to learner and family, corrected by a new one that takes its place."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.pieces import not_storable
from learners.models import Learner, Section, Term
from milestones.models import NARRATIVE, MilestoneStatus, Narrative, Phrase
from milestones.models.narratives import LIBRARY
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, Refused, problem

WRITE = (NARRATIVE, "write")
LONGEST, LONGEST_PHRASE, MOST_PHRASES = 4000, 500, 200
Problems = list[dict[str, str]]


@transaction.atomic
def write_narrative(
    actor: Actor, *, learner: Learner, section: Section, text: str, term: Term | None = None, language: str = "en"
) -> Narrative:
    """A draft. Raises Invalid."""
    text = _checked(text)
    subject = section.subjects.split(",")[0].strip() or section.title
    draft: Narrative = Narrative.objects.create(
        learner=learner, section=section, subject=subject, term=term, text=text, language=language,
        levels=levels_now(learner), written_by_id=actor.member_id, written_by_name=actor.label,
    )  # fmt: skip
    record_audit(actor, "narrative.written", target=draft)
    return draft


@transaction.atomic
def change_narrative(
    actor: Actor, *, narrative_id: UUID, text: str, term: Term | None, language: str, version: int
) -> Narrative:
    """Other words for a draft. Raises NotFound, Invalid, Refused for somebody else's, Conflict."""
    text = _checked(text)
    draft = _draft(actor, narrative_id, version)
    draft.text, draft.term, draft.language, draft.version = text, term, language, draft.version + 1
    draft.levels = levels_now(draft.learner)
    draft.save(update_fields=["text", "term", "language", "version", "levels"])
    record_audit(actor, "narrative.changed", target=draft)
    return draft


@transaction.atomic
def release_narrative(actor: Actor, *, narrative_id: UUID, version: int) -> Narrative:
    """Learner and family can read it from now on. Raises NotFound, Refused, Conflict."""
    draft = _draft(actor, narrative_id, version)
    draft.released_at, draft.released_by_id = timezone.now(), actor.member_id
    draft.save(update_fields=["released_at", "released_by_id"])
    record_audit(actor, "narrative.released", target=draft)
    return draft


def correct_narrative(actor: Actor, *, narrative_id: UUID) -> Narrative:
    """A draft that will take the place of what was released. Raises NotFound, Refused, Conflict for a second one."""
    try:
        with transaction.atomic():
            old = _locked(actor, narrative_id)
            if old.released_at is None:
                raise Conflict(_("This is still a draft. Change it as it is."), code="draft")
            draft: Narrative = Narrative.objects.create(
                learner=old.learner, section=old.section, subject=old.subject, term=old.term, text=old.text,
                language=old.language, replaces=old, levels=old.levels, written_by_id=actor.member_id,
                written_by_name=actor.label,
            )  # fmt: skip
            record_audit(actor, "narrative.corrected", target=draft)
    except IntegrityError as error:
        raise Conflict(_("There is a correction of this already. Work on that one."), code="corrected") from error
    return draft


@transaction.atomic
def discard_narrative(actor: Actor, *, narrative_id: UUID) -> Learner:
    """Throw a draft away: nobody at home has read it. Raises NotFound, Refused, Conflict."""
    draft = _draft(actor, narrative_id, None)
    learner: Learner = draft.learner
    record_audit(actor, "narrative.discarded", target=draft)
    draft.delete()
    return learner


@transaction.atomic
def keep_phrase(actor: Actor, *, text: str, is_shared: bool = False) -> Phrase:
    """Into the comment bank. Raises Invalid."""
    text = " ".join(text.split())
    problems = _words(text, LONGEST_PHRASE, _("Write the sentence, like: {learner} explains steps to others"))
    if not problems and Phrase.objects.filter(made_by_id=actor.member_id).count() >= MOST_PHRASES:
        problems = [problem("text", _("You keep 200 sentences. Take out one that you no longer use"))]
    if problems:
        raise Invalid(problems)
    phrase: Phrase = Phrase.objects.create(text=text, is_shared=is_shared, made_by_id=actor.member_id)
    record_audit(actor, "phrase.kept", target=phrase)
    return phrase


@transaction.atomic
def drop_phrase(actor: Actor, *, phrase_id: UUID) -> None:
    """Out of the comment bank. Raises NotFound for somebody else's."""
    found = Phrase.objects.visible_to(actor, LIBRARY, "update, retire").filter(public_id=phrase_id).first()
    if found is None:
        raise NotFound
    record_audit(actor, "phrase.dropped", target=found)
    found.delete()


def levels_now(learner: Learner) -> dict[str, int]:
    """{milestone: level} as they stand: what the next narrative is compared with. One query."""
    rows = MilestoneStatus.objects.filter(learner=learner).values_list("milestone_id", "level")
    return {str(key): level for key, level in rows}


def _locked(actor: Actor, narrative_id: UUID) -> Narrative:
    reached = Narrative.objects.visible_to(actor, *WRITE).filter(public_id=narrative_id).values("pk")
    rows = Narrative.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=reached)
    found: Narrative | None = rows.select_related("learner").first()
    if found is None:
        raise NotFound
    if found.written_by_id != actor.member_id:
        raise Refused(_("Only %(name)s can change these words.") % {"name": found.written_by_name})
    return found


def _draft(actor: Actor, narrative_id: UUID, version: int | None) -> Narrative:
    found = _locked(actor, narrative_id)
    if found.released_at is not None:
        raise Conflict(_("This was released already. Correct it with a new one."), code="released")
    if version is not None and found.version != version:
        raise Conflict(_("You changed this draft in another window. Open it again."), code="version")
    return found


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    problems = _words(text, LONGEST, _("Write what the family should know, like what comes next"))
    if problems:
        raise Invalid(problems)
    return text


def _words(text: str, most: int, missing: str) -> Problems:
    if not text:
        return [problem("text", missing)]
    if len(text) > most:
        return [
            problem("text", _("This has %(n)d characters. Shorten it to %(most)d") % {"n": len(text), "most": most})
        ]
    if not_storable(text, has_lines=True):
        return [problem("text", _("This contains a control character. Type it again"))]
    if "{learner}" in text and most == LONGEST:
        return [problem("text", _("{learner} is not filled in. Write the name"))]
    return []
