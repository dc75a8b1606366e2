"""Admin site of accounts, read-only."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.models import Person, SecurityEvent
from core.admin import ReadOnlyAdmin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "portal_role", "can_sign_in", "is_active", "last_seen_at")
    list_filter = ("portal_role", "can_sign_in", "is_active")
    search_fields = ("name", "email")
    exclude = ("password",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "actor", "person", "address", "detail")
    list_filter = ("kind",)
    list_select_related = ("actor", "person")
