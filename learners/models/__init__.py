"""The models of this room, one file per subject."""

from learners.models.calendar import CalendarDay
from learners.models.demographics import Demographics, Dimension, Ethnicity, KeptDimension, Sex
from learners.models.groups import GroupPlace, LearnerGroup, SeatingPlace, WorkingLevel
from learners.models.invitations import Invitation
from learners.models.mentors import MENTOR_LINK, MentorLink
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
    "MENTOR_LINK", "CalendarDay", "Course", "Demographics", "Dimension", "Enrolment", "Ethnicity", "GroupPlace",
    "GuardianLink", "Invitation", "KeptDimension", "Learner", "LearnerGroup", "MentorLink", "School", "SchoolPost",
    "SeatingPlace", "Section", "SectionStaff", "SectionTerm", "Sex", "Term", "WorkingLevel",
]  # fmt: skip
