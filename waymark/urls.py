"""All addresses. Every route declares a permission or why it is public; `tests/architecture` walks this tree."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from api.oauth import token
from waymark import views
from waymark.health import healthz, readyz

handler400 = "waymark.views.bad_request"
handler403 = "waymark.views.not_found"
handler404 = "waymark.views.not_found"
handler500 = "waymark.views.server_fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("accounts/", include("tenancy.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("api.urls")),
    path("oauth/token", token, name="oauth_token"),
    path("developers/", include("api.developers.urls")),
    path("", views.home, name="home"),
    path("curriculum/", include("integrations.competency_tables.urls")),
    path("people/imports/", include("integrations.roster_pages.urls")),
    path("policies/", include("reporting.policy_urls")),
    path("", include("reporting.urls")),
]
if settings.ADMIN_ENABLED:
    from tenancy.admin import site

    urlpatterns.append(path("platform-admin/", site.urls))
