"""The typed rows a bundle yields, the same classes for 1.1 and 1.2 (OneRoster CSV; interop.md §2.2).

Names follow the standard, in snake_case. Empty words are "", empty lists (), other empty values None. A column one
version lacks has its empty value. There is no field for passwords: they are dropped at reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row has. `row` is its number in the file (header = 1); `metadata` the metadata.* columns filled."""

    file: ClassVar[str]
    row: int
    sourced_id: str
    status: str = ""
    date_last_modified: datetime | None = None
    metadata: Mapping[str, str]

    @property
    def is_deleted(self) -> bool:
        """Whether the row asks for its record to be deactivated (honoured in bulk files too: OR-6)."""
        return self.status == "tobedeleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgRow(Row):
    file: ClassVar[str] = "orgs"
    name: str
    type: str
    identifier: str
    parent_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow(Row):
    """`school_year` is the year it ends in."""

    file: ClassVar[str] = "academicSessions"
    title: str
    type: str
    start_date: date | None
    end_date: date | None
    parent_sourced_id: str
    school_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow(Row):
    file: ClassVar[str] = "courses"
    school_year_sourced_id: str
    title: str
    course_code: str
    grades: tuple[str, ...]
    org_sourced_id: str
    subjects: tuple[str, ...]
    subject_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow(Row):
    file: ClassVar[str] = "classes"
    title: str
    grades: tuple[str, ...]
    course_sourced_id: str
    class_code: str
    class_type: str
    location: str
    school_sourced_id: str
    term_sourced_ids: tuple[str, ...]
    subjects: tuple[str, ...]
    subject_codes: tuple[str, ...]
    periods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow(Row):
    """`org_sourced_ids` and `role` only in 1.1; read `RoleRow`, which both versions yield."""

    file: ClassVar[str] = "users"
    enabled_user: bool | None
    username: str
    user_ids: tuple[str, ...]
    given_name: str
    family_name: str
    middle_name: str
    identifier: str
    email: str
    sms: str
    phone: str
    agent_sourced_ids: tuple[str, ...]
    grades: tuple[str, ...]
    org_sourced_ids: tuple[str, ...] = ()
    role: str = ""
    user_master_identifier: str = ""
    preferred_given_name: str = ""
    preferred_middle_name: str = ""
    preferred_family_name: str = ""
    primary_org_sourced_id: str = ""
    pronouns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserProfileRow(Row):
    file: ClassVar[str] = "userProfiles"
    user_sourced_id: str
    profile_type: str
    vendor_id: str
    application_id: str
    description: str
    credential_type: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow(Row):
    """One role of one user in one org. From a 1.1 bundle these are made of users.csv (`bundle.rows`)."""

    file: ClassVar[str] = "roles"
    user_sourced_id: str
    role_type: str
    role: str
    begin_date: date | None
    end_date: date | None
    org_sourced_id: str
    user_profile_sourced_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentRow(Row):
    file: ClassVar[str] = "enrollments"
    class_sourced_id: str
    school_sourced_id: str
    user_sourced_id: str
    role: str
    primary: bool | None
    begin_date: date | None
    end_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemographicsRow(Row):
    """`sourced_id` is the user's."""

    file: ClassVar[str] = "demographics"
    birth_date: date | None
    sex: str
    american_indian_or_alaska_native: bool | None
    asian: bool | None
    black_or_african_american: bool | None
    native_hawaiian_or_other_pacific_islander: bool | None
    white: bool | None
    demographic_race_two_or_more_races: bool | None
    hispanic_or_latino_ethnicity: bool | None
    country_of_birth_code: str
    state_of_birth_abbreviation: str
    city_of_birth: str
    public_school_residence_status: str
