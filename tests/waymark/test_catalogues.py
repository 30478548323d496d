"""Every word that families, learners and people who sign in can read stands in every catalogue; each gets their own."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.builders import World
from waymark.catalogues import po
from waymark.catalogues.extract import messages_of
from waymark.catalogues.scope import files
from waymark.management.commands.catalogues import faults_of, path_of

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_out_of_date(language: str) -> None:
    assert faults_of(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_places(language: str) -> None:
    """A singular may say "one" in words; everything else has the same places as the source."""
    wrong = []
    for one in po.read(path_of(language)).values():
        allowed = set(PLACE.findall(one.text)) | set(PLACE.findall(one.plural))
        for form in one.forms if one.text else ():
            found = set(PLACE.findall(form))
            if found - allowed or (not one.plural and found != allowed):
                wrong.append((one.text, form))
    assert wrong == []


def test_pages_of_families_are_in_the_scope() -> None:
    """Templates that extend the frame for families and learners, and those that they include."""
    listed = {path for path in files() if path.suffix in {".html", ".txt"}}
    root = Path(settings.BASE_DIR) / "templates"
    pages = [path for path in root.rglob("*.html") if "{% block body_class %}family{%" in path.read_text()]
    wanted = set(pages)
    for page in pages:
        wanted |= {root / name for name in re.findall(r'{% include "([^"]+)"', page.read_text())}
    assert {str(path.relative_to(root)) for path in wanted - listed} == set()


def test_what_is_compiled_is_what_gettext_reads(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    entries = [
        po.Entry("A “quote”\n", forms=["Eine \\ „Zeile“\n"]), po.Entry("one", "many", ["eins", "viele"]),
        po.Entry("guess", forms=["geraten"], is_fuzzy=True), po.Entry("empty", forms=[""]),
    ]  # fmt: skip
    po.write(source, "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);", entries)
    compiled = tmp_path / "django.mo"
    compiled.write_bytes(po.compiled(po.read(source)))
    with compiled.open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.gettext("A “quote”\n") == "Eine \\ „Zeile“\n"
    assert [found.ngettext("one", "many", n) for n in (1, 2)] == ["eins", "viele"]
    assert [found.gettext(text) for text in ("guess", "empty")] == ["guess", "empty"]
    source.write_text("msgid nonsense\n")
    with pytest.raises(ValueError, match="line 1"):
        po.read(source)


def test_messages_are_found_without_the_tools_of_gettext(tmp_path: Path) -> None:
    page, module = tmp_path / "page.html", tmp_path / "module.py"
    page.write_text(
        """{% load i18n %}<p title="{% translate 'It is' %}">{{ x|default:_("None") }}</p>"""
        "{% blocktranslate count n=x %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}"
    )
    module.write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext as many\n"
        "A = _('Hello')\nB = many('a', 'b', 2)\nC = len('not this')\n"
    )
    assert set(messages_of([page, module])) == {
        ("It is", ""), ("None", ""), ("%(n)s thing", "%(n)s things"), ("Hello", ""), ("a", "b"),
    }  # fmt: skip


@pytest.mark.django_db
def test_language_is_the_choice_then_the_browsers_then_the_tenants(cast: object, home: World) -> None:
    client = Client(headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    page = client.get("/accounts/login/")
    assert "Iniciar sesión" in page.content.decode()
    assert page.headers["Content-Language"] == "es"
    arabic = client.get("/accounts/login/?language=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in arabic
    assert 'hreflang="es" ' in arabic.replace('hreflang="es">', 'hreflang="es" >')
    assert "تسجيل الدخول" in client.get("/accounts/login/").content.decode(), "kept by a cookie"
    client.force_login(home.users["GRD"])
    client.get(f"/family/{home.learner.public_id}/?language=es")
    other = Client(headers={"Accept-Language": "ar"})
    other.force_login(home.users["GRD"])
    assert "Cómo le va a Ana" in other.get(f"/family/{home.learner.public_id}/").content.decode(), (
        "kept with the account"
    )
    missing = other.get("/family/nowhere/")
    assert "No podemos mostrar esta página" in missing.content.decode()
    staff = Client(headers={"Accept-Language": "ar"})
    staff.force_login(home.users["TCH"])
    assert 'lang="en" dir="ltr"' in staff.get("/today/").content.decode(), "staff pages are not translated yet"


@pytest.fixture
def home(cast: object) -> World:
    world: World = cast.home  # type: ignore[attr-defined]
    return world
