"""Accessible PDF (PDF/UA-1) set by typst from a template.

What people wrote reaches the template as data (`sys.inputs`), never as part of its source: a name with `#`, `*` or `<`
is a name. The template may read nothing but its own folder. Letters come from Libertinus Serif, which typst brings
along, and from DejaVu Sans, which lies with the certificates; others from the fonts of the machine.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from tenancy.errors import Refused

TEMPLATES = settings.BASE_DIR / "templates"


def pdf_of(template: Path, data: Mapping[str, Any], *, name: str, made_at: datetime) -> bytes:
    """The file. Raises Refused where a name has a letter that no font here has: PDF/UA wants every letter shown.

    data: what the template asks for; name: whose it is, for the refusal; made_at: the same moment gives the same bytes.
    """
    try:
        made: bytes | list[bytes] | None = typst.compile(
            template, root=template.parent, font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(data)}, timestamp=int(made_at.timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        words = _("A letter of %(name)s is in none of the fonts of this server. Ask who runs it to install a font "
                  "with these letters, like Noto Sans; then download again.")  # fmt: skip
        raise Refused(words % {"name": name}) from error
    return cast("bytes", made)  # a PDF is one file


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Looked up once: the fonts of the machine are many."""
    return typst.Fonts(font_paths=[TEMPLATES / "recognition" / "fonts"])
