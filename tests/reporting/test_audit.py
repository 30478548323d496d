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
    assert "LKV TCH Person learner.changed Ana LKV" in words
    assert "Older" in words
    assert "learner.changed" not in text_of(district.get("/audit/?area=role"))
    assert "role.given" not in text_of(district.get("/audit/?who=nobody"))
    assert "LKV SCH Person role: =TCH" in text_of(district.get("/audit/?who=tch&area=role"))
    tomorrow = home.system.today + timedelta(days=2)
    assert "Nothing was found." in text_of(district.get(f"/audit/?from={tomorrow}"))
    assert "role.given" in text_of(district.get("/audit/?from=nonsense&until=9999-12-31&before=x"))
    file = district.get("/audit.csv?area=role").content.decode()
    assert file.count("role.given") == 101
    with tenant_context(home.tenant.pk):
        assert AuditEntry.objects.filter(action="audit.exported").count() == 1
    assert signed_in("TCH").get("/audit/").status_code == 404
