"""What people ask of a roster import: keep the file, save it, throw it away, take it back. A job does the work."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.artefact_files import safe_name, storage
from integrations.models import RosterChange, RosterImport, RosterImportRow
from learners.reach import administered_school_ids
from tenancy.actor import DST, Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, problem
from tenancy.ids import uuid7

MEGABYTE = 1024 * 1024
MOST_MB = 50
FILE_KEPT_FOR = timedelta(days=7)
UNDO_FOR = timedelta(days=30)
MOST_LEAVING = 20  # percent of the active learners: above, somebody has to say that they have really left
State = RosterImport.State
WAITS = (State.CHECKING, State.SAVING, State.UNDOING)


@transaction.atomic
def keep_roster(actor: Actor, *, upload: File[bytes] | None, keeps_missing: bool) -> RosterImport:
    """Keep the file for its preview. Raises Invalid for none, one that is too big, or no ZIP.

    A school administrator imports for the schools that they run: of these alone no file is the whole roster, so who is
    not in it stays.
    """
    if upload is None:
        raise _bad(_("Choose the file that you want to import"), "empty")
    name = safe_name(upload.name or "")
    size = upload.size or 0
    if size > MOST_MB * MEGABYTE:
        text = _("The file is %(size)d MB. Send one under %(most)d MB, or import on the server by command")
        raise _bad(text % {"size": -(-size // MEGABYTE), "most": MOST_MB})
    if not zipfile.is_zipfile(upload):
        text = _("%(name)s is not a ZIP. Send the OneRoster export as one ZIP, with manifest.csv in it")
        raise _bad(text % {"name": name})
    upload.seek(0)
    school_ids = None if actor.has(DST) else administered_school_ids(actor)
    row: RosterImport = RosterImport.objects.create(
        file_name=name, keeps_missing=keeps_missing or school_ids is not None, school_ids=school_ids,
        made_by_id=actor.member_id, made_by_name=actor.label[:310],
        stored_as=storage().save(f"imports/{actor.tenant_id}/{uuid7()}", File(upload)),
    )  # fmt: skip
    record_audit(actor, "roster.import_uploaded", target=row)
    return row


@transaction.atomic
def ask_save(actor: Actor, *, one: RosterImport, have_left: bool) -> None:
    """Have what the preview shows written. Raises Conflict where it is not waiting for that, Invalid without the word
    that a large part of the learners has really left."""
    if is_large_loss(one.figures) and not have_left:
        text = _("Say that these learners have really left, or upload a file that has them")
        raise Invalid([problem("have_left", text, "empty")])
    _move(one, State.CHECKED, State.SAVING, actor)
    record_audit(actor, "roster.import_asked", target=one)


@transaction.atomic
def discard(actor: Actor, *, one: RosterImport) -> None:
    """Stop it, or throw the preview away: nothing was changed. Raises Conflict where it is saved already."""
    open_ones = RosterImport.objects.filter(pk=one.pk, state__in=(State.CHECKING, State.CHECKED, State.SAVING))
    if not open_ones.update(state=State.DISCARDED):
        raise Conflict(_("This import is over already. Look at the page again"))
    RosterImportRow.objects.filter(roster_import=one).delete()
    drop_file(one)
    record_audit(actor, "roster.import_discarded", target=one)


@transaction.atomic
def ask_undo(actor: Actor, *, one: RosterImport) -> None:
    """Have it taken back. Raises Conflict where it is not saved, or its thirty days are over."""
    if not can_undo(one):
        raise Conflict(_("This import can no longer be undone. That is possible for 30 days"))
    _move(one, State.SAVED, State.UNDOING, actor)
    record_audit(actor, "roster.undo_asked", target=one)


def can_undo(one: RosterImport) -> bool:
    return one.state == State.SAVED and one.saved_at is not None and one.saved_at > timezone.now() - UNDO_FOR


def is_large_loss(figures: dict[str, Any]) -> bool:
    """More than the share of learners would leave that a broken export may be behind."""
    leaving, here = figures.get("learners_leaving", 0), figures.get("learners", 0)
    return bool(leaving * 100 > (here + leaving) * MOST_LEAVING)


def drop_file(one: RosterImport) -> None:
    """The upload is no longer needed. Twice is no harm."""
    if one.stored_as:
        RosterImport.objects.filter(pk=one.pk).update(stored_as="")
        storage().delete(one.stored_as)
        one.stored_as = ""


def forget_old() -> int:
    """In the open tenant: files and previews after their days, what an undo needs after thirty. Returns how many."""
    now = timezone.now()
    count: int = 0
    lying = RosterImport.objects.filter(made_at__lt=now - FILE_KEPT_FOR).exclude(state__in=WAITS)
    for one in lying.exclude(stored_as=""):
        drop_file(one)
        count += 1
    RosterImportRow.objects.filter(roster_import__in=lying).delete()
    lying.filter(state=State.CHECKED).update(state=State.DISCARDED)
    # What stands in rows that could not be saved is personal, too.
    count += int(lying.exclude(problems=[]).update(problems=[], headers={}))
    over = RosterImport.objects.filter(saved_at__lt=now - UNDO_FOR)
    count += int(RosterChange.objects.filter(roster_import__in=over).delete()[0])
    over.exclude(kept=[]).update(kept=[])
    return count


def _move(one: RosterImport, before: str, after: str, actor: Actor) -> None:
    who = {"made_by_id": actor.member_id}
    if not RosterImport.objects.filter(pk=one.pk, state=before).update(state=after, tries=0, error="", **who):
        raise Conflict(_("Somebody was faster, or this import is over. Look at the page again"))


def _bad(message: str, code: str = "bad_file") -> Invalid:
    return Invalid([problem("file", message, code)])
