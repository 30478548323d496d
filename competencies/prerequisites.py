"""Which competency comes before which: changed by people, checked for cycles, kept over imports."""

from collections.abc import Collection, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from competencies.models import Competency, Prerequisite, PrerequisiteChoice
from competencies.signals import prerequisites_changed
from tenancy.actor import Actor
from tenancy.errors import problem

Problem = dict[str, str]
Edges = dict[int, set[int]]  # what a competency opens


def prerequisite_problems(competency: Competency, wanted: Sequence[Competency]) -> list[Problem]:
    """What is wrong with these prerequisites: itself, twice the same, a circle. Two queries, none for an empty list."""
    problems = []
    if any(one.pk == competency.pk for one in wanted):
        text = _("%(code)s cannot come before itself. Take it out") % {"code": competency}
        problems.append(problem("prerequisites", text, "itself"))
    twice = [str(one) for n, one in enumerate(wanted) if one.pk in {other.pk for other in wanted[:n]}]
    if twice:
        problems.append(
            problem("prerequisites", _("%(code)s stands there twice. Keep one") % {"code": ", ".join(twice)}, "twice")
        )
    if wanted and not problems:
        edges = all_edges()
        for one in wanted:
            if path := path_between(edges, competency.pk, one.pk):
                problems.append(problem("prerequisites", _circle(competency, one, path), "circle"))
    return problems


def _circle(competency: Competency, wanted: Competency, path: list[int]) -> str:
    names = {row.pk: str(row) for row in Competency.objects.filter(id__in=path)}
    steps = " → ".join([*(names[key] for key in path), names[path[0]]])
    return _(
        "%(wanted)s cannot come before %(code)s: that would be a circle, %(steps)s. Take one of these steps out"
    ) % {
        "wanted": wanted,
        "code": competency,
        "steps": steps,
    }


def all_edges() -> Edges:
    """Of the whole tenant, without those that lie on a circle already. One query."""
    edges: Edges = {}
    for before, after in Prerequisite.objects.filter(is_in_cycle=False).values_list("before_id", "after_id"):
        edges.setdefault(before, set()).add(after)
    return edges


def path_between(edges: Edges, start: int, end: int) -> list[int]:
    """The shortest way from `start` to `end`, both included; empty where there is none. The same for the same edges."""
    came: dict[int, int | None] = {start: None}
    row = [start]
    while row and end not in came:
        fresh = []
        for key in row:
            for after in sorted(edges.get(key, ())):
                if after not in came:
                    came[after] = key
                    fresh.append(after)
        row = fresh
    path: list[int] = []
    step: int | None = end if end in came else None
    while step is not None:
        path.append(step)
        step = came[step]
    return path[::-1]


def set_prerequisites(actor: Actor, competency: Competency, wanted: Collection[int]) -> bool:
    """Exactly these come before it from now on; whether anything changed. Checked by the caller, in its transaction.

    What other frameworks put before it stays. Of a framework that somebody else publishes the choice is kept, so that
    the next import follows it.
    """
    rows = Prerequisite.objects.filter(after_id=competency.pk, before__framework_id=competency.framework_id)
    have = set(rows.values_list("before_id", flat=True))
    added, gone = set(wanted) - have, have - set(wanted)
    if not added and not gone:
        return False
    Prerequisite.objects.filter(after_id=competency.pk, before_id__in=gone).delete()
    Prerequisite.objects.bulk_create([Prerequisite(before_id=key, after=competency) for key in sorted(added)])
    if competency.framework.is_from_elsewhere:
        _keep_choices(actor, competency, {**dict.fromkeys(added, True), **dict.fromkeys(gone, False)})
    if gone:
        free_circles()
    prerequisites_changed.send(sender=Competency, competency_ids=[competency.pk])
    return True


def _keep_choices(actor: Actor, competency: Competency, choices: dict[int, bool]) -> None:
    for key, is_wanted in sorted(choices.items()):
        values = {"is_wanted": is_wanted, "chosen_at": timezone.now(), "chosen_by_id": actor.member_id}
        PrerequisiteChoice.objects.update_or_create(before_id=key, after=competency, defaults=values)


def free_circles() -> None:
    """Edges that lay on a circle which is no more count again. One query where there is none."""
    flagged = list(Prerequisite.objects.filter(is_in_cycle=True).order_by("id"))
    if not flagged:
        return
    edges = all_edges()
    for row in flagged:
        edges.setdefault(row.before_id, set()).add(row.after_id)
    free = [row for row in flagged if not path_between(edges, row.after_id, row.before_id)]
    if free:
        Prerequisite.objects.filter(id__in=[row.pk for row in free]).update(is_in_cycle=False)
        prerequisites_changed.send(sender=Competency, competency_ids=[row.after_id for row in free])
