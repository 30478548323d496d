"""Tenants, users, members and their roles, and the audit trail."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey
from tenancy.ids import uuid7


class Tenant(models.Model):
    """A district, school or company: the body that controls the data. Global table, no personal data."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    host = models.CharField(max_length=200, unique=True, null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    small_group = models.PositiveSmallIntegerField(default=10)
    language = models.CharField(max_length=10, default="en", db_default="en")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None) -> "User":
        user = User(email=email.strip().lower())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. Global: one person may belong to several tenants; nothing about a tenant stands here."""

    email = models.EmailField(max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # staff of the platform, for the admin site only
    theme = models.CharField(max_length=6, default="device", choices=[(v, v) for v in ("device", "light", "dark")])
    language = models.CharField(max_length=10, blank=True, default="", db_default="")  # "": the browser's
    created_at = models.DateTimeField(auto_now_add=True)
    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    def __str__(self) -> str:
        return self.email


class Affiliation(models.Model):
    """Where a user may sign in. Global, because it is read before a tenant is known; it says nothing else."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="affiliations")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="affiliation_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.tenant_id}"


class Member(PublicTenantModel):
    """A person of a tenant: staff, guardian or a learner who signs in. `user` is empty until an account is opened."""

    RESOURCE = "Staff and guardian accounts"

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    sourced_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 - several people without one
    given_name = models.CharField(max_length=150)
    family_name = models.CharField(max_length=150, blank=True)
    email = models.CharField(max_length=254, blank=True)
    is_enabled = models.BooleanField(default=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "sourced_id"], name="member_sourced_id"),
            models.UniqueConstraint(fields=["tenant", "user"], name="member_user"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class RoleGrant(TenantModel):
    """A role that a member holds, with its dates. Reach (sections, schools, children) stands in `learners`."""

    RESOURCE = "Role grant"

    class Role(models.TextChoices):
        LEARNER = "LRN", _("Learner")
        GUARDIAN = "GRD", _("Guardian")
        MENTOR = "MEN", _("Mentor")
        TEACHER = "TCH", _("Teacher")
        ASSISTANT = "AST", _("Teaching assistant")
        SCHOOL_ADMINISTRATOR = "SCH", _("School administrator")
        DISTRICT_ADMINISTRATOR = "DST", _("District administrator")

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=4, choices=Role)
    begins_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "member", "role"], name="rolegrant_once")]

    def __str__(self) -> str:
        return self.role


class AuditEntry(TenantModel):
    """Who did what. Append-only by grant: the application's role cannot change or delete it."""

    RESOURCE = "Audit trail"
    SCOPES = {"MINE": lambda actor: Q(member_id=actor.member_id)}

    at = models.DateTimeField(auto_now_add=True)
    member_id = models.BigIntegerField(null=True)
    token_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)
    request_number = models.CharField(max_length=32, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "at"], name="auditentry_at")]

    def __str__(self) -> str:
        return self.action


class FailedJob(TenantModel):
    """Work of a job that did not come to its end for this tenant: tried again with growing pauses, then left to people.

    One row per job and tenant; it goes when the job has succeeded.
    """

    RESOURCE = "Background job (state, error list)"

    job = models.CharField(max_length=100)
    tries = models.PositiveSmallIntegerField(default=1)
    problem = models.TextField()
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(null=True)  # None: no longer tried by itself

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "job"], name="failedjob_once")]

    def __str__(self) -> str:
        return self.job
