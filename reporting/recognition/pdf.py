"""Certificates as accessible PDF (PDF/UA-1), set by typst from templates/recognition/certificate.typ.

What people wrote reaches the template as data (`sys.inputs`), never as part of its source. The template may read
nothing but its own folder. Letters come from Libertinus Serif, which typst brings along, and from DejaVu Sans, which
lies beside the template;
others from the fonts of the machine.
"""

import json
from functools import lru_cache
from typing import cast

import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones.models import Certificate
from reporting.levels import WORDS
from tenancy.errors import Refused
from tenancy.models import Tenant
from tenancy.selectors import zone

FOLDER = settings.BASE_DIR / "templates" / "recognition"


def certificate_pdf(certificate: Certificate, tenant: Tenant, address: str) -> bytes:
    """The file. Raises Refused where a name has a letter that no font here has: PDF/UA wants every letter shown."""
    try:
        made: bytes | list[bytes] | None = typst.compile(
            FOLDER / "certificate.typ", root=FOLDER, font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(certificate_data(certificate, tenant, address))},
            timestamp=int(certificate.issued_at.timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        words = _("A letter of %(name)s is in none of the fonts of this server. Ask who runs it to install a font "
                  "with these letters, like Noto Sans; then download again.")  # fmt: skip
        raise Refused(words % {"name": certificate.learner_name}) from error
    return cast("bytes", made)  # a PDF is one file


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Looked up once: the fonts of the machine are many."""
    return typst.Fonts(font_paths=[FOLDER / "fonts"])


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
