"""Groups that learners belong to, where a tenant keeps them at all: for figures of groups, never for a level."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from learners.models.people import Learner
from learners.reach import learner_scopes
from tenancy.base import TenantModel
from tenancy.fields import TenantForeignKey


class Dimension(models.TextChoices):
    """What can be kept. The values are columns of Demographics."""

    SEX = "sex", _("Sex")
    ETHNICITY = "ethnicity", _("Ethnicity")
    LANGUAGE = "language", _("Home language")
    SUPPORT_PLAN = "support_plan", _("Support plan or disability")
    FREE_MEALS = "free_meals", _("Free or reduced meals")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNSPECIFIED = "unspecified", _("Unspecified")


class Ethnicity(models.TextChoices):
    """The categories in which US districts report; each learner stands in one."""

    HISPANIC = "hispanic", _("Hispanic or Latino")
    AMERICAN_INDIAN = "american_indian", _("American Indian or Alaska Native")
    ASIAN = "asian", _("Asian")
    BLACK = "black", _("Black or African American")
    PACIFIC = "pacific", _("Native Hawaiian or other Pacific Islander")
    WHITE = "white", _("White")
    TWO_OR_MORE = "two_or_more", _("Two or more races")


class KeptDimension(TenantModel):
    """The tenant keeps this of its learners. Without a row nothing is kept of it, and an import passes it over."""

    RESOURCE = "District settings"

    dimension = models.CharField(max_length=16, choices=Dimension)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "dimension"], name="keptdimension_once")]

    def __str__(self) -> str:
        return self.dimension


class Demographics(TenantModel):
    """What is kept of one learner; empty: not known. from_roster: a file said so, and a later one may take it back.

    Teachers do not see it (note 5 to the access matrix), so a place in a class says nothing here.
    """

    RESOURCE = "Learner sensitive fields"
    SCOPES = {code: scope for code, scope in learner_scopes("learner").items() if code in {"SELF", "LINK", "SCH"}}

    learner = TenantForeignKey(Learner, on_delete=models.CASCADE, related_name="demographics")
    sex = models.CharField(max_length=12, blank=True, choices=Sex)
    ethnicity = models.CharField(max_length=16, blank=True, choices=Ethnicity)
    language = models.CharField(max_length=40, blank=True)
    support_plan = models.BooleanField(null=True)
    free_meals = models.BooleanField(null=True)
    from_roster = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "learner"], name="demographics_once")]

    def __str__(self) -> str:
        return f"of learner {self.learner_id}"
