"""Platform staff only, off by default (ADMIN_ENABLED): tenants and accounts, no table with learner data."""

from django.contrib import admin

from tenancy.models import Tenant, User


@admin.register(Tenant)
class TenantAdmin(admin.ModelAdmin[Tenant]):
    list_display = ("slug", "name", "time_zone")
    search_fields = ("slug", "name")


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "is_active", "is_staff")
    search_fields = ("email",)
    exclude = ("password", "groups", "user_permissions")
