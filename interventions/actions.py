"""What a rule does when its reason begins to hold, beside the entry on Today. In the transaction that opens the entry:
done once for each entry, or not at all."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from interventions.book import Finding
from interventions.models import Alert, Resource, ResourceTag, ResourceUse, Rule, SupportPlan
from interventions.notices import write_notices
from interventions.protocols import steps_of
from milestones.models import Criterion

Opened = tuple[Alert, Finding]
KIND_OF_PLAN = {
    Rule.Action.PLAN: SupportPlan.Kind.SUPPORT,
    Rule.Action.GROUP: SupportPlan.Kind.GROUP,
    Rule.Action.PEER: SupportPlan.Kind.PEER,
}


def act_on(opened: Sequence[Opened]) -> None:
    """Run the actions of the rules behind these new entries, all entries of an action together."""
    by_action: dict[str, list[tuple[Alert, Finding, Rule]]] = defaultdict(list)
    for alert, finding in opened:
        for watch in finding.watches:
            if watch.rule is not None:
                by_action[watch.action].append((alert, finding, watch.rule))
    for action, some in sorted(by_action.items()):
        if action in ACTIONS:
            ACTIONS[action](some)


def _propose_plans(some: Sequence[tuple[Alert, Finding, Rule]]) -> None:
    """A plan to look at and start; where one of the kind is open already, none."""
    SupportPlan.objects.bulk_create([_plan(*one) for one in some], ignore_conflicts=True)


def _plan(alert: Alert, finding: Finding, rule: Rule) -> SupportPlan:
    kind = KIND_OF_PLAN[Rule.Action(rule.action)]
    steps = steps_of(rule.protocol.steps.all()) if rule.protocol else []  # read with the rules
    return SupportPlan(
        learner_id=alert.learner_id,
        milestone_id=alert.milestone_id,
        section_id=alert.section_id,
        kind=kind,
        protocol=rule.protocol,
        steps=steps,
        approach=steps[0]["approach"] if steps else str(kind.label),
        rule_id=rule.pk,
        level_then=finding.fact.level,
        since_then=finding.fact.since,
    )


def _give(some: Sequence[tuple[Alert, Finding, Rule]], way: str, kinds: Sequence[str]) -> None:
    """The rule's own resource, else the best fitting one of the library; nothing that the learner was given before."""
    given = set(
        ResourceUse.objects.filter(learner_id__in={alert.learner_id for alert, _, _ in some}).values_list(
            "learner_id", "resource_id"
        )
    )
    fitting = _fitting({alert.milestone_id for alert, _, _ in some}, kinds)
    uses = []
    for alert, finding, rule in some:
        choices = [rule.resource_id] if rule.resource_id else fitting.get(alert.milestone_id, {})
        ranked = choices if isinstance(choices, list) else _ranked(choices, finding.fact.level)
        fresh = next((one for one in ranked if (alert.learner_id, one) not in given), None)
        if fresh is not None:
            given.add((alert.learner_id, fresh))
            uses.append(
                ResourceUse(
                    resource_id=fresh, learner_id=alert.learner_id, milestone_id=alert.milestone_id, way=way,
                    level_then=finding.fact.level, since_then=finding.fact.since, rule_id=rule.pk,
                )
            )  # fmt: skip
    ResourceUse.objects.bulk_create(uses)


def _fitting(milestones: set[int], kinds: Sequence[str]) -> dict[int, dict[int, int | None]]:
    """{milestone: {resource: the level it is made for}}. Two queries."""
    asks_for: dict[int, list[int]] = defaultdict(list)
    rows = Criterion.objects.filter(milestone_id__in=milestones).values_list("competency_id", "milestone_id")
    for competency, milestone in rows:
        asks_for[competency].append(milestone)
    tags = ResourceTag.objects.filter(competency_id__in=list(asks_for), resource__is_active=True)
    found: dict[int, dict[int, int | None]] = defaultdict(dict)
    for resource, competency, level in tags.filter(resource__kind__in=kinds).values_list(
        "resource_id", "competency_id", "level"
    ):
        for milestone in asks_for[competency]:
            found[milestone][resource] = level
    return found


def _ranked(choices: dict[int, int | None], level: int) -> list[int]:
    """Made for this level first, then for all levels; what is made for another one is left out."""
    fits = [(made_for is None, key) for key, made_for in choices.items() if made_for in (None, level)]
    return [key for _, key in sorted(fits)]


def _give_practice(some: Sequence[tuple[Alert, Finding, Rule]]) -> None:
    kinds = (Resource.Kind.READING, Resource.Kind.PRACTICE, Resource.Kind.VIDEO)
    _give(some, ResourceUse.Way.ASSIGNED, kinds)


def _offer_extension(some: Sequence[tuple[Alert, Finding, Rule]]) -> None:
    _give(some, ResourceUse.Way.OFFERED, (Resource.Kind.EXTENSION,))


def _write(some: Sequence[tuple[Alert, Finding, Rule]]) -> None:
    write_notices([(alert, rule) for alert, _, rule in some])


ACTIONS: dict[str, Callable[[Sequence[tuple[Alert, Finding, Rule]]], None]] = {
    Rule.Action.PLAN: _propose_plans,
    Rule.Action.GROUP: _propose_plans,
    Rule.Action.PEER: _propose_plans,
    Rule.Action.RESOURCE: _give_practice,
    Rule.Action.ENRICH: _offer_extension,
    Rule.Action.NOTICE: _write,
}
