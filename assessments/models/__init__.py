"""The models of this room, one file per subject."""

from assessments.models.artefacts import ARTEFACT, Artefact, ArtefactTag
from assessments.models.ledger import EDIT_WINDOW, Evidence, LearnerCompetency, StaleMark, standing
from assessments.models.tasks import (
    ASSESSMENT,
    Assessment,
    AssessmentCompetency,
    Attempt,
    CalibrationPiece,
    CalibrationScore,
    Form,
    RetryRequest,
    RubricScore,
)

__all__ = [
    "ARTEFACT", "ASSESSMENT", "EDIT_WINDOW", "Artefact", "ArtefactTag", "Assessment", "AssessmentCompetency",
    "Attempt", "CalibrationPiece", "CalibrationScore", "Evidence", "Form", "LearnerCompetency", "RetryRequest",
    "RubricScore", "StaleMark", "standing",
]  # fmt: skip
