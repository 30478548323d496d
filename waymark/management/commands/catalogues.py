"""`python3 manage.py catalogues`: brings every catalogue in line with the sources, and compiles it.

New messages come in empty, those that are gone go out; translations stay. `--check` writes nothing and fails where
something is missing. A new language: a folder in `locale/`, a line in LANGUAGES, then this.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from waymark.catalogues import po
from waymark.catalogues.extract import messages_of
from waymark.catalogues.scope import files

PLURALS = {
    "es": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
}  # fmt: skip
HEADER = """Project-Id-Version: Waymark
Language: {language}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
Plural-Forms: {plurals}"""


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def plurals_of(language: str, header: str = "") -> str:
    """As the catalogue says it, else as we know it, else as in most languages."""
    given = next((line for line in header.splitlines() if line.startswith("Plural-Forms:")), "")
    return given.partition(":")[2].strip() or PLURALS.get(language, PLURALS["es"])


def faults_of(language: str) -> list[str]:
    """What is missing, a guess or out of date in a catalogue."""
    path = path_of(language)
    known = po.read(path) if path.exists() else {}
    found = []
    for one in messages_of(files()):
        entry = known.get(one.text)
        if entry is None or not entry.is_whole or bool(one.plural) != bool(entry.plural):
            found.append(f"{language}: not translated: {one.text[:80]!r}")
    mo = path.with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != po.compiled(known):
        found.append(f"{language}: django.mo is older than django.po. Run python3 manage.py catalogues")
    return found


def bring_up_to_date(language: str) -> int:
    """How many messages wait for a translation."""
    path = path_of(language)
    known = po.read(path) if path.exists() else {}
    header = known[""].forms[0] if "" in known and known[""].forms else ""
    plurals = plurals_of(language, header)
    count = int(plurals.partition("nplurals=")[2].partition(";")[0])
    entries = []
    for one in messages_of(files()):
        old = known.get(one.text)
        forms = old.forms if old is not None and bool(old.plural) == bool(one.plural) else []
        wanted = count if one.plural else 1
        kept = [*forms, *[""] * wanted][:wanted]
        entries.append(po.Entry(one.text, one.plural, kept, is_fuzzy=bool(old and old.is_fuzzy)))
    path.parent.mkdir(parents=True, exist_ok=True)
    po.write(path, HEADER.format(language=language, plurals=plurals), entries)
    path.with_suffix(".mo").write_bytes(po.compiled(po.read(path)))
    return sum(not entry.is_whole for entry in entries)


class Command(BaseCommand):
    help = "Brings the catalogues of translations in line with the sources, and compiles them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail where something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        if options["check"]:
            faults = [fault for language in languages for fault in faults_of(language)]
            if faults:
                raise CommandError("\n".join(faults))
            return
        for language in languages:
            self.stdout.write(f"{language}: {bring_up_to_date(language)} to translate")
