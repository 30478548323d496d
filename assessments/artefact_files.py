"""Files of portfolios: kind by content, pictures made anew, names on disk of our own, and nothing out of step.

Sources of the rules: OWASP ASVS 5.0, chapter 5 (file handling), and the OWASP file upload cheat sheet.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib import import_module
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps, UnidentifiedImageError

from assessments.models import Artefact
from tenancy.context import current_tenant_id
from tenancy.errors import Invalid, problem
from tenancy.ids import uuid7

MEGABYTE = 1_000_000
MOST_PIXELS = 50_000_000
UNPACKED_MOST = 200 * MEGABYTE
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
KEPT_APART = timedelta(hours=24)
OFFICE = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet", "ppt/": "presentationml.presentation"}
WORD = "application/vnd.openxmlformats-officedocument."
# Kind of content → the endings that a name may have, as the ones agreed on in the product's rules for files.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "md", "csv"),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/m4a": ("m4a",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/x-wav": ("wav",),
    "video/mp4": ("mp4", "m4v"),
    f"{WORD}wordprocessingml.document": ("docx",),
    f"{WORD}spreadsheetml.sheet": ("xlsx",),
    f"{WORD}presentationml.presentation": ("pptx",),
}
NAMES = gettext_lazy("JPEG, PNG, WebP, PDF, text, MP3, M4A, Ogg, WAV, MP4, Word, Excel or PowerPoint")
UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its content (a picture made anew), what it is, and the name shown to people."""

    content: bytes
    content_type: str
    name: str
    is_checked: bool

    @property
    def kind(self) -> str:
        if self.content_type.startswith("image/"):
            return Artefact.Kind.IMAGE
        return Artefact.Kind.AUDIO if self.content_type.startswith("audio/") else Artefact.Kind.FILE


def storage() -> Storage:
    return storages["artefacts"]


def check_file(upload: File[bytes]) -> Checked:
    """Look at the content, not at what the sender says. Raises Invalid with the value and the fix."""
    most = settings.ARTEFACT_MOST_MB
    size = upload.size or 0
    name = safe_name(upload.name or "")
    if size > most * MEGABYTE:
        text = _("The file is %(size)s MB. Send one under %(most)d MB, or take it again at a smaller size")
        raise _invalid(text % {"size": f"{size / MEGABYTE:.0f}", "most": most})
    content = upload.read()
    if not content:
        raise _invalid(_("The file %(name)s is empty. Choose it again") % {"name": name})
    found = kind_of(content)
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    if found not in ENDINGS:
        text = _("%(name)s is not a kind of file we keep. Send %(kinds)s")
        raise _invalid(text % {"name": name, "kinds": NAMES})
    if ending not in ENDINGS[found]:
        text = _("%(name)s says it is “%(ending)s”, but its content is %(kind)s. Save it again in its own format")
        raise _invalid(text % {"name": name, "ending": ending, "kind": found})
    if found in PICTURES:
        return Checked(made_anew(content, found, name), found, name, is_checked=True)
    return Checked(content, found, name, is_checked=found == "text/plain" or scanned(content, found))


def kind_of(content: bytes) -> str:
    """The kind of content; empty for anything that is not on the list. Office files are looked into."""
    guessed = filetype.guess(content)
    if guessed is None:
        return "text/plain" if _is_text(content) else ""
    if guessed.mime == "application/zip" or guessed.mime.startswith(WORD):
        return _office(content)
    return str(guessed.mime)


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters, and not a page or a drawing that a browser would run."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    head = text.lstrip()[:500].lower()
    is_markup = any(sign in head for sign in ("<!doctype", "<html", "<svg", "<?xml", "<script"))
    return not is_markup and not any(ord(sign) < 32 and sign not in "\r\n\t" for sign in text)


def _office(content: bytes) -> str:
    """Which office document a ZIP is. Macros and archives that unpack to too much are none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        return ""
    names = [entry.filename for entry in entries]
    if sum(entry.file_size for entry in entries) > UNPACKED_MOST or "[Content_Types].xml" not in names:
        return ""
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return ""
    return next((WORD + kind for start, kind in OFFICE.items() if any(n.startswith(start) for n in names)), "")


def made_anew(content: bytes, content_type: str, name: str) -> bytes:
    """The picture drawn again, upright, without anything else that was in the file: no place, no camera, no tail."""
    too_big = _("The picture %(name)s has more than 50 million points. Save it smaller and send it again")
    broken = _("The picture %(name)s cannot be read. Save it again, or take a new one")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[PICTURES[content_type]]) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise _invalid(too_big % {"name": name})
                upright = ImageOps.exif_transpose(opened)
                drawn = upright.convert("RGB" if content_type == "image/jpeg" else "RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _invalid(too_big % {"name": name}) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _invalid(broken % {"name": name}) from error
    out = io.BytesIO()
    drawn.info.clear()
    drawn.save(out, PICTURES[content_type], quality=88)
    return out.getvalue()


def scanned(content: bytes, content_type: str) -> bool:
    """Whether the installation's scanner lets the file through; False without one. Raises Invalid where it does not."""
    if not settings.ARTEFACT_SCANNER:
        return False
    module, _colon, function = settings.ARTEFACT_SCANNER.partition(":")
    scan: Callable[[bytes, str], bool] = getattr(import_module(module), function)
    if not scan(content, content_type):
        raise _invalid(_("The scanner found something harmful in this file. It was not kept"))
    return True


def safe_name(name: str) -> str:
    """A name to show and to download under: no folders, no signs that a system or a reader would trip over."""
    cleaned = UNSAFE.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    return f"{stem[:150]}{dot}{ending[:10]}" if dot else cleaned[:150] or "file"


def keep(checked: Checked) -> str:
    """Put the content into the storage under a name of our own. Returns the key."""
    return storage().save(f"{current_tenant_id()}/{uuid7()}", ContentFile(checked.content))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def sweep() -> int:
    """Take away files of the open tenant that no row knows of and that are a day old. Returns how many."""
    place, folder = storage(), str(current_tenant_id())
    try:
        _folders, names = place.listdir(folder)
    except FileNotFoundError:
        return 0
    keys = [f"{folder}/{name}" for name in names]
    known = set(Artefact.objects.filter(stored_as__in=keys).values_list("stored_as", flat=True))
    old = timezone.now() - KEPT_APART
    lost = [key for key in keys if key not in known and place.get_modified_time(key) < old]
    for key in lost:
        place.delete(key)
    return len(lost)


def _invalid(message: str) -> Invalid:
    return Invalid([problem("file", message, "bad_file")])
