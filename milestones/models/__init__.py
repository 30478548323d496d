"""The models of this room, one file per subject."""

from milestones.models.cards import CardBatch
from milestones.models.checks import PolicyTrial, ShadowCheck, TrialMove
from milestones.models.milestones import (
    LEVELS,
    PERSONAL,
    Criterion,
    Milestone,
    MilestonePace,
    SectionMilestone,
    seen_personal,
)
from milestones.models.narratives import GOAL_NOTE, NARRATIVE, GoalNote, HomeWords, Narrative, Phrase
from milestones.models.overrides import LevelOverride, OverrideEnd
from milestones.models.plans import (
    DATES,
    LearnerTarget,
    MilestoneAssignment,
    MilestoneStep,
    MilestoneVersion,
    MilestoneWording,
    RouteStep,
)
from milestones.models.recognition import RECOGNITION, CelebrationRule, Certificate, ShoutOut
from milestones.models.reviews import REVIEW, FollowUp, ReviewCadence, ReviewItem, ReviewSession
from milestones.models.sheets import ScoreEntry, ScoreSheet
from milestones.models.statuses import CompetencyStatus, MilestoneStatus, Release, StatusChange, newest_release

__all__ = [
    "DATES", "GOAL_NOTE", "LEVELS", "NARRATIVE", "PERSONAL", "RECOGNITION", "REVIEW", "CardBatch", "CelebrationRule",
    "Certificate", "CompetencyStatus", "Criterion", "FollowUp", "GoalNote", "HomeWords", "LearnerTarget",
    "LevelOverride", "Milestone", "MilestoneAssignment", "MilestonePace", "MilestoneStatus", "MilestoneStep",
    "MilestoneVersion", "MilestoneWording", "Narrative", "OverrideEnd", "Phrase", "PolicyTrial", "Release",
    "ReviewCadence", "ReviewItem", "ReviewSession", "RouteStep", "ScoreEntry", "ScoreSheet", "SectionMilestone",
    "ShadowCheck", "ShoutOut", "StatusChange", "TrialMove", "newest_release", "seen_personal",
]  # fmt: skip
