"""Frameworks, competencies, their links and prerequisites."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competencies.reach import without_drafts
from tenancy.base import PublicTenantModel, TenantModel
from tenancy.fields import TenantForeignKey

CURRICULUM = "Framework, competency, milestone, rubric (published)"


class Framework(PublicTenantModel):
    """A tree of competencies (CASE CFDocument). Identity is (tenant, identifier), compared in lower case."""

    RESOURCE = CURRICULUM
    LIMIT = staticmethod(without_drafts(CURRICULUM, Q(state="draft")))

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    identifier = models.CharField(max_length=36)
    identifier_key = models.CharField(max_length=36)  # the identifier in lower case
    uri = models.TextField(blank=True)
    title = models.TextField()
    creator = models.TextField(blank=True)
    publisher = models.TextField(blank=True)
    language = models.CharField(max_length=35, blank=True)
    licence = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    last_changed_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)  # the document's other properties, kept as given

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "identifier_key"], name="framework_identifier"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_from_elsewhere(self) -> bool:
        """It came as a CASE package: its owner publishes the statements."""
        return "case_version" in self.extra


class Competency(PublicTenantModel):
    """One statement of a framework (CASE CFItem). The statement is kept unchanged and sanitised when shown."""

    RESOURCE = CURRICULUM
    LIMIT = staticmethod(without_drafts(CURRICULUM, Q(is_draft=True) | Q(framework__state="draft")))

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    framework = TenantForeignKey(Framework, on_delete=models.PROTECT, related_name="competencies")
    identifier = models.CharField(max_length=36)
    identifier_key = models.CharField(max_length=36)
    uri = models.TextField(blank=True)
    statement = models.TextField()
    short_statement = models.TextField(blank=True)
    family_statement = models.TextField(blank=True)
    code = models.CharField(max_length=255, blank=True)  # humanCodingScheme: a label, not a key
    list_enumeration = models.CharField(max_length=255, blank=True)
    item_type = models.CharField(max_length=255, blank=True)
    education_levels = models.JSONField(default=list)
    notes = models.TextField(blank=True)
    parent = TenantForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField(default=0)  # among its siblings
    tree_order = models.PositiveIntegerField(default=0)  # depth first through the whole framework
    depth = models.PositiveSmallIntegerField(default=0)
    is_draft = models.BooleanField(default=False)  # written, not yet in use: seen in the editor only
    is_retired = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    last_changed_at = models.DateTimeField(null=True)
    extra = models.JSONField(default=dict)

    class Meta(PublicTenantModel.Meta):
        constraints = [
            *PublicTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "framework", "identifier_key"], name="competency_identifier"),
        ]
        indexes = [
            models.Index(fields=["tenant", "framework", "tree_order"], name="competency_tree"),
            models.Index(fields=["tenant", "identifier_key"], name="competency_key"),
            models.Index(fields=["tenant", "code"], name="competency_code"),
            models.Index(fields=["tenant", "parent"], name="competency_parent"),
        ]

    def __str__(self) -> str:
        return self.code or self.statement[:60]

    @property
    def state(self) -> str:
        if self.is_draft:
            return self.State.DRAFT
        return self.State.RETIRED if self.is_retired else self.State.ACTIVE


class Association(TenantModel):
    """One CASE association as given. Structure is taken from isChildOf (tree) and precedes (Prerequisite) only."""

    RESOURCE = CURRICULUM

    framework = TenantForeignKey(Framework, on_delete=models.CASCADE, related_name="associations")
    identifier = models.CharField(max_length=36)
    identifier_key = models.CharField(max_length=36)
    uri = models.TextField(blank=True)
    kind = models.CharField(max_length=100)
    origin = TenantForeignKey(Competency, null=True, on_delete=models.CASCADE, related_name="outgoing")
    destination = TenantForeignKey(Competency, null=True, on_delete=models.CASCADE, related_name="incoming")
    origin_node = models.JSONField(default=dict)  # {identifier, uri, title} as given
    destination_node = models.JSONField(default=dict)
    sequence_number = models.IntegerField(null=True)
    extra = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "framework", "identifier_key"], name="association_identifier")
        ]
        indexes = [
            models.Index(fields=["tenant", "origin"], name="association_origin"),
            models.Index(fields=["tenant", "destination"], name="association_destination"),
        ]

    def __str__(self) -> str:
        return self.kind


class Prerequisite(TenantModel):
    """`before` comes first. An edge on a cycle is kept, flagged, and ignored for readiness."""

    RESOURCE = CURRICULUM

    before = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="opens")
    after = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="needs")
    is_in_cycle = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "before", "after"], name="prerequisite_once")]
        indexes = [models.Index(fields=["tenant", "after"], name="prerequisite_after")]

    def __str__(self) -> str:
        return f"{self.before_id} before {self.after_id}"


class PrerequisiteChoice(TenantModel):
    """What the tenant decided about an edge of somebody else's framework: it holds after every import."""

    RESOURCE = CURRICULUM

    before = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="chosen_opens")
    after = TenantForeignKey(Competency, on_delete=models.CASCADE, related_name="chosen_needs")
    is_wanted = models.BooleanField()
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by_id = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "before", "after"], name="prerequisitechoice_once")]
        indexes = [models.Index(fields=["tenant", "after"], name="prerequisitechoice_after")]

    def __str__(self) -> str:
        return f"{self.before_id} before {self.after_id}: {self.is_wanted}"
