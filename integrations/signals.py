"""Listens to what a tenant keeps: what an undo would set back is forgotten, too."""

import json
from typing import Any

from django.dispatch import receiver

from integrations.oneroster.bulk import run
from learners.demographics import NOTHING
from learners.signals import dimension_dropped

FORGET = """
UPDATE integrations_rosterchange SET
  before = CASE WHEN before ? %(name)s THEN jsonb_set(before, ARRAY[%(name)s], %(empty)s::jsonb) ELSE before END,
  after = CASE WHEN after ? %(name)s THEN jsonb_set(after, ARRAY[%(name)s], %(empty)s::jsonb) ELSE after END
WHERE tenant_id = %(tenant)s AND kind = 'learners_demographics' AND (before ? %(name)s OR after ? %(name)s)
"""


@receiver(dimension_dropped)
def forget_changes(sender: Any, dimension: str, **_: Any) -> None:
    """An undo sets nothing back of what the tenant keeps no longer, and no copy of it stays."""
    run(FORGET, name=dimension, empty=json.dumps(NOTHING[dimension]))
