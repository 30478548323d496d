"""API clients with their tokens, and answers remembered for Idempotency-Key."""

from django.db import models
from django.db.models import Q

from learners.models import School
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


class ApiClient(PublicTenantModel):
    """A machine client of one tenant. Only a keyed hash of its token is kept."""

    RESOURCE = "API client and token"
    SCOPES = {"SCH": lambda actor: Q(pk__in=[])}

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=12)  # the token's first characters, to recognise it
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    is_revoked = models.BooleanField(default=False)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="apiclient_token"),
            models.UniqueConstraint(fields=["tenant", "name"], name="apiclient_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiClientSchool(TenantModel):
    """Limits a client to some schools; without rows it reaches all of the tenant."""

    client = TenantForeignKey(ApiClient, on_delete=models.CASCADE, related_name="school_limits")
    school = TenantForeignKey(School, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "client", "school"], name="apiclientschool_once")]

    def __str__(self) -> str:
        return f"{self.client_id} in {self.school_id}"


class IdempotentAnswer(TenantModel):
    """The answer to a request that named an Idempotency-Key; sent again unchanged for 24 hours."""

    client = TenantForeignKey(ApiClient, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)  # empty while the first request still runs
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "client", "key"], name="idempotentanswer_key")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotentanswer_age")]

    def __str__(self) -> str:
        return self.key
