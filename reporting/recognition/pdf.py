"""Certificates as accessible PDF, set from templates/recognition/certificate.typ."""

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones.models import Certificate
from reporting.levels import WORDS
from reporting.typesetting import TEMPLATES, pdf_of
from tenancy.models import Tenant
from tenancy.selectors import zone


def certificate_pdf(certificate: Certificate, tenant: Tenant, address: str) -> bytes:
    """The file. Raises Refused where a name has a letter that no font here has."""
    data, name = certificate_data(certificate, tenant, address), certificate.learner_name
    return pdf_of(TEMPLATES / "recognition" / "certificate.typ", data, name=name, made_at=certificate.issued_at)


def certificate_data(certificate: Certificate, tenant: Tenant, address: str) -> dict[str, str]:
    """The texts of the certificate, by the names that the template asks for."""
    school = certificate.learner.home_school
    place = school.name if school else tenant.name
    issued = date_format(certificate.issued_at.astimezone(zone(tenant.time_zone)).date(), "j F Y")
    level, reached = WORDS[certificate.level].name, date_format(certificate.reached_on, "j F Y")
    signed = ", ".join(part for part in (certificate.issued_by_name, place, issued) if part)
    texts = {
        "title": _("Certificate"), "school": place, "given_to": _("This certificate is given to"),
        "name": certificate.learner_name, "reached": _("who has reached"), "milestone": certificate.milestone_title,
        "level": _("Level: %(level)s, on %(day)s") % {"level": level, "day": reached},
        "signed": signed, "verify": _("Whether this certificate is genuine is said here:"), "address": address,
        "summary": _("Certificate for a milestone reached"), "lang": (get_language() or "en").split("-")[0],
    }  # fmt: skip
    return {name: str(text) for name, text in texts.items()}
