"""API clients with their keys, what they asked, and answers remembered for Idempotency-Key."""

from django.db import models
from django.db.models import Q

from learners.models import School
from learners.reach import my_school_ids
from tenancy.actor import Actor
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey


def _of_my_schools(actor: Actor) -> Q:
    """Keys that reach schools of the actor and no other."""
    mine = my_school_ids(actor)
    reaching = ApiClientSchool.objects.filter(school_id__in=mine).values("client_id")
    beyond = ApiClientSchool.objects.exclude(school_id__in=mine).values("client_id")
    return Q(pk__in=reaching) & ~Q(pk__in=beyond)


class ApiClient(PublicTenantModel):
    """A program that calls for one tenant. Only a keyed hash of its key is kept, and of the one before for a while.

    addresses: networks from which it may call, none for everywhere. hint: the last characters of the key.
    """

    RESOURCE = "API client and token"
    SCOPES = {"SCH": _of_my_schools}

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=12)
    previous_hash = models.CharField(max_length=64, blank=True)
    previous_until = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)
    addresses = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField(default=600)
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
        indexes = [models.Index(fields=["tenant", "previous_hash"], name="apiclient_previous")]

    def __str__(self) -> str:
        return self.name

    @property
    def client_id(self) -> str:
        """What OAuth calls the client. It names the tenant, as the key does."""
        return f"wm_{self.tenant_id}_{self.public_id.hex}"


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


class AccessToken(TenantModel):
    """What OAuth's client credentials were exchanged for: an hour, with some or all scopes of the client."""

    client = TenantForeignKey(ApiClient, on_delete=models.CASCADE, related_name="access_tokens")
    token_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="accesstoken_once")]
        indexes = [models.Index(fields=["tenant", "expires_at"], name="accesstoken_age")]

    def __str__(self) -> str:
        return f"of {self.client_id}"


class ApiRequest(TenantModel):
    """One call and how it was answered: what the log of the developers' pages shows, and what the rate is counted by.

    No content: the path, the names of the parameters and, where it failed, the sentence of the answer.
    """

    RESOURCE = "API client and token"
    SCOPES = {"SCH": lambda actor: Q(client_id__in=ApiClient.objects.filter(_of_my_schools(actor)).values("id"))}

    client = TenantForeignKey(ApiClient, on_delete=models.CASCADE, related_name="requests")
    at = models.DateTimeField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    parameters = models.CharField(max_length=200, blank=True)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=400, blank=True)
    ms = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "client", "at"], name="apirequest_of_client"),
            models.Index(fields=["tenant", "at"], name="apirequest_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.method} {self.path}"
