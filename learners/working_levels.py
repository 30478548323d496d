"""The grade whose work a learner does in a subject, apart from the grade on the roster."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner, WorkingLevel
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

LONGEST_SUBJECT, LONGEST_GRADE, LONGEST_NOTE = 100, 20, 500


@transaction.atomic
def set_working_level(actor: Actor, *, learner: Learner, subject: str, grade: str, note: str = "") -> None:
    """From now on; without a grade the one of the roster holds again. Raises Invalid with every problem."""
    subject, grade, note = subject.strip(), grade.strip(), note.strip()
    problems = []
    if not subject or len(subject) > LONGEST_SUBJECT:
        text = _("Enter the subject in at most %(n)d characters, like Mathematics") % {"n": LONGEST_SUBJECT}
        problems.append(problem("subject", text, "length"))
    if len(grade) > LONGEST_GRADE:
        text = _("The grade has %(size)d characters. Use at most %(n)d, like 6")
        message = text % {"size": len(grade), "n": LONGEST_GRADE}
        problems.append(problem("grade", message, "too_long"))
    if len(note) > LONGEST_NOTE:
        text = _("The note has %(size)d characters. Shorten it to %(n)d") % {"size": len(note), "n": LONGEST_NOTE}
        problems.append(problem("note", text, "too_long"))
    if problems:
        raise Invalid(problems)
    if grade:
        values = {"grade": grade, "note": note, "set_at": timezone.now(), "set_by_id": actor.member_id}
        WorkingLevel.objects.update_or_create(learner=learner, subject=subject, defaults=values)
    else:
        WorkingLevel.objects.filter(learner_id=learner.pk, subject=subject).delete()
    record_audit(actor, "working_level.set" if grade else "working_level.ended", target=learner)
