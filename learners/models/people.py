"""Schools, terms, sections, learners and guardians: who learns what with whom, from when to when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from learners import reach
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.models import Member, RoleGrant


def sourced_id() -> models.CharField[str | None, str | None]:
    """Identifier of the row in the roster it came from (OneRoster sourcedId); empty for rows made by hand."""
    return models.CharField(max_length=255, null=True)


def sourced_once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["tenant", "sourced_id"], name=f"{name}_sourced_id")


class School(PublicTenantModel):
    """An organisation of the roster: a school, or the district and departments above it."""

    RESOURCE = "School"
    SCOPES = reach.school_scopes()

    sourced_id = sourced_id()
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, default="school")
    identifier = models.CharField(max_length=100, blank=True)
    parent = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [*PublicTenantModel.Meta.constraints, sourced_once("school")]

    def __str__(self) -> str:
        return self.name


class Term(PublicTenantModel):
    """A school year, semester, term or grading period."""

    RESOURCE = "Academic year and term"

    sourced_id = sourced_id()
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    school_year = models.CharField(max_length=9)
    parent = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [*PublicTenantModel.Meta.constraints, sourced_once("term")]

    def __str__(self) -> str:
        return self.title


class Course(PublicTenantModel):
    RESOURCE = "Section"

    sourced_id = sourced_id()
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=100, blank=True)
    grades = models.CharField(max_length=255, blank=True)
    subjects = models.CharField(max_length=255, blank=True)
    school = TenantForeignKey(School, null=True, on_delete=models.PROTECT, related_name="courses")
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [*PublicTenantModel.Meta.constraints, sourced_once("course")]

    def __str__(self) -> str:
        return self.title


class Section(PublicTenantModel):
    """A taught group (OneRoster class)."""

    RESOURCE = "Section"
    SCOPES = reach.section_scopes()

    sourced_id = sourced_id()
    title = models.CharField(max_length=255)
    code = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, default="scheduled")
    grades = models.CharField(max_length=255, blank=True)
    subjects = models.CharField(max_length=255, blank=True)
    location = models.CharField(max_length=255, blank=True)
    school = TenantForeignKey(School, on_delete=models.PROTECT, related_name="sections")
    course = TenantForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="sections")
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [*PublicTenantModel.Meta.constraints, sourced_once("section")]
        indexes = [models.Index(fields=["tenant", "school"], name="section_school")]

    def __str__(self) -> str:
        return self.title


class SectionTerm(TenantModel):
    """The terms in which a section meets."""

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="section_terms")
    term = TenantForeignKey(Term, on_delete=models.CASCADE, related_name="section_terms")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "section", "term"], name="sectionterm_once")]

    def __str__(self) -> str:
        return f"{self.section_id} in {self.term_id}"


class Learner(PublicTenantModel):
    """The learner's record; it follows the learner across sections, schools and years."""

    RESOURCE = "Learner directory fields"
    SCOPES = reach.learner_scopes()

    sourced_id = sourced_id()
    member = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="learners")
    given_name = models.CharField(max_length=150)
    family_name = models.CharField(max_length=150, blank=True)
    preferred_name = models.CharField(max_length=150, blank=True)
    pronouns = models.CharField(max_length=60, blank=True)
    # Lower-case, without accents: the only form of a name that an index can find under row-level security.
    folded_name = models.CharField(max_length=320)
    identifier = models.CharField(max_length=100, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    home_school = TenantForeignKey(School, null=True, on_delete=models.PROTECT, related_name="home_learners")
    is_active = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            sourced_once("learner"),
            models.UniqueConstraint(fields=["tenant", "member"], name="learner_member"),
        ]
        indexes = [models.Index(fields=["tenant", "folded_name"], name="learner_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip()


class SchoolPost(TenantModel):
    """A member's role in one school: the reach of a school administrator, or where a teacher works."""

    RESOURCE = "Staff assignment to section or caseload"

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="school_posts")
    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=4, choices=RoleGrant.Role)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member", "school", "role"], name="schoolpost_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.school_id}"


class SectionStaff(TenantModel):
    """An assignment of a teacher to a section, with its dates."""

    RESOURCE = "Staff assignment to section or caseload"
    SCOPES = reach.section_child_scopes()

    sourced_id = sourced_id()
    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="staff")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="section_staff")
    role = models.CharField(max_length=4, choices=RoleGrant.Role, default=RoleGrant.Role.TEACHER)
    is_primary = models.BooleanField(default=False)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member", "section", "role"], name="sectionstaff_once"),
            sourced_once("sectionstaff"),
        ]
        indexes = [models.Index(fields=["tenant", "section"], name="sectionstaff_section")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.section_id}"


class Enrolment(TenantModel):
    """A learner's place in a section, with its dates."""

    RESOURCE = "Enrolment"
    SCOPES = reach.enrolment_scopes()

    sourced_id = sourced_id()
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="enrolments")
    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="enrolments")
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    is_withdrawn = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "section", "learner"], name="enrolment_once"),
            sourced_once("enrolment"),
        ]
        indexes = [models.Index(fields=["tenant", "learner"], name="enrolment_learner")]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.section_id}"


class GuardianLink(TenantModel):
    """A guardian's link to one child. Only a verified link gives access."""

    RESOURCE = "Guardian link"
    SCOPES = reach.guardian_link_scopes()

    class Status(models.TextChoices):
        UNVERIFIED = "unverified", _("Unverified")
        VERIFIED = "verified", _("Verified")
        RESTRICTED = "restricted", _("Restricted")
        ENDED = "ended", _("Ended")

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="guardian_links")
    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="guardian_links")
    relationship = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.UNVERIFIED)
    ends_on = models.DateField(null=True)
    from_roster = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "learner"], name="guardianlink_once")]
        indexes = [models.Index(fields=["tenant", "learner"], name="guardianlink_learner")]

    def __str__(self) -> str:
        return self.status


# `tenancy` does not know schools: what "of the actor's school" means for a person is said here.
Member.SCOPES = reach.member_scopes()
