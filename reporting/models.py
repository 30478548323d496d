"""Counters behind the pages of administrators, and views of them that somebody keeps.

Keys are plain numbers without constraints: 0 (or an empty or starred text) stands for "all", and every row can be
counted anew at any time.
"""

from typing import Any

from django.db import models
from django.utils import timezone

from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member

AGGREGATE = "School or district aggregate"
ALL_GRADES = "*"
BUCKETS = (1, 2, 3, 5, 7, 10, 14, 18, 23, 30, 40, 55, 75, 100, 140)
"""Upper ends of the stays' buckets, in days; the last bucket has none."""


def count() -> Any:
    return models.PositiveIntegerField(default=0)


class LevelCounts(TenantModel):
    """Learners of one place on one milestone, or learners × milestones of a whole topic, by level.

    school 0 = all; grade * = all; milestone 0 = all milestones of the topic, which is a framework (0 = all, -1 = of
    none) and a kind ('' = all). With a milestone, framework and kind are 0 and ''.
    """

    school = models.BigIntegerField()
    grade = models.CharField(max_length=20)
    framework = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=16, blank=True)
    milestone = models.BigIntegerField(default=0)
    learners = count()
    n0, n1, n2, n3, n4 = (count() for _ in range(5))

    class Meta(TenantModel.Meta):
        abstract = True


class LevelCount(LevelCounts):
    """As it is now. stalled: learners stalled on two or more; sections, assessed: classes that plan the milestone and

    those where somebody has a level. is_shown: see `reporting.suppression`.
    """

    RESOURCE = AGGREGATE

    stalled = count()
    sections = count()
    assessed = count()
    is_shown = models.BooleanField(default=False)

    class Meta(LevelCounts.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "school", "grade", "framework", "kind", "milestone"], name="levelcount_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "milestone", "framework", "kind", "grade", "school"], name="levelcount_across"
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.grade} {self.milestone}"


class LevelDay(LevelCounts):
    """The same at the end of a day, where it differs from the day before: the newest row up to a day holds."""

    RESOURCE = AGGREGATE

    day = models.DateField()
    is_shown = models.BooleanField(default=False)

    class Meta(LevelCounts.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "school", "grade", "framework", "kind", "milestone", "day"], name="levelday_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "milestone", "framework", "kind", "grade", "school", "day"], name="levelday_across"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.school} {self.grade} {self.milestone}"


class SectionCount(TenantModel):
    """Learners of one class on one planned milestone, by level. grade: of all of them, * where they differ."""

    RESOURCE = AGGREGATE

    section = models.BigIntegerField()
    school = models.BigIntegerField()
    milestone = models.BigIntegerField()
    grade = models.CharField(max_length=20)
    n0, n1, n2, n3, n4 = (count() for _ in range(5))

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "section", "milestone"], name="sectioncount_once")]
        indexes = [models.Index(fields=["tenant", "school", "milestone"], name="sectioncount_school")]

    def __str__(self) -> str:
        return f"{self.section} {self.milestone}"


class StayCount(TenantModel):
    """How long learners of a school stayed in a level of a milestone before they moved up: a histogram of days."""

    RESOURCE = AGGREGATE

    school = models.BigIntegerField()  # 0 = all
    milestone = models.BigIntegerField()
    level = models.PositiveSmallIntegerField()
    (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15) = (count() for _ in range(16))

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "school", "milestone", "level"], name="staycount_once")
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.milestone} {self.level}"


class GroupCount(TenantModel):
    """Levels of a group of learners, by one field that the tenant keeps: only those that may be shown have a row.

    Keys as in LevelCounts, over all grades. Counted by the night.
    """

    RESOURCE = AGGREGATE

    school = models.BigIntegerField()
    framework = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=16, blank=True)
    milestone = models.BigIntegerField(default=0)
    dimension = models.CharField(max_length=16)
    value = models.CharField(max_length=40, blank=True)
    learners = count()
    n0, n1, n2, n3, n4 = (count() for _ in range(5))

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "dimension", "milestone", "framework", "kind", "school", "value"],
                name="groupcount_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school} {self.dimension} {self.value}"


class CountMark(TenantModel):
    """What moved and is not counted yet: PostgreSQL's half of the wake-up. Written in the transaction of the move.

    A learner's level on a milestone; or (learner 0) everything of a school; or (school 0 as well) of the tenant.
    """

    RESOURCE = AGGREGATE

    learner = models.BigIntegerField(default=0)
    milestone = models.BigIntegerField(default=0)
    school = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.learner} {self.milestone} {self.school}"


class CountRun(TenantModel):
    """When the counters were last brought up to date, and the last day that was closed."""

    RESOURCE = AGGREGATE

    at = models.DateTimeField(default=timezone.now)
    whole_at = models.DateTimeField(null=True)
    groups_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="countrun_once")]

    def __str__(self) -> str:
        return self.at.isoformat()


class ReportEvent(PublicTenantModel):
    """Something that happened on a day, marked on the trend. school: None = everywhere."""

    RESOURCE = AGGREGATE

    day = models.DateField()
    title = models.CharField(max_length=80)
    school = TenantForeignKey("learners.School", null=True, on_delete=models.CASCADE, related_name="report_events")
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["tenant", "day", "title", "school"], name="reportevent_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.title}"


class SavedView(PublicTenantModel):
    """The filters of a report under a name, for the member who kept them."""

    RESOURCE = AGGREGATE

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "member", "name"], name="savedview_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Cohort(PublicTenantModel):
    """Classes that try something out, to be looked at beside the others. target: share at Meets or above, percent."""

    RESOURCE = AGGREGATE

    name = models.CharField(max_length=100)
    about = models.TextField(blank=True)
    target = models.PositiveSmallIntegerField(null=True)
    target_on = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="cohort_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CohortPlace(PublicTenantModel):
    """A class of a cohort, or a grade of a school, and the day on which it joins: the plan of the roll-out."""

    RESOURCE = AGGREGATE

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="places")
    section = TenantForeignKey("learners.Section", null=True, on_delete=models.CASCADE, related_name="cohort_places")
    school = TenantForeignKey("learners.School", null=True, on_delete=models.CASCADE, related_name="cohort_places")
    grade = models.CharField(max_length=20, blank=True)
    begins_on = models.DateField()

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(section__isnull=False, school=None, grade="")
                | models.Q(section=None, school__isnull=False) & ~models.Q(grade=""),
                name="cohortplace_one_place",
            ),
            models.UniqueConstraint(
                fields=["tenant", "cohort", "section", "school", "grade"], name="cohortplace_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "section"], name="cohortplace_section")]

    def __str__(self) -> str:
        return f"{self.section_id or self.grade} from {self.begins_on}"
