"""Groups of learners inside a class: of any ages, made and renamed by whoever plans there."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from learners.models import GroupPlace, Learner, LearnerGroup, Section
from learners.signals import places_changed
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Invalid, problem

LONGEST = 100


@transaction.atomic
def save_group(
    actor: Actor, *, section: Section, name: str, learners: Collection[Learner], group: LearnerGroup | None = None
) -> LearnerGroup:
    """Make a group, or give it this name and these learners. Raises Invalid for a name that is empty, long or used."""
    name = " ".join(name.split())
    Section.objects.select_for_update(no_key=True).get(pk=section.pk)
    others = LearnerGroup.objects.filter(section_id=section.pk).exclude(pk=group.pk if group else None)
    if not name:
        raise Invalid([problem("name", _("Enter a name for the group, like Readers of Tuesday"))])
    if len(name) > LONGEST:
        text = _("The name has %(n)d characters. Shorten it to %(most)d") % {"n": len(name), "most": LONGEST}
        raise Invalid([problem("name", text)])
    if others.filter(name__iexact=name, is_active=True).exists():
        text = _("There is a group called %(name)s in this class. Give this one another name") % {"name": name}
        raise Invalid([problem("name", text)])
    row = group or others.filter(name__iexact=name).first() or LearnerGroup(section=section, made_by_id=actor.member_id)
    row.name, row.is_active = name, True
    row.save()
    wanted = {one.pk for one in learners}
    GroupPlace.objects.filter(group=row).exclude(learner_id__in=wanted).delete()
    GroupPlace.objects.bulk_create(
        [GroupPlace(group=row, learner_id=key) for key in sorted(wanted)], ignore_conflicts=True
    )
    places_changed.send(sender=LearnerGroup, school_ids=[section.school_id])
    record_audit(actor, "group.saved", target=row, detail={"learners": len(wanted)})
    return row


@transaction.atomic
def end_group(actor: Actor, *, group: LearnerGroup) -> None:
    """It is gone from the pages; what was given to it holds no longer. The name may be used again."""
    group.is_active = False
    group.save(update_fields=["is_active"])
    places_changed.send(sender=LearnerGroup, school_ids=[group.section.school_id])
    record_audit(actor, "group.ended", target=group)
