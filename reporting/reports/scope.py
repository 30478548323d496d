"""What a report looks at: the filters of the address, and the schools that the reader may see sums of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from competencies.models import Framework
from learners.models import Dimension, School
from milestones.models import Milestone
from reporting.models import AGGREGATE, ALL_GRADES
from reporting.pages import read_uuid
from tenancy.actor import DST, INT, Actor
from tenancy.errors import NotFound
from tenancy.models import Tenant

WEEKS, MOST_WEEKS = 4, 52
COMPARE = (1, 2, 4, 8, 13, 26, 52)


@dataclass(frozen=True, slots=True)
class Scope:
    """schools: {key: school} of the reader; is_whole: all of the tenant; school, framework: what was chosen.

    grade * = all; kind '' = all; weeks: how far back the figures are compared; limit: the smallest group; by: the field
    whose groups are compared; target: a share in percent that is asked for, 0 = none;
    cohort: shown in the trend beside the others.
    """

    schools: Mapping[int, School]
    frameworks: Mapping[int, Framework]
    is_whole: bool
    limit: int
    today: date
    school: School | None = None
    framework: Framework | None = None
    grade: str = ALL_GRADES
    kind: str = ""
    weeks: int = WEEKS
    by: str = ""
    target: int = 0
    cohort: UUID | None = None

    @property
    def keys(self) -> list[int]:
        """The places whose rows add up to what is looked at."""
        if self.school is not None:
            return [self.school.pk]
        return [0] if self.is_whole else sorted(self.schools)

    @property
    def topic(self) -> dict[str, object]:
        return {"framework": self.framework.pk if self.framework else 0, "kind": self.kind, "milestone": 0}

    @property
    def before(self) -> date:
        return self.today - timedelta(weeks=self.weeks)

    @property
    def query(self) -> str:
        """The filters as a query string, without a question mark."""
        given = {
            "school": self.school.public_id if self.school else "",
            "grade": "" if self.grade == ALL_GRADES else self.grade,
            "subject": self.framework.public_id if self.framework else "",
            "kind": self.kind,
            "weeks": "" if self.weeks == WEEKS else self.weeks,
            "by": self.by,
            "target": self.target,
            "cohort": self.cohort,
        }
        return urlencode({name: value for name, value in given.items() if value})

    def with_school(self, school: School) -> "Scope":
        return replace(self, school=school)

    def with_grade(self, grade: str) -> "Scope":
        return replace(self, grade=grade)


def read_scope(actor: Actor, tenant: Tenant, asked: QueryDict) -> Scope:
    """Two queries. Raises NotFound for a school or subject that the reader does not see, or without any school."""
    schools = {one.pk: one for one in School.objects.visible_to(actor, AGGREGATE).order_by("name", "id")}
    frameworks = {one.pk: one for one in Framework.objects.visible_to(actor).order_by("title", "id")}
    if not schools:
        raise NotFound
    kind, weeks = asked.get("kind", ""), asked.get("weeks", "")
    return Scope(
        schools=schools,
        frameworks=frameworks,
        is_whole=actor.has(DST) or (actor.has(INT) and actor.school_ids is None),
        limit=tenant.small_group,
        today=actor.today,
        school=_chosen(schools, asked.get("school", "")),
        framework=_chosen(frameworks, asked.get("subject", "")),
        grade=asked.get("grade", "")[:20] or ALL_GRADES,
        kind=kind if kind in Milestone.Kind.values else "",
        weeks=_number(weeks, MOST_WEEKS) or WEEKS,
        target=_number(asked.get("target", ""), 100) or 0,
        cohort=read_uuid(asked.get("cohort", "")),
        by=asked.get("by", "") if asked.get("by", "") in Dimension.values else "",
    )


def _number(text: str, most: int) -> int | None:
    """From 1 to `most`; None for what is no number."""
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _chosen(among: Mapping[int, Any], text: str) -> Any:
    if not text:
        return None
    wanted = read_uuid(text)
    for one in among.values():
        if one.public_id == wanted:
            return one
    raise NotFound
