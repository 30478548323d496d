"""What an import did: kept, so that it can be looked at later. No personal values."""

from django.db import models

from tenancy.base import PublicTenantModel


class ImportReport(PublicTenantModel):
    RESOURCE = "Background job (state, error list)"

    kind = models.CharField(max_length=20)  # case, oneroster, evidence
    file_name = models.CharField(max_length=255)
    is_dry_run = models.BooleanField(default=False)
    is_accepted = models.BooleanField()
    counts = models.JSONField(default=dict)  # {type: {created, updated, unchanged, deleted, skipped}}
    problems = models.JSONField(default=list)  # [{severity, file, row, field, code, message}]
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(auto_now_add=True)
    member_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-finished_at"], name="importreport_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
