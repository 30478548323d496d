"""The models of this room, one file per subject."""

from competencies.models.frameworks import (
    CURRICULUM,
    Association,
    Competency,
    Framework,
    Prerequisite,
    PrerequisiteChoice,
)
from competencies.models.home import CompetencyHomeWords
from competencies.models.indicators import Indicator
from competencies.models.policies import POLICY, Policy, PolicyDraft, PolicyVersion, Rating, Scale
from competencies.models.rubrics import RUBRIC, Rubric, RubricCriterion, RubricDescriptor
from competencies.models.versions import CompetencyVersion

__all__ = [
    "CURRICULUM", "POLICY", "RUBRIC", "Association", "Competency", "CompetencyHomeWords", "CompetencyVersion",
    "Framework", "Indicator",
    "Policy", "PolicyDraft", "PolicyVersion", "Prerequisite", "PrerequisiteChoice", "Rating", "Rubric",
    "RubricCriterion", "RubricDescriptor", "Scale",
]  # fmt: skip
