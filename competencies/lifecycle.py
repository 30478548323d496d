"""Draft, active, retired and back. What is retired keeps its evidence and levels, and is said to be retired."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.editing import LONGEST_REASON, keep_version, lock_framework, seen_of, version_of
from competencies.models import Competency, Framework
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, Refused, problem

SHORTEST_REASON = 5
DRAFT, ACTIVE, RETIRED = "draft", "active", "retired"
# from → where to
MOVES = {DRAFT: (ACTIVE,), ACTIVE: (RETIRED,), RETIRED: (ACTIVE,)}


def reason_problems(reason: str) -> list[dict[str, str]]:
    """Retiring and bringing back are explained; a draft may be activated without."""
    size = len(reason.strip())
    if size < SHORTEST_REASON:
        message = _("Say why in a few words, like: replaced by the new standard")
        return [problem("reason", message, "too_short")]
    if size > LONGEST_REASON:
        values = {"n": size, "most": LONGEST_REASON}
        message = _("The reason has %(n)d characters. Shorten it to %(most)d") % values
        return [problem("reason", message, "too_long")]
    return []


@transaction.atomic
def move_competency(
    actor: Actor, *, competency: Competency, to: str, reason: str = "", seen: str | None = None
) -> Competency:
    """To another state. Raises Invalid, Conflict where somebody was faster, Refused where its owner decides that."""
    framework = lock_framework(competency.framework)
    locked: Competency = Competency.objects.select_for_update(no_key=True).get(pk=competency.pk)
    locked.framework = framework
    if seen is not None and seen != seen_of(locked):
        raise Conflict(_("Somebody else changed this competency while you did"), code="edited")
    _check_move(locked.state, to)
    if framework.is_from_elsewhere:
        raise Refused(
            _("The owner of this framework says which of its competencies are in use. Import it again after a change")
        )
    if locked.state != DRAFT and (problems := reason_problems(reason)):
        raise Invalid(problems)
    old = version_of(locked, reason, actor.member_id)
    locked.is_draft, locked.is_retired = False, to == RETIRED
    locked.last_changed_at = timezone.now()
    keep_version(locked, old)
    locked.save()
    record_audit(actor, f"competency.{to}", target=locked, detail={"version": locked.version})
    return locked


def _check_move(state: str, to: str) -> None:
    if to not in MOVES[state]:
        raise Conflict(_("This is %(state)s already, or cannot become that from here. Load the page again") % {
            "state": Competency.State(state).label
        })  # fmt: skip


@transaction.atomic
def move_framework(
    actor: Actor, *, framework: Framework, to: str, reason: str = "", seen: str | None = None
) -> Framework:
    """To another state; `seen`: the state it had on the page. Publishing a draft takes its drafts with it."""
    locked = lock_framework(framework)
    if seen is not None and seen != locked.state:
        raise Conflict(_("Somebody else changed this framework while you did"), code="edited")
    _check_move(locked.state, to)
    if locked.state != DRAFT and (problems := reason_problems(reason)):
        raise Invalid(problems)
    if locked.state == DRAFT:
        drafts = Competency.objects.filter(framework_id=locked.pk, is_draft=True)
        drafts.update(is_draft=False, last_changed_at=timezone.now())
    locked.state = to
    locked.save(update_fields=["state"])
    record_audit(actor, f"framework.{to}", target=locked, detail={"reason_given": bool(reason.strip())})
    return locked
