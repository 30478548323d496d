"""Rubrics of the tenant's library: made, changed, copied, retired.

A rubric that has scores is never edited: what was judged keeps the words it was judged by, and the change is a new
version that follows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from competencies.models import RUBRIC, Competency, Rubric, RubricCriterion, RubricDescriptor
from tenancy.access import can
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, NotFound, problem

READ, CREATE, UPDATE = (RUBRIC, "read"), (RUBRIC, "create"), (RUBRIC, "update, retire")
LEVELS = (1, 2, 3, 4)  # beginning … mastery
MOST_CRITERIA = 12
LONGEST_TITLE, LONGEST_TEXT = 200, 2000


@dataclass(frozen=True, slots=True)
class CriterionContent:
    """One row: `texts` has {level 1…4: (words for staff, words for learners and families)}."""

    title: str
    texts: Mapping[int, tuple[str, str]]
    competency_id: int | None = None
    weight: Decimal = Decimal(1)

    def family_words(self, level: int) -> str:
        """What learners and families read; where nobody wrote it for them, the words for staff."""
        staff, family = self.texts.get(level, ("", ""))
        return family or staff


@dataclass(frozen=True, slots=True)
class RubricContent:
    """What a rubric says, without who made it when."""

    title: str
    criteria: tuple[CriterionContent, ...]
    description: str = ""
    competency_id: int | None = None
    is_shared: bool = True
    is_draft: bool = False
    keys: tuple[int, ...] = field(default=(), compare=False)  # of the stored criteria, in their order

    @property
    def digest(self) -> str:
        """Equal contents have equal digests: how a form notices that somebody else was faster."""
        rows = [
            (one.title, one.competency_id, str(one.weight.normalize()), sorted(one.texts.items()))
            for one in self.criteria
        ]
        said = (self.title, self.description, self.competency_id, self.is_shared, self.is_draft, rows)
        return sha256(repr(said).encode()).hexdigest()[:16]


def content_of(rubric: Rubric) -> RubricContent:
    """Two queries."""
    rows = list(RubricCriterion.objects.filter(rubric_id=rubric.pk).order_by("position", "id"))
    texts: dict[int, dict[int, tuple[str, str]]] = {row.pk: {} for row in rows}
    for one in RubricDescriptor.objects.filter(criterion__rubric_id=rubric.pk).order_by("level"):
        texts[one.criterion_id][one.level] = (one.text, one.family_text)
    return RubricContent(
        title=rubric.title,
        description=rubric.description,
        competency_id=rubric.competency_id,
        is_shared=rubric.is_shared,
        is_draft=rubric.state == Rubric.State.DRAFT,
        criteria=tuple(CriterionContent(row.title, texts[row.pk], row.competency_id, row.weight) for row in rows),
        keys=tuple(row.pk for row in rows),
    )


def newest(rows: "QuerySet[Rubric]") -> "QuerySet[Rubric]":
    """Without the versions that another one follows."""
    later = Rubric.objects.filter(tenant_id=OuterRef("tenant_id"), follows_id=OuterRef("pk"))
    return rows.filter(~Exists(later))


def usable_rubrics(actor: Actor) -> "QuerySet[Rubric]":
    """Newest active versions that the actor may score with: of the library, and the actor's own."""
    mine = Q(is_shared=True) | Q(made_by_id=actor.member_id)
    rows: QuerySet[Rubric] = Rubric.objects.visible_to(actor, *READ).filter(mine, state=Rubric.State.ACTIVE)
    return newest(rows)


def has_scores(rubric: Rubric) -> bool:
    """Whether anything was judged by it: learners' work or a sample of a calibration."""
    scored = Q(scores__isnull=False) | Q(calibration_scores__isnull=False)
    found: bool = RubricCriterion.objects.filter(scored, rubric_id=rubric.pk).exists()
    return found


@transaction.atomic
def create_rubric(actor: Actor, *, content: RubricContent, copied_from: Rubric | None = None) -> Rubric:
    """Raises Invalid with every problem."""
    _check(content)
    rubric = _write(actor, content, copied_from=copied_from)
    record_audit(actor, "rubric.created", target=rubric, detail={"criteria": len(content.criteria)})
    return rubric


@transaction.atomic
def save_rubric(actor: Actor, *, rubric: Rubric, content: RubricContent, seen: str) -> Rubric:
    """The rubric with its new words; where it has scores, its next version.

    `seen`: the digest of what the person changed. Raises Conflict when it says something else by now or was followed,
    Invalid with every problem, NotFound where the actor may not change it.
    """
    row = _lock(actor, rubric)
    if content_of(row).digest != seen:
        raise Conflict(_("Somebody else changed this rubric a moment ago. Look at theirs, then save yours again."))
    _check(content)
    if not has_scores(row):
        return _replace(actor, row, content)
    try:
        with transaction.atomic():
            following = _write(actor, content, follows=row)
    except IntegrityError as error:
        raise Conflict(_("There is a newer version of this rubric. Change that one.")) from error
    record_audit(actor, "rubric.followed", target=following, detail={"version": following.version})
    return following


