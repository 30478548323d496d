"""The library of a tenant: make, edit, copy and switch off what helps with a competency at a level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from competencies.models import Competency
from interventions.models import Resource, ResourceTag
from interventions.models.library import LIBRARY
from interventions.texts import Problems, check, minutes_problems, text_problems
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, NotFound, problem

READ, CREATE, CHANGE = ((LIBRARY, action) for action in ("read", "create", "update, retire"))
LONGEST = {"summary": 2000, "body": 10000, "material": 300, "subjects": 200}
LONGEST_TITLE, LONGEST_LINK = 200, 500
MOST_TAGS = 5
is_link = URLValidator(schemes=["https"])


@dataclass(frozen=True, slots=True)
class Tag:
    """A competency, and the level of whom it is made for; None: for all."""

    competency: UUID
    level: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A resource as it was written."""

    title: str
    kind: str
    summary: str = ""
    body: str = ""
    url: str = ""
    minutes: int | None = None
    material: str = ""
    subjects: str = ""
    tags: tuple[Tag, ...] = ()


@transaction.atomic
def make_resource(actor: Actor, *, draft: Draft) -> Resource:
    """Raises Invalid."""
    made = _written(Resource(made_by_id=actor.member_id), actor, draft)
    record_audit(actor, "resource.made", target=made)
    return made


@transaction.atomic
def edit_resource(actor: Actor, *, resource_id: UUID, version: int, draft: Draft) -> Resource:
    """Raises Invalid, NotFound, and Conflict where somebody else was faster."""
    resource = _locked(actor, resource_id)
    if resource.version != version:
        text = _("Somebody else changed this while you had it open. Look at both before you save.")
        raise Conflict(text, code="changed")
    resource.version += 1
    changed = _written(resource, actor, draft)
    record_audit(actor, "resource.edited", target=changed)
    return changed


@transaction.atomic
def copy_resource(actor: Actor, *, resource_id: UUID) -> Resource:
    """One's own copy to adapt; it says where it came from. Raises NotFound."""
    found = Resource.objects.visible_to(actor, *READ).filter(public_id=resource_id).first()
    if found is None:
        raise NotFound
    same = ("title", "kind", "summary", "body", "url", "minutes", "material", "subjects")
    copy: Resource = Resource.objects.create(
        copied_from=found, made_by_id=actor.member_id, **{name: getattr(found, name) for name in same}
    )
    tags = found.tags.order_by("id").values_list("competency_id", "level")
    _tag(copy, tags)
    record_audit(actor, "resource.copied", target=copy)
    return copy


@transaction.atomic
def set_in_use(actor: Actor, *, resource_id: UUID, is_active: bool) -> Resource:
    """Switched off, it is offered to nobody any more; who was given it keeps it."""
    resource = _locked(actor, resource_id)
    resource.is_active, resource.version = is_active, resource.version + 1
    resource.save()
    record_audit(actor, "resource.switched_on" if is_active else "resource.switched_off", target=resource)
    return resource


def _written(resource: Resource, actor: Actor, draft: Draft) -> Resource:
    title, url = " ".join(draft.title.split()), draft.url.strip()
    texts = {name: getattr(draft, name).strip() for name in LONGEST}
    competencies = _competencies(actor, draft.tags)
    check(
        *text_problems("title", title, LONGEST_TITLE, _("Give it a title, like Fraction strips")),
        *([] if draft.kind in Resource.Kind.values else [problem("kind", _("Choose the kind from the list"))]),
        *(one for name, most in LONGEST.items() for one in text_problems(name, texts[name], most)),
        *_link_problems(url),
        *minutes_problems(draft.minutes, is_needed=False),
        *_tag_problems(draft.tags, competencies),
    )
    resource.title, resource.kind, resource.url, resource.minutes = title, draft.kind, url, draft.minutes
    for name, text in texts.items():
        setattr(resource, name, text)
    resource.save()
    resource.tags.all().delete()
    _tag(resource, ((competencies[one.competency], one.level) for one in draft.tags))
    return resource


def _tag(resource: Resource, tags: Iterable[tuple[int, int | None]]) -> None:
    rows = [ResourceTag(resource=resource, competency_id=key, level=level) for key, level in dict.fromkeys(tags)]
    ResourceTag.objects.bulk_create(rows)


def _competencies(actor: Actor, tags: Sequence[Tag]) -> dict[UUID, int]:
    rows = Competency.objects.visible_to(actor).filter(public_id__in={one.competency for one in tags})
    return dict(rows.values_list("public_id", "id"))


def _link_problems(url: str) -> Problems:
    """Only what a browser opens encrypted, without a name or password hidden in it."""
    if not url:
        return []
    wrong = [problem("url", _("Enter a link that begins with https://, like https://example.org/fractions"))]
    if len(url) > LONGEST_LINK:
        return text_problems("url", url, LONGEST_LINK)
    try:
        is_link(url)
        return wrong if "@" in urlsplit(url).netloc else []
    except (ValidationError, ValueError):
        return wrong


def _tag_problems(tags: Sequence[Tag], competencies: dict[UUID, int]) -> Problems:
    found: Problems = []
    if any(one.competency not in competencies for one in tags):
        found.append(problem("tags", _("Choose competencies from the list")))
    if any(one.level is not None and one.level not in set(Level) for one in tags):
        found.append(problem("tags", _("Choose a level from the list")))
    if len(tags) > MOST_TAGS:
        found.append(problem("tags", _("Choose at most %(most)d competencies") % {"most": MOST_TAGS}))
    return found


def _locked(actor: Actor, resource_id: UUID) -> Resource:
    reached = Resource.objects.visible_to(actor, *CHANGE).filter(public_id=resource_id).values("pk")
    resource: Resource | None = Resource.objects.select_for_update(no_key=True).filter(pk__in=reached).first()
    if resource is None:
        raise NotFound
    return resource
