"""The models of this room, one file per subject."""

from learners.models.calendar import CalendarDay
from learners.models.groups import GroupPlace, LearnerGroup, SeatingPlace, WorkingLevel
from learners.models.invitations import Invitation
from learners.models.people import (
    Course,
    Enrolment,
    GuardianLink,
    Learner,
    School,
    SchoolPost,
    Section,
    SectionStaff,
    SectionTerm,
    Term,
)

__all__ = [
    "CalendarDay", "Course", "Enrolment", "GroupPlace", "GuardianLink", "Invitation", "Learner", "LearnerGroup",
    "School", "SchoolPost", "SeatingPlace", "Section", "SectionStaff", "SectionTerm", "Term", "WorkingLevel",
]  # fmt: skip
