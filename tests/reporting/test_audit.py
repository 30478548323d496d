"""The audit trail by page and file: what was done, by whom, filtered; taking it away is written into it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.models import AuditEntry
from tests.builders import Cast, World
from tests.reporting.conftest import As, text_of


@pytest.fixture
def home(cast: Cast) -> World:
    return cast.home


def test_the_trail_is_shown_filtered_and_taken_away(home: World, signed_in: As) -> None:
    district = signed_in("DST")
    actor = home.system.__class__(home.tenant.pk, home.system.today, member_id=home.members["TCH"].pk)
    with tenant_context(home.tenant.pk):
        for _n in range(101):
            record_audit(actor, "role.given", target=home.members["SCH"], detail={"role": "=TCH"})
        record_audit(actor, "learner.changed", target=home.learner)
    words = text_of(district.get("/audit/"))
    assert "LKV TCH Person Changed the record of a learner Ana LKV" in words
    assert "Older" in words
    rows = {
        kind: district.get(f"/audit/?kind={kind}").content.decode().partition("<tbody>")[2]
        for kind in ("role.given", "0", "1", "nonsense")
    }
    shown = {kind: ("Gave a role" in row, "Changed the record" in row) for kind, row in rows.items()}
    assert shown == {
        "role.given": (True, False), "0": (True, False), "1": (False, True), "nonsense": (True, True)
    }  # fmt: skip
    assert "<tbody>" not in district.get("/audit/?who=nobody").content.decode()
    assert "LKV SCH Person role: =TCH" in text_of(district.get("/audit/?who=tch&kind=role.given"))
    tomorrow = home.system.today + timedelta(days=2)
    assert "Nothing was found." in text_of(district.get(f"/audit/?from={tomorrow}"))
    assert "Gave a role" in text_of(district.get("/audit/?from=nonsense&until=9999-12-31&before=x"))
    file = district.get("/audit.csv?kind=role.given").content.decode()
    assert file.count("role.given") == 101
    with tenant_context(home.tenant.pk):
        assert AuditEntry.objects.filter(action="audit.exported").count() == 1
    assert signed_in("TCH").get("/audit/").status_code == 404
