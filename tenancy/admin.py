"""Platform staff only, off by default (ADMIN_ENABLED): tenants and accounts, no table with learner data.

A site of its own: what other packages register with Django's (groups, mail addresses) does not appear here.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from tenancy.models import Tenant, User


class PlatformAdmin(admin.AdminSite):
    site_header = site_title = "Waymark platform"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site's usual sign-in with its limits per account; for everybody else there is nothing here."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", ""))


site = PlatformAdmin(name="admin")


class NeverDeleted:
    """Removing a tenant or an account means removing its data first, tenant by tenant: not from here."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Tenant, site=site)
class TenantAdmin(NeverDeleted, admin.ModelAdmin[Tenant]):
    list_display = ("slug", "name", "time_zone")
    search_fields = ("slug", "name")


@admin.register(User, site=site)
class UserAdmin(NeverDeleted, admin.ModelAdmin[User]):
    list_display = ("email", "is_active", "is_staff")
    search_fields = ("email",)
    exclude = ("password", "groups", "user_permissions")
