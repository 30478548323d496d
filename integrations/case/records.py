"""JSON objects to records: one function per kind of object in a package (CASE 1.0/1.1; interop.md §2.1)."""

from __future__ import annotations

import re

from integrations.case.fields import Fields
from integrations.case.model import Association, Definition, Document, Item
from integrations.case.problems import ProblemList, quoted

ASSOCIATION_TYPES = frozenset(
    {
        "isChildOf",
        "isPeerOf",
        "isPartOf",
        "exactMatchOf",
        "precedes",
        "isRelatedTo",
        "replacedBy",
        "exemplar",
        "hasSkillLevel",
        "isTranslationOf",
    }
)
# Which fields of each definition carry its code and its long text; a title is common to all.
DEFINITION_KINDS = {
    "CFItemTypes": ("typeCode", ""),
    "CFConcepts": ("keywords", ""),
    "CFSubjects": ("", ""),
    "CFLicenses": ("", "licenseText"),
    "CFAssociationGroupings": ("", ""),
}

_EXTENSION_TYPE = re.compile(r"ext:[A-Za-z0-9._-]+")


def read_document(fields: Fields) -> Document:
    """The CFDocument."""
    return Document(
        identifier=fields.identifier(),
        uri=fields.required_text("uri"),
        creator=fields.required_text("creator"),
        title=fields.required_text("title"),
        last_change=fields.required_time("lastChangeDateTime"),
        official_source_url=fields.text("officialSourceURL"),
        publisher=fields.text("publisher"),
        description=fields.text("description"),
        subjects=fields.texts("subject"),
        language=fields.text("language"),
        version=fields.text("version"),
        adoption_status=fields.text("adoptionStatus"),
        status_start_on=fields.optional_date("statusStartDate"),
        status_end_on=fields.optional_date("statusEndDate"),
        license=fields.link("licenseURI"),
        notes=fields.text("notes"),
        framework_type=fields.text("frameworkType"),
        case_version=fields.text("caseVersion"),
        package=fields.link("CFPackageURI"),
        extensions=fields.extensions(),
    )


def read_item(fields: Fields, place: int) -> Item:
    """One CFItem. Early OpenSALT wrote `educationalLevel`, one text, for `educationLevel`: understood where alone."""
    return Item(
        identifier=fields.identifier(),
        uri=fields.required_text("uri"),
        full_statement=fields.required_text("fullStatement"),
        last_change=fields.required_time("lastChangeDateTime"),
        place=place,
        human_coding_scheme=fields.text("humanCodingScheme"),
        list_enumeration=fields.text("listEnumeration"),
        abbreviated_statement=fields.text("abbreviatedStatement"),
        alternative_label=fields.text("alternativeLabel"),
        item_type=fields.text("CFItemType"),
        item_type_link=fields.link("CFItemTypeURI"),
        education_level=fields.texts("educationLevel" if fields.has("educationLevel") else "educationalLevel"),
        concept_keywords=fields.texts("conceptKeywords"),
        subjects=fields.texts("subject"),
        notes=fields.text("notes"),
        language=fields.text("language"),
        status_start_on=fields.optional_date("statusStartDate"),
        status_end_on=fields.optional_date("statusEndDate"),
        license=fields.link("licenseURI"),
        extensions=fields.extensions(),
    )


def read_association(fields: Fields, place: int, problems: ProblemList) -> Association:
    """One CFAssociation; its type is one of the standard's words or `ext:…` (CASE-7)."""
    kind = fields.required_text("associationType")
    if kind.strip() and kind not in ASSOCIATION_TYPES and not _EXTENSION_TYPE.fullmatch(kind):
        allowed = ", ".join(sorted(ASSOCIATION_TYPES))
        message = f"associationType is {quoted(kind)}. Use one of {allowed}, or ext: and a name of your own"
        problems.add(f"{fields.path}.associationType", "unknown_association_type", message)
    return Association(
        identifier=fields.identifier(),
        uri=fields.required_text("uri"),
        type=kind,
        origin=fields.node("originNodeURI"),
        destination=fields.node("destinationNodeURI"),
        last_change=fields.required_time("lastChangeDateTime"),
        place=place,
        sequence_number=fields.sequence_number(),
        grouping=fields.link("CFAssociationGroupingURI"),
        notes=fields.text("notes"),
        extensions=fields.extensions(),
    )


def read_definition(kind: str, fields: Fields) -> Definition:
    """One entry of CFDefinitions. A missing description is "": four real item types have none (interop.md §2.1)."""
    code_field, text_field = DEFINITION_KINDS[kind]
    is_item_type = kind == "CFItemTypes"
    hierarchy_code = fields.required_text("hierarchyCode") if is_item_type else fields.text("hierarchyCode")
    return Definition(
        kind=kind,
        identifier=fields.identifier(),
        uri=fields.required_text("uri"),
        title=fields.required_text("title"),
        last_change=fields.required_time("lastChangeDateTime")
        if is_item_type
        else fields.optional_time("lastChangeDateTime"),
        description=fields.text("description"),
        code=fields.text(code_field) if code_field else "",
        hierarchy_code=hierarchy_code,
        text=fields.text(text_field) if text_field else "",
        extensions=fields.extensions(),
    )
