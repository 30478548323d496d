"""Report cards of a whole class: a job, and the file it makes."""

from django.db import models
from django.utils import timezone

from learners.models import Section, Term
from learners.reach import section_child_scopes
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey


class CardBatch(PublicTenantModel):
    """The row is the truth of the job: a worker leases it, tells how far it is, and puts the file beside it."""

    RESOURCE = "Report cards, batch"
    SCOPES = section_child_scopes()

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    section = TenantForeignKey(Section, on_delete=models.CASCADE, related_name="card_batches")
    term = TenantForeignKey(Term, on_delete=models.CASCADE, related_name="card_batches")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    left_out = models.JSONField(default=list)  # names with a letter that no font here can show
    stored_as = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=500, blank=True)
    leased_until = models.DateTimeField(null=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "section", "-asked_at"], name="cardbatch_newest")]

    def __str__(self) -> str:
        return self.state
