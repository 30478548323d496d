"""A status worked out for evidence that is only tried, not stored: the API's status preview."""

from collections.abc import Mapping, Sequence

from .context import NOWHERE, Context
from .errors import EvidenceErrors
from .explain import explain
from .policy import Json
from .policy_parse import parse_policy
from .table import EvidenceTable


def preview(
    policy_data: Mapping[str, object], evidence_rows: Sequence[Mapping[str, object]], context: Context = NOWHERE
) -> Json:
    """{"value", "level", "counted", "ignored", "explanation"} of one learner's rows under a policy.

    policy_data: see `parse_policy`; evidence_rows: see `EvidenceTable.from_rows`. Raises PolicyErrors, else
    EvidenceErrors, each with every problem found.
    """
    policy = parse_policy(policy_data)
    problems = [
        (f"evidence[{number}].group", "group was given. Leave it out: a preview is about one learner")
        for number, row in enumerate(evidence_rows)
        if isinstance(row, Mapping) and "group" in row
    ]
    if problems:
        raise EvidenceErrors(problems)
    explanation = explain(policy, EvidenceTable.from_rows(evidence_rows), context)
    return {
        "value": explanation["value"],
        "level": explanation["level"],
        "counted": explanation["counted"],
        "ignored": explanation["ignored"],
        "explanation": explanation,
    }
