"""The portfolio: work that a learner or a teacher keeps, tied to competencies."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.ledger import EDIT_WINDOW
from assessments.models.tasks import Attempt
from competencies.models import Competency
from learners.models import Learner
from learners.reach import learner_scopes
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

ARTEFACT = "Artefact file"


class Artefact(PublicTenantModel):
    """One piece of a portfolio: a file, image or sound kept outside the web root, a link, or text."""

    RESOURCE = ARTEFACT
    SCOPES = {
        **learner_scopes("learner"),
        "PUB": lambda actor: Q(shared_at__isnull=False),
        "MINE": lambda actor: Q(added_by_id=actor.member_id),
        "WIN": lambda actor: Q(added_at__gte=timezone.now() - EDIT_WINDOW),
    }

    class Kind(models.TextChoices):
        FILE = "file", _("File")
        IMAGE = "image", _("Picture")
        AUDIO = "audio", _("Sound")
        LINK = "link", _("Link")
        TEXT = "text", _("Text")

    learner = TenantForeignKey(Learner, on_delete=models.PROTECT, related_name="artefacts")
    attempt = TenantForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="artefacts")
    kind = models.CharField(max_length=5, choices=Kind)
    title = models.CharField(max_length=200)
    reflection = models.TextField(blank=True)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    stored_as = models.CharField(max_length=200, blank=True)  # key in the storage, never shown
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)  # found by content, not by name
    size = models.PositiveBigIntegerField(default=0)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    is_checked = models.BooleanField(default=False)  # made anew, plain text, or passed by the scanner
    added_at = models.DateTimeField(default=timezone.now)
    added_by_id = models.BigIntegerField(null=True)
    shared_at = models.DateTimeField(null=True)  # with the family
    removed_at = models.DateTimeField(null=True)
    removed_by_id = models.BigIntegerField(null=True)

    class Meta(PublicTenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "learner", "-added_at"], name="artefact_learner")]

    def __str__(self) -> str:
        return self.title


class ArtefactTag(TenantModel):
    """A competency that an artefact shows."""

    RESOURCE = ARTEFACT

    artefact = TenantForeignKey(Artefact, on_delete=models.CASCADE, related_name="tags")
    competency = TenantForeignKey(Competency, on_delete=models.PROTECT, related_name="artefact_tags")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "artefact", "competency"], name="artefacttag_once")]
        indexes = [models.Index(fields=["tenant", "competency"], name="artefacttag_competency")]

    def __str__(self) -> str:
        return f"{self.artefact_id} shows {self.competency_id}"
