"""Writes of portfolios: adding work, sharing it with the family, taking it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.artefact_files import MEGABYTE, Checked, check_file, digest, keep, storage
from assessments.models import Artefact, ArtefactTag
from assessments.pieces import not_storable
from learners.models import Learner
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem


@dataclass(frozen=True, slots=True)
class NewWork:
    """What is added: a file, a link or a text, with a title, a reflection, and the competencies it shows."""

    title: str
    reflection: str = ""
    text: str = ""
    url: str = ""
    competency_ids: Sequence[int] = ()


def add_artefact(actor: Actor, *, learner: Learner, work: NewWork, upload: File[bytes] | None = None) -> Artefact:
    """Keep one piece of work. Raises Invalid for a bad title, link or file, or when the learner's space is full.

    The file is in the storage before its row is written, and taken out again when the row cannot be: a file without a
    row is swept away, a row without a file cannot be.
    """
    problems = _problems(work, has_file=upload is not None)
    if problems:
        raise Invalid(problems)
    checked = check_file(upload) if upload is not None else None
    if checked is not None:
        _check_space(learner, len(checked.content))
    key = keep(checked) if checked is not None else ""
    try:
        return _write(actor, learner, work, checked, key)
    except Exception:
        if key:
            storage().delete(key)
        raise


@transaction.atomic
def _write(actor: Actor, learner: Learner, work: NewWork, checked: Checked | None, key: str) -> Artefact:
    kind = checked.kind if checked else (Artefact.Kind.LINK if work.url else Artefact.Kind.TEXT)
    of_file = (
        {
            "stored_as": key, "file_name": checked.name, "content_type": checked.content_type,
            "size": len(checked.content), "sha256": digest(checked.content),
        }
        if checked
        else {}
    )  # fmt: skip
    artefact: Artefact = Artefact.objects.create(
        learner=learner, kind=kind, title=work.title.strip(), reflection=work.reflection.strip(),
        text=work.text.strip(), url=work.url.strip(), added_by_id=actor.member_id,
        is_checked=checked.is_checked if checked else True, **of_file,
    )  # fmt: skip
    ArtefactTag.objects.bulk_create(
        [ArtefactTag(artefact=artefact, competency_id=key) for key in dict.fromkeys(work.competency_ids)]
    )
    record_audit(actor, "artefact.added", target=artefact, detail={"kind": kind})
    return artefact


@transaction.atomic
def share_artefact(actor: Actor, *, artefact: Artefact, is_shared: bool) -> None:
    """Let the family see it, or no longer. Raises Invalid for a file that no scanner has looked at."""
    if is_shared and not artefact.is_checked:
        text = _("This file was not checked by a scanner, so only school sees it. Share a picture or a text instead")
        raise Invalid([problem("share", text, "unchecked")])
    Artefact.objects.filter(pk=artefact.pk).update(shared_at=timezone.now() if is_shared else None)
    record_audit(actor, "artefact.shared" if is_shared else "artefact.unshared", target=artefact)


@transaction.atomic
def remove_artefact(actor: Actor, *, artefact: Artefact) -> None:
    """Take it out of the portfolio. The file stays until the school's time for keeping records is over."""
    Artefact.objects.filter(pk=artefact.pk, removed_at=None).update(
        removed_at=timezone.now(), removed_by_id=actor.member_id, shared_at=None
    )
    record_audit(actor, "artefact.removed", target=artefact)


def _check_space(learner: Learner, size: int) -> None:
    used = Artefact.objects.filter(learner_id=learner.pk).aggregate(all=Sum("size"))["all"] or 0
    most = settings.ARTEFACT_QUOTA_MB
    if used + size > most * MEGABYTE:
        text = _("The portfolio holds %(used)d of %(most)d MB. Take out a file that is no longer needed, then add this")
        raise Invalid([problem("file", text % {"used": used / MEGABYTE, "most": most}, "full")])


def _problems(work: NewWork, *, has_file: bool) -> list[dict[str, str]]:
    found: list[tuple[str, str]] = []
    if not work.title.strip():
        found.append(("title", _("Enter a title, like My bridge of spaghetti")))
    for name, text, most in (
        ("title", work.title, 200), ("reflection", work.reflection, 5_000), ("text", work.text, 20_000),
        ("url", work.url, 2_000),
    ):  # fmt: skip
        if len(text) > most:
            message = _("This has %(n)d characters. Shorten it to %(most)d")
            found.append((name, message % {"n": len(text), "most": most}))
        elif not_storable(text, has_lines=True):
            found.append((name, _("This contains a control character. Type it again")))
    given = sum((has_file, bool(work.url.strip()), bool(work.text.strip())))
    if not given:
        found.append(("file", _("Add a file, a link or a text")))
    elif given > 1:
        found.append(("file", _("Add a file, a link or a text, one of them. Put the others into a piece of their own")))
    if work.url.strip() and not _is_web(work.url.strip()):
        message = _("The link was “%(url)s”. Enter one that begins with https://")
        found.append(("url", message % {"url": work.url.strip()[:80]}))
    return [problem(field, message) for field, message in found]


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
