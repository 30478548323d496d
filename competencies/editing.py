"""Writing frameworks and competencies. What is in use keeps its old wording in CompetencyVersion."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.models import Competency, CompetencyVersion, Framework
from competencies.outline import below, number_tree
from competencies.prerequisites import prerequisite_problems, set_prerequisites
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, Refused, problem
from tenancy.ids import uuid7

LONGEST_TITLE, LONGEST_STATEMENT, LONGEST_CODE, LONGEST_REASON = 200, 4_000, 255, 2_000
MOST_GRADES, LONGEST_GRADE, MOST_PREREQUISITES = 20, 20, 50
Problem = dict[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that the editor sets. `position` counts from 0 among the siblings; None is the last place."""

    statement: str
    family_statement: str = ""
    short_statement: str = ""
    code: str = ""
    grades: tuple[str, ...] = ()
    parent: Competency | None = None
    position: int | None = None
    prerequisites: tuple[Competency, ...] = ()


@transaction.atomic
def create_framework(actor: Actor, *, title: str, language: str = "", notes: str = "") -> Framework:
    """An empty framework as a draft. Raises Invalid."""
    title = title.strip()
    problems = []
    if not title:
        problems.append(problem("title", _("Enter the name of the framework, like Mathematics 6–8"), "empty"))
    if len(title) > LONGEST_TITLE:
        text = _("The name has %(n)d characters. Shorten it to %(most)d") % {"n": len(title), "most": LONGEST_TITLE}
        problems.append(problem("title", text, "too_long"))
    if problems:
        raise Invalid(problems)
    identifier = str(uuid7())
    framework: Framework = Framework.objects.create(
        identifier=identifier, identifier_key=identifier, title=title, language=language[:35], notes=notes.strip(),
        state=Framework.State.DRAFT, last_changed_at=timezone.now(),
    )  # fmt: skip
    record_audit(actor, "framework.created", target=framework)
    return framework


@transaction.atomic
def create_competency(actor: Actor, *, framework: Framework, wording: Wording) -> Competency:
    """A draft. Raises Invalid with every problem, Refused in a framework that somebody else publishes."""
    framework = lock_framework(framework)
    if framework.is_from_elsewhere:
        raise Refused(_owner_publishes(framework))
    identifier = str(uuid7())
    competency = Competency(framework=framework, identifier=identifier, identifier_key=identifier, is_draft=True)
    _check(competency, wording)
    _write(competency, wording)
    competency.save(force_insert=True)
    _place(competency, wording)
    set_prerequisites(actor, competency, [one.pk for one in wording.prerequisites])
    record_audit(actor, "competency.created", target=competency)
    return competency


def lock_framework(framework: Framework) -> Framework:
    """The row, locked: whoever changes the tree or its prerequisites waits for the one before."""
    locked: Framework = Framework.objects.select_for_update(no_key=True).get(pk=framework.pk)
    return locked


def _owner_publishes(framework: Framework) -> str:
    owner = framework.publisher or framework.creator or _("its owner")
    return _(
        "%(owner)s publishes this framework, so its statements are changed there and imported again. Here you can "
        "change the family wording and what comes before what"
    ) % {"owner": owner}


def seen_of(competency: Competency) -> str:
    """What a page remembers of the competency, to notice that somebody was faster."""
    moment = competency.last_changed_at
    return f"{competency.version} {moment.isoformat() if moment else ''}".strip()


@transaction.atomic
def change_competency(
    actor: Actor, *, competency: Competency, wording: Wording, reason: str = "", seen: str | None = None
) -> Competency:
    """The new wording holds at once; of one in use (or retired) the old one is kept as a version.

    Raises Invalid, Refused where its owner publishes the statement, Conflict where somebody changed it since `seen`.
    """
    framework = lock_framework(competency.framework)
    locked: Competency = Competency.objects.select_for_update(no_key=True).get(pk=competency.pk)
    locked.framework = framework
    if seen is not None and seen != seen_of(locked):
        raise Conflict(_("Somebody else changed this competency while you did"), code="edited", competency=locked)
    if framework.is_from_elsewhere and _touches_the_official(locked, wording):
        raise Refused(_owner_publishes(framework), code="owned_elsewhere")
    _check(locked, wording, reason)
    old = version_of(locked, reason, actor.member_id)
    has_moved = locked.parent_id != (wording.parent.pk if wording.parent else None)
    was = {name: getattr(locked, name) for name in WRITTEN}
    _write(locked, wording)
    is_other = has_moved or was != {name: getattr(locked, name) for name in WRITTEN}
    is_other |= set_prerequisites(actor, locked, [one.pk for one in wording.prerequisites])
    is_elsewhere = wording.position is not None and wording.position != _place_of(locked)
    if is_other:
        keep_version(locked, old)
        if not framework.is_from_elsewhere:
            locked.last_changed_at = timezone.now()
        locked.save()
        record_audit(actor, "competency.changed", target=locked, detail={"version": locked.version})
    if has_moved or is_elsewhere:
        _place(locked, wording)
    return locked


WRITTEN = ("statement", "family_statement", "short_statement", "code", "education_levels")


def version_of(competency: Competency, reason: str, changed_by_id: int | None) -> CompetencyVersion:
    """What it says now, as the version that a change will leave behind."""
    return CompetencyVersion(
        competency=competency, number=competency.version, statement=competency.statement,
        short_statement=competency.short_statement, family_statement=competency.family_statement,
        code=competency.code, state=competency.state, reason=reason.strip(), changed_by_id=changed_by_id,
    )  # fmt: skip


