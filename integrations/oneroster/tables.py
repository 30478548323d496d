"""Which files a version has and what their columns are (OneRoster CSV 1.1 and 1.2.1; interop.md §2.2).

Column lists were read off generated files and conformance fixtures of each version. Where the CSV binding and the
REST objects differ on what a row needs, the lesser demand counts: lenient in what comes in.
"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.oneroster import tables_gradebook as gradebook
from integrations.oneroster.schema import Column, Kind, Table, choice, column, needed, ref, refs, table

VERSIONS = ("1.1", "1.2")

_ENROLLMENT_ROLES = ("administrator", "proctor", "student", "teacher")
_ROLES_1_1 = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
_ROLES_1_2 = (
    "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
    "siteAdministrator", "student", "systemAdministrator", "teacher",
)  # fmt: skip

_SESSIONS = table(
    "academicSessions",
    needed("title"),
    choice("type", "gradingPeriod", "semester", "schoolYear", "term"),
    needed("startDate", Kind.DATE),
    needed("endDate", Kind.DATE),
    ref("parentSourcedId", "academicSessions", required=False),
    needed("schoolYear", Kind.YEAR),
)
_ORGS = table(
    "orgs",
    needed("name"),
    choice("type", "department", "school", "district", "local", "state", "national"),
    column("identifier"),
    ref("parentSourcedId", "orgs", required=False),
)
_COURSES = table(
    "courses",
    ref("schoolYearSourcedId", "academicSessions", required=False),
    needed("title"),
    column("courseCode"),
    column("grades", Kind.GRADES),
    ref("orgSourcedId", "orgs"),
    column("subjects", Kind.TEXTS),
    column("subjectCodes", Kind.TEXTS),
)
_CLASSES = table(
    "classes",
    needed("title"),
    column("grades", Kind.GRADES),
    ref("courseSourcedId", "courses"),
    column("classCode"),
    choice("classType", "homeroom", "scheduled"),
    column("location"),
    ref("schoolSourcedId", "orgs"),
    refs("termSourcedIds", "academicSessions", required=True),
    column("subjects", Kind.TEXTS),
    column("subjectCodes", Kind.TEXTS),
    column("periods", Kind.TEXTS),
)
_ENROLLMENTS = table(
    "enrollments",
    ref("classSourcedId", "classes"),
    ref("schoolSourcedId", "orgs"),
    ref("userSourcedId", "users"),
    choice("role", *_ENROLLMENT_ROLES),
    column("primary", Kind.BOOLEAN),
    column("beginDate", Kind.DATE),
    column("endDate", Kind.DATE),
)


def _personal(name: str, kind: Kind = Kind.TEXT) -> Column:
    return column(name, kind, is_personal=True)


_DEMOGRAPHICS = table(
    "demographics",
    _personal("birthDate", Kind.DATE),
    choice("sex", "male", "female", "unspecified", "other", required=False, is_personal=True),
    _personal("americanIndianOrAlaskaNative", Kind.BOOLEAN),
    _personal("asian", Kind.BOOLEAN),
    _personal("blackOrAfricanAmerican", Kind.BOOLEAN),
    _personal("nativeHawaiianOrOtherPacificIslander", Kind.BOOLEAN),
    _personal("white", Kind.BOOLEAN),
    _personal("demographicRaceTwoOrMoreRaces", Kind.BOOLEAN),
    _personal("hispanicOrLatinoEthnicity", Kind.BOOLEAN),
    _personal("countryOfBirthCode"),
    _personal("stateOfBirthAbbreviation"),
    _personal("cityOfBirth"),
    _personal("publicSchoolResidenceStatus"),
    own_target="users",
)
_NAMES = (
    needed("givenName"),
    needed("familyName"),
    column("middleName"),
    column("identifier"),
    column("email"),
    column("sms"),
    column("phone"),
    refs("agentSourcedIds", "users"),
    column("grades", Kind.GRADES),
    column("password", Kind.PASSWORD),
)
_USERS_1_1 = table(
    "users",
    needed("enabledUser", Kind.BOOLEAN),
    refs("orgSourcedIds", "orgs", required=True),
    choice("role", *_ROLES_1_1),
    needed("username"),
    column("userIds", Kind.TEXTS),
    *_NAMES,
)
_USERS_1_2 = table(
    "users",
    needed("enabledUser", Kind.BOOLEAN),
    column("username"),
    column("userIds", Kind.TEXTS),
    *_NAMES,
    column("userMasterIdentifier"),
    column("preferredGivenName"),
    column("preferredMiddleName"),
    column("preferredFamilyName"),
    ref("primaryOrgSourcedId", "orgs", required=False),
    column("pronouns"),
)
_ROLES = table(
    "roles",
    ref("userSourcedId", "users"),
    choice("roleType", "primary", "secondary"),
    choice("role", *_ROLES_1_2),
    column("beginDate", Kind.DATE),
    column("endDate", Kind.DATE),
    ref("orgSourcedId", "orgs"),
    ref("userProfileSourcedId", "userProfiles", required=False),
)
_USER_PROFILES = table(
    "userProfiles",
    ref("userSourcedId", "users"),
    needed("profileType"),
    needed("vendorId"),
    column("applicationId"),
    column("description"),
    needed("credentialType"),
    needed("username"),
    column("password", Kind.PASSWORD),
)


def _by_name(*tables: Table) -> Mapping[str, Table]:
    return {entry.name: entry for entry in tables}


# In the order a writer needs: what is pointed to comes first.
TABLES: Mapping[str, Mapping[str, Table]] = {
    "1.1": _by_name(
        _ORGS, _SESSIONS, _COURSES, _CLASSES, _USERS_1_1, _ENROLLMENTS, _DEMOGRAPHICS,
        *gradebook.TABLES_1_1, *gradebook.RESOURCES_1_1,
    ),
    "1.2": _by_name(
        _ORGS, _SESSIONS, _COURSES, _CLASSES, _USERS_1_2, _USER_PROFILES, _ROLES, _ENROLLMENTS, _DEMOGRAPHICS,
        *gradebook.TABLES_1_2, *gradebook.RESOURCES_1_2,
    ),
}  # fmt: skip
