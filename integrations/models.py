"""What an import did: kept, so that it can be looked at later. No personal values."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from competencies.models import Framework
from learners.reach import administered_school_ids
from tenancy.base import PublicTenantModel, TenantModel
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


class RosterImport(PublicTenantModel):
    """A roster file on its way from upload to preview, saving and undoing. The file goes when it is saved.

    The row is the truth of the job: a worker that dies leaves the state as it was, and the next one begins again.
    """

    RESOURCE = "Background job (state, error list)"
    # Those of one's own schools; one of the district names people of all of them.
    SCOPES = {"SCH": lambda actor: Q(school_ids__contained_by=administered_school_ids(actor))}

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        REFUSED = "refused"
        SAVING = "saving"
        SAVED = "saved"
        UNDOING = "undoing"
        UNDONE = "undone"
        DISCARDED = "discarded"
        FAILED = "failed"

    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255, blank=True)  # empty: the file is gone
    keeps_missing = models.BooleanField(default=True)
    school_ids = models.JSONField(null=True)  # of a school administrator's import: what it may touch; None: everything
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    step = models.CharField(max_length=10, blank=True)  # check, stage, write, finish
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    share = models.PositiveSmallIntegerField(default=0)  # percent of the way
    heard_at = models.DateTimeField(null=True)  # of the worker
    tries = models.PositiveSmallIntegerField(default=0)
    problems = models.JSONField(default=list)  # [{file, row, field, code, message, value, name, cells}]
    headers = models.JSONField(default=dict)  # {file: cells of its first row}, for the files that have problems
    figures = models.JSONField(default=dict)
    kept = models.JSONField(default=list)  # what an undo left alone: [{name, what}]
    error = models.CharField(max_length=500, blank=True)
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=310, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-made_at"], name="rosterimport_newest")]

    def __str__(self) -> str:
        return self.file_name


class RosterImportRow(TenantModel):
    """One person whom an import would change, for its preview; deleted when it is saved or discarded."""

    RESOURCE = "Background job (state, error list)"

    roster_import = TenantForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    what = models.CharField(max_length=8)  # look, new, changed, leaves
    detail = models.JSONField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "roster_import", "position"], name="rosterimportrow_once")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.position}"


class RosterChange(TenantModel):
    """One row that an import made or changed, as it was and as it became: kept for thirty days, to undo it."""

    RESOURCE = "Background job (state, error list)"

    roster_import = TenantForeignKey(RosterImport, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=40)  # the table
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)  # only what differs; None: the import made the row
    after = models.JSONField(null=True)  # only what differs, all of a new row; None: the import took the row away

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "roster_import", "kind", "row_id"], name="rosterchange_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