def keep_version(competency: Competency, old: CompetencyVersion) -> None:
    """A draft leaves nothing behind: nobody has worked with it yet."""
    if old.state != Competency.State.DRAFT:
        old.save(force_insert=True)
        competency.version = old.number + 1


def _touches_the_official(competency: Competency, wording: Wording) -> bool:
    theirs = (competency.statement, competency.short_statement, competency.code, competency.parent_id)
    parent = wording.parent.pk if wording.parent else None
    is_moved = wording.position is not None and wording.position != competency.position
    mine = (wording.statement.strip() and wording.statement, wording.short_statement, wording.code, parent)
    return theirs != mine or list(wording.grades) != list(competency.education_levels) or is_moved


def _write(competency: Competency, wording: Wording) -> None:
    if not competency.framework.is_from_elsewhere:
        competency.statement, competency.code = wording.statement.strip(), wording.code.strip()
        competency.short_statement = wording.short_statement.strip()
        competency.education_levels = list(wording.grades)
        competency.parent = wording.parent
    competency.family_statement = wording.family_statement.strip()
    if competency._state.adding:
        competency.last_changed_at = timezone.now()


def _place_of(competency: Competency) -> int:
    """Its number among its siblings, from 0."""
    rows = Competency.objects.filter(framework_id=competency.framework_id, parent_id=competency.parent_id)
    keys = list(rows.order_by("position", "tree_order", "id").values_list("id", flat=True))
    return keys.index(competency.pk) if competency.pk in keys else len(keys)


def _place(competency: Competency, wording: Wording) -> None:
    """Among its siblings; the others move on. Then the whole tree is numbered."""
    siblings = Competency.objects.filter(framework_id=competency.framework_id, parent_id=competency.parent_id)
    others = list(siblings.exclude(pk=competency.pk).order_by("position", "tree_order", "id"))
    at = len(others) if wording.position is None else min(max(wording.position, 0), len(others))
    row = [*others[:at], competency, *others[at:]]
    for position, one in enumerate(row):
        one.position = position
    Competency.objects.bulk_update(row, ["position"], batch_size=500)
    number_tree(competency.framework_id)
    competency.refresh_from_db(fields=["position", "tree_order", "depth"])


def _check(competency: Competency, wording: Wording, reason: str = "") -> None:
    problems = [*_text_problems(wording, reason), *_place_problems(competency, wording)]
    problems += prerequisite_problems(competency, wording.prerequisites)
    if problems:
        raise Invalid(problems)


def _text_problems(wording: Wording, reason: str) -> list[Problem]:
    problems = []
    if not wording.statement.strip():
        text = _("Enter what somebody can do who has learned it, like: Explains why two fractions are equal")
        problems.append(problem("statement", text, "empty"))
    texts = (
        ("statement", _("The statement"), wording.statement, LONGEST_STATEMENT),
        ("family_statement", _("The family wording"), wording.family_statement, LONGEST_STATEMENT),
        ("short_statement", _("The short form"), wording.short_statement, LONGEST_TITLE),
        ("code", _("The code"), wording.code, LONGEST_CODE),
        ("reason", _("The reason"), reason, LONGEST_REASON),
    )
    for field, name, text, most in texts:
        if len(text) > most:
            values = {"name": name, "n": len(text), "most": most}
            problems.append(
                problem(field, _("%(name)s has %(n)d characters. Shorten it to %(most)d") % values, "too_long")
            )
    return problems + _grade_problems(wording.grades)


def _grade_problems(grades: Sequence[str]) -> list[Problem]:
    if len(grades) > MOST_GRADES:
        values = {"n": len(grades), "most": MOST_GRADES}
        return [problem("grades", _("There were %(n)d grades. Use at most %(most)d") % values, "too_many")]
    long = next((grade for grade in grades if len(grade) > LONGEST_GRADE), None)
    if long is None:
        return []
    text = _('"%(grade)s" is too long for a grade. Use at most %(most)d characters') % {
        "grade": long[:40], "most": LONGEST_GRADE
    }  # fmt: skip
    return [problem("grades", text, "too_long")]


def _place_problems(competency: Competency, wording: Wording) -> list[Problem]:
    problems = []
    if wording.parent is not None and competency.pk and wording.parent.pk in below(competency):
        text = _("%(code)s cannot stand below itself. Choose another place") % {"code": competency}
        problems.append(problem("parent", text, "below_itself"))
    if len(wording.prerequisites) > MOST_PREREQUISITES:
        values = {"n": len(wording.prerequisites), "most": MOST_PREREQUISITES}
        text = _("There were %(n)d prerequisites. Use at most %(most)d") % values
        problems.append(problem("prerequisites", text, "too_many"))
    if wording.code.strip():
        same = Competency.objects.filter(framework_id=competency.framework_id, code=wording.code.strip())
        other = same.exclude(pk=competency.pk).first()
        if other is not None and competency.code != wording.code.strip():
            said = {"code": wording.code.strip(), "statement": other.statement[:60]}
            text = _('The code %(code)s is already used by "%(statement)s". Choose another one') % said
            problems.append(problem("code", text, "used"))
    return problems
