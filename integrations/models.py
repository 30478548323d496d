"""What an import did: kept, so that it can be looked at later. No personal values."""

from django.db import models
from django.utils import timezone

from competencies.models import Framework
from tenancy.base import PublicTenantModel
from tenancy.fields import TenantForeignKey


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


class CurriculumUpload(PublicTenantModel):
    """A table of competencies between its preview and its saving; deleted then, or after a day."""

    RESOURCE = "Framework, competency, milestone, rubric (draft)"

    kind = models.CharField(max_length=8)  # csv, xlsx, canvas, moodle
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    framework = TenantForeignKey(Framework, null=True, on_delete=models.CASCADE, related_name="uploads")
    title = models.CharField(max_length=200, blank=True)  # of the framework to be made
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "made_at"], name="curriculumupload_made")]

    def __str__(self) -> str:
        return self.file_name