@transaction.atomic
def retire_rubric(actor: Actor, *, rubric: Rubric, is_retired: bool = True) -> Rubric:
    """Out of the lists of new tasks, or back in. What uses it goes on. Raises NotFound."""
    row = _lock(actor, rubric)
    row.state = Rubric.State.RETIRED if is_retired else Rubric.State.ACTIVE
    row.save(update_fields=["state"])
    record_audit(actor, "rubric.retired" if is_retired else "rubric.restored", target=row)
    return row


def _lock(actor: Actor, rubric: Rubric) -> Rubric:
    row: Rubric | None = Rubric.objects.select_for_update().filter(pk=rubric.pk).first()
    if row is None or not can(actor, *UPDATE, row):
        raise NotFound
    return row


def _write(
    actor: Actor, content: RubricContent, *, follows: Rubric | None = None, copied_from: Rubric | None = None
) -> Rubric:
    rubric: Rubric = Rubric.objects.create(
        **_head(content),
        version=follows.version + 1 if follows else 1,
        follows=follows,
        copied_from=copied_from or (follows.copied_from if follows else None),
        made_by_id=actor.member_id,
    )
    _write_criteria(rubric, content.criteria)
    return rubric


def _replace(actor: Actor, rubric: Rubric, content: RubricContent) -> Rubric:
    for name, value in _head(content).items():
        setattr(rubric, name, value)
    rubric.save()
    RubricCriterion.objects.filter(rubric_id=rubric.pk).delete()
    _write_criteria(rubric, content.criteria)
    record_audit(actor, "rubric.changed", target=rubric, detail={"criteria": len(content.criteria)})
    return rubric


def _head(content: RubricContent) -> dict[str, object]:
    return {
        "title": content.title,
        "description": content.description,
        "competency_id": content.competency_id,
        "is_shared": content.is_shared and not content.is_draft,
        "state": Rubric.State.DRAFT if content.is_draft else Rubric.State.ACTIVE,
    }


def _write_criteria(rubric: Rubric, criteria: Iterable[CriterionContent]) -> None:
    for position, one in enumerate(criteria):
        row = RubricCriterion.objects.create(
            rubric=rubric, title=one.title, competency_id=one.competency_id, weight=one.weight, position=position
        )
        RubricDescriptor.objects.bulk_create(
            RubricDescriptor(criterion=row, level=level, text=staff, family_text=family)
            for level, (staff, family) in sorted(one.texts.items())
            if staff or family
        )


def _check(content: RubricContent) -> None:
    problems: list[dict[str, str]] = []

    def wrong(name: str, message: str) -> None:
        problems.append(problem(name, message))

    if not content.title.strip():
        wrong("title", _("Enter a title for the rubric, like Explaining with a drawing"))
    if len(content.title) > LONGEST_TITLE:
        wrong("title", _("The title has %(n)d characters. Shorten it to 200") % {"n": len(content.title)})
    if not content.criteria:
        wrong("criteria", _("Write at least one criterion with what each level looks like"))
    if len(content.criteria) > MOST_CRITERIA:
        wrong("criteria", _("The rubric has %(n)d criteria. Keep it to 12") % {"n": len(content.criteria)})
    for n, one in enumerate(content.criteria):
        for name, message in _criterion_problems(one, n + 1):
            wrong(f"{name}_{n}", message)
    named = {one.competency_id for one in content.criteria} | {content.competency_id}
    known = Competency.objects.filter(id__in=[key for key in named if key is not None]).count()
    if known != len(named - {None}):
        wrong("competency", _("Choose the competency from the list"))
    if problems:
        raise Invalid(problems)


def _criterion_problems(one: CriterionContent, number: int) -> list[tuple[str, str]]:
    found = []
    if not one.title.strip():
        found.append(("criterion", _("Enter a name for criterion %(n)d, or empty its row") % {"n": number}))
    if len(one.title) > LONGEST_TITLE:
        values = {"n": number, "long": len(one.title)}
        found.append(
            ("criterion", _("The name of criterion %(n)d has %(long)d characters. Shorten it to 200") % values)
        )
    if not Decimal(0) < one.weight <= 100:
        text = _("The weight of criterion %(n)d was %(weight)s. Enter a number above 0, up to 100")
        found.append(("weight", text % {"n": number, "weight": str(one.weight)}))
    for level, texts in one.texts.items():
        if max(map(len, texts)) > LONGEST_TEXT:
            text = _("Level %(level)d of criterion %(n)d has more than 2000 characters. Shorten it")
            found.append((f"text_{level}", text % {"n": number, "level": level}))
    return found
